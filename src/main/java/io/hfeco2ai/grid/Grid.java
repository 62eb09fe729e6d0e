package io.hfeco2ai.grid;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.platform.SettingChanged;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;

/**
 * Where nodes stand and what a kilowatt-hour there emits. Answers are a pure function of stored rows and of the UTC
 * hour asked for; nothing here calls out.
 */
@Service
public class Grid {

    /** The site of every node that was not put anywhere else. */
    public static final String DEFAULT_SITE = "default";

    /** Methods of factors that belong to somebody and not to a zone. */
    private static final Set<String> BOUGHT = Set.of("supplier", "instrument");

    private static final long HOUR_MS = 3_600_000;

    /** Whose building a site is. */
    public enum Operator {
        OWN,
        COLOCATION,
        CLOUD
    }

    /**
     * What an hour of a node's energy is priced with.
     *
     * @param pue facility energy ÷ IT energy, 1 to 5; null = unknown, overhead is then excluded
     * @param factor null = emissions are unknown, and {@code missing} says what to set
     * @param fallback the factor is of another year than the hour
     * @param market null = nothing is known that could stand in the market-based view
     * @param wue litres of water for each kWh of IT energy; null = unknown
     */
    public record Pricing(
            String siteId,
            String siteName,
            @Nullable String zone,
            @Nullable BigDecimal pue,
            @Nullable Factor factor,
            boolean fallback,
            @Nullable String missing,
            @Nullable Market market,
            @Nullable BigDecimal wue) {}

    /** What prices the part that no certificate covers, in the order of the GHG Protocol Scope 2 Guidance. */
    public enum MarketMethod {
        SUPPLIER,
        RESIDUAL,
        /** No contract and no residual mix is known. */
        GRID_AVERAGE
    }

    /**
     * The market-based price of an hour.
     *
     * @param certifiedPpm the part that certificates cover, 0 to 1,000,000
     * @param certificate null = no certificates
     */
    public record Market(
            MarketMethod method,
            Factor factor,
            int certifiedPpm,
            @Nullable Factor certificate) {}

    /** What a factor is one value for. */
    public enum Resolution {
        HOUR,
        MONTH,
        YEAR
    }

    /**
     * Carbon intensity of a zone's electricity over an hour, a month or a year.
     *
     * @param id of the value, or of the series where {@code resolution} is HOUR
     * @param dataYear the UTC year of the hours it is for
     * @param gramsPerKwh g of {@code gas} per kWh, 0 to 1500; of an hourly series asked for by its id the plain mean
     * @param method average, residual, supplier, instrument or marginal; only average prices the location-based view
     * @param basis direct (at the power plants), upstream (fuels and
     *     plants), t-and-d (losses of the grid), life-cycle (direct and upstream), or unknown where
     *     the source does not say
     * @param gas CO2 or CO2e
     * @param gwp edition of the global warming potentials, such as AR5; null = not said, or CO2 only
     * @param perspective production or consumption; null = not said
     */
    public record Factor(
            String id,
            String zone,
            int dataYear,
            BigDecimal gramsPerKwh,
            String method,
            String basis,
            String gas,
            String source,
            String edition,
            String licence,
            String url,
            Resolution resolution,
            @Nullable String gwp,
            @Nullable String perspective) {

        /** Of a year, from a source that says neither GWP edition nor perspective. */
        public Factor(
                String id,
                String zone,
                int dataYear,
                BigDecimal gramsPerKwh,
                String method,
                String basis,
                String gas,
                String source,
                String edition,
                String licence,
                String url) {
            this(
                    id,
                    zone,
                    dataYear,
                    gramsPerKwh,
                    method,
                    basis,
                    gas,
                    source,
                    edition,
                    licence,
                    url,
                    Resolution.YEAR,
                    null,
                    null);
        }

        Factor with(int year, BigDecimal value) {
            return new Factor(
                    id,
                    zone,
                    year,
                    value,
                    method,
                    basis,
                    gas,
                    source,
                    edition,
                    licence,
                    url,
                    resolution,
                    gwp,
                    perspective);
        }
    }

    /** @param country ISO 3166-1 alpha-2 */
    public record Zone(String code, String name, String country, boolean hasFactor) {}

    /**
     * A cloud provider's region and what the provider publishes of it.
     *
     * @param provider aws, gcp or azure
     * @param pue the provider's figure for {@code pueYear}; null = none known. Never applied without being asked for
     * @param wueLitresPerKwh the provider's figure for {@code wueYear}; null = none known
     */
    public record CloudRegion(
            String provider,
            String region,
            String name,
            String zone,
            @Nullable BigDecimal pue,
            @Nullable Integer pueYear,
            @Nullable BigDecimal wueLitresPerKwh,
            @Nullable Integer wueYear,
            String source,
            String licence) {

        /** As accepted for a site's zone: {@code aws:eu-west-1}. */
        public String alias() {
            return provider + ":" + region;
        }
    }

