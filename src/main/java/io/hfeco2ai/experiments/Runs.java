package io.hfeco2ai.experiments;

import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.Progress;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.experiments.Experiments.Status;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.Inputs;
import io.hfeco2ai.platform.NotFound;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Changes runs. Each method is one transaction, the events are published inside it. */
@Repository
class Runs {

    /** Says that the server ended the run; its client may still come and say how it really ended. */
    private static final String LOST = "hfeco2ai.ended";

    record Stored(String runId, boolean created, @Nullable String memberId) {}

    private final ProjectRepository projects;
    private final ExperimentRepository experiments;
    private final RunRepository runs;
    private final AttemptRepository attempts;
    private final Members members;
    private final Joins joins;
    private final RunFacts facts;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Runs(
            ProjectRepository projects,
            ExperimentRepository experiments,
            RunRepository runs,
            AttemptRepository attempts,
            Members members,
            Joins joins,
            RunFacts facts,
            ApplicationEventPublisher events,
            Clock clock) {
        this.projects = projects;
        this.experiments = experiments;
        this.runs = runs;
        this.attempts = attempts;
        this.members = members;
        this.joins = joins;
        this.facts = facts;
        this.events = events;
        this.clock = clock;
    }

    /**
     * A transaction of its own: when two clients start the same at once, the loser's is rolled back (PostgreSQL allows
     * nothing else after a duplicate key) and the caller tries again.
     */
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    Stored start(StartRun start) {
        Instant now = clock.instant();
        Instant startedAt = Rules.time("started_at", start.startedAt(), now);
        String externalId = Rules.optionalName("external_id", start.externalId());
        Rules.tags(start.tags());
        Rules.entries("params", start.params());
        String experimentId = experiment(start.teamId(), start.project(), start.experiment(), now);
        Optional<RunEntity> known =
                externalId == null ? Optional.empty() : runs.findByExperimentIdAndExternalId(experimentId, externalId);
        RunEntity run = known.orElseGet(() -> create(start, experimentId, externalId, startedAt, now));
        if (run.synthetic() != start.synthetic()) {
            throw new Conflict("The run of external_id " + externalId + " is " + (run.synthetic() ? "" : "not ")
                    + "synthetic; made-up and real data are never mixed: use another external_id.");
        }
        AttemptEntity attempt = attempt(run, start.startedAt(), startedAt);
        facts.put("run_tag", run.id(), start.tags());
        facts.put("run_param", run.id(), start.params());
        NewMember member = start.member();
        String memberId = member == null ? null : memberOf(run, attempt, member, startedAt);
        return new Stored(run.id(), known.isEmpty(), memberId);
    }

    /** A transaction of its own, as above. */
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    String openExperiment(String teamId, String project, String experiment) {
        return experiment(teamId, project, experiment, clock.instant());
    }

    /** A transaction of its own, as above. */
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    String openProject(String teamId, String project) {
        return project(teamId, project, clock.instant());
    }

    private String experiment(String teamId, String project, String experiment, Instant now) {
        String name = Rules.title("experiment", experiment);
        String projectId = project(teamId, project, now);
        return experiments
                .findByProjectIdAndName(projectId, name)
                .orElseGet(() -> experiments.saveAndFlush(new ExperimentEntity(Ids.next(), projectId, name, now)))
                .id();
    }

    /** Within the caller's transaction. */
    String project(String teamId, String project, Instant now) {
        String name = Rules.title("project", project);
        return projects.findByTeamIdAndName(teamId, name)
                .orElseGet(() -> projects.saveAndFlush(new ProjectEntity(Ids.next(), teamId, name, now)))
                .id();
    }

    private RunEntity create(
            StartRun start, String experimentId, @Nullable String externalId, Instant startedAt, Instant now) {
        String parentId = start.parentId();
        Inputs.plain("parent_id", parentId);
        if (parentId != null && !runs.existsByIdAndTeamId(parentId, start.teamId())) {
            throw new BadInput("parent_id", "Field parent_id names no run of your team; start the parent first.");
        }
        String id = Ids.next();
        String given = start.name() == null ? externalId : start.name();
        String name = given == null ? "run-" + id.substring(24) : Rules.title("name", given);
        return runs.saveAndFlush(new RunEntity(id, start.teamId(), experimentId, name, startedAt, now)
                .known(externalId, parentId, start.synthetic(), Rules.client(start.client())));
    }

