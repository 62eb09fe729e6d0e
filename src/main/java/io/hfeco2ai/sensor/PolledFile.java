package io.hfeco2ai.sensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A small sysfs or proc file that stays open and is read from its start again and again, without garbage. */
final class PolledFile implements AutoCloseable {

    private final Path path;
    private final ByteBuffer buffer;
    private @Nullable FileChannel channel;
    private int length;

    PolledFile(Path path, int maxBytes) {
        this.path = path;
        this.buffer = ByteBuffer.allocateDirect(maxBytes);
    }

    Path path() {
        return path;
    }

    /** Reads the file (at most the buffer's size); the bytes are then at {@link #byteAt}. */
    int read() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = FileChannel.open(path);
            channel = open;
        }
        buffer.clear();
        length = 0;
        try {
            int got;
            while (buffer.hasRemaining() && (got = open.read(buffer, length)) > 0) {
                length += got;
            }
            return length;
        } catch (IOException e) { // the device went away: open it anew next time
            close();
            throw e;
        }
    }

    byte byteAt(int index) {
        return buffer.get(index);
    }

    /** The decimal number the file starts with. */
    long readLong() throws IOException {
        read();
        return longAt(0);
    }

    /** The decimal number that starts at the first non-blank at or after that index. */
    long longAt(int from) throws IOException {
        int i = from;
        while (i < length && buffer.get(i) == ' ') {
            i++;
        }
        boolean negative = i < length && buffer.get(i) == '-';
        if (negative) {
            i++;
        }
        int first = i;
        long number = 0;
        while (i < length && buffer.get(i) >= '0' && buffer.get(i) <= '9') {
            number = number * 10 + (buffer.get(i) - '0');
            i++;
        }
        if (i == first) {
            throw new IOException("no number in " + path);
        }
        return negative ? -number : number;
    }

    String text() {
        byte[] bytes = new byte[length];
        buffer.get(0, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // Only read from: nothing can be lost.
            }
        }
    }
}
