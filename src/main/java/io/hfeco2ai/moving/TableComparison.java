package io.hfeco2ai.moving;

import io.hfeco2ai.moving.Table.Column;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether a table has the same rows on both sides, to the last column. Rows of the target are looked up by their keys:
 * the databases sort texts differently, and so both sides are hashed in the source's order.
 */
final class TableComparison {

    private static final int MOST_TOLD = 20;
    private static final int FETCH = 1000;

    private final Table table;
    private final Connection source;
    private final Connection target;
    private final MessageDigest sourceHash = sha256();
    private final MessageDigest targetHash = sha256();
    private final List<String> told = new ArrayList<>();
    private long differences;
    private long found;

    TableComparison(Table table, Source source, Target target) {
        this.table = table;
        this.source = source.connection();
        this.target = target.connection();
    }

    /**
     * @param sourceHash SHA-256 of all rows, in the order of the primary key in the source
     * @param differences rows that are not the same on both sides
     * @param told the first of them in words, with their keys
     */
    record Result(
            long sourceRows,
            long targetRows,
            String sourceHash,
            String targetHash,
            long differences,
            List<String> told) {

        boolean equal() {
            return differences == 0 && sourceRows == targetRows && sourceHash.equals(targetHash);
        }
    }

    Result run() throws SQLException {
        long rows = 0;
        try (TableScan scan = new TableScan(source, table, null);
                PreparedStatement lookup = target.prepareStatement(table.lookup())) {
            for (List<List<@Nullable Object>> bite = scan.bite(); !bite.isEmpty(); bite = scan.bite()) {
                compare(bite, lookedUp(lookup, bite));
                rows += bite.size();
            }
        }
        long targetRows = Source.count(target, table);
        if (targetRows != found) {
            tellWhatIsOnlyOnTheTarget();
        }
        target.commit();
        return new Result(
                rows,
                targetRows,
                HexFormat.of().formatHex(sourceHash.digest()),
                HexFormat.of().formatHex(targetHash.digest()),
                differences,
                List.copyOf(told));
    }

    private Map<List<String>, List<@Nullable Object>> lookedUp(
            PreparedStatement lookup, List<List<@Nullable Object>> bite) throws SQLException {
        List<Column> keys = table.keyColumns();
        for (int i = 0; i < keys.size(); i++) {
            int place = table.key().get(i);
            Object[] contents = bite.stream().map(row -> row.get(place)).toArray();
            lookup.setArray(i + 1, target.createArrayOf(keys.get(i).kind().postgresType(), contents));
        }
        Map<List<String>, List<@Nullable Object>> rows = new HashMap<>();
        try (ResultSet there = lookup.executeQuery()) {
            while (there.next()) {
                List<@Nullable Object> row = TableScan.read(table.columns(), there);
                rows.put(table.keyTexts(table.keyOf(row)), row);
            }
        }
        return rows;
    }

    private void compare(List<List<@Nullable Object>> bite, Map<List<String>, List<@Nullable Object>> there) {
        found += there.size();
        for (List<@Nullable Object> row : bite) {
            List<String> key = table.keyTexts(table.keyOf(row));
            List<@Nullable String> here = texts(row);
            update(sourceHash, here);
            List<@Nullable Object> match = there.get(key);
            if (match == null) {
                tell(key, "is missing on the target");
                continue;
            }
            List<@Nullable String> other = texts(match);
            update(targetHash, other);
            if (!here.equals(other)) {
                tell(key, "differs in " + differing(here, other));
            }
        }
    }

    /** Only the names of the columns: a content may be nobody's business. */
    private String differing(List<@Nullable String> here, List<@Nullable String> there) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < here.size(); i++) {
            if (!Objects.equals(here.get(i), there.get(i))) {
                names.add(table.columns().get(i).name());
            }
        }
        return String.join(", ", names);
    }

    private void tellWhatIsOnlyOnTheTarget() throws SQLException {
        List<Column> keys = table.keyColumns();
        try (PreparedStatement all = target.prepareStatement(table.keys());
                PreparedStatement exists = source.prepareStatement(table.exists())) {
            all.setFetchSize(FETCH);
            ResultSet rows = all.executeQuery();
            while (rows.next()) {
                List<Object> key = new ArrayList<>();
                for (Object content : TableScan.read(keys, rows)) {
                    key.add(Objects.requireNonNull(content));
                }
                for (int i = 0; i < keys.size(); i++) {
                    keys.get(i).kind().write(exists, i + 1, key.get(i));
                }
                try (ResultSet match = exists.executeQuery()) {
                    if (!match.next()) {
                        tell(table.keyTexts(key), "is on the target only");
                    }
                }
            }
        }
    }

    private void tell(List<String> key, String what) {
        differences++;
        if (told.size() < MOST_TOLD) {
            told.add("table " + table.name() + ", row " + table.told(key) + ": " + what);
        }
    }

    private List<@Nullable String> texts(List<@Nullable Object> row) {
        List<@Nullable String> texts = new ArrayList<>(row.size());
        for (int i = 0; i < row.size(); i++) {
            Object content = row.get(i);
            texts.add(content == null ? null : table.columns().get(i).kind().text(content));
        }
        return texts;
    }

    /** Each content with its length before it, so that no two rows are the same bytes. */
    private static void update(MessageDigest hash, List<@Nullable String> texts) {
        StringBuilder row = new StringBuilder();
        for (String text : texts) {
            if (text == null) {
                row.append('-');
            } else {
                row.append(text.length()).append(':').append(text);
            }
        }
        hash.update(row.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
