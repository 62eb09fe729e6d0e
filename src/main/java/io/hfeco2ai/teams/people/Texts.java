package io.hfeco2ai.teams.people;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Every text in the database that somebody may have written, of whichever module: read from the schema, so that a table
 * that is made later is not forgotten. What is written once and for ever, and what programs read, is left as it is.
 */
@Component
class Texts {

    /** Longer texts are names and notes; shorter ones are ids, kinds and states. */
    private static final int LONGEST_ID = 64;

    /**
     * Tables that no erasure touches: the books, the reports made from them and the trail are evidence and hold ids of
     * persons, not names; factors and settings are read by the server; the person's own row has its own rule.
     */
    static final Set<String> KEPT_TABLES = Set.of(
            "app_user",
            "audit_event",
            "certificate",
            "contract",
            "entry",
            "factor",
            "factor_feed",
            "factor_hour",
            "flyway_schema_history",
            "held_change",
            "moving_progress",
            "report",
            "restatement",
            "setting");

    /** By which rows are found again. */
    private static final Set<String> KEPT_COLUMNS = Set.of(
            "alert.open_key", "alert.scope", "alert.path", "alert_channel.sealed_url", "alert_channel.sealed_key");

    private static final String COLUMNS = "SELECT c.table_name, c.column_name, c.character_maximum_length FROM"
            + " information_schema.columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema"
            + " AND t.table_name = c.table_name WHERE c.table_schema = CURRENT_SCHEMA AND t.table_type = 'BASE TABLE'"
            + " AND LOWER(c.data_type) IN ('character varying', 'text', 'character large object')"
            + " ORDER BY c.table_name, c.ordinal_position";
    private static final String KEYS = "SELECT k.table_name, k.column_name, c.constraint_type FROM"
            + " information_schema.table_constraints c JOIN information_schema.key_column_usage k"
            + " ON k.constraint_schema = c.constraint_schema AND k.constraint_name = c.constraint_name"
            + " AND k.table_name = c.table_name WHERE c.table_schema = CURRENT_SCHEMA"
            + " AND c.constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY') ORDER BY k.table_name, k.ordinal_position";

    /** @param longest characters that fit */
    record Column(String table, String name, int longest, List<String> key) {

        String shown() {
            return table + "." + name;
        }
    }

    private final JdbcClient jdbc;

    Texts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<Column> columns() {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        Map<String, List<String>> bound = new LinkedHashMap<>();
        jdbc.sql(KEYS).query(row -> {
            bound.computeIfAbsent(row.getString(1), table -> new ArrayList<>()).add(row.getString(2));
            if (row.getString(3).equals("PRIMARY KEY")) {
                keys.computeIfAbsent(row.getString(1), table -> new ArrayList<>())
                        .add(row.getString(2));
            }
        });
        return jdbc
                .sql(COLUMNS)
                .query((row, number) -> {
                    long longest = row.getLong(3);
                    boolean unlimited = row.wasNull() || longest > Integer.MAX_VALUE;
                    return new Column(
                            row.getString(1),
                            row.getString(2),
                            unlimited ? Integer.MAX_VALUE : (int) longest,
                            keys.getOrDefault(row.getString(1), List.of()));
                })
                .list()
                .stream()
                .filter(column -> column.longest() > LONGEST_ID)
                .filter(column -> !KEPT_TABLES.contains(column.table()) && !KEPT_COLUMNS.contains(column.shown()))
                .filter(column -> !column.name().endsWith("_hash"))
                .filter(column -> !bound.getOrDefault(column.table(), List.of()).contains(column.name()))
                .toList();
    }

    /** How many texts name the person, by table and column; those without any are absent. */
    Map<String, Integer> count(Identifiers person) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        visit(person, (column, row) -> counts.merge(column.shown(), 1, Integer::sum));
        return counts;
    }

    /** Puts the pseudonym where the person is named. How many texts. */
    int replace(Identifiers person) {
        List<Runnable> changes = new ArrayList<>();
        visit(
                person,
                (column, row) -> changes.add(() -> {
                    JdbcClient.StatementSpec update = jdbc.sql("UPDATE " + column.table() + " SET " + column.name()
                                    + " = ? WHERE "
                                    + column.key().stream()
                                            .map(name -> name + " = ?")
                                            .collect(Collectors.joining(" AND ")))
                            .param(person.replacedIn((String) row.get(0), column.longest()));
                    row.subList(1, row.size()).forEach(update::param);
                    update.update();
                }));
        changes.forEach(Runnable::run);
        return changes.size();
    }

    /** @param seen the column; the text and then the row's key */
    private void visit(Identifiers person, BiConsumer<Column, List<Object>> seen) {
        List<String> likes = person.likes();
        if (likes.isEmpty()) {
            return;
        }
        for (Column column : columns()) {
            String where = likes.stream()
                    .map(like -> "LOWER(" + column.name() + ") LIKE ? ESCAPE '\\'")
                    .collect(Collectors.joining(" OR "));
            JdbcClient.StatementSpec found = jdbc.sql("SELECT " + column.name() + ", " + String.join(", ", column.key())
                            + " FROM " + column.table() + " WHERE " + where)
                    .params(likes);
            try (Stream<List<Object>> rows = found.query((row, number) -> textAndKey(row, column)).stream()) {
                rows.filter(row -> person.in((String) row.get(0))).forEach(row -> seen.accept(column, row));
            }
        }
    }

    private static List<Object> textAndKey(ResultSet row, Column column) throws SQLException {
        List<Object> content = new ArrayList<>(List.of(row.getString(1)));
        for (int i = 0; i < column.key().size(); i++) {
            content.add(row.getObject(i + 2));
        }
        return content;
    }
}
