package io.hfeco2ai.ledger.embodied;

import static io.hfeco2ai.ledger.embodied.NodeLife.HOUR_MS;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;

/** Adds up the shares of runs; rows are node, hour, run and its reserved milliseconds, in this order. */
final class SharesSum implements RowCallbackHandler {

    final SortedMap<String, Long> byRun = new TreeMap<>();
    private final Map<String, NodeLife> lives;
    private final @Nullable Set<String> runs;
    private final SortedMap<String, Long> reservedMs = new TreeMap<>();
    private @Nullable String nodeId;
    private long hourMs;

    /** @param runs whose shares are wanted; null: all */
    SharesSum(Map<String, NodeLife> lives, @Nullable Set<String> runs) {
        this.lives = lives;
        this.runs = runs;
    }

    @Override
    public void processRow(ResultSet row) throws SQLException {
        String node = row.getString(1);
        long hour = row.getLong(2);
        if (!node.equals(nodeId) || hour != hourMs) {
            endHour();
            nodeId = node;
            hourMs = hour;
        }
        reservedMs.put(row.getString(3), row.getLong(4));
    }

    /** Once more after the last row. */
    void endHour() {
        NodeLife life = nodeId == null ? null : lives.get(nodeId);
        if (life != null) {
            HourSplit.of(life.between(hourMs, hourMs + HOUR_MS), reservedMs).forEach(this::add);
        }
        reservedMs.clear();
    }

    private void add(String run, long ug) {
        if (!run.isEmpty() && (runs == null || runs.contains(run))) {
            byRun.merge(run, ug, Math::addExact);
        }
    }

    long total() {
        return byRun.values().stream().mapToLong(Long::longValue).reduce(0, Math::addExact);
    }
}
