package io.hfeco2ai.metering.seals;

import io.hfeco2ai.metering.TornSeal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Intervals of one series and day as text, one line each in the order of their starts: five whole numbers with a blank
 * between. Start less the end before (of the first: less the start of the day), end less start, microjoules, length less
 * observed time, all times in ms, and the number of the interval less that of the one before (of the first: less 0). Evenly
 * spaced intervals become lines that differ in their energy only, which compresses to a few bytes.
 */
final class SealText {

    /** @param seq -1: none was given */
    record Row(long startMs, long endMs, long energyUj, long observedMs, long seq) {}

    /** @param sha256 of the text, in hexadecimal */
    record Sealed(byte[] gzip, String sha256) {}

    private static final int NUMBERS = 5;
    /** A day at 10 intervals a second is a tenth of it: whoever stores more wants memory to run out. */
    private static final int MOST_BYTES = 100_000_000;

    private SealText() {}

    /** @param rows by start, all of the day */
    static Sealed of(List<Row> rows, long dayMs) {
        StringBuilder text = new StringBuilder(rows.size() * 32);
        long endMs = dayMs;
        long seq = 0;
        for (Row row : rows) {
            text.append(row.startMs() - endMs)
                    .append(' ')
                    .append(row.endMs() - row.startMs())
                    .append(' ')
                    .append(row.energyUj())
                    .append(' ')
                    .append(row.endMs() - row.startMs() - row.observedMs())
                    .append(' ')
                    .append(row.seq() - seq)
                    .append('\n');
            endMs = row.endMs();
            seq = row.seq();
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        return new Sealed(gzip(bytes), sha256(bytes));
    }

    /**
     * @return by start
     * @throws TornSeal the content is not what was sealed
     */
    static List<Row> rows(byte[] gzip, String sha256, long dayMs, String name) {
        byte[] text;
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            text = in.readNBytes(MOST_BYTES);
        } catch (IOException e) {
            throw new TornSeal(name, e);
        }
        if (!sha256(text).equals(sha256)) {
            throw new TornSeal(name, null);
        }
        List<Row> rows = new ArrayList<>();
        long[] numbers = new long[NUMBERS];
        long endMs = dayMs;
        long seq = 0;
        int at = 0;
        while (at < text.length) {
            at = line(text, at, numbers);
            long startMs = endMs + numbers[0];
            endMs = startMs + numbers[1];
            seq += numbers[4];
            rows.add(new Row(startMs, endMs, numbers[2], numbers[1] - numbers[3], seq));
        }
        return rows;
    }

    /** @return the start of the next line; the text is as it was written, as its hash has shown */
    private static int line(byte[] text, int from, long[] numbers) {
        int at = from;
        for (int i = 0; i < NUMBERS; i++) {
            boolean negative = text[at] == '-';
            at += negative ? 1 : 0;
            long number = 0;
            while (text[at] >= '0') {
                number = number * 10 + text[at++] - '0';
            }
            numbers[i] = negative ? -number : number;
            at++;
        }
        return at;
    }

    private static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] gzip(byte[] text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length / 4);
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
