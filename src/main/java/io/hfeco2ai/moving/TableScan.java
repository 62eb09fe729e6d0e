package io.hfeco2ai.moving;

import io.hfeco2ai.moving.Table.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a table of the source in the order of its primary key, a bite at a time. */
final class TableScan implements AutoCloseable {

    private static final int MOST_ROWS = 1000;

    /** Chunks of metrics can have a million characters each. */
    private static final long MOST_SIZE = 4_000_000;

    private final Table table;
    private final PreparedStatement statement;
    private final ResultSet rows;

    /** @param after the key after which to begin; null: at the beginning */
    TableScan(Connection source, Table table, @Nullable List<Object> after) throws SQLException {
        this.table = table;
        this.statement = source.prepareStatement(table.scan(after != null));
        if (after != null) {
            List<Column> keys = table.keyColumns();
            List<Integer> places = table.afterParameters();
            for (int i = 0; i < places.size(); i++) {
                int place = places.get(i);
                keys.get(place).kind().write(statement, i + 1, after.get(place));
            }
        }
        this.rows = statement.executeQuery();
    }

    /** @return the next rows, each with its contents in the order of the columns; empty at the end */
    List<List<@Nullable Object>> bite() throws SQLException {
        List<List<@Nullable Object>> bite = new ArrayList<>();
        long size = 0;
        while (bite.size() < MOST_ROWS && size < MOST_SIZE && rows.next()) {
            List<@Nullable Object> row = read(table.columns(), rows);
            bite.add(row);
            for (Object content : row) {
                size += Kind.size(content);
            }
        }
        return bite;
    }

    static List<@Nullable Object> read(List<Column> columns, ResultSet rows) throws SQLException {
        List<@Nullable Object> row = new ArrayList<>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            row.add(columns.get(i).kind().read(rows, i + 1));
        }
        return row;
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }
}
