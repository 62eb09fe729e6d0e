package io.hfeco2ai.ledger;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger.FactorUse;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.Energy;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Adds up the rows of a query into a footprint. */
final class FootprintSum {

    private static final BigDecimal ZERO = BigDecimal.ZERO;

    /** Years of the hours that a factor priced. */
    private record Years(int first, int last) {
        Years and(Years other) {
            return new Years(Math.min(first, other.first), Math.max(last, other.last));
        }
    }

    private final Grid grid;
    BigDecimal energy = ZERO;
    BigDecimal withFacility = ZERO;
    BigDecimal priced = ZERO;
    /** Priced although the overhead is unknown. */
    BigDecimal pricedWithoutOverhead = ZERO;

    BigDecimal reported = ZERO;
    /** An hour without a price, to ask what is missing. */
    @Nullable String unpricedNode;

    long unpricedHourMs;
    BigDecimal expectedMs = ZERO;
    BigDecimal observedMs = ZERO;
    boolean synthetic;
    final Map<String, BigDecimal> byShareKey = new TreeMap<>();
    private BigDecimal facility = ZERO;
    private BigDecimal location = ZERO;
    private BigDecimal unattributed = ZERO;
    private BigDecimal energyTimesPpm = ZERO;
    private boolean provisional;
    private boolean booked;
    private final MarketSum market = new MarketSum();
    private BigDecimal water = ZERO;
    private BigDecimal withWater = ZERO;
    private final Map<String, BigDecimal> byQuality = new TreeMap<>();
    private final Map<String, BigDecimal> byDeviceKind = new TreeMap<>();
    private final Map<Boundary, BigDecimal> byBoundary = new EnumMap<>(Boundary.class);
    private final Map<String, Years> factorYears = new TreeMap<>();
    private final Map<String, BigDecimal> pricedByFactor = new TreeMap<>();
    private final Map<String, BigDecimal> emittingByFactor = new TreeMap<>();
    private final Map<String, BigDecimal> emittedByFactor = new TreeMap<>();

    FootprintSum(Grid grid) {
        this.grid = grid;
    }

    void add(ResultSet row, boolean everybody) throws SQLException {
        BigDecimal amount = row.getBigDecimal(8);
        String shareKey = row.getString(3);
        booked = true;
        energy = energy.add(amount);
        facility = facility.add(orZero(row.getBigDecimal(9)));
        withFacility = withFacility.add(row.getBigDecimal(10));
        location = location.add(orZero(row.getBigDecimal(11)));
        priced = priced.add(row.getBigDecimal(12));
        pricedWithoutOverhead = pricedWithoutOverhead.add(row.getBigDecimal(13));
        energyTimesPpm = energyTimesPpm.add(row.getBigDecimal(14));
        expectedMs = expectedMs.add(row.getBigDecimal(15));
        observedMs = observedMs.add(row.getBigDecimal(16));
        provisional |= row.getInt(17) == 1;
        synthetic |= row.getInt(18) == 1;
        byDeviceKind.merge(row.getString(2), amount, BigDecimal::add);
        byShareKey.merge(shareKey, amount, BigDecimal::add);
        byQuality.merge(row.getString(4), amount, BigDecimal::add);
        byBoundary.merge(Boundary.valueOf(row.getString(5)), amount, BigDecimal::add);
        reported = row.getString(6).startsWith("reported:") ? reported.add(amount) : reported;
        if (everybody && (shareKey.equals("idle") || shareKey.equals("other"))) {
            unattributed = unattributed.add(amount);
        }
        addFactor(row, amount);
        market.add(row.getString(22), row.getBigDecimal(23), row.getBigDecimal(24), row.getBigDecimal(25));
        water = water.add(orZero(row.getBigDecimal(26)));
        withWater = withWater.add(row.getBigDecimal(27));
    }

