package io.hfeco2ai.edge.codecarbon;

import io.hfeco2ai.experiments.Experiments.Run;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tracker that reports: what its run's first message said and where it runs.
 *
 * @param nodeId null: its run claims no node
 * @param client {@code codecarbon/3.0.8}
 * @param gpus how many it reads; 0 when it says none
 * @param machine it reports the whole machine, not one process
 */
record Tracker(
        String runId,
        String teamId,
        @Nullable String nodeId,
        String client,
        int gpus,
        String gpuModel,
        boolean machine) {

    /** @param params as {@link RunBody#params()} made them */
    static Tracker of(Run run, Map<String, String> params, @Nullable String nodeId) {
        return new Tracker(
                run.id(),
                run.teamId(),
                nodeId,
                Objects.requireNonNull(run.client()),
                count(params.get(RunBody.GPU_COUNT)),
                params.getOrDefault(RunBody.GPU_MODEL, ""),
                !params.getOrDefault(RunBody.TRACKING_MODE, "machine").equals("process"));
    }

    private static int count(@Nullable String digits) {
        return digits != null && digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : 0;
    }

    String origin() {
        return "reported:" + client;
    }
}
