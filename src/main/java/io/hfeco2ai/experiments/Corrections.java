package io.hfeco2ai.experiments;

import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.Status;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.NotFound;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** What a client says differently later: a run goes on, ended otherwise, has another name; an experiment too. */
@Repository
class Corrections {

    private final RunRepository runs;
    private final AttemptRepository attempts;
    private final Members members;
    private final Runs names;
    private final JdbcClient jdbc;
    private final Clock clock;

    Corrections(
            RunRepository runs, AttemptRepository attempts, Members members, Runs names, JdbcClient jdbc, Clock clock) {
        this.runs = runs;
        this.attempts = attempts;
        this.members = members;
        this.names = names;
        this.jdbc = jdbc;
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
        jdbc.sql("UPDATE experiment SET project_id = ?, name = ? WHERE id = ?"
                        + " AND project_id IN (SELECT id FROM project WHERE team_id = ?)")
                .params(projectId, Rules.title("experiment", name), experimentId, teamId)
                .update();
    }

    private RunEntity locked(String teamId, String runId) {
        return runs.findByIdAndTeamId(runId, teamId).orElseThrow(() -> new NotFound("run " + runId));
    }
}
