package io.hfeco2ai.grid;

/**
 * A provider of live factors has sent nothing new for hours, so the annual value stands in for them.
 *
 * @param sinceMs end of the newest hour that it sent, epoch milliseconds; of a provider that never sent any, now
 */
public record FeedStale(String provider, String zone, long sinceMs) {}
