package io.hfeco2ai.experiments;

/** A member's claim on its node has ended; published in the transaction that stores the end. */
public record MemberEnded(String memberId, String runId, String nodeId, long startMs, long endMs) {}
