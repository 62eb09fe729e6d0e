package io.hfeco2ai.ledger;

/**
 * The entries of a node's hours are posted and will not change; published in the transaction that posts them.
 *
 * @param fromMs start of the first hour, epoch milliseconds
 * @param toMs end of the last hour
 */
public record HoursPosted(String nodeId, long fromMs, long toMs) {}
