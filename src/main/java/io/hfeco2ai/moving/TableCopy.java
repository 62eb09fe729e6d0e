package io.hfeco2ai.moving;

import io.hfeco2ai.moving.Table.Column;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Brings the rows of a table: each bite with the mark of how far it reaches, in one transaction. */
final class TableCopy {

    private final Table table;
    private final Source source;
    private final Connection target;
    private final Progress progress;

    TableCopy(Table table, Source source, Target target, Progress progress) {
        this.table = table;
        this.source = source;
        this.target = target.connection();
        this.progress = progress;
    }

    /**
     * @param copied hears after each bite how many rows of the table are there
     * @return how many rows came now
     */
    long run(LongConsumer copied) throws SQLException {
        Progress.Mark mark = Objects.requireNonNull(progress.of(table.name()));
        long rows = mark.copiedRows();
        try (TableScan scan = new TableScan(source.connection(), table, after(mark));
                PreparedStatement insert = target.prepareStatement(table.insert())) {
            for (List<List<@Nullable Object>> bite = scan.bite(); !bite.isEmpty(); bite = scan.bite()) {
                insert(insert, bite);
                rows += bite.size();
                progress.advance(table.name(), rows, key(bite.get(bite.size() - 1)));
                target.commit();
                copied.accept(rows);
            }
        } catch (BatchUpdateException e) {
            throw e.getNextException() == null ? e : e.getNextException();
        }
        return rows - mark.copiedRows();
    }

    private @Nullable List<Object> after(Progress.Mark mark) {
        List<Column> keys = table.keyColumns();
        List<Object> after = new ArrayList<>();
        for (int i = 0; i < mark.key().size(); i++) {
            after.add(keys.get(i).kind().parse(mark.key().get(i)));
        }
        return after.isEmpty() ? null : after;
    }

    private List<String> key(List<@Nullable Object> row) {
        return table.keyTexts(table.keyOf(row));
    }

    private void insert(PreparedStatement insert, List<List<@Nullable Object>> bite) throws SQLException {
        List<Column> columns = table.columns();
        for (List<@Nullable Object> row : bite) {
            for (int i = 0; i < columns.size(); i++) {
                Object content = row.get(i);
                String unstorable = Kind.unstorable(content);
                if (unstorable != null) {
                    throw new Stopped("table " + table.name() + ", row " + table.told(key(row)) + ": column "
                            + columns.get(i).name() + " holds " + unstorable + ", which PostgreSQL cannot store."
                            + " Change that text in the source; docs/operations.md shows how.");
                }
                columns.get(i).kind().write(insert, i + 1, content);
            }
            insert.addBatch();
        }
        insert.executeBatch();
    }
}
