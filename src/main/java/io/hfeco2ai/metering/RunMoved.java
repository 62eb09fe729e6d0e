package io.hfeco2ai.metering;

/** A person said that the run was on a machine of its own, which is that node now. */
public record RunMoved(String runId, String nodeId) {}
