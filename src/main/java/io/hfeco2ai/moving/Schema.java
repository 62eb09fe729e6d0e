package io.hfeco2ai.moving;

import io.hfeco2ai.moving.Table.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All tables of a database, read from the database itself, so that none is forgotten.
 *
 * @param tables in an order in which each comes after those it refers to, as far as there is one
 */
record Schema(List<Table> tables, List<String> sequences) {

    /** Made by Flyway on each side for itself. */
    static final String HISTORY = "flyway_schema_history";

    private static final String COLUMNS = "SELECT c.table_name, c.column_name, c.data_type FROM"
            + " information_schema.columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema"
            + " AND t.table_name = c.table_name WHERE t.table_schema = ? AND t.table_type = 'BASE TABLE'"
            + " ORDER BY c.table_name, c.ordinal_position";
    private static final String KEYS = "SELECT k.table_name, k.column_name FROM information_schema.table_constraints c"
            + " JOIN information_schema.key_column_usage k ON k.constraint_schema = c.constraint_schema"
            + " AND k.constraint_name = c.constraint_name AND k.table_name = c.table_name"
            + " WHERE c.table_schema = ? AND c.constraint_type = 'PRIMARY KEY'"
            + " ORDER BY k.table_name, k.ordinal_position";
    private static final String REFERENCES = "SELECT child.table_name, parent.table_name FROM"
            + " information_schema.referential_constraints r"
            + " JOIN information_schema.table_constraints child ON child.constraint_schema = r.constraint_schema"
            + " AND child.constraint_name = r.constraint_name"
            + " JOIN information_schema.table_constraints parent ON parent.constraint_schema ="
            + " r.unique_constraint_schema AND parent.constraint_name = r.unique_constraint_name"
            + " WHERE r.constraint_schema = ? ORDER BY 1, 2";
    private static final String SEQUENCES = "SELECT sequence_name, sequence_name FROM information_schema.sequences"
            + " WHERE sequence_schema = ? ORDER BY 1";

    /** @throws Refused a table has no primary key, or a column of a type that is not known here */
    static Schema read(Connection database) throws SQLException {
        Map<String, List<Column>> columns = new TreeMap<>();
        for (List<String> row : rows(database, COLUMNS)) {
            if (!row.get(0).equals(HISTORY) && !row.get(0).equals(Progress.TABLE)) {
                columns.computeIfAbsent(row.get(0), name -> new ArrayList<>())
                        .add(new Column(row.get(1), kind(row.get(0), row.get(1), row.get(2))));
            }
        }
        Map<String, List<String>> keys = grouped(rows(database, KEYS));
        Map<String, List<String>> references = grouped(rows(database, REFERENCES));
        List<Table> tables = new ArrayList<>();
        for (String name : ordered(columns.keySet(), references)) {
            tables.add(table(name, columns.getOrDefault(name, List.of()), keys.get(name)));
        }
        return new Schema(
                tables,
                rows(database, SEQUENCES).stream().map(row -> row.get(0)).toList());
    }

    private static Kind kind(String table, String column, String dataType) {
        Kind kind = Kind.of(dataType);
        if (kind == null) {
            throw new Refused(
                    "Column " + column + " of table " + table + " has the type " + dataType
                            + ", which this version cannot move.",
                    "Please report it.");
        }
        return kind;
    }

    private static Table table(String name, List<Column> columns, @Nullable List<String> key) {
        if (key == null) {
            throw new Refused(
                    "Table " + name + " has no primary key, so its rows cannot be told apart.", "Please report it.");
        }
        List<String> names = columns.stream().map(Column::name).toList();
        return new Table(
                name, List.copyOf(columns), key.stream().map(names::indexOf).toList());
    }

    /** Parents first. Where tables refer to each other in a circle, the first by name begins. */
    static List<String> ordered(Set<String> names, Map<String, List<String>> references) {
        List<String> ordered = new ArrayList<>();
        TreeSet<String> waiting = new TreeSet<>(names);
        while (!waiting.isEmpty()) {
            String next = waiting.stream()
                    .filter(name -> {
                        Set<String> parents = new HashSet<>(references.getOrDefault(name, List.of()));
                        parents.remove(name);
                        parents.retainAll(waiting);
                        return parents.isEmpty();
                    })
                    .findFirst()
                    .orElseGet(waiting::first);
            ordered.add(next);
            waiting.remove(next);
        }
        return ordered;
    }

    private static Map<String, List<String>> grouped(List<List<String>> rows) {
        Map<String, List<String>> grouped = new LinkedHashMap<>();
        rows.forEach(row ->
                grouped.computeIfAbsent(row.get(0), name -> new ArrayList<>()).add(row.get(1)));
        return grouped;
    }

    private static List<List<String>> rows(Connection database, String sql) throws SQLException {
        try (PreparedStatement statement = database.prepareStatement(sql)) {
            statement.setString(1, database.getSchema());
            List<List<String>> rows = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                int width = found.getMetaData().getColumnCount();
                while (found.next()) {
                    List<String> row = new ArrayList<>(width);
                    for (int i = 1; i <= width; i++) {
                        row.add(found.getString(i));
                    }
                    rows.add(row);
                }
            }
            return rows;
        }
    }

    /** What the other side lacks or has in another type; empty: nothing. */
    List<String> missingIn(Schema other) {
        List<String> missing = new ArrayList<>();
        for (Table table : tables) {
            Table match = other.tables.stream()
                    .filter(each -> each.name().equals(table.name()))
                    .findFirst()
                    .orElse(null);
            if (match == null) {
                missing.add("table " + table.name());
            } else {
                table.columns().stream()
                        .filter(column -> !match.columns().contains(column))
                        .forEach(column -> missing.add("column " + column.name() + " of table " + table.name()));
            }
        }
        sequences.stream()
                .filter(name -> !other.sequences.contains(name))
                .forEach(name -> missing.add("sequence " + name));
        return missing;
    }
}
