package io.hfeco2ai.reports.standards;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Grid.Site;
import io.hfeco2ai.grid.SiteControl;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Line;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.reports.Category;
import io.hfeco2ai.reports.Progress;
import io.hfeco2ai.reports.ReportRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What was metered in a period, added up in every way that a report divides it. Made-up data is left out. */
final class Activity {

    private static final int ALL_PPM = 1_000_000;

    /** @param factorId "": not priced; @param how MarketMethod, CERTIFICATE, or "" for the location-based view */
    record FactorKey(String how, String factorId) implements Comparable<FactorKey> {
        @Override
        public int compareTo(FactorKey other) {
            int byHow = how.compareTo(other.how);
            return byHow == 0 ? factorId.compareTo(other.factorId) : byHow;
        }
    }

    /** Where Scope 2 electricity came from in a UTC year, and the basis of what priced it; "" where nothing did. */
    record Supplied(String zone, int year, String basis) implements Comparable<Supplied> {
        @Override
        public int compareTo(Supplied other) {
            return Comparator.comparing(Supplied::zone)
                    .thenComparingInt(Supplied::year)
                    .thenComparing(Supplied::basis)
                    .compare(this, other);
        }
    }

    final Sum total = new Sum();
    final Map<Category, Sum> byCategory = new TreeMap<>();
    /** Of {@link Category#SCOPE2}: what runs claim, and what none does. */
    final Sum ofRuns = new Sum();

    final Sum ofNoRun = new Sum();
    final Map<Supplied, Sum> scope2ByZone = new TreeMap<>();
    final Map<String, Sum> bySite = new TreeMap<>();
    final Map<YearMonth, Sum> byMonth = new TreeMap<>();
    /** What no run claims is under "". */
    final Map<String, Sum> byTeam = new TreeMap<>();
    /** Location-based. */
    final Map<String, Sum> byFactor = new TreeMap<>();
    /** Market-based, of what certificates do not cover. */
    final Map<FactorKey, Sum> byMarketFactor = new TreeMap<>();

    final Set<String> certificateFactors = new TreeSet<>();
    final Set<String> methods = new TreeSet<>();
    boolean provisional;

    private final Ledger ledger;
    private final Grid grid;
    private final ReportRequest request;
    private final Map<String, Site> sites = new HashMap<>();
    private final Map<String, SiteControl> controls;

    private Activity(Ledger ledger, Grid grid, ReportRequest request) {
        this.ledger = ledger;
        this.grid = grid;
        this.request = request;
        this.controls = grid.controls(request.askedMs());
        grid.sites().forEach(site -> sites.put(site.id(), site));
    }

    /** Month by month, so that what is held in memory does not grow with the hours. */
    static Activity of(Ledger ledger, Grid grid, ReportRequest request, Progress progress) {
        Activity activity = new Activity(ledger, grid, request);
        long span = request.toMs() - request.fromMs();
        for (long from = request.fromMs(); from < request.toMs(); ) {
            progress.at((int) ((from - request.fromMs()) * ALL_PPM / span));
            LocalDate day = LocalDate.ofInstant(Instant.ofEpochMilli(from), ZoneOffset.UTC);
            YearMonth month = YearMonth.from(day);
            long next = month.plusMonths(1)
                    .atDay(1)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant()
                    .toEpochMilli();
            long to = Math.min(next, request.toMs());
            activity.addMonth(month, from, to);
            from = to;
        }
        return activity;
    }

    /** A node that moved is asked for once more, stay by stay. */
    private void addMonth(YearMonth month, long fromMs, long toMs) {
        Map<String, List<Grid.Stay>> moved = new TreeMap<>();
        Map<String, String> siteOf = new HashMap<>();
        ledger.lines(question(null, fromMs, toMs), line -> {
            String site = siteOf.computeIfAbsent(line.nodeId(), node -> {
                List<Grid.Stay> stays = grid.stays(node, fromMs, toMs);
                if (stays.size() > 1) {
                    moved.put(node, stays);
                }
                return stays.get(0).siteId();
            });
            if (!moved.containsKey(line.nodeId())) {
                add(month, site, line);
            }
        });
        moved.forEach((node, stays) -> stays.forEach(stay ->
                ledger.lines(question(node, stay.fromMs(), stay.toMs()), line -> add(month, stay.siteId(), line))));
    }

    private Question question(@Nullable String nodeId, long fromMs, long toMs) {
        return request.question(nodeId, fromMs, toMs);
    }

    private void add(YearMonth month, String siteId, Line line) {
        total.add(line);
        sum(byCategory, category(siteId)).add(line);
        if (category(siteId) == Category.SCOPE2) {
            (line.teamId().isEmpty() ? ofNoRun : ofRuns).add(line);
            sum(scope2ByZone, supplied(line.factorId(), month.getYear())).add(line);
        }
        sum(bySite, siteId).add(line);
        sum(byMonth, month).add(line);
        sum(byTeam, line.teamId()).add(line);
        String factor = line.factorId();
        sum(byFactor, factor == null ? "" : factor).add(line);
        Ledger.MarketKey market = line.market();
        if (market != null) {
            sum(byMarketFactor, new FactorKey(market.method().name(), market.factorId()))
                    .add(line);
            if (market.certificateFactorId() != null) {
                certificateFactors.add(market.certificateFactorId());
            }
        } else {
            // Method version 1 had no market view of its own: its figure is the location-based one.
            sum(byMarketFactor, new FactorKey(factor == null ? "" : "GRID_AVERAGE", factor == null ? "" : factor))
                    .add(line);
        }
        methods.add(line.methodVersion());
        provisional |= line.provisional();
    }

    private Supplied supplied(@Nullable String factorId, int year) {
        if (factorId == null) {
            return new Supplied("", year, "");
        }
        Grid.Factor factor = grid.factor(factorId).orElseThrow();
        return new Supplied(factor.zone(), year, factor.basis());
    }

    Category category(String siteId) {
        return Category.of(site(siteId), controls.get(siteId), request);
    }

    /** Null: nobody chose. */
    @Nullable SiteControl control(String siteId) {
        return controls.get(siteId);
    }

    /** Names of sites in the report for which nobody chose who controls their energy. */
    List<String> undecided() {
        return bySite.keySet().stream()
                .filter(id -> !controls.containsKey(id))
                .map(id -> site(id).name())
                .toList();
    }

    Site site(String id) {
        Site site = sites.get(id);
        if (site == null) {
            throw new IllegalStateException("nodes stand in the unknown site " + id);
        }
        return site;
    }

    /** Of that category; without anything when there is none. */
    Sum of(Category category) {
        return byCategory.getOrDefault(category, new Sum());
    }

    private static <K> Sum sum(Map<K, Sum> sums, K key) {
        return sums.computeIfAbsent(key, ignored -> new Sum());
    }
}