    private void addFactor(ResultSet row, BigDecimal amount) throws SQLException {
        String factorId = row.getString(7);
        if (factorId != null) {
            factorYears.merge(factorId, new Years(year(row.getLong(19)), year(row.getLong(20))), Years::and);
            pricedByFactor.merge(factorId, row.getBigDecimal(12), BigDecimal::add);
            BigDecimal emitting = orZero(row.getBigDecimal(9)).add(row.getBigDecimal(13));
            emittingByFactor.merge(factorId, emitting, BigDecimal::add);
            emittedByFactor.merge(factorId, orZero(row.getBigDecimal(11)), BigDecimal::add);
        } else if (amount.signum() != 0) {
            String[] hourAndNode = row.getString(21).split(" ", 2);
            unpricedHourMs = Long.parseLong(hourAndNode[0]);
            unpricedNode = hourAndNode[1];
        }
    }

    Footprint footprint(RunPower power) {
        List<FactorUse> factors = pricedByFactor.entrySet().stream()
                .filter(use -> use.getValue().signum() != 0)
                .map(use -> factorUse(use.getKey()))
                .toList();
        return new Footprint(
                Energy.ofMicrojoules(energy),
                boundary(),
                energy.signum() != 0 && withFacility.compareTo(energy) == 0 ? Energy.ofMicrojoules(facility) : null,
                Energy.ofMicrojoules(unattributed),
                priced.signum() == 0 ? null : CarbonMass.ofMicrograms(location),
                Energy.ofMicrojoules(priced),
                market.sum(),
                energy.signum() != 0 && withWater.compareTo(energy) == 0 ? water.movePointLeft(6) : null,
                ofQuality("MEASURED"),
                ofQuality("MODELLED"),
                ofQuality("UNKNOWN"),
                ratio(observedMs, expectedMs),
                ratio(energyTimesPpm.movePointLeft(6), energy),
                provisional || !booked,
                factors,
                energies(byDeviceKind),
                energies(byShareKey),
                power.peakWatts(),
                power.meanWatts(),
                Ledger.METHOD_VERSION,
                FootprintNotes.of(this, factors, grid));
    }

    private FactorUse factorUse(String factorId) {
        Grid.Factor factor = grid.factor(factorId)
                .orElseThrow(() -> new IllegalStateException("entries name the unknown factor " + factorId));
        Years years = Objects.requireNonNull(factorYears.get(factorId));
        boolean hourly = factor.resolution() == Grid.Resolution.HOUR;
        return new FactorUse(
                factorId,
                factor.zone(),
                hourly ? meanGramsPerKwh(factorId) : factor.gramsPerKwh(),
                factor.method(),
                factor.basis(),
                factor.source(),
                factor.edition(),
                hourly ? years.last() : factor.dataYear(),
                !hourly && (years.first() != factor.dataYear() || years.last() != factor.dataYear()));
    }

    /** What the hours of a series came to, weighted with the energy that was priced: emissions ÷ that energy. */
    private BigDecimal meanGramsPerKwh(String factorId) {
        return orZero(emittedByFactor.get(factorId))
                .multiply(Energy.MICROJOULES_PER_KWH)
                .divide(orZero(emittingByFactor.get(factorId)), 4 + 6, RoundingMode.HALF_EVEN)
                .movePointLeft(6)
                .setScale(4, RoundingMode.HALF_EVEN);
    }

    private @Nullable Boundary boundary() {
        List<Boundary> with = byBoundary.entrySet().stream()
                .filter(entry -> entry.getValue().signum() != 0)
                .map(Map.Entry::getKey)
                .toList();
        return with.size() == 1 ? with.get(0) : null;
    }

    private Energy ofQuality(String quality) {
        return Energy.ofMicrojoules(byQuality.getOrDefault(quality, ZERO));
    }

    private static Map<String, Energy> energies(Map<String, BigDecimal> amounts) {
        Map<String, Energy> energies = new TreeMap<>();
        amounts.forEach((key, amount) -> {
            if (amount.signum() != 0) {
                energies.put(key, Energy.ofMicrojoules(amount));
            }
        });
        return energies;
    }

    private static @Nullable Double ratio(BigDecimal part, BigDecimal whole) {
        return whole.signum() == 0
                ? null
                : part.divide(whole, 9, RoundingMode.HALF_EVEN).doubleValue();
    }

    private static int year(long ms) {
        return Instant.ofEpochMilli(ms).atOffset(ZoneOffset.UTC).getYear();
    }

    private static BigDecimal orZero(@Nullable BigDecimal amount) {
        return amount == null ? ZERO : amount;
    }
}
