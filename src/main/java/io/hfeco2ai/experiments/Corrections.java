package io.hfeco2ai.experiments;

import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.Status;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.platform.rows.Records;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * What a client says differently later: a run goes on, ended otherwise, has another name; an experiment
 * too. And when and where it was, for clients that say neither when a run begins or ends, nor on which node.
 */
@Repository
class Corrections {

    private record Known(
            String status,
            OffsetDateTime startedAt,
            @Nullable OffsetDateTime endedAt) {

        boolean beganAfter(Instant from) {
            return startedAt.toInstant().isAfter(from);
        }

        /** Whoever said that the run failed or was stopped knew it. */
        boolean endedBefore(Instant to) {
            return endedAt != null
                    && status.equals(Status.FINISHED.name())
                    && endedAt.toInstant().isBefore(to);
        }
    }

    private record Part(
            String id,
            String nodeId,
            String bootId,
            @Nullable Long pid,
            long startMs,
            @Nullable Long endMs) {}

    private final RunRepository runs;
    private final AttemptRepository attempts;
    private final Members members;
    private final Runs names;
    private final JdbcClient jdbc;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Corrections(
            RunRepository runs,
            AttemptRepository attempts,
            Members members,
            Runs names,
            JdbcClient jdbc,
            ApplicationEventPublisher events,
            Clock clock) {
        this.runs = runs;
        this.attempts = attempts;
        this.members = members;
        this.names = names;
        this.jdbc = jdbc;
        this.events = events;
        this.clock = clock;
    }

    @Transactional
    void reopen(String teamId, String runId, @Nullable NewMember member) {
        RunEntity run = locked(teamId, runId);
        if (run.status() == Status.RUNNING) {
            return;
        }
        Instant now = clock.instant();
        run.resume();
        int number = attempts.findByRunIdOrderByNumberDesc(runId).get(0).number() + 1;
        AttemptEntity attempt = attempts.saveAndFlush(new AttemptEntity(Ids.next(), runId, number, now));
        if (member != null) {
            Rules.member(member);
            members.start(runId, attempt, member, now);
        }
    }

    @Transactional
    void restate(String teamId, String runId, Status status) {
        RunEntity run = locked(teamId, runId);
        if (run.status() == Status.RUNNING) {
            throw new Conflict("Run " + runId + " is running; finish it first.");
        }
        run.restate(status);
        attempts.findByRunIdOrderByNumberDesc(runId).get(0).restate(status);
    }

    @Transactional
    void rename(String teamId, String runId, String name) {
        int renamed = jdbc.sql("UPDATE run SET name = ? WHERE id = ? AND team_id = ?")
                .params(Rules.title("name", name), runId, teamId)
                .update();
        if (renamed == 0) {
            throw new NotFound("run " + runId);
        }
    }

    @Transactional
    void renameExperiment(String teamId, String experimentId, String project, String name) {
        String projectId = names.project(teamId, project, clock.instant());
        Optional<String> before = jdbc.sql("SELECT e.project_id FROM experiment e JOIN project p ON p.id = e.project_id"
                        + " WHERE e.id = ? AND p.team_id = ?")
                .params(experimentId, teamId)
                .query(String.class)
                .optional();
        if (before.isEmpty()) {
            return;
        }
        jdbc.sql("UPDATE experiment SET project_id = ?, name = ? WHERE id = ?")
                .params(projectId, Rules.title("experiment", name), experimentId)
                .update();
        if (!before.get().equals(projectId)) {
            events.publishEvent(new ExperimentMoved(experimentId, before.get(), projectId));
        }
    }

    /** Most often nothing is to be done, and finding that out needs no lock. */
    @Transactional
    void lasted(String teamId, String runId, Instant from, Instant to) {
        Known known = known(teamId, runId, "");
        if (known.beganAfter(from) || known.endedBefore(to)) {
            stretch(
                    teamId,
                    runId,
                    Rules.time("started_at", from, clock.instant()),
                    Rules.time("ended_at", to, clock.instant()));
        }
    }

    private void stretch(String teamId, String runId, Instant start, Instant end) {
        Known run = known(teamId, runId, " FOR UPDATE");
        String attempt = jdbc.sql("SELECT id FROM attempt WHERE run_id = ? ORDER BY number DESC FETCH FIRST 1 ROW ONLY")
                .param(runId)
                .query(String.class)
                .single();
        if (run.beganAfter(start)) {
            began(runId, attempt, start);
        }
        if (run.endedBefore(end)) {
            goesOn(runId, attempt);
        }
    }

    private Known known(String teamId, String runId, String lock) {
        Optional<Known> found = jdbc.sql(
                        "SELECT status, started_at, ended_at FROM run WHERE id = ? AND team_id = ?" + lock)
                .params(runId, teamId)
                .query(Records.of(Known.class))
                .optional();
        return found.orElseThrow(() -> new NotFound("run " + runId));
    }

    private void began(String runId, String attempt, Instant start) {
        OffsetDateTime at = start.atOffset(ZoneOffset.UTC);
        jdbc.sql("UPDATE run SET started_at = ? WHERE id = ?").params(at, runId).update();
        jdbc.sql("UPDATE attempt SET started_at = ? WHERE id = ? AND started_at > ?")
                .params(at, attempt, at)
                .update();
        for (Part part : parts(attempt)) {
            if (part.startMs() > start.toEpochMilli()) {
                jdbc.sql("UPDATE member SET start_ms = ? WHERE id = ?")
                        .params(start.toEpochMilli(), part.id())
                        .update();
                tell(runId, part, null, start.toEpochMilli());
            }
        }
    }

    private void goesOn(String runId, String attempt) {
        jdbc.sql("UPDATE run SET status = ?, ended_at = NULL WHERE id = ?")
                .params(Status.RUNNING.name(), runId)
                .update();
        jdbc.sql("UPDATE attempt SET status = ?, ended_at = NULL WHERE id = ?")
                .params(Status.RUNNING.name(), attempt)
                .update();
        for (Part part : parts(attempt)) {
            Long endMs = part.endMs();
            if (endMs != null) {
                jdbc.sql("UPDATE member SET end_ms = NULL WHERE id = ?")
                        .param(part.id())
                        .update();
                tell(runId, part, part.pid(), endMs);
            }
        }
    }

    /** A node that is only known by reports has its own id as its boot. */
    void moved(String runId, String fromNodeId, String toNodeId) {
        jdbc.sql("UPDATE member SET node_id = ?, boot_id = ? WHERE run_id = ? AND node_id = ?")
                .params(toNodeId, toNodeId, runId, fromNodeId)
                .update();
    }

    private List<Part> parts(String attempt) {
        return jdbc.sql("SELECT id, node_id, boot_id, pid, start_ms, end_ms FROM member WHERE attempt_id = ?"
                        + " ORDER BY node_id, id")
                .param(attempt)
                .query(Records.of(Part.class))
                .list();
    }

    /** From that time on the member claims a part of what is stored already. */
    private void tell(String runId, Part part, @Nullable Long pid, long fromMs) {
        events.publishEvent(new MemberStarted(part.id(), runId, part.nodeId(), part.bootId(), pid, fromMs));
    }

    private RunEntity locked(String teamId, String runId) {
        return runs.findByIdAndTeamId(runId, teamId).orElseThrow(() -> new NotFound("run " + runId));
    }
}
