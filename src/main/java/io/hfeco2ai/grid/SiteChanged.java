package io.hfeco2ai.grid;

/**
 * What prices a site's energy changed: its zone, PUE, WUE, contracts or certificates, the nodes in it, or the factors of its
 * zone.
 *
 * @param fromMs start of the first UTC hour whose price may differ, epoch milliseconds; 0 = all hours
 * @param toMs end of the last such hour; {@link Long#MAX_VALUE} = open
 * @param correction a mistake was corrected, or what was bought for past hours is known now: prices that were known are
 *     replaced too
 */
public record SiteChanged(String siteId, long fromMs, long toMs, boolean correction) {

    public SiteChanged(String siteId, long fromMs, boolean correction) {
        this(siteId, fromMs, Long.MAX_VALUE, correction);
    }

    /** Prices that were known stay. */
    public SiteChanged(String siteId, long fromMs) {
        this(siteId, fromMs, false);
    }
}