    /** A node in a site over [fromMs, toMs), epoch milliseconds. */
    public record Stay(String siteId, long fromMs, long toMs) {}

    /** A site as it is in the current hour. */
    public record Site(
            String id,
            String name,
            Operator operator,
            @Nullable String zone,
            @Nullable BigDecimal pue,
            @Nullable BigDecimal wue) {}

    private final GridStore store;
    private final GridCache cache;
    private final ReferenceData reference;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Grid(GridStore store, GridCache cache, ReferenceData reference, ApplicationEventPublisher events, Clock clock) {
        this.store = store;
        this.cache = cache;
        this.reference = reference;
        this.events = events;
        this.clock = clock;
    }

    /** What that hour of that node is priced with. @param hourMs start of a UTC hour, epoch milliseconds */
    public Pricing pricing(String nodeId, long hourMs) {
        GridSnapshot now = cache.snapshot();
        return GridPricing.of(now, now.siteOf(nodeId, hourMs), hourMs);
    }

    /** What that hour of any node in that site is priced with. */
    public Pricing pricingOfSite(String siteId, long hourMs) {
        GridSnapshot now = cache.snapshot();
        return GridPricing.of(now, now.site(siteId).id(), hourMs);
    }

    /** The next answer is read from the database, whatever was read before. */
    public void readAnew() {
        cache.forget();
    }

    /** The site a node stands in at that hour. */
    public String siteOf(String nodeId, long hourMs) {
        return cache.snapshot().siteOf(nodeId, hourMs);
    }

    /** The sites a node stood in over [fromMs, toMs), in order. */
    public List<Stay> stays(String nodeId, long fromMs, long toMs) {
        return cache.snapshot().stays(nodeId, fromMs, toMs);
    }

    public Optional<Factor> factor(String id) {
        return cache.snapshot().factorById(id);
    }

    /** With the value that it has for that hour; nothing where an hourly series has none. */
    public Optional<Factor> factorAt(String id, long hourMs) {
        return cache.snapshot().factorAt(id, hourMs);
    }

    /** The grid-average factor of a zone at that hour, or nothing where none is known. */
    public Optional<Factor> factorOfZone(String zone, long hourMs) {
        return cache.snapshot().factor(zone, "average", hourMs).map(DatedFactor::factor);
    }

    /**
     * The yearly average factor of a zone on one basis: of that year, else of the latest before, else of the earliest after. For what
     * stands beside Scope 2; prices no hour.
     *
     * @param basis such as upstream or t-and-d
     */
    public Optional<Factor> yearlyFactor(String zone, String basis, int year) {
        return DatedFactor.ofYear(cache.snapshot().factors(zone), basis, year).map(DatedFactor::factor);
    }

    /** Every stored factor of a zone, oldest first, without those of contracts and certificates. */
    public List<Factor> factorsOfZone(String zone) {
        return cache.snapshot().factors(zone).stream()
                .map(DatedFactor::factor)
                .filter(factor -> !BOUGHT.contains(factor.method()))
                .toList();
    }

    /**
     * How much the zone's yearly values of that source and basis change from one year to the next: root mean square, relative.
     * Where it has no two years in a row, what 234 such changes of 118 zones from 2021 to 2023 come to (Electricity Maps,
     * direct).
     */
    public double yearlyChange(Factor factor) {
        return cache.snapshot().yearlyChange(factor).orElse(0.36);
    }

    /**
     * A provider that has sent no new values of a zone for long.
     *
     * @param problem in plain words; null: it answers, without newer values
     * @param newestMs newest hour it ever sent; null: none
     */
    public record StaleFeed(
            String provider,
            String zone,
            long sinceMs,
            @Nullable Long newestMs,
            @Nullable String problem) {}

    public List<StaleFeed> staleFeeds() {
        return store.staleFeeds();
    }

    /** All known zones, by code; some countries have no factor. */
    public List<Zone> zones() {
        return reference.zones().stream().map(this::zone).toList();
    }

    public Optional<Zone> zone(String code) {
        return reference.zone(code).map(this::zone);
    }

    private Zone zone(ReferenceData.NamedZone named) {
        return new Zone(
                named.code(), named.name(), named.country(), cache.snapshot().hasFactor(named.code()));
    }

    public List<CloudRegion> regions() {
        return reference.regions();
    }

    public Optional<CloudRegion> region(String provider, String region) {
        return reference.region(provider + ":" + region);
    }

