package io.hfeco2ai.experiments;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.NotFound;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;

/** The door to projects, experiments and runs. Times are UTC; a run belongs to one team. */
@Service
public class Experiments {

    /**
     * A run's tag whose name begins so is shown on its page as a notice, in the words of the message {@code notice.} and the
     * rest of the name.
     */
    public static final String NOTICE = "hfeco2ai.notice.";

    /** Two clients that start the same at once make one of them try again; a third try finds what the others made. */
    private static final int TRIES = 5;

    private final Runs runs;
    private final RunQueries queries;
    private final RunLog log;
    private final Corrections corrections;
    private final Claims claims;
    private final Joins joins;

    Experiments(Runs runs, RunQueries queries, RunLog log, Corrections corrections, Claims claims, Joins joins) {
        this.runs = runs;
        this.queries = queries;
        this.log = log;
        this.corrections = corrections;
        this.claims = claims;
        this.joins = joins;
    }

    /**
     * Starts a run, or finds the one of the same external id and opens a new attempt if its last has ended. Runs in a
     * transaction of its own, whatever the caller's.
     *
     * @throws BadInput naming the field
     * @throws Conflict the run of that external id is synthetic and this is not, or the reverse
     */
    public Started start(StartRun start) {
        Runs.Stored stored = again(() -> runs.start(start));
        return new Started(found(stored.runId()), stored.created(), stored.memberId());
    }

