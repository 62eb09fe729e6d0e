package io.hfeco2ai.moving;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A table and the statements that move it.
 *
 * @param key places of the primary key's columns in the columns, in the key's order
 */
record Table(String name, List<Column> columns, List<Integer> key) {

    record Column(String name, Kind kind) {

        String quoted() {
            return Table.quoted(name);
        }
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    String quoted() {
        return quoted(name);
    }

    List<Column> keyColumns() {
        return key.stream().map(columns::get).toList();
    }

    /** @param after whether only what comes after a key, see {@link #afterParameters} */
    String scan(boolean after) {
        return "SELECT " + names(columns) + " FROM " + quoted() + (after ? " WHERE " + after() : "") + " ORDER BY "
                + names(keyColumns());
    }

    /** (a, b) > (x, y), in a form for which H2 enters the index at x. */
    private String after() {
        List<Column> keys = keyColumns();
        String beyond = "";
        for (int i = keys.size() - 1; i >= 0; i--) {
            String name = keys.get(i).quoted();
            beyond = beyond.isEmpty() ? name + " > ?" : name + " > ? OR (" + name + " = ? AND (" + beyond + "))";
        }
        return keys.get(0).quoted() + " >= ? AND (" + beyond + ")";
    }

    /** Places in the key, parameter by parameter. */
    List<Integer> afterParameters() {
        List<Integer> places = new ArrayList<>(List.of(0));
        for (int i = 0; i < key.size(); i++) {
            places.add(i);
            if (i < key.size() - 1) {
                places.add(i);
            }
        }
        return places;
    }

    String insert() {
        String marks = columns.stream().map(column -> "?").collect(Collectors.joining(", "));
        return "INSERT INTO " + quoted() + " (" + names(columns) + ") VALUES (" + marks + ")";
    }

    /** PostgreSQL only: the rows of many keys, one array for each of the key's columns. */
    String lookup() {
        String arrays = key.stream().map(place -> "?").collect(Collectors.joining(", "));
        String wanted = IntStream.range(0, key.size()).mapToObj(i -> "k" + i).collect(Collectors.joining(", "));
        String same = IntStream.range(0, key.size())
                .mapToObj(i -> "t." + keyColumns().get(i).quoted() + " = k" + i)
                .collect(Collectors.joining(" AND "));
        String all = columns.stream().map(column -> "t." + column.quoted()).collect(Collectors.joining(", "));
        return "SELECT " + all + " FROM unnest(" + arrays + ") AS wanted (" + wanted + ") JOIN " + quoted() + " t ON "
                + same;
    }

    String exists() {
        return "SELECT 1 FROM " + quoted() + " WHERE "
                + keyColumns().stream().map(column -> column.quoted() + " = ?").collect(Collectors.joining(" AND "));
    }

    String keys() {
        return "SELECT " + names(keyColumns()) + " FROM " + quoted();
    }

    List<Object> keyOf(List<@Nullable Object> row) {
        List<Object> content = new ArrayList<>(key.size());
        for (int place : key) {
            content.add(Objects.requireNonNull(row.get(place)));
        }
        return content;
    }

    List<String> keyTexts(List<Object> content) {
        List<Column> keys = keyColumns();
        return IntStream.range(0, keys.size())
                .mapToObj(i -> keys.get(i).kind().text(content.get(i)))
                .toList();
    }

    /** For people: {@code series_id=3, start_ms=1700000000000}. */
    String told(List<String> keyTexts) {
        List<Column> keys = keyColumns();
        return IntStream.range(0, keys.size())
                .mapToObj(i -> keys.get(i).name() + "=" + keyTexts.get(i))
                .collect(Collectors.joining(", "));
    }

    private static String names(List<Column> columns) {
        return columns.stream().map(Column::quoted).collect(Collectors.joining(", "));
    }
}
