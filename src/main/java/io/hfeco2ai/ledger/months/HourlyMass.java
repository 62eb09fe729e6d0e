package io.hfeco2ai.ledger.months;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Micrograms of CO2e by UTC hour, and how they are kept in a row: hours since 1970 in 4 bytes, micrograms in 8. */
public final class HourlyMass {

    private static final long HOUR_MS = 3_600_000;
    private static final int HOUR_BYTES = Integer.BYTES + Long.BYTES;

    /** Is given one hour after the other. */
    public interface Reader {
        void read(long hourMs, long micrograms);
    }

    private int size;
    /** In their order; there are many of these, so no objects for each hour. */
    private int[] hours = new int[1];

    private long[] micrograms = new long[1];

    void add(long hourMs, long more) {
        int hour = Math.toIntExact(hourMs / HOUR_MS);
        int place = size > 0 && hours[size - 1] == hour ? size - 1 : Arrays.binarySearch(hours, 0, size, hour);
        if (place < 0) {
            place = -place - 1;
            open(place);
            hours[place] = hour;
        }
        micrograms[place] = Math.addExact(micrograms[place], more);
    }

    private void open(int place) {
        if (size == hours.length) {
            hours = Arrays.copyOf(hours, size * 2);
            micrograms = Arrays.copyOf(micrograms, size * 2);
        }
        System.arraycopy(hours, place, hours, place + 1, size - place);
        System.arraycopy(micrograms, place, micrograms, place + 1, size - place);
        micrograms[place] = 0;
        size++;
    }

    byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(size * HOUR_BYTES);
        for (int i = 0; i < size; i++) {
            bytes.putInt(hours[i]).putLong(micrograms[i]);
        }
        return bytes.array();
    }

    public static void read(byte[] bytes, Reader reader) {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            long hourMs = left.getInt() * HOUR_MS;
            reader.read(hourMs, left.getLong());
        }
    }
}