    private static <T> T again(Supplier<T> change) {
        for (int tries = 1; ; tries++) {
            try {
                return change.get();
            } catch (DataIntegrityViolationException | ConcurrencyFailureException e) {
                if (tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    /** The id of the team's project of that name, made on first use. */
    public String openProject(String teamId, String project) {
        return again(() -> runs.openProject(teamId, project));
    }

    /** The id of the team's experiment of that name; it and its project are made on first use. */
    public String openExperiment(String teamId, String project, String experiment) {
        return again(() -> runs.openExperiment(teamId, project, experiment));
    }

    /**
     * Gives the experiment another name or project; the project is made on first use.
     *
     * @throws org.springframework.dao.DataIntegrityViolationException there is another one of that name
     */
    public void renameExperiment(String teamId, String experimentId, String project, String experiment) {
        corrections.renameExperiment(teamId, experimentId, project, experiment);
    }

    /** @throws NotFound no such run in the team */
    public void rename(String teamId, String runId, String name) {
        corrections.rename(teamId, runId, name);
    }

    /**
     * A run that has ended goes on now, in a new attempt. A running one stays as it is.
     *
     * @param member null: the new attempt claims nothing
     */
    public void reopen(String teamId, String runId, @Nullable NewMember member) {
        corrections.reopen(teamId, runId, member);
    }

    /** The run ended when it did, but otherwise. */
    public void restate(String teamId, String runId, Status status) {
        corrections.restate(teamId, runId, status);
    }

    /**
     * Adds a process or rank to a running run; the same process told twice is one member.
     *
     * @return the member's id
     * @throws NotFound no such run in the team
     * @throws Conflict the run has ended
     */
    public String addMember(String teamId, String runId, NewMember member) {
        return runs.addMember(teamId, runId, member);
    }

    /** Stores how far the training is as metrics: those given, and epoch, samples and tokens; no step counts as step 0. */
    public void progress(String teamId, String runId, Progress progress) {
        runs.progress(teamId, runId, progress);
    }

    /**
     * Ends the run, its open attempt and its open members. The same status again changes nothing.
     *
     * @param status FINISHED, FAILED or KILLED
     * @param endedAt null: now
     * @throws Conflict the run ended with another status
     */
    public Run finish(String teamId, String runId, @Nullable String status, @Nullable Instant endedAt) {
        runs.finish(teamId, runId, status, endedAt);
        return found(runId);
    }

    /**
     * The member's process was last seen then and has been gone for a while. When no other member is left, the run ends as
     * KILLED; a client that comes back may still {@link #finish} it with the status it really had.
     *
     * @throws NotFound no such member
     */
    public void lost(String memberId, Instant lastSeen) {
        runs.lost(memberId, lastSeen);
    }

    /**
     * Another tool measured the run over [from, to), so it lasted at least that long: it began no later, and when it had
     * ended as FINISHED before, it goes on. For clients that do not say when a run begins or ends.
     *
     * @throws NotFound no such run in the team
     * @throws BadInput a time before 2000 or in the future
     */
    public void lasted(String teamId, String runId, Instant from, Instant to) {
        corrections.lasted(teamId, runId, from, to);
    }

    /** The run was on another node than was thought: its members claim that one now. Marks no hour dirty. */
    public void moved(String runId, String fromNodeId, String toNodeId) {
        corrections.moved(runId, fromNodeId, toNodeId);
    }

    public Optional<Run> find(String runId) {
        return queries.find(runId);
    }

    /** @throws NotFound no such run */
    public RunDetail detail(String runId) {
        RunLog.Facts facts = log.facts(runId);
        return new RunDetail(
                found(runId),
                facts.params(),
                facts.tags(),
                facts.metrics(),
                queries.attempts(runId),
                queries.members(runId),
                joins.of(runId),
                joins.into(runId));
    }

    private Run found(String runId) {
        return find(runId).orElseThrow(() -> new NotFound("run " + runId));
    }

    /** The newest first. */
    public Page<Run> search(RunSearch search) {
        return queries.search(search);
    }

    /**
     * The experiment's runs that ended as FINISHED and have all of those tags, the newest first, made-up ones left out.
     *
     * @param tags content by name
     * @param most of them
     */
    public List<Run> finished(String experimentId, Map<String, String> tags, int most) {
        return queries.finished(experimentId, tags, most);
    }

    /**
     * The experiments whose or whose project's name or id contains the text, the last started first, 50 a page.
     *
     * @param teamIds only experiments of these teams; null: of all
     * @param page from 0
     */
    public Page<ExperimentSummary> experiments(@Nullable Set<String> teamIds, @Nullable String text, int page) {
        return queries.experiments(teamIds, text, page);
    }

    /** The members that claim the node at any time in [fromMs, toMs), ordered by start. */
    public List<Claim> claims(String nodeId, long fromMs, long toMs) {
        return claims.overlapping(nodeId, fromMs, toMs);
    }

    /** The members that have not ended. */
    public List<Claim> openClaims() {
        return claims.open();
    }

    /** All members of the run, ended ones too. */
    public List<Claim> claimsOf(String runId) {
        return claims.ofRun(runId);
    }

    /** From now on the member's process tree is watched, so its share can be weighed by what it used. */
    public Optional<Claim> tracked(String memberId) {
        return claims.tracked(memberId);
    }

    /** The team's projects by name, those without a run too. */
    public List<Project> projects(String teamId) {
        return queries.projects(teamId);
    }

    /**
     * The id of the team's project of that name or id.
     *
     * @throws NotFound no such project in the team
     */
    public String projectId(String teamId, String nameOrId) {
        return queries.projectId(teamId, nameOrId).orElseThrow(() -> new NotFound("project " + nameOrId));
    }

    /**
     * The id of the team's experiment of that name or id.
     *
     * @param projectId null: the name must be the only one of the team
     * @throws NotFound no such experiment
     * @throws BadInput several projects have one of that name
     */
    public String experimentId(String teamId, @Nullable String projectId, String nameOrId) {
        List<String> found = queries.experimentIds(teamId, projectId, nameOrId);
        if (found.size() > 1) {
            throw new BadInput(
                    "experiment", "Field experiment names several experiments; add field project, or give the id.");
        }
        return found.stream().findFirst().orElseThrow(() -> new NotFound("experiment " + nameOrId));
    }

    /**
     * Says that a run is no part of the run it was joined into; they are never joined again.
     *
     * @throws NotFound no joined run of that id in the team
     */
    public void cut(String teamId, String runId) {
        joins.cut(teamId, runId);
    }

    /** Whether each of the members belongs to a run of the team. */
    public boolean ownsMembers(String teamId, Set<String> memberIds) {
        return ownMembers(teamId, memberIds).size() == memberIds.size();
    }

    /** Those of the members that belong to a run of the team. */
    public Set<String> ownMembers(String teamId, Set<String> memberIds) {
        return claims.owned(teamId, memberIds);
    }

    public enum Status {
        RUNNING,
        FINISHED,
        FAILED,
        KILLED
    }

    /**
     * What a client says when a run begins. Project and experiment are made on first use.
     *
     * @param name null: a name is made from the run's id
     * @param externalId the client's own id, unique in the experiment; the same again is the same run
     * @param startedAt null: now
     * @param synthetic made up data of a demonstration or simulator
     * @param member null: the run claims no node, its energy comes by reports only
     * @param client who told us, {@code <tool>/<version>}, at most 100 characters; null: not said
     */
    public record StartRun(
            String teamId,
            String project,
            String experiment,
            @Nullable String name,
            @Nullable String externalId,
            @Nullable String parentId,
            @Nullable Instant startedAt,
            Map<String, String> tags,
            Map<String, String> params,
            boolean synthetic,
            @Nullable NewMember member,
            @Nullable String client) {}

    /**
     * One process or rank on one node.
     *
     * @param devices keys of the devices it has for itself; none: it claims the whole node
     * @param startedAt null: now
     */
    public record NewMember(
            String nodeId,
            String bootId,
            int rank,
            @Nullable Long pid,
            List<String> devices,
            @Nullable Instant startedAt) {}

    /** @param created false: the external id was known, this is the run it named */
    public record Started(
            Run run, boolean created, @Nullable String memberId) {}

    /** @param status the name of a {@link Status} */
    public record Run(
            String id,
            String teamId,
            String teamName,
            String projectId,
            String project,
            String experimentId,
            String experiment,
            @Nullable String parentId,
            @Nullable String externalId,
            String name,
            String status,
            Instant startedAt,
            @Nullable Instant endedAt,
            boolean synthetic,
            @Nullable String client) {}

    /** How far the training is; what is null is not known. */
    public record Progress(
            @Nullable Long step,
            @Nullable Double epoch,
            @Nullable Long samples,
            @Nullable Long tokens,
            Map<String, Double> metrics) {}

    /** @param metrics the last of each */
    public record RunDetail(
            Run run,
            Map<String, String> params,
            Map<String, String> tags,
            List<Metric> metrics,
            List<Attempt> attempts,
            List<Member> members,
            List<JoinedRun> joined,
            @Nullable JoinedRun joinedInto) {}

    /** Another run that is the same execution, told by another client, and why we think so. */
    public record JoinedRun(
            String id, String name, @Nullable String client, String reason) {}

    public record Metric(String name, long step, Instant at, double amount) {}

    public record Attempt(
            int number,
            String status,
            Instant startedAt,
            @Nullable Instant endedAt) {}

    /** @param devices empty: the whole node */
    public record Member(
            String id,
            int attempt,
            String nodeId,
            String bootId,
            int rank,
            @Nullable Long pid,
            Set<String> devices,
            boolean tracked,
            Instant startedAt,
            @Nullable Instant endedAt) {}

    /**
     * What to look for; null: any.
     *
     * @param teamIds only runs of these teams
     * @param text part of a run's, experiment's or project's name or id, in any case
     * @param page from 0
     * @param size 1 to 200
     */
    public record RunSearch(
            @Nullable Set<String> teamIds,
            @Nullable String projectId,
            @Nullable String experimentId,
            @Nullable String status,
            @Nullable String text,
            int page,
            int size) {}

    /** @param number from 0 */
    public record Page<T>(List<T> items, int number, int size, long total) {}

    public record Project(String id, String name) {}

    public record ExperimentSummary(
            String id,
            String name,
            String projectId,
            String project,
            String teamId,
            String teamName,
            long runs,
            long running,
            @Nullable Instant lastStartedAt) {}

    /**
     * A member as metering sees it: who claims which devices of a node, and when.
     *
     * @param devices empty: the whole node
     * @param tracked its process tree is watched
     * @param endMs null: still running
     */
    public record Claim(
            String memberId,
            String runId,
            String bootId,
            Set<String> devices,
            @Nullable Long pid,
            boolean tracked,
            boolean synthetic,
            long startMs,
            @Nullable Long endMs) {}
}