    /** The open attempt, else the one this same message opened before, else a new one. */
    private AttemptEntity attempt(RunEntity run, @Nullable Instant said, Instant startedAt) {
        var all = attempts.findByRunIdOrderByNumberDesc(run.id());
        for (AttemptEntity each : all) {
            if (each.open() || (said != null && each.startedAt().toEpochMilli() == said.toEpochMilli())) {
                return each;
            }
        }
        run.resume();
        int number = all.isEmpty() ? 1 : all.get(0).number() + 1;
        return attempts.saveAndFlush(new AttemptEntity(Ids.next(), run.id(), number, startedAt));
    }

    private String memberOf(RunEntity run, AttemptEntity attempt, NewMember member, Instant otherwise) {
        Rules.member(member);
        Instant startedAt =
                member.startedAt() == null ? otherwise : Rules.time("started_at", member.startedAt(), clock.instant());
        String memberId = members.start(run.id(), attempt, member, startedAt);
        Instant ended = attempt.endedAt();
        if (ended != null) { // told late, after another process had said that the run is over
            members.end(run.id(), memberId, ended);
        }
        Long pid = member.pid();
        if (pid != null) {
            joins.sameProcess(run.id(), member.nodeId(), member.bootId(), pid, startedAt.toEpochMilli());
        }
        return memberId;
    }

    @Transactional
    String addMember(String teamId, String runId, NewMember member) {
        RunEntity run = locked(teamId, runId);
        if (run.status() != Status.RUNNING) {
            throw new Conflict("Run " + runId + " is " + run.status()
                    + "; start it again with its external_id before adding members.");
        }
        return memberOf(run, attempts.findByRunIdOrderByNumberDesc(runId).get(0), member, clock.instant());
    }

    @Transactional
    void finish(String teamId, String runId, @Nullable String statusName, @Nullable Instant endedAt) {
        Status status = Rules.ending(statusName);
        RunEntity run = locked(teamId, runId);
        if (run.status() == status) {
            return;
        }
        if (run.status() == Status.KILLED && facts.hasTag(runId, LOST)) {
            run.restate(status);
            attempts.findByRunIdOrderByNumberDesc(runId).get(0).restate(status);
            facts.removeTag(runId, LOST);
            return;
        }
        if (run.status() != Status.RUNNING) {
            throw new Conflict("Run " + runId + " is already " + run.status()
                    + "; a finished run keeps its status. Start it again with its external_id for a new attempt.");
        }
        Instant end = Rules.time("ended_at", endedAt, clock.instant());
        AttemptEntity attempt = attempts.findByRunIdOrderByNumberDesc(runId).get(0);
        if (endedAt != null) {
            Rules.notBefore("ended_at", end, attempt.startedAt());
        } else if (end.isBefore(attempt.startedAt())) {
            end = attempt.startedAt();
        }
        attempt.end(status, end);
        run.end(status, end);
        runs.flush();
        members.endAll(runId, end);
        joins.sameTime(runId);
        events.publishEvent(new RunFinished(runId));
    }

    /** Ends a member whose process is gone, and with the last one the run as KILLED. Ended ones stay as they are. */
    @Transactional
    void lost(String memberId, Instant lastSeen) {
        String runId = members.runOf(memberId).orElseThrow(() -> new NotFound("member " + memberId));
        RunEntity run = runs.findLockedById(runId).orElseThrow(() -> new NotFound("run " + runId));
        if (members.end(runId, memberId, lastSeen) && run.status() == Status.RUNNING && !members.anyOpen(runId)) {
            AttemptEntity attempt = attempts.findByRunIdOrderByNumberDesc(runId).get(0);
            Instant end = members.lastEnd(attempt.id());
            attempt.end(Status.KILLED, end);
            run.end(Status.KILLED, end);
            runs.flush();
            joins.sameTime(runId);
            facts.put("run_tag", runId, Map.of(LOST, "by the server: the run's process was gone"));
            events.publishEvent(new RunFinished(runId));
        }
    }

    @Transactional
    void progress(String teamId, String runId, Progress progress) {
        if (!runs.existsByIdAndTeamId(runId, teamId)) {
            throw new NotFound("run " + runId);
        }
        facts.measure(runId, progress, clock.millis());
    }

    private RunEntity locked(String teamId, String runId) {
        return runs.findByIdAndTeamId(runId, teamId).orElseThrow(() -> new NotFound("run " + runId));
    }
}
