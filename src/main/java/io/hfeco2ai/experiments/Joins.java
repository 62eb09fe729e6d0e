package io.hfeco2ai.experiments;

import io.hfeco2ai.experiments.Experiments.JoinedRun;
import io.hfeco2ai.experiments.RunJoined.Claimed;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.platform.rows.Records;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Finds runs that are one execution told by several clients: the same process, or, where a client knows no process, the
 * same node, project and nearly the same time. Each joining is visible and can be cut; a cut one is never made again.
 */
@Repository
class Joins {

    private static final double OVERLAP = 0.9;
    /** Who stays, the best first: the client that knows most of the run. */
    private static final List<String> RICHEST = List.of("hf_eco2ai", "mlflow");

    private static final String POOREST = "codecarbon";

    private final JdbcClient jdbc;
    private final ApplicationEventPublisher events;

    Joins(JdbcClient jdbc, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.events = events;
    }

    /** @param endMs null: still running */
    private record Candidate(
            String id,
            @Nullable String client,
            @Nullable String parentId,
            long startMs,
            @Nullable Long endMs) {

        String tool() {
            return client == null ? "" : client.substring(0, Math.max(0, (client + "/").indexOf('/')));
        }

        int rank() {
            int place = RICHEST.indexOf(tool());
            return place >= 0 ? place : tool().equals(POOREST) ? RICHEST.size() + 1 : RICHEST.size();
        }
    }

    private static final String CANDIDATE = "SELECT r.id, r.client, r.parent_id, MIN(m.start_ms) AS start_ms,"
            + " CASE WHEN COUNT(*) = COUNT(m.end_ms) THEN MAX(m.end_ms) END AS end_ms"
            + " FROM run r JOIN member m ON m.run_id = r.id WHERE r.join_cut = FALSE AND r.joined_id IS NULL ";
    private static final String GROUP = " GROUP BY r.id, r.client, r.parent_id";

    /** Called when a member with a process id starts, in its transaction. */
    void sameProcess(String runId, String nodeId, String bootId, long pid, long startMs) {
        self(runId)
                .ifPresent(run -> jdbc
                        .sql(CANDIDATE
                                + "AND r.id <> :run AND r.team_id = (SELECT team_id FROM run WHERE id = :run)"
                                + " AND m.node_id = :node AND m.boot_id = :boot AND m.pid = :pid"
                                + " AND (m.end_ms IS NULL OR m.end_ms > :start)" + GROUP)
                        .param("run", runId)
                        .param("node", nodeId)
                        .param("boot", bootId)
                        .param("pid", pid)
                        .param("start", startMs)
                        .query(Records.of(Candidate.class))
                        .list()
                        .stream()
                        .filter(other -> !other.tool().equals(run.tool()))
                        // Of nested runs in one process the outermost is the execution.
                        .min(Comparator.<Candidate, Boolean>comparing(other -> other.parentId() != null)
                                .thenComparing(Candidate::startMs)
                                .thenComparing(Candidate::id))
                        .ifPresent(other -> join(run, other, "same process")));
    }

    /** Called when a run has ended, in its transaction. */
    void sameTime(String runId) {
        Candidate run = self(runId).orElse(null);
        if (run == null || run.tool().isEmpty() || run.endMs() == null) {
            return;
        }
        List<String> near = endedNear(run, run.endMs());
        if (near.isEmpty()) {
            return;
        }
        jdbc
                .sql(CANDIDATE
                        + "AND r.id IN (:near) AND r.client IS NOT NULL"
                        + " AND r.experiment_id IN (SELECT e.id FROM experiment e WHERE e.project_id ="
                        + " (SELECT x.project_id FROM experiment x JOIN run o ON o.experiment_id = x.id WHERE o.id = :run))"
                        + GROUP)
                .param("near", near)
                .param("run", runId)
                .query(Records.of(Candidate.class))
                .list()
                .stream()
                .filter(other -> !other.tool().equals(run.tool()) && overlap(run, other) >= OVERLAP)
                .max(Comparator.<Candidate>comparingDouble(other -> overlap(run, other))
                        .thenComparing(Candidate::id))
                .ifPresent(other -> join(
                        run,
                        other,
                        String.format(
                                Locale.ROOT, "same node and project, %.0f %% of the time", overlap(run, other) * 100)));
    }

