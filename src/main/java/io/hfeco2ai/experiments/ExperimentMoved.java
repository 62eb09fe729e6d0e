package io.hfeco2ai.experiments;

/** All runs of the experiment now belong to the other project; published in the transaction that moves it. */
public record ExperimentMoved(String experimentId, String fromProjectId, String toProjectId) {}