    /** All sites by name, as they are in the current hour. */
    public List<Site> sites() {
        GridSnapshot now = cache.snapshot();
        return now.sites().stream()
                .sorted(Comparator.comparing(GridStore.SiteRow::name))
                .map(row -> site(now, row))
                .toList();
    }

    /** @throws NotFound no such site */
    public Site site(String id) {
        GridSnapshot now = cache.snapshot();
        return site(now, now.site(id));
    }

    private Site site(GridSnapshot now, GridStore.SiteRow row) {
        long hourMs = currentHourMs();
        return new Site(
                row.id(),
                row.name(),
                row.operator(),
                now.zone(row.id(), hourMs),
                now.pue(row.id(), hourMs),
                now.wue(row.id(), hourMs));
    }

    /**
     * Adds a site. Zone and PUE, where given, hold from the beginning.
     *
     * @throws BadInput the name is empty, too long or taken; the zone is unknown; the PUE is out of range
     */
    public Site createSite(String name, Operator operator, @Nullable String zoneOrRegion, @Nullable BigDecimal pue) {
        SiteInput.checkPue(pue);
        String zone = zoneOrRegion == null ? null : SiteInput.zone(zoneOrRegion, reference);
        GridStore.SiteRow site = SiteInput.site(name, operator);
        cache.change(fresh -> {
            if (fresh.hasSite(site)) {
                throw new BadInput("name", "A site named \"" + site.name() + "\" exists: choose another name.");
            }
            store.addSite(site, clock.instant());
            if (zone != null) {
                store.putZone(new GridStore.Since<>(site.id(), 0, zone));
            }
            if (pue != null) {
                store.putPue(new GridStore.Since<>(site.id(), 0, pue));
            }
        });
        return new Site(site.id(), site.name(), operator, zone, pue, null);
    }

    /**
     * Sets the zone: the first one from the beginning, a later one from the current UTC hour on.
     *
     * @param zoneOrRegion a zone code (DE, US-CAL-CISO) or a cloud region (aws:eu-west-1)
     * @throws BadInput unknown zone or region
     * @throws NotFound no such site
     */
    public void setZone(String siteId, String zoneOrRegion) {
        String zone = SiteInput.zone(zoneOrRegion, reference);
        cache.change(fresh -> {
            fresh.site(siteId);
            if (!zone.equals(fresh.zone(siteId, currentHourMs()))) {
                long fromMs = fresh.hasZone(siteId) ? currentHourMs() : 0;
                store.putZone(new GridStore.Since<>(siteId, fromMs, zone));
                events.publishEvent(new SiteChanged(siteId, fromMs));
            }
        });
    }

    /**
     * Sets the PUE: the first one from the beginning, a later one (null = unknown again) from the current UTC hour on.
     *
     * @param pue facility energy ÷ IT energy, 1 to 5, at most four decimals
     * @throws BadInput out of range
     * @throws NotFound no such site
     */
    public void setPue(String siteId, @Nullable BigDecimal pue) {
        SiteInput.checkPue(pue);
        cache.change(fresh -> {
            fresh.site(siteId);
            if (!same(pue, fresh.pue(siteId, currentHourMs()))) {
                long fromMs = fresh.hasPue(siteId) ? currentHourMs() : 0;
                store.putPue(new GridStore.Since<>(siteId, fromMs, pue));
                events.publishEvent(new SiteChanged(siteId, fromMs));
            }
        });
    }

    /**
     * Both at once, or neither.
     *
     * @param zoneOrRegion null leaves an unset zone unset
     * @throws BadInput as for each; or no zone where there was one
     */
    public void setZoneAndPue(String siteId, @Nullable String zoneOrRegion, @Nullable BigDecimal pue) {
        SiteInput.checkPue(pue);
        cache.change(fresh -> {
            fresh.site(siteId);
            if (zoneOrRegion != null) {
                setZone(siteId, zoneOrRegion);
            } else if (fresh.hasZone(siteId)) {
                throw new BadInput("zone", "A site keeps a zone once it has one: choose another one.");
            }
            setPue(siteId, pue);
        });
    }