    /**
     * The runs with a member on one of the run's nodes that ended while it ran or soon after: one that ended later cannot
     * overlap enough. The bounds keep a node's long history out of the search.
     */
    private List<String> endedNear(Candidate run, long endMs) {
        return jdbc.sql("SELECT DISTINCT near.run_id FROM member own JOIN member near ON near.node_id = own.node_id"
                        + " WHERE own.run_id = :run AND near.run_id <> :run AND near.start_ms < :end"
                        + " AND near.end_ms > :start AND near.end_ms <= :latest")
                .param("run", run.id())
                .param("start", run.startMs())
                .param("end", endMs)
                .param("latest", endMs + (long) Math.ceil((endMs - run.startMs()) * (1 / OVERLAP - 1)))
                .query(String.class)
                .list();
    }

    /** The time both ran ÷ the time either did; 0 while one is still running. */
    private static double overlap(Candidate one, Candidate other) {
        Long oneEnd = one.endMs();
        Long otherEnd = other.endMs();
        if (oneEnd == null || otherEnd == null) {
            return 0;
        }
        double both = Math.min(oneEnd, otherEnd) - Math.max(one.startMs(), other.startMs());
        double either = Math.max(oneEnd, otherEnd) - Math.min(one.startMs(), other.startMs());
        return either <= 0 ? 0 : both / either;
    }

    private Optional<Candidate> self(String runId) {
        return jdbc.sql(CANDIDATE + "AND r.id = :run" + GROUP)
                .param("run", runId)
                .query(Records.of(Candidate.class))
                .optional();
    }

    private void join(Candidate one, Candidate other, String reason) {
        List<Candidate> both = new ArrayList<>(List.of(one, other));
        both.sort(Comparator.comparingInt(Candidate::rank)
                .thenComparing(Candidate::startMs)
                .thenComparing(Candidate::id));
        String into = both.get(0).id();
        String joined = both.get(1).id();
        List<String> before = jdbc.sql("SELECT id FROM run WHERE joined_id = ?")
                .param(joined)
                .query(String.class)
                .list();
        jdbc.sql("UPDATE run SET joined_id = ? WHERE joined_id = ?")
                .params(into, joined)
                .update();
        jdbc.sql("UPDATE run SET joined_id = ?, join_reason = ? WHERE id = ?")
                .params(into, reason, joined)
                .update();
        tell(joined, into);
        before.forEach(each -> tell(each, into));
    }

    /** The run is one of its own, now and for ever. */
    @Transactional
    void cut(String teamId, String runId) {
        String into = jdbc.sql("SELECT joined_id FROM run WHERE id = ? AND team_id = ? AND joined_id IS NOT NULL")
                .params(runId, teamId)
                .query(String.class)
                .optional()
                .orElseThrow(() -> new NotFound("joined run " + runId));
        jdbc.sql("UPDATE run SET joined_id = NULL, join_reason = NULL, join_cut = TRUE WHERE id = ?")
                .param(runId)
                .update();
        tell(runId, into);
    }

    private void tell(String runId, String into) {
        List<Claimed> claimed = jdbc.sql("SELECT node_id, MIN(start_ms) AS start_ms FROM member WHERE run_id = ?"
                        + " GROUP BY node_id ORDER BY node_id")
                .param(runId)
                .query(Records.of(Claimed.class))
                .list();
        events.publishEvent(new RunJoined(runId, into, claimed));
    }

    /** The runs that are joined into this one. */
    List<JoinedRun> of(String runId) {
        return jdbc.sql("SELECT id, name, client, join_reason FROM run WHERE joined_id = ? ORDER BY started_at, id")
                .param(runId)
                .query(Joins::joined)
                .list();
    }

    /** The run that this one is joined into, with the reason. */
    @Nullable JoinedRun into(String runId) {
        return jdbc.sql("SELECT i.id, i.name, i.client, r.join_reason FROM run r JOIN run i ON i.id = r.joined_id"
                        + " WHERE r.id = ?")
                .param(runId)
                .query(Joins::joined)
                .optional()
                .orElse(null);
    }

    private static JoinedRun joined(ResultSet row, int number) throws SQLException {
        return new JoinedRun(row.getString(1), row.getString(2), row.getString(3), row.getString(4));
    }
}
