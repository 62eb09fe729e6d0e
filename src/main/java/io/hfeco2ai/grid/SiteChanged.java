package io.hfeco2ai.grid;

/**
 * What prices a site's energy changed: its zone, its PUE, the nodes in it, or the factors of its zone.
 *
 * @param fromMs start of the first UTC hour whose price may differ, epoch milliseconds; 0 = all hours
 * @param correction a mistake was corrected: prices that were known are replaced too
 */
public record SiteChanged(String siteId, long fromMs, boolean correction) {

    /** Prices that were known stay. */
    public SiteChanged(String siteId, long fromMs) {
        this(siteId, fromMs, false);
    }
}
