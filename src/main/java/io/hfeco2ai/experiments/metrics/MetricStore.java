package io.hfeco2ai.experiments.metrics;

import io.hfeco2ai.experiments.Experiments.Metric;
import io.hfeco2ai.experiments.RunLog.MetricPoint;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The history of metrics, a row for each message however many points it has, and beside it the last point of each metric.
 * Points that are told twice are stored twice at most and read once.
 */
@Repository
public class MetricStore {

    private static final int POINTS_PER_CHUNK = 1_000;
    /** Up to so many names are asked for by name; for more it is quicker to read all of the run. */
    private static final int NAMES_ASKED = 30;

    private static final String NEWER =
            "UPDATE metric_last SET step = ?, at_ms = ?, amount = ? WHERE run_id = ? AND name = ?"
                    + " AND (step < ? OR (step = ? AND (at_ms < ? OR (at_ms = ? AND amount < ?))))";

    /** Not a number counts as more than any number, as both databases order it. */
    private static final Comparator<MetricPoint> BY_AGE = Comparator.comparingLong(MetricPoint::step)
            .thenComparingLong(MetricPoint::atMs)
            .thenComparingDouble(MetricPoint::amount);

    private static final Comparator<MetricPoint> BY_TIME = Comparator.comparingLong(MetricPoint::atMs)
            .thenComparingLong(MetricPoint::step)
            .thenComparingDouble(MetricPoint::amount);

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    public MetricStore(JdbcTemplate batches) {
        this.batches = batches;
        this.jdbc = JdbcClient.create(batches);
    }

    /** Within the caller's transaction. */
    public void add(String runId, List<MetricPoint> points) {
        for (int from = 0; from < points.size(); from += POINTS_PER_CHUNK) {
            addChunk(runId, points.subList(from, Math.min(points.size(), from + POINTS_PER_CHUNK)));
        }
    }

    private void addChunk(String runId, List<MetricPoint> points) {
        MetricChunk chunk = MetricChunk.of(points);
        batches.update(
                "INSERT INTO metric_chunk (run_id, hash, points) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                runId,
                chunk.hash(),
                chunk.points());
        // In the order of their names, so that two who log the same metrics never wait crosswise.
        Map<String, MetricPoint> latest = new TreeMap<>();
        points.forEach(point ->
                latest.merge(point.name(), point, (one, other) -> BY_AGE.compare(one, other) < 0 ? other : one));
        keepLast(runId, latest);
    }

    private void keepLast(String runId, Map<String, MetricPoint> latest) {
        Map<String, MetricPoint> known = known(runId, latest.keySet());
        List<MetricPoint> newer = new ArrayList<>();
        List<MetricPoint> first = new ArrayList<>();
        latest.forEach((name, point) -> {
            MetricPoint there = known.get(name);
            if (there == null) {
                first.add(point);
            } else if (BY_AGE.compare(there, point) < 0) {
                newer.add(point);
            }
        });
        if (!first.isEmpty()) {
            batches.batchUpdate(
                    "INSERT INTO metric_last (run_id, name, step, at_ms, amount) VALUES (?, ?, ?, ?, ?)"
                            + " ON CONFLICT DO NOTHING",
                    first,
                    first.size(),
                    (row, point) -> insert(row, runId, point));
            newer.addAll(first); // Somebody else may have been first with an older one.
            newer.sort(Comparator.comparing(MetricPoint::name));
        }
        if (!newer.isEmpty()) {
            batches.batchUpdate(NEWER, newer, newer.size(), (row, point) -> update(row, runId, point));
        }
    }

    private Map<String, MetricPoint> known(String runId, Collection<String> names) {
        Map<String, MetricPoint> known = new HashMap<>();
        String sql = "SELECT name, step, at_ms, amount FROM metric_last WHERE run_id = :run";
        var all = names.size() > NAMES_ASKED
                ? jdbc.sql(sql).param("run", runId)
                : jdbc.sql(sql + " AND name IN (:names)").param("run", runId).param("names", names);
        all.query(row -> {
            known.put(
                    row.getString(1),
                    new MetricPoint(row.getString(1), row.getLong(2), row.getLong(3), row.getDouble(4)));
        });
        return known;
    }

    private static void insert(PreparedStatement row, String runId, MetricPoint point) throws SQLException {
        row.setString(1, runId);
        row.setString(2, point.name());
        row.setLong(3, point.step());
        row.setLong(4, point.atMs());
        row.setDouble(5, point.amount());
    }

    private static void update(PreparedStatement row, String runId, MetricPoint point) throws SQLException {
        row.setLong(1, point.step());
        row.setLong(2, point.atMs());
        row.setDouble(3, point.amount());
        row.setString(4, runId);
        row.setString(5, point.name());
        row.setLong(6, point.step());
        row.setLong(7, point.step());
        row.setLong(8, point.atMs());
        row.setLong(9, point.atMs());
        row.setDouble(10, point.amount());
    }

    /** Each point once, by time. */
    public List<MetricPoint> history(String runId, String name) {
        TreeSet<MetricPoint> points = new TreeSet<>(BY_TIME);
        jdbc.sql("SELECT points FROM metric_chunk WHERE run_id = ?")
                .param(runId)
                .query(row -> {
                    MetricChunk.read(row.getString(1), name, points);
                });
        return List.copyOf(points);
    }

    /** @param runIds not too many for one statement */
    public Map<String, List<Metric>> last(Collection<String> runIds) {
        Map<String, List<Metric>> last = new LinkedHashMap<>();
        jdbc.sql("SELECT run_id, name, step, at_ms, amount FROM metric_last WHERE run_id IN (:runs)"
                        + " ORDER BY run_id, name")
                .param("runs", runIds)
                .query(row -> {
                    last.computeIfAbsent(row.getString(1), run -> new ArrayList<>())
                            .add(new Metric(
                                    row.getString(2),
                                    row.getLong(3),
                                    Instant.ofEpochMilli(row.getLong(4)),
                                    row.getDouble(5)));
                });
        return last;
    }
}
