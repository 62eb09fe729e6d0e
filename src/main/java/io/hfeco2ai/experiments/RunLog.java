package io.hfeco2ai.experiments;

import io.hfeco2ai.experiments.Experiments.Metric;
import io.hfeco2ai.experiments.metrics.MetricStore;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.NotFound;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The door to what runs log in the course of time: metrics with their history, parameters, tags. */
@Service
public class RunLog {

    private static final int RUNS_PER_QUERY = 500;

    private final JdbcClient jdbc;
    private final MetricStore metrics;
    private final RunFacts facts;

    RunLog(JdbcClient jdbc, MetricStore metrics, RunFacts facts) {
        this.jdbc = jdbc;
        this.metrics = metrics;
        this.facts = facts;
    }

    /**
     * Stores all of it or nothing, for a run of any status. A point that is there already is there once; a tag gets its new
     * content.
     *
     * @throws NotFound no such run in the team
     * @throws BadInput naming the field: names have 1 to 250 characters and no control characters, no text has a NUL
     * @throws ParamChanged a parameter has another content already
     */
    @Transactional
    public void log(String teamId, String runId, Logged logged) {
        Rules.logged(logged);
        boolean known = jdbc.sql("SELECT COUNT(*) FROM run WHERE id = ? AND team_id = ?")
                        .params(runId, teamId)
                        .query(Integer.class)
                        .single()
                > 0;
        if (!known) {
            throw new NotFound("run " + runId);
        }
        facts.putOnce(runId, logged.params());
        facts.put("run_tag", runId, logged.tags());
        metrics.add(runId, logged.metrics());
    }

    /** @return false when the run has no such tag */
    @Transactional
    public boolean removeTag(String runId, String name) {
        return facts.removeTag(runId, name);
    }

    /** Each point of the metric once, by time, then step. */
    public List<MetricPoint> history(String runId, String metric) {
        return metrics.history(runId, metric);
    }

    Facts facts(String runId) {
        return facts(List.of(runId)).getOrDefault(runId, new Facts(Map.of(), Map.of(), List.of()));
    }

    /** By run; a run that has logged nothing is there too. */
    public Map<String, Facts> facts(Collection<String> runIds) {
        Map<String, Facts> all = new LinkedHashMap<>();
        List<String> ids = new ArrayList<>(runIds);
        for (int from = 0; from < ids.size(); from += RUNS_PER_QUERY) {
            List<String> part = ids.subList(from, Math.min(ids.size(), from + RUNS_PER_QUERY));
            var params = facts.of("run_param", part);
            var tags = facts.of("run_tag", part);
            var last = metrics.last(part);
            part.forEach(run -> all.put(
                    run,
                    new Facts(
                            params.getOrDefault(run, Map.of()),
                            tags.getOrDefault(run, Map.of()),
                            last.getOrDefault(run, List.of()))));
        }
        return all;
    }

    /** @param amount NaN and the infinities are kept as they are */
    public record MetricPoint(String name, long step, long atMs, double amount) {}

    public record Logged(List<MetricPoint> metrics, Map<String, String> params, Map<String, String> tags) {}

    /** @param metrics the last of each */
    public record Facts(Map<String, String> params, Map<String, String> tags, List<Metric> metrics) {}

    /** A parameter is what a run was started with: it does not change. */
    public static final class ParamChanged extends Conflict {

        private static final long serialVersionUID = 1L;

        private final String name;
        private final String stored;
        private final String given;

        ParamChanged(String name, String stored, String given) {
            super("Parameter " + name + " is " + stored
                    + " already; a parameter never changes. Log it under another name" + " or start another run.");
            this.name = name;
            this.stored = stored;
            this.given = given;
        }

        public String name() {
            return name;
        }

        public String stored() {
            return stored;
        }

        public String given() {
            return given;
        }
    }
}
