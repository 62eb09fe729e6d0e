package io.hfeco2ai.grid;

import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.NotFound;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;

/**
 * How the electricity of sites is bought: contracts and certificates, which price the market-based view (GHG Protocol Scope
 * 2 Guidance, 2015, chapters 6 and 7). None of them touches the location-based view.
 */
@Service
public class Supply {

    /**
     * What a site's electricity emits by contract: a supplier's rate, a tariff or a PPA for all of it.
     *
     * @param fromMs start of a UTC day, inclusive
     * @param toMs start of a UTC day, exclusive
     */
    public record Contract(String id, String siteId, String name, long fromMs, long toMs, String factorId) {}

    /**
     * @param kind GO, REC, I-REC or PPA
     * @param tracking the registry and the numbers there
     * @param zones in which it counts: its market
     * @param vintage UTC year of generation; it counts in that year only
     * @param siteId null: for all sites of the market, pro rata
     * @param retiredOn null: not retired, so it is not allocated
     */
    public record Certificate(
            String id,
            String kind,
            String tracking,
            Set<String> zones,
            int vintage,
            long volumeWh,
            BigDecimal gramsPerKwh,
            @Nullable String siteId,
            @Nullable LocalDate retiredOn) {}

    /**
     * What part of a site's electricity of a year certificates cover.
     *
     * @param coveredPpm 1 to 1,000,000
     * @param factorId the mean of those certificates
     */
    public record Cover(String siteId, int vintage, int coveredPpm, String factorId) {}

    /** The same before its factor is stored. @param gramsPerKwh mean of the certificates, by energy */
    public record NewCover(String siteId, int coveredPpm, BigDecimal gramsPerKwh) {}

    private final SupplyStore store;
    private final GridCache cache;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Supply(SupplyStore store, GridCache cache, ApplicationEventPublisher events, Clock clock) {
        this.store = store;
        this.cache = cache;
        this.events = events;
        this.clock = clock;
    }

    /** Those in force, by site and time. */
    public List<Contract> contracts() {
        return cache.snapshot().contracts();
    }

    /** Newest vintage first. */
    public List<Certificate> certificates() {
        return store.certificates();
    }

    public List<Cover> covers() {
        return cache.snapshot().covers();
    }

    /**
     * @throws BadInput a field is wrong, or another contract of the site is in force on one of the days
     * @throws NotFound no such site
     */
    void addContract(SupplyInput.NewContract wish) {
        cache.change(fresh -> {
            fresh.site(wish.siteId());
            String zone = fresh.zone(wish.siteId(), wish.fromMs());
            if (zone == null) {
                throw new BadInput("site", "Set the zone of the site first: a contract belongs to a market.");
            }
            fresh.contracts().stream()
                    .filter(other -> other.siteId().equals(wish.siteId())
                            && other.fromMs() < wish.toMs()
                            && wish.fromMs() < other.toMs())
                    .findFirst()
                    .ifPresent(other -> {
                        throw new BadInput(
                                "from",
                                "Contract \"" + other.name()
                                        + "\" of this site is in force on some of these days: withdraw it,"
                                        + " or choose days outside it.");
                    });
            Contract contract = store.addContract(wish, zone, clock.millis());
            changed(
                    "contract.added",
                    "contract",
                    contract.id(),
                    Map.of(
                            "site",
                            wish.siteId(),
                            "g_per_kwh",
                            wish.gramsPerKwh().toPlainString()));
            events.publishEvent(new SiteChanged(wish.siteId(), wish.fromMs(), wish.toMs(), true));
        });
    }

    /** @throws NotFound no such contract in force */
    void withdrawContract(String id) {
        cache.change(fresh -> {
            Contract contract = fresh.contracts().stream()
                    .filter(other -> other.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> new NotFound("contract " + id));
            store.withdraw("contract", id, clock.millis());
            changed("contract.withdrawn", "contract", id, Map.of("site", contract.siteId()));
            events.publishEvent(new SiteChanged(contract.siteId(), contract.fromMs(), contract.toMs(), true));
        });
    }

    /** It counts once the year is allocated. @throws NotFound no such site */
    void addCertificate(SupplyInput.NewCertificate wish) {
        cache.change(fresh -> {
            if (wish.siteId() != null) {
                fresh.site(wish.siteId());
            }
            LocalDate retired = wish.retiredOn();
            if (retired != null && retired.isAfter(today())) {
                throw new BadInput("retired", "That day is still to come: enter it once the certificate is retired.");
            }
            if (certificates().stream()
                    .anyMatch(known ->
                            known.kind().equals(wish.kind()) && known.tracking().equalsIgnoreCase(wish.tracking()))) {
                throw new BadInput(
                        "tracking",
                        "A certificate of that kind and tracking number is here already: each counts once. Of a part, write"
                                + " the numbers of the part.");
            }
            String id = store.addCertificate(wish, clock.millis());
            changed(
                    "certificate.added",
                    "certificate",
                    id,
                    Map.of("vintage", Integer.toString(wish.vintage()), "volume_wh", Long.toString(wish.volumeWh())));
        });
    }

    /** The year's allocation stays until it is made again. @throws NotFound no such certificate */
    void withdrawCertificate(String id) {
        cache.change(fresh -> {
            if (store.withdraw("certificate", id, clock.millis()) == 0) {
                throw new NotFound("certificate " + id);
            }
            changed("certificate.withdrawn", "certificate", id, Map.of());
        });
    }

    /** Replaces what certificates cover in that year; sites that are not named are covered no more. */
    public void cover(int vintage, List<NewCover> covers) {
        cache.change(fresh -> {
            List<Cover> before = fresh.covers().stream()
                    .filter(cover -> cover.vintage() == vintage)
                    .toList();
            List<Cover> after = store.replaceCovers(vintage, covers, clock.millis());
            long fromMs = startMs(vintage);
            for (String site : SupplyInput.sitesIn(before, after)) {
                if (!Objects.equals(of(before, site), of(after, site))) {
                    events.publishEvent(new SiteChanged(site, fromMs, startMs(vintage + 1), true));
                }
            }
            changed(
                    "certificates.allocated",
                    "year",
                    Integer.toString(vintage),
                    Map.of("sites", Integer.toString(after.size())));
        });
    }

    private static @Nullable Cover of(List<Cover> covers, String site) {
        return covers.stream()
                .filter(cover -> cover.siteId().equals(site))
                .findFirst()
                .orElse(null);
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private static long startMs(int year) {
        return LocalDate.of(year, 1, 1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    private void changed(String action, String kind, String id, Map<String, String> details) {
        events.publishEvent(new Changed(action, kind, id, null, details));
    }
}
