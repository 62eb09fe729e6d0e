package io.hfeco2ai.experiments;

/** A run has ended, well or badly; published in the transaction that stores it, after the members' ends. */
public record RunFinished(String runId) {}
