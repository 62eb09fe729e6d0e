package io.hfeco2ai.grid;

import io.hfeco2ai.grid.Grid.Factor;
import io.hfeco2ai.grid.Grid.Market;
import io.hfeco2ai.grid.Grid.MarketMethod;
import io.hfeco2ai.grid.Grid.Pricing;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What an hour at a site is priced with, in both views of the GHG Protocol Scope 2 Guidance (2015). */
final class GridPricing {

    private GridPricing() {}

    static Pricing of(GridSnapshot now, String siteId, long hourMs) {
        String name = now.site(siteId).name();
        String zone = now.zone(siteId, hourMs);
        BigDecimal pue = now.pue(siteId, hourMs);
        BigDecimal wue = now.wue(siteId, hourMs);
        DatedFactor dated =
                zone == null ? null : now.factor(zone, "average", hourMs).orElse(null);
        String missing = null;
        if (zone == null) {
            missing = "Set the zone of site \"" + name + "\": without it emissions are unknown.";
        } else if (dated == null) {
            missing = "No factor is known for zone " + zone + " of site \"" + name + "\": choose a zone that has one.";
        }
        return new Pricing(
                siteId,
                name,
                zone,
                pue,
                dated == null ? null : dated.factor(),
                dated != null && !dated.covers(hourMs),
                missing,
                market(now, siteId, zone, dated == null ? null : dated.factor(), hourMs),
                wue);
    }

    /**
     * The hierarchy of the Guidance's table 6.3: certificates, then contract or supplier, then the residual mix, then the
     * grid average; the last says that no better one is known.
     */
    private static @Nullable Market market(
            GridSnapshot now, String siteId, @Nullable String zone, @Nullable Factor average, long hourMs) {
        Factor contract =
                now.supply().contract(siteId, hourMs).flatMap(now::factorById).orElse(null);
        Factor residual = contract != null || zone == null
                ? null
                : now.factor(zone, "residual", hourMs).map(DatedFactor::factor).orElse(null);
        Factor uncovered = contract != null ? contract : residual != null ? residual : average;
        if (uncovered == null) {
            return null;
        }
        MarketMethod method = contract != null
                ? MarketMethod.SUPPLIER
                : residual != null ? MarketMethod.RESIDUAL : MarketMethod.GRID_AVERAGE;
        return now.supply()
                .cover(siteId, hourMs)
                .map(cover -> new Market(
                        method,
                        uncovered,
                        cover.coveredPpm(),
                        now.factorById(cover.factorId()).orElseThrow()))
                .orElse(new Market(method, uncovered, 0, null));
    }
}
