package io.hfeco2ai.experiments;

import org.jspecify.annotations.Nullable;

/** A process of a run claims a node from that time on; published in the transaction that stores the member. */
public record MemberStarted(
        String memberId,
        String runId,
        String nodeId,
        String bootId,
        @Nullable Long pid,
        long startMs) {}
