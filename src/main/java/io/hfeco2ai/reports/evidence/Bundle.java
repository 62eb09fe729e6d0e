package io.hfeco2ai.reports.evidence;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Grid.Factor;
import io.hfeco2ai.grid.Grid.Site;
import io.hfeco2ai.grid.SiteControl;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Claimed;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.Key;
import io.hfeco2ai.ledger.Ledger.MarketKey;
import io.hfeco2ai.reports.Category;
import io.hfeco2ai.reports.CountedEntries;
import io.hfeco2ai.reports.Report;
import io.hfeco2ai.reports.ReportRequest;
import java.io.IOException;
import java.io.Writer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What lies behind one report, read hour by hour: no transaction is held, and what is kept in memory grows with nodes and
 * hourly factor values, not with entries.
 */
final class Bundle {

    private final Ledger ledger;
    private final Grid grid;
    private final ReportRequest request;
    private final Report report;
    private final Map<String, Site> sites = new HashMap<>();
    private final Map<String, SiteControl> controls;
    private final TreeSet<String> nodes = new TreeSet<>();
    /** By id, the hours of a series that were used; no hours where there is one value. */
    private final TreeMap<String, TreeSet<Long>> factors = new TreeMap<>();

    private long entries;

    Bundle(Ledger ledger, Grid grid, ReportRequest request, Report report) {
        this.ledger = ledger;
        this.grid = grid;
        this.request = request;
        this.report = report;
        this.controls = grid.controls(request.askedMs());
        grid.sites().forEach(site -> sites.put(site.id(), site));
    }

    long entries() {
        return entries;
    }

    /** Of what was booked until the report was made. */
    void entries(Writer out) throws IOException {
        EntryRows.header(out);
        CountedEntries.each(ledger, request, report.madeAt(), claimed -> write(out, claimed));
    }

    private void write(Writer out, Claimed claimed) throws IOException {
        Entry entry = claimed.entry();
        String siteId = grid.siteOf(entry.nodeId(), entry.hourMs());
        EntryRows.write(out, entry, claimed.teamId(), siteId, category(siteId).name());
        entries++;
        nodes.add(entry.nodeId());
        Key key = entry.key();
        uses(key.factorId(), entry.hourMs());
        MarketKey market = key.market();
        if (market != null) {
            uses(market.factorId(), entry.hourMs());
            uses(market.certificateFactorId(), entry.hourMs());
        }
    }

    private void uses(@Nullable String factorId, long hourMs) {
        if (factorId != null) {
            TreeSet<Long> hours = factors.computeIfAbsent(factorId, id -> new TreeSet<>());
            if (grid.factor(factorId).orElseThrow().resolution() == Grid.Resolution.HOUR) {
                hours.add(hourMs);
            }
        }
    }

    private Category category(String siteId) {
        return Category.of(site(siteId), controls.get(siteId), request);
    }

    private Site site(String id) {
        Site site = sites.get(id);
        if (site == null) {
            throw new IllegalStateException("nodes stand in the unknown site " + id);
        }
        return site;
    }

    /** After the entries. */
    void factors(Writer out) throws IOException {
        out.write(
                "factor_id,hour_ms,g_per_kwh,zone,data_year,resolution,method,basis,gas,gwp,perspective,source,edition,"
                        + "licence,url\n");
        for (Map.Entry<String, TreeSet<Long>> used : factors.entrySet()) {
            String id = used.getKey();
            Factor factor = grid.factor(id).orElseThrow();
            if (used.getValue().isEmpty()) {
                factor(out, factor, null);
            }
            for (long hour : used.getValue()) {
                // A value that was taken back since is left out: checking then names the entries that it priced.
                Factor then = grid.factorAt(id, hour).orElse(null);
                if (then != null) {
                    factor(out, then, hour);
                }
            }
        }
        for (Factor factor : besideScope2()) {
            factor(out, factor, null);
        }
    }

    /** What the report may have counted in Scope 3 category 3: yearly factors of the zones that priced its energy. */
    private List<Factor> besideScope2() {
        return factors.keySet().stream()
                .map(id -> grid.factor(id).orElseThrow().zone())
                .distinct()
                .flatMap(zone -> grid.factorsOfZone(zone).stream())
                .filter(factor -> factor.resolution() == Grid.Resolution.YEAR
                        && factor.method().equals("average")
                        && Set.of("upstream", "t-and-d").contains(factor.basis()))
                .toList();
    }

    private static void factor(Writer out, Factor factor, @Nullable Long hourMs) throws IOException {
        BundleFiles.row(
                out,
                factor.id(),
                hourMs,
                factor.gramsPerKwh().toPlainString(),
                factor.zone(),
                factor.dataYear(),
                factor.resolution(),
                factor.method(),
                factor.basis(),
                factor.gas(),
                factor.gwp(),
                factor.perspective(),
                factor.source(),
                factor.edition(),
                factor.licence(),
                factor.url());
    }

    /** After the entries: where each node stood. */
    void sites(Writer out) throws IOException {
        out.write("node_id,from_ms,to_ms,site_id,site,operator,zone,control\n");
        for (String node : nodes) {
            for (Grid.Stay stay : grid.stays(node, request.fromMs(), request.toMs())) {
                Site site = site(stay.siteId());
                SiteControl control = controls.get(site.id());
                BundleFiles.row(
                        out,
                        node,
                        stay.fromMs(),
                        stay.toMs(),
                        site.id(),
                        site.name(),
                        site.operator(),
                        site.zone(),
                        control == null ? null : control.control());
            }
        }
    }
}
