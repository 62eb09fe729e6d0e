package io.hfeco2ai.experiments;

import java.util.List;

/**
 * Two runs were found to be one execution, or a person said that they are not: what each has drawn changes.
 *
 * @param claimed where the joined run was, ordered by node
 */
public record RunJoined(String runId, String intoId, List<Claimed> claimed) {

    /** @param startMs epoch milliseconds; from then on the node's energy is divided anew */
    public record Claimed(String nodeId, long startMs) {}
}
