package io.hfeco2ai.experiments;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** The door to projects, experiments and runs. Times are UTC; a run belongs to one team. */
@Service
public class Experiments {

    private final JdbcClient jdbc;
    private final Claims claims;

    Experiments(JdbcClient jdbc, Claims claims) {
        this.jdbc = jdbc;
        this.claims = claims;
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
    public void tracked(String memberId) {
        jdbc.sql("UPDATE member SET tracked = TRUE WHERE id = ?")
                .param(memberId)
                .update();
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
            @Nullable NewMember member) {}

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
            boolean synthetic) {}

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
            List<Member> members) {}

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
     * @param text part of a run's, experiment's or project's name or id, in any case
     * @param page from 0
     * @param size 1 to 200
     */
    public record RunSearch(
            @Nullable String teamId,
            @Nullable String projectId,
            @Nullable String experimentId,
            @Nullable String status,
            @Nullable String text,
            int page,
            int size) {}

    /** @param number from 0 */
    public record Page<T>(List<T> items, int number, int size, long total) {}

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
