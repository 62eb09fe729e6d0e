package io.hfeco2ai.ledger.periods;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Grid.Stay;
import io.hfeco2ai.grid.Supply;
import io.hfeco2ai.grid.Supply.Certificate;
import io.hfeco2ai.grid.Supply.NewCover;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Settings;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Shares certificates out at the close of a year: what is dedicated to a site first, then the rest pro rata to the energy that
 * the sites of the market still have uncovered, each to all of it at most. Energy is that at the meter of the building where
 * the PUE is known.
 */
@Component
class CertificateClose {

    private static final BigDecimal MICROJOULES_PER_WH = new BigDecimal("3600000000");
    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

    /**
     * @param consumedWh of the sites with certificates or a zone, posted hours of the year
     * @param leftWh of retired certificates that no site could take
     */
    record Result(List<NewCover> covers, BigDecimal consumedWh, BigDecimal leftWh) {}

    /** Of a site, in Wh. */
    private static final class Account {
        final BigDecimal consumed;
        BigDecimal uncovered;
        BigDecimal grams = BigDecimal.ZERO;

        Account(BigDecimal consumed) {
            this.consumed = consumed;
            this.uncovered = consumed;
        }

        void take(BigDecimal wh, BigDecimal gramsPerKwh) {
            uncovered = uncovered.subtract(wh);
            grams = grams.add(wh.multiply(gramsPerKwh));
        }

        NewCover cover(String siteId) {
            BigDecimal covered = consumed.subtract(uncovered);
            int ppm = covered.multiply(MILLION)
                    .divide(consumed, 0, RoundingMode.DOWN)
                    .intValueExact();
            return new NewCover(siteId, ppm, grams.divide(covered, 4, RoundingMode.HALF_EVEN));
        }
    }

    private final Supply supply;
    private final Grid grid;
    private final Metering metering;
    private final PeriodLocks locks;
    private final Settings settings;
    private final JdbcClient jdbc;
    private final Clock clock;

    CertificateClose(
            Supply supply,
            Grid grid,
            Metering metering,
            PeriodLocks locks,
            Settings settings,
            JdbcClient jdbc,
            Clock clock) {
        this.supply = supply;
        this.grid = grid;
        this.metering = metering;
        this.locks = locks;
        this.settings = settings;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** @throws BadInput the year is not over */
    @Transactional
    Result allocate(int vintage) {
        settings.lock(PeriodLocks.BOOKING, "");
        if (startMs(vintage + 1) > clock.millis()) {
            throw new BadInput(
                    "vintage", "The year " + vintage + " is not over: certificates are allocated at its close.");
        }
        if (locks.open(startMs(vintage), startMs(vintage + 1)) > 0) {
            throw new BadInput(
                    "vintage",
                    "Some hours of " + vintage + " are not posted yet, or are being priced anew: wait, then allocate.");
        }
        Result result = share(
                supply.certificates().stream()
                        .filter(certificate -> certificate.vintage() == vintage && retired(certificate))
                        .toList(),
                consumed(vintage),
                zones(vintage));
        supply.cover(vintage, result.covers());
        return result;
    }

    private boolean retired(Certificate certificate) {
        LocalDate day = certificate.retiredOn();
        return day != null && !day.isAfter(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
    }

    /** A site's zone at the end of the year, as its market. */
    private Map<String, String> zones(int vintage) {
        Map<String, String> zones = new TreeMap<>();
        for (Grid.Site site : grid.sites()) {
            String zone = grid.pricingOfSite(site.id(), startMs(vintage + 1) - 3_600_000)
                    .zone();
            if (zone != null) {
                zones.put(site.id(), zone);
            }
        }
        return zones;
    }

    /** Pure: the same certificates and energy give the same shares, in whatever order the sites come. */
    static Result share(List<Certificate> retired, Map<String, BigDecimal> consumedWh, Map<String, String> zones) {
        Map<String, Account> accounts = new TreeMap<>();
        consumedWh.forEach((site, wh) -> {
            if (wh.signum() > 0 && zones.containsKey(site)) {
                accounts.put(site, new Account(wh));
            }
        });
        BigDecimal left = BigDecimal.ZERO;
        List<Certificate> order = new ArrayList<>(retired.stream()
                .filter(one -> one.siteId() != null)
                .sorted(Comparator.comparing(Certificate::id))
                .toList());
        retired.stream()
                .filter(one -> one.siteId() == null)
                .sorted(Comparator.comparing(Certificate::id))
                .forEach(order::add);
        for (Certificate certificate : order) {
            left = left.add(shareOne(certificate, accounts, zones));
        }
        List<NewCover> covers = new ArrayList<>();
        BigDecimal consumed = BigDecimal.ZERO;
        for (Map.Entry<String, Account> account : accounts.entrySet()) {
            consumed = consumed.add(account.getValue().consumed);
            if (account.getValue().uncovered.compareTo(account.getValue().consumed) < 0) {
                covers.add(account.getValue().cover(account.getKey()));
            }
        }
        return new Result(
                covers.stream().filter(cover -> cover.coveredPpm() > 0).toList(), consumed, left);
    }

    /** Returns what nobody could take. */
    private static BigDecimal shareOne(
            Certificate certificate, Map<String, Account> accounts, Map<String, String> zones) {
        Map<String, Account> takers = new TreeMap<>(accounts);
        takers.keySet()
                .removeIf(site -> !certificate.zones().contains(zones.get(site))
                        || (certificate.siteId() != null
                                && !certificate.siteId().equals(site)));
        BigDecimal volume = BigDecimal.valueOf(certificate.volumeWh());
        BigDecimal open =
                takers.values().stream().map(account -> account.uncovered).reduce(BigDecimal.ZERO, BigDecimal::add);
        if (open.signum() == 0) {
            return volume;
        }
        BigDecimal used = volume.min(open);
        takers.values()
                .forEach(account -> account.take(
                        used.multiply(account.uncovered).divide(open, 6, RoundingMode.DOWN),
                        certificate.gramsPerKwh()));
        return volume.subtract(used);
    }

    /** What posted hours of the year add up to, by site. */
    private Map<String, BigDecimal> consumed(int vintage) {
        Map<String, BigDecimal> bySite = new TreeMap<>();
        for (Node node : metering.nodes()) {
            for (Stay stay : grid.stays(node.id(), startMs(vintage), startMs(vintage + 1))) {
                BigDecimal microjoules = jdbc.sql(
                                "SELECT SUM(COALESCE(facility_uj, energy_uj)) FROM entry WHERE node_id = ?"
                                        + " AND hour_ms >= ? AND hour_ms < ? AND state <> 'PROVISIONAL' AND NOT synthetic")
                        .params(node.id(), stay.fromMs(), stay.toMs())
                        .query((row, number) -> {
                            BigDecimal sum = row.getBigDecimal(1);
                            return sum == null ? BigDecimal.ZERO : sum;
                        })
                        .single();
                bySite.merge(stay.siteId(), microjoules, BigDecimal::add);
            }
        }
        bySite.replaceAll((site, uj) -> uj.divide(MICROJOULES_PER_WH, 6, RoundingMode.HALF_EVEN));
        return bySite;
    }

    private static long startMs(int year) {
        return LocalDate.of(year, 1, 1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }
}
