package io.hfeco2ai.experiments;

import io.hfeco2ai.experiments.Experiments.Progress;
import io.hfeco2ai.experiments.RunLog.MetricPoint;
import io.hfeco2ai.experiments.RunLog.ParamChanged;
import io.hfeco2ai.experiments.metrics.MetricStore;
import io.hfeco2ai.platform.BadInput;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Parameters and tags of runs, and the metrics that come with progress. */
@Repository
class RunFacts {

    private static final int MOST_METRICS = 200;

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;
    private final MetricStore metrics;

    RunFacts(JdbcTemplate batches, MetricStore metrics) {
        this.batches = batches;
        this.jdbc = JdbcClient.create(batches);
        this.metrics = metrics;
    }

    /** @param table run_tag or run_param; what is there already gets the new content */
    void put(String table, String runId, Map<String, String> entries) {
        if (entries.isEmpty()) {
            return;
        }
        // In the order of the names, so that two who write the same ones never wait crosswise.
        Map<String, String> changed = new TreeMap<>();
        entries.forEach((key, content) -> changed.put(key.strip(), content));
        Map<String, String> known = of(table, runId);
        changed.entrySet().removeIf(entry -> entry.getValue().equals(known.get(entry.getKey())));
        Map<String, String> missing = new TreeMap<>(changed);
        missing.keySet().removeAll(known.keySet());
        insert(table, runId, missing);
        // Also those just inserted: somebody else may have been first.
        rows("UPDATE " + table + " SET content = ? WHERE run_id = ? AND name = ?", changed, (name, content) ->
                new Object[] {content, runId, name});
    }

    /**
     * Stores parameters that never change.
     *
     * @throws ParamChanged one has another content already
     */
    void putOnce(String runId, Map<String, String> params) {
        if (params.isEmpty()) {
            return;
        }
        Map<String, String> missing = new TreeMap<>();
        params.forEach((key, content) -> missing.put(key.strip(), content));
        Map<String, String> known = of("run_param", runId);
        missing.forEach((name, content) -> {
            String stored = known.get(name);
            if (stored != null && !stored.equals(content)) {
                throw new ParamChanged(name, stored, content);
            }
        });
        missing.keySet().removeAll(known.keySet());
        insert("run_param", runId, missing);
    }

    private void insert(String table, String runId, Map<String, String> entries) {
        rows(
                "INSERT INTO " + table + " (run_id, name, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                entries,
                (name, content) -> new Object[] {runId, name, content});
    }

    private interface Row {
        Object[] of(String name, String content);
    }

    private void rows(String sql, Map<String, String> entries, Row row) {
        List<Object[]> rows = new ArrayList<>();
        entries.forEach((name, content) -> rows.add(row.of(name, content)));
        if (!rows.isEmpty()) {
            batches.batchUpdate(sql, rows);
        }
    }

    boolean hasTag(String runId, String name) {
        return jdbc.sql("SELECT COUNT(*) FROM run_tag WHERE run_id = ? AND name = ?")
                        .params(runId, name)
                        .query(Integer.class)
                        .single()
                > 0;
    }

    /** @return false when there was none */
    boolean removeTag(String runId, String name) {
        return jdbc.sql("DELETE FROM run_tag WHERE run_id = ? AND name = ?")
                        .params(runId, name)
                        .update()
                > 0;
    }

    Map<String, String> of(String table, String runId) {
        return of(table, List.of(runId)).getOrDefault(runId, Map.of());
    }

    /** @param runIds not too many for one statement */
    Map<String, Map<String, String>> of(String table, Collection<String> runIds) {
        Map<String, Map<String, String>> entries = new HashMap<>();
        jdbc.sql("SELECT run_id, name, content FROM " + table + " WHERE run_id IN (:runs) ORDER BY name")
                .param("runs", runIds)
                .query(row -> {
                    entries.computeIfAbsent(row.getString(1), run -> new LinkedHashMap<>())
                            .put(row.getString(2), row.getString(3));
                });
        return entries;
    }

    void measure(String runId, Progress progress, long atMs) {
        Map<String, Double> amounts = new LinkedHashMap<>(progress.metrics());
        add(amounts, "epoch", progress.epoch());
        add(amounts, "samples", progress.samples());
        add(amounts, "tokens", progress.tokens());
        if (amounts.size() > MOST_METRICS) {
            throw new BadInput(
                    "metrics", "Field metrics has more than " + MOST_METRICS + " names; send fewer in one call.");
        }
        amounts.keySet().forEach(name -> Rules.name("metrics", name));
        Long given = progress.step();
        long step = given == null ? 0 : given;
        List<MetricPoint> points = new ArrayList<>();
        amounts.forEach((name, amount) -> points.add(new MetricPoint(name.strip(), step, atMs, amount)));
        if (!points.isEmpty()) {
            metrics.add(runId, points);
        }
    }

    private static void add(Map<String, Double> amounts, String name, @Nullable Number amount) {
        if (amount != null) {
            amounts.put(name, amount.doubleValue());
        }
    }
}
