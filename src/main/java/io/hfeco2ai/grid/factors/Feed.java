package io.hfeco2ai.grid.factors;

import org.jspecify.annotations.Nullable;

/**
 * How a provider's series of a zone goes on. Times are epoch milliseconds.
 *
 * @param factorId of the series; null: nothing came yet
 * @param answeredMs last answer that could be used; null: none yet
 * @param newestMs start of the newest stored hour
 * @param failures tries since that answer that failed
 * @param retryMs not tried before
 * @param problem why the last try failed, in plain words; null: it did not
 * @param staleMs since when it has been reported as stale; null: it is not
 */
public record Feed(
        String provider,
        String zone,
        @Nullable String factorId,
        long triedMs,
        @Nullable Long answeredMs,
        @Nullable Long newestMs,
        int failures,
        long retryMs,
        @Nullable String problem,
        @Nullable Long staleMs) {

    /** One that was never tried. */
    public static Feed fresh(String provider, String zone) {
        return new Feed(provider, zone, null, 0, null, null, 0, 0, null, null);
    }
}
