package io.hfeco2ai.moving;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * How far a copy has come, in a table of its own on the target that is there from before the first row until both sides
 * are found equal. Whoever kills the copy in between leaves it behind, and the next one goes on by it.
 */
final class Progress {

    static final String TABLE = "moving_progress";

    private static final String SOURCE = "source";
    private static final String ROWS = "rows";
    private static final String FOREIGN_KEY = "foreign key";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Connection target;

    Progress(Connection target) {
        this.target = target;
    }

    /**
     * @param sourceRows when the copy began
     * @param key of the last row copied, in the texts of its kinds; empty: none yet
     */
    record Mark(long sourceRows, long copiedRows, List<String> key) {}

    static boolean exists(Connection database) throws SQLException {
        try (PreparedStatement statement = database.prepareStatement(
                "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ?")) {
            statement.setString(1, database.getSchema());
            statement.setString(2, TABLE);
            return statement.executeQuery().next();
        }
    }

    void begin(String sourceIdentity) throws SQLException {
        try (Statement statement = target.createStatement()) {
            statement.execute("CREATE TABLE " + TABLE + " (kind VARCHAR(20) NOT NULL, name VARCHAR(200) NOT NULL,"
                    + " content TEXT NOT NULL, source_rows BIGINT NOT NULL, copied_rows BIGINT NOT NULL,"
                    + " PRIMARY KEY (kind, name))");
        }
        put(SOURCE, SOURCE, sourceIdentity, 0);
    }

    void expect(String table, long sourceRows) throws SQLException {
        put(ROWS, table, "[]", sourceRows);
    }

    void setAside(String constraint, String statement) throws SQLException {
        put(FOREIGN_KEY, constraint, statement, 0);
    }

    private void put(String kind, String name, String content, long sourceRows) throws SQLException {
        try (PreparedStatement insert = target.prepareStatement("INSERT INTO " + TABLE + " VALUES (?, ?, ?, ?, 0)")) {
            insert.setString(1, kind);
            insert.setString(2, name);
            insert.setString(3, content);
            insert.setLong(4, sourceRows);
            insert.executeUpdate();
        }
    }

    boolean isOf(String sourceIdentity) throws SQLException {
        try (PreparedStatement select = target.prepareStatement("SELECT content FROM " + TABLE + " WHERE kind = ?")) {
            select.setString(1, SOURCE);
            ResultSet found = select.executeQuery();
            return found.next() && found.getString(1).equals(sourceIdentity);
        }
    }

    /** @return null: the table was not there when the copy began */
    @Nullable Mark of(String table) throws SQLException {
        try (PreparedStatement select = target.prepareStatement(
                "SELECT source_rows, copied_rows, content FROM " + TABLE + " WHERE kind = ? AND name = ?")) {
            select.setString(1, ROWS);
            select.setString(2, table);
            ResultSet found = select.executeQuery();
            return found.next()
                    ? new Mark(
                            found.getLong(1),
                            found.getLong(2),
                            JSON.readValue(found.getString(3), new TypeReference<List<String>>() {}))
                    : null;
        }
    }

    /** Within the transaction that brings the rows: both are stored, or neither. */
    void advance(String table, long copiedRows, List<String> key) throws SQLException {
        try (PreparedStatement update = target.prepareStatement(
                "UPDATE " + TABLE + " SET copied_rows = ?, content = ? WHERE kind = ? AND name = ?")) {
            update.setLong(1, copiedRows);
            update.setString(2, JSON.writeValueAsString(key));
            update.setString(3, ROWS);
            update.setString(4, table);
            update.executeUpdate();
        }
    }

    /** The statements that put back what {@link #setAside} noted; they are no longer noted. */
    List<String> takeSetAside() throws SQLException {
        List<String> statements = new ArrayList<>();
        try (PreparedStatement take =
                target.prepareStatement("SELECT content FROM " + TABLE + " WHERE kind = ? ORDER BY name")) {
            take.setString(1, FOREIGN_KEY);
            ResultSet taken = take.executeQuery();
            while (taken.next()) {
                statements.add(taken.getString(1));
            }
        }
        try (PreparedStatement delete = target.prepareStatement("DELETE FROM " + TABLE + " WHERE kind = ?")) {
            delete.setString(1, FOREIGN_KEY);
            delete.executeUpdate();
        }
        return statements;
    }

    void drop() throws SQLException {
        try (Statement statement = target.createStatement()) {
            statement.execute("DROP TABLE " + TABLE);
        }
    }
}
