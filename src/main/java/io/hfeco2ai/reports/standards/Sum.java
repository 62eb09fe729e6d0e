package io.hfeco2ai.reports.standards;

import io.hfeco2ai.ledger.Ledger.Line;
import io.hfeco2ai.reports.Report.State;
import io.hfeco2ai.units.Energy;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Lines of the ledger, added up exactly; rounded once, when read in the units of reports. */
final class Sum {

    private static final int DIGITS = 6;
    private static final BigDecimal UG_PER_KG = new BigDecimal("1000000000");

    private BigDecimal energyUj = BigDecimal.ZERO;
    private BigDecimal facilityUj = BigDecimal.ZERO;
    private BigDecimal withFacilityUj = BigDecimal.ZERO;
    private BigDecimal locationUg = BigDecimal.ZERO;
    private BigDecimal pricedUj = BigDecimal.ZERO;
    private BigDecimal marketUg = BigDecimal.ZERO;
    private BigDecimal marketPricedUj = BigDecimal.ZERO;
    private BigDecimal certifiedUjTimesMillion = BigDecimal.ZERO;
    private BigDecimal waterUl = BigDecimal.ZERO;
    private BigDecimal withWaterUj = BigDecimal.ZERO;
    private BigDecimal measuredUj = BigDecimal.ZERO;
    private long expectedMs;
    private long observedMs;
    private long entries;

    void add(Line line) {
        BigDecimal energy = line.energyUj();
        energyUj = energyUj.add(energy);
        if (line.facilityUj() != null) {
            facilityUj = facilityUj.add(line.facilityUj());
            withFacilityUj = withFacilityUj.add(energy);
        }
        if (line.locationUg() != null) {
            locationUg = locationUg.add(line.locationUg());
            pricedUj = pricedUj.add(energy);
        }
        if (line.marketUg() != null) {
            marketUg = marketUg.add(line.marketUg());
            marketPricedUj = marketPricedUj.add(energy);
        }
        if (line.market() != null) {
            certifiedUjTimesMillion = certifiedUjTimesMillion.add(
                    energy.multiply(BigDecimal.valueOf(line.market().certifiedPpm())));
        }
        if (line.waterUl() != null) {
            waterUl = waterUl.add(line.waterUl());
            withWaterUj = withWaterUj.add(energy);
        }
        switch (line.quality()) {
            case MEASURED -> measuredUj = measuredUj.add(energy);
            case MODELLED, UNKNOWN, MISSING -> {
                // What is not measured is what is left.
            }
        }
        expectedMs += line.expectedMs();
        observedMs += line.observedMs();
        entries += line.entries();
    }

    boolean isEmpty() {
        return energyUj.signum() == 0;
    }

    long entries() {
        return entries;
    }

    BigDecimal energyKwh() {
        return kwh(energyUj);
    }

    /** What the electricity meter of the site saw of it; where the PUE is unknown, the energy of the devices alone. */
    BigDecimal suppliedKwh() {
        return kwh(facilityUj.add(energyUj.subtract(withFacilityUj)));
    }

    /** Mean over {@link #suppliedKwh()}, of what is priced; not rounded before. Null: no energy. */
    @Nullable BigDecimal gramsPerKwh() {
        BigDecimal suppliedUj = facilityUj.add(energyUj.subtract(withFacilityUj));
        return suppliedUj.signum() == 0
                ? null
                : locationGrams().multiply(Energy.MICROJOULES_PER_KWH).divide(suppliedUj, MathContext.DECIMAL32);
    }

    /** Of what is priced, to the microgram. */
    BigDecimal locationGrams() {
        return locationUg.movePointLeft(6).setScale(DIGITS);
    }

    /** All of it, to the last microjoule. */
    boolean allPriced() {
        return pricedUj.compareTo(energyUj) == 0;
    }

    /** Supplied electricity at that many grams for each kWh; rounded once. */
    BigDecimal suppliedKilograms(BigDecimal gramsPerKwh) {
        return facilityUj
                .add(energyUj.subtract(withFacilityUj))
                .multiply(gramsPerKwh)
                .movePointLeft(3)
                .divide(Energy.MICROJOULES_PER_KWH, DIGITS, RoundingMode.HALF_EVEN);
    }

    /** What cooling and distribution took beside the devices, where the PUE is known. */
    BigDecimal overheadKwh() {
        return kwh(facilityUj.subtract(withFacilityUj));
    }

    /** Hours in which a device was expected and nothing was observed. */
    BigDecimal missingHours() {
        return BigDecimal.valueOf(Math.max(0, expectedMs - observedMs))
                .divide(BigDecimal.valueOf(3_600_000), 1, RoundingMode.HALF_EVEN);
    }

    /** Energy whose overhead is not known, so not included. */
    BigDecimal withoutOverheadKwh() {
        return kwh(energyUj.subtract(withFacilityUj));
    }

    /** Null: nothing is priced. */
    @Nullable BigDecimal locationKg() {
        return pricedUj.signum() == 0 ? null : kg(locationUg);
    }

    /** Null: nothing is priced. */
    @Nullable BigDecimal marketKg() {
        return marketPricedUj.signum() == 0 ? null : kg(marketUg);
    }

    BigDecimal unpricedKwh() {
        return kwh(energyUj.subtract(pricedUj));
    }

    BigDecimal marketUnpricedKwh() {
        return kwh(energyUj.subtract(marketPricedUj));
    }

    /** Null: unknown for some of the energy. */
    @Nullable BigDecimal waterLitres() {
        return isEmpty() || withWaterUj.compareTo(energyUj) != 0
                ? null
                : waterUl.movePointLeft(6).setScale(DIGITS, RoundingMode.HALF_EVEN);
    }

    /** 0 to 100; null: no energy. */
    @Nullable BigDecimal certifiedPercent() {
        return percent(certifiedUjTimesMillion.movePointLeft(6), energyUj);
    }

    /** 0 to 100; null: no energy. */
    @Nullable BigDecimal measuredPercent() {
        return percent(measuredUj, energyUj);
    }

    /** 0 to 100; null: nothing was expected. */
    @Nullable BigDecimal coveragePercent() {
        return percent(BigDecimal.valueOf(observedMs), BigDecimal.valueOf(expectedMs));
    }

    /** Of the energy: all measured, with nothing missing. */
    State energyState() {
        return measuredUj.compareTo(energyUj) == 0 && observedMs >= expectedMs ? State.VALUE : State.ESTIMATED;
    }

    private static BigDecimal kwh(BigDecimal microjoules) {
        return microjoules.divide(Energy.MICROJOULES_PER_KWH, DIGITS, RoundingMode.HALF_EVEN);
    }

    private static BigDecimal kg(BigDecimal micrograms) {
        return micrograms.divide(UG_PER_KG, DIGITS, RoundingMode.HALF_EVEN);
    }

    private static @Nullable BigDecimal percent(BigDecimal part, BigDecimal whole) {
        return whole.signum() == 0 ? null : part.movePointRight(2).divide(whole, 2, RoundingMode.HALF_EVEN);
    }
}
