package io.hfeco2ai.experiments;

import io.hfeco2ai.experiments.Experiments.Metric;
import io.hfeco2ai.experiments.Experiments.Progress;
import io.hfeco2ai.platform.BadInput;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Parameters, tags and metrics of runs. */
@Repository
class RunFacts {

    private static final int MOST_METRICS = 200;

    private final JdbcClient jdbc;

    RunFacts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param table run_tag or run_param; what is there already gets the new content */
    void put(String table, String runId, Map<String, String> entries) {
        entries.forEach((key, content) -> {
            String name = key.strip();
            int there = jdbc.sql("UPDATE " + table + " SET content = ? WHERE run_id = ? AND name = ?")
                    .params(content, runId, name)
                    .update();
            if (there == 0) {
                jdbc.sql("INSERT INTO " + table + " (run_id, name, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
                        .params(runId, name, content)
                        .update();
            }
        });
    }

    boolean hasTag(String runId, String name) {
        return jdbc.sql("SELECT COUNT(*) FROM run_tag WHERE run_id = ? AND name = ?")
                        .params(runId, name)
                        .query(Integer.class)
                        .single()
                > 0;
    }

    void removeTag(String runId, String name) {
        jdbc.sql("DELETE FROM run_tag WHERE run_id = ? AND name = ?")
                .params(runId, name)
                .update();
    }

    Map<String, String> of(String table, String runId) {
        Map<String, String> entries = new LinkedHashMap<>();
        jdbc.sql("SELECT name, content FROM " + table + " WHERE run_id = ? ORDER BY name")
                .param(runId)
                .query(row -> {
                    entries.put(row.getString(1), row.getString(2));
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
        amounts.forEach((name, amount) -> jdbc.sql("INSERT INTO run_metric (run_id, name, step, at_ms, amount)"
                        + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
                .params(runId, name.strip(), step, atMs, amount)
                .update());
    }

    private static void add(Map<String, Double> amounts, String name, @Nullable Number amount) {
        if (amount != null) {
            amounts.put(name, amount.doubleValue());
        }
    }

    /** The last of each metric: the highest step, of that the latest. */
    List<Metric> lastMetrics(String runId) {
        return jdbc.sql("SELECT name, step, at_ms, amount FROM (SELECT name, step, at_ms, amount, ROW_NUMBER() OVER"
                        + " (PARTITION BY name ORDER BY step DESC, at_ms DESC) AS place FROM run_metric"
                        + " WHERE run_id = ?) AS ranked WHERE place = 1 ORDER BY name")
                .param(runId)
                .query((row, number) -> new Metric(
                        row.getString(1), row.getLong(2), Instant.ofEpochMilli(row.getLong(3)), row.getDouble(4)))
                .list();
    }
}
