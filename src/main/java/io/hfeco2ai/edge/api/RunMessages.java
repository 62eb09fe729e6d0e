package io.hfeco2ai.edge.api;

import io.hfeco2ai.budgets.Budgets;
import io.hfeco2ai.experiments.Experiments.Attempt;
import io.hfeco2ai.experiments.Experiments.Member;
import io.hfeco2ai.experiments.Experiments.Metric;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.Page;
import io.hfeco2ai.experiments.Experiments.Progress;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.RunDetail;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.platform.BadInput;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What the calls about runs take and answer. Names become snake_case. */
final class RunMessages {

    private RunMessages() {}

    /** Anything may be missing from JSON, so everything may be null here. */
    record StartRequest(
            @Nullable String project,
            @Nullable String experiment,
            @Nullable String name,
            @Nullable String externalId,
            @Nullable String parentId,
            @Nullable String node,
            @Nullable String bootId,
            @Nullable Integer rank,
            @Nullable Long pid,
            @Nullable List<String> devices,
            @Nullable Instant startedAt,
            @Nullable Map<String, String> tags,
            @Nullable Map<String, String> params,
            @Nullable Boolean synthetic) {

        StartRun start(String teamId, @Nullable String client) {
            if (node == null && (pid != null || devices != null || bootId != null)) {
                throw new BadInput("node", "Field node is missing; a process and its devices are on a node.");
            }
            return new StartRun(
                    teamId,
                    required("project", project),
                    required("experiment", experiment),
                    name,
                    externalId,
                    parentId,
                    startedAt,
                    entries("tags", tags),
                    entries("params", params),
                    Boolean.TRUE.equals(synthetic),
                    node == null ? null : new MemberRequest(node, bootId, rank, pid, devices, startedAt).member(),
                    client);
        }
    }

    record MemberRequest(
            @Nullable String node,
            @Nullable String bootId,
            @Nullable Integer rank,
            @Nullable Long pid,
            @Nullable List<String> devices,
            @Nullable Instant startedAt) {

        NewMember member() {
            return new NewMember(
                    required("node", node),
                    required("boot_id", bootId),
                    rank == null ? 0 : rank,
                    pid,
                    devices == null ? List.of() : devices,
                    startedAt);
        }
    }

    record ProgressRequest(
            @Nullable Long step,
            @Nullable Double epoch,
            @Nullable Long samples,
            @Nullable Long tokens,
            @Nullable Map<String, Double> metrics) {

        Progress progress() {
            return new Progress(step, epoch, samples, tokens, entries("metrics", metrics));
        }
    }

    record FinishRequest(@Nullable String status, @Nullable Instant endedAt) {}

    /** @param nodeWatched the server measures the node itself: send usage, not energy */
    record StartedJson(
            String id,
            String status,
            String url,
            @Nullable Boolean nodeWatched,
            @Nullable String memberId) {}

    record MemberAddedJson(String memberId, boolean nodeWatched) {}

    /**
     * @param action continue, warn or stop, as the strictest budget above the run says
     * @param usedRatio null: no budget is about the run, or it left nothing to spend
     */
    record BudgetJson(String action, @Nullable Double usedRatio) {

        static BudgetJson of(Budgets.Action action) {
            return new BudgetJson(action.act().name().toLowerCase(Locale.ROOT), action.usedRatio());
        }
    }

    record ProgressJson(
            @Nullable Double energyKwh,
            @Nullable Double emissionsKgCo2e,
            @Nullable Double powerW,
            BudgetJson budget) {}

    record RunJson(
            String id,
            String name,
            String project,
            String experiment,
            @Nullable String externalId,
            @Nullable String parentId,
            String status,
            Instant startedAt,
            @Nullable Instant endedAt,
            boolean synthetic,
            String url) {

        static RunJson of(Run run, UnaryOperator<String> url) {
            return new RunJson(
                    run.id(),
                    run.name(),
                    run.project(),
                    run.experiment(),
                    run.externalId(),
                    run.parentId(),
                    run.status(),
                    run.startedAt(),
                    run.endedAt(),
                    run.synthetic(),
                    url.apply(run.id()));
        }
    }

    record RunsJson(List<RunJson> runs, int page, int size, long total) {

        static RunsJson of(Page<Run> page, UnaryOperator<String> url) {
            List<RunJson> runs =
                    page.items().stream().map(run -> RunJson.of(run, url)).toList();
            return new RunsJson(runs, page.number(), page.size(), page.total());
        }
    }

    /** @param amount null when the client reported no finite number */
    record MetricJson(
            String name, long step, Instant at, @Nullable Double amount) {

        static MetricJson of(Metric metric) {
            return new MetricJson(
                    metric.name(),
                    metric.step(),
                    metric.at(),
                    Double.isFinite(metric.amount()) ? metric.amount() : null);
        }
    }

    record MemberJson(
            String id,
            int attempt,
            String node,
            String bootId,
            int rank,
            @Nullable Long pid,
            Collection<String> devices,
            Instant startedAt,
            @Nullable Instant endedAt) {

        static MemberJson of(Member member) {
            return new MemberJson(
                    member.id(),
                    member.attempt(),
                    member.nodeId(),
                    member.bootId(),
                    member.rank(),
                    member.pid(),
                    member.devices(),
                    member.startedAt(),
                    member.endedAt());
        }
    }

    record RunDetailJson(
            RunJson run,
            Map<String, String> params,
            Map<String, String> tags,
            List<MetricJson> metrics,
            List<Attempt> attempts,
            List<MemberJson> members) {

        static RunDetailJson of(RunDetail detail, UnaryOperator<String> url) {
            return new RunDetailJson(
                    RunJson.of(detail.run(), url),
                    detail.params(),
                    detail.tags(),
                    detail.metrics().stream().map(MetricJson::of).toList(),
                    detail.attempts(),
                    detail.members().stream().map(MemberJson::of).toList());
        }
    }

    static String required(String field, @Nullable String text) {
        if (text == null) {
            throw new BadInput(field, "Field " + field + " is missing; add it.");
        }
        return text;
    }

    private static <T> Map<String, T> entries(String field, @Nullable Map<String, T> given) {
        Map<String, T> entries = given == null ? Map.of() : new LinkedHashMap<>(given);
        entries.forEach((key, content) -> {
            if (content == null) {
                throw new BadInput(
                        field + "." + key, "Field " + field + "." + key + " is null; leave it out if unknown.");
            }
        });
        return entries;
    }
}
