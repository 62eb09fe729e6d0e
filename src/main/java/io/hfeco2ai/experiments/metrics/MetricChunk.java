package io.hfeco2ai.experiments.metrics;

import io.hfeco2ai.experiments.RunLog.MetricPoint;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Metric points as text: a line for each metric, name TAB step,time,amount;step,time,amount… Steps and times are written as
 * the difference to the point before them, the first to 0. Names have no control characters.
 *
 * @param hash 128 bits of the points' SHA-256, in hex: the same points in the same order are the same chunk
 */
record MetricChunk(String hash, String points) {

    private static final int HASH_BYTES = 16;
    private static final int CHARS_PER_POINT = 32;

    private static final class Line {

        final StringBuilder text = new StringBuilder();
        long step;
        long atMs;

        void add(MetricPoint point) {
            text.append(text.isEmpty() ? "" : ";")
                    .append(point.step() - step)
                    .append(',')
                    .append(point.atMs() - atMs)
                    .append(',')
                    .append(point.amount());
            step = point.step();
            atMs = point.atMs();
        }
    }

    static MetricChunk of(List<MetricPoint> points) {
        Map<String, Line> lines = new LinkedHashMap<>();
        points.forEach(
                point -> lines.computeIfAbsent(point.name(), name -> new Line()).add(point));
        StringBuilder text = new StringBuilder(points.size() * CHARS_PER_POINT);
        lines.forEach((name, line) -> text.append(text.isEmpty() ? "" : "\n")
                .append(name)
                .append('\t')
                .append(line.text));
        String all = text.toString();
        return new MetricChunk(hash(all), all);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(digest, HASH_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Adds the metric's points. */
    static void read(String points, String name, Collection<MetricPoint> into) {
        String start = name + "\t";
        int from = points.startsWith(start) ? 0 : points.indexOf("\n" + start) + 1;
        if (from == 0 && !points.startsWith(start)) {
            return;
        }
        int end = points.indexOf('\n', from);
        long step = 0;
        long atMs = 0;
        int at = from + start.length();
        int last = end < 0 ? points.length() : end;
        while (at < last) {
            int comma = points.indexOf(',', at);
            int second = points.indexOf(',', comma + 1);
            int next = points.indexOf(';', second);
            int stop = next < 0 || next > last ? last : next;
            step += Long.parseLong(points, at, comma, 10);
            atMs += Long.parseLong(points, comma + 1, second, 10);
            into.add(new MetricPoint(name, step, atMs, Double.parseDouble(points.substring(second + 1, stop))));
            at = stop + 1;
        }
    }
}
