package io.hfeco2ai.grid;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads the bundled tables: UTF-8, a header line, commas, double quotes around fields that contain a comma. */
final class Csv {

    private Csv() {}

    /** One line by column name. An empty field is the empty string. */
    record Line(Map<String, Integer> columns, List<String> fields) {
        String get(String column) {
            Integer index = columns.get(column);
            if (index == null || index >= fields.size()) {
                throw new IllegalStateException("no column '" + column + "' in " + fields);
            }
            return fields.get(index);
        }
    }

    /** @param resource file name beside {@code /grid/} on the class path */
    static List<Line> read(String resource) {
        try (InputStream in = Csv.class.getResourceAsStream("/grid/" + resource)) {
            if (in == null) {
                throw new IllegalStateException("missing on the class path: /grid/" + resource);
            }
            Stream<String> lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines();
            return parse(lines.toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Line> parse(List<String> lines) {
        Map<String, Integer> columns = new TreeMap<>();
        List<String> header = fields(lines.get(0));
        for (int i = 0; i < header.size(); i++) {
            columns.put(header.get(i), i);
        }
        return lines.stream()
                .skip(1)
                .map(line -> new Line(columns, fields(line)))
                .toList();
    }

    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