    /**
     * Corrects a mistake: what differs from the current hour's zone or PUE holds for all hours, past ones included; where
     * nothing differs, the current zone and PUE do. What was posted is adjusted.
     *
     * @param zoneOrRegion null leaves an unset zone unset
     * @param pue null: unknown
     * @throws BadInput as for {@link #setZoneAndPue}
     */
    public void correctZoneAndPue(String siteId, @Nullable String zoneOrRegion, @Nullable BigDecimal pue) {
        SiteInput.checkPue(pue);
        String zone = zoneOrRegion == null ? null : SiteInput.zone(zoneOrRegion, reference);
        cache.change(fresh -> {
            fresh.site(siteId);
            if (zone == null && fresh.hasZone(siteId)) {
                throw new BadInput("zone", "A site keeps a zone once it has one: choose another one.");
            }
            boolean zoneSame = Objects.equals(zone, fresh.zone(siteId, currentHourMs()));
            boolean pueSame = same(pue, fresh.pue(siteId, currentHourMs()));
            if (zone != null && (!zoneSame || pueSame)) {
                store.replaceZones(new GridStore.Since<>(siteId, 0, zone));
            }
            if (!pueSame || (zoneSame && fresh.hasPue(siteId))) {
                store.replacePues(new GridStore.Since<>(siteId, 0, pue));
            }
            events.publishEvent(new SiteChanged(siteId, 0, true));
        });
    }

    /**
     * Sets the litres of water for each kWh of IT energy (WUE, ISO/IEC 30134-9): the first one from the beginning, a later one
     * (null = unknown again) from the current UTC hour on.
     *
     * @param wue 0 to 50, at most four decimals
     * @throws BadInput out of range
     * @throws NotFound no such site
     */
    public void setWue(String siteId, @Nullable BigDecimal wue) {
        SiteInput.checkWue(wue);
        cache.change(fresh -> {
            fresh.site(siteId);
            if (!same(wue, fresh.wue(siteId, currentHourMs()))) {
                long fromMs = fresh.hasWue(siteId) ? currentHourMs() : 0;
                store.putWue(new GridStore.Since<>(siteId, fromMs, wue));
                events.publishEvent(new SiteChanged(siteId, fromMs, fromMs == 0));
            }
        });
    }

    /** What was chosen last for each site until then; sites for which nobody chose are not in it. @param asOfMs inclusive */
    public Map<String, SiteControl> controls(long asOfMs) {
        Map<String, SiteControl> chosen = new HashMap<>();
        store.controls().stream()
                .filter(control -> control.chosenMs() <= asOfMs)
                .forEach(control -> chosen.put(control.siteId(), control));
        return chosen;
    }

    /**
     * Chooses who controls the energy of a site. What was asked before keeps what held then.
     *
     * @throws BadInput no reason
     * @throws NotFound no such site
     */
    public void chooseControl(String siteId, SiteControl.Control control, String typedReason) {
        String reason = SiteControl.reason(typedReason);
        cache.change(fresh -> {
            fresh.site(siteId);
            SiteControl before = controls(Long.MAX_VALUE).get(siteId);
            long nowMs = before == null ? clock.millis() : Math.max(clock.millis(), before.chosenMs() + 1);
            SiteControl chosen = new SiteControl(siteId, control, reason, nowMs);
            store.addControl(chosen);
            events.publishEvent(new SettingChanged(
                    "site.control." + siteId, before == null ? null : before.words(), chosen.words()));
        });
    }

    private static boolean same(@Nullable BigDecimal one, @Nullable BigDecimal other) {
        return one == null || other == null ? one == other : one.compareTo(other) == 0;
    }

    /**
     * Puts a node into a site: the first time from the beginning, later from the current UTC hour on.
     *
     * @throws NotFound no such site
     */
    public void assignNode(String nodeId, String siteId) {
        cache.change(fresh -> {
            fresh.site(siteId);
            if (!siteId.equals(fresh.siteOf(nodeId, currentHourMs()))) {
                long fromMs = fresh.hasPlace(nodeId) ? currentHourMs() : 0;
                store.putSiteOfNode(new GridStore.Since<>(nodeId, fromMs, siteId));
                // Until now its hours were priced as the default site's: the first place corrects them.
                events.publishEvent(new SiteChanged(siteId, fromMs, fromMs == 0));
            }
        });
    }

    /**
     * Stored factors of a zone changed.
     *
     * @param fromMs start of the first UTC hour whose price may differ
     * @param toMs end of the last one
     * @param correction prices that were known are replaced too
     */
    public record FactorsChanged(String zone, long fromMs, long toMs, boolean correction) {}

    /**
     * Changes what is stored of factors, in one transaction with what the sites of those zones are told.
     *
     * @param work does it and says what may be priced anew
     */
    public void changeFactors(Supplier<List<FactorsChanged>> work) {
        cache.change(before -> {
            List<FactorsChanged> changes = work.get();
            for (FactorsChanged change : changes) {
                before.sites().stream()
                        .filter(site -> before.zonesEver(site.id()).contains(change.zone()))
                        .forEach(site -> events.publishEvent(
                                new SiteChanged(site.id(), change.fromMs(), change.toMs(), change.correction())));
            }
        });
    }

    private long currentHourMs() {
        return Math.floorDiv(clock.millis(), HOUR_MS) * HOUR_MS;
    }
}
