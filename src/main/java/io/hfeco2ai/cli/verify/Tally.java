package io.hfeco2ai.cli.verify;

import io.hfeco2ai.cli.verify.Line.Column;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Entries added up, as methods.md says; rounded once, when read. */
final class Tally {

    static final BigDecimal UJ_PER_KWH = new BigDecimal("3600000000000");
    private static final int DIGITS = 6;

    private BigInteger energyUj = BigInteger.ZERO;
    private BigInteger suppliedUj = BigInteger.ZERO;
    private BigInteger withFacilityUj = BigInteger.ZERO;
    private BigInteger locationUg = BigInteger.ZERO;
    private BigInteger pricedUj = BigInteger.ZERO;
    private BigInteger marketUg = BigInteger.ZERO;
    private BigInteger marketPricedUj = BigInteger.ZERO;
    private BigInteger certifiedUjPpm = BigInteger.ZERO;
    private BigInteger measuredUj = BigInteger.ZERO;
    private long expectedMs;
    private long observedMs;
    private long entries;

    void add(Line line) {
        BigInteger energy = BigInteger.valueOf(line.number(Column.ENERGY_UJ));
        BigInteger facility = line.whole(Column.FACILITY_UJ);
        BigInteger location = line.whole(Column.LOCATION_UG);
        BigInteger market = line.whole(Column.MARKET_UG);
        energyUj = energyUj.add(energy);
        suppliedUj = suppliedUj.add(facility == null ? energy : facility);
        withFacilityUj = facility == null ? withFacilityUj : withFacilityUj.add(energy);
        if (location != null) {
            locationUg = locationUg.add(location);
            pricedUj = pricedUj.add(energy);
        }
        BigInteger either = market == null ? location : market;
        if (either != null) {
            marketUg = marketUg.add(either);
            marketPricedUj = marketPricedUj.add(energy);
        }
        BigInteger certified = line.whole(Column.CERTIFIED_PPM);
        if (certified != null) {
            certifiedUjPpm = certifiedUjPpm.add(energy.multiply(certified));
        }
        if (line.get(Column.QUALITY).equals("MEASURED")) {
            measuredUj = measuredUj.add(energy);
        }
        expectedMs += line.number(Column.EXPECTED_MS);
        observedMs += line.number(Column.OBSERVED_MS);
        entries++;
    }

    /** All that the other one has. */
    void add(Tally other) {
        energyUj = energyUj.add(other.energyUj);
        suppliedUj = suppliedUj.add(other.suppliedUj);
        withFacilityUj = withFacilityUj.add(other.withFacilityUj);
        locationUg = locationUg.add(other.locationUg);
        pricedUj = pricedUj.add(other.pricedUj);
        marketUg = marketUg.add(other.marketUg);
        marketPricedUj = marketPricedUj.add(other.marketPricedUj);
        certifiedUjPpm = certifiedUjPpm.add(other.certifiedUjPpm);
        measuredUj = measuredUj.add(other.measuredUj);
        expectedMs += other.expectedMs;
        observedMs += other.observedMs;
        entries += other.entries;
    }

    BigDecimal suppliedKilograms(BigDecimal gramsPerKwh) {
        return new BigDecimal(suppliedUj)
                .multiply(gramsPerKwh)
                .movePointLeft(3)
                .divide(UJ_PER_KWH, DIGITS, RoundingMode.HALF_EVEN);
    }

    boolean isEmpty() {
        return energyUj.signum() == 0;
    }

    boolean allPriced() {
        return pricedUj.equals(energyUj);
    }

    /** Of the devices. */
    BigDecimal energyKwh() {
        return kwh(energyUj);
    }

    /** Beside the devices, where it is known: what was supplied less all of the energy. */
    BigDecimal overheadKwh() {
        return kwh(suppliedUj.subtract(energyUj));
    }

    /** What was supplied, where that is known for all of it; else what the devices used. */
    BigDecimal suppliedOrDevicesKwh() {
        return withFacilityUj.equals(energyUj) ? suppliedKwh() : energyKwh();
    }

    /** Device-time that was expected and not observed. */
    BigDecimal missingHours() {
        return BigDecimal.valueOf(Math.max(0, expectedMs - observedMs))
                .divide(BigDecimal.valueOf(3_600_000), 1, RoundingMode.HALF_EVEN);
    }

    BigDecimal locationGrams() {
        return new BigDecimal(locationUg, DIGITS);
    }

    /** Mean over what was supplied; null: nothing was. */
    @Nullable BigDecimal gramsPerKwh(MathContext digits) {
        return suppliedUj.signum() == 0
                ? null
                : locationGrams().multiply(UJ_PER_KWH).divide(new BigDecimal(suppliedUj), digits);
    }

    /** Of a correction: nought where nothing is priced. */
    BigDecimal locationMovedKg() {
        return kg(locationUg);
    }

    /** Of a correction: nought where nothing is priced. */
    BigDecimal marketMovedKg() {
        return kg(marketUg);
    }

    long entries() {
        return entries;
    }

    BigDecimal suppliedKwh() {
        return kwh(suppliedUj);
    }

    private static BigDecimal kwh(BigInteger microjoules) {
        return new BigDecimal(microjoules).divide(UJ_PER_KWH, DIGITS, RoundingMode.HALF_EVEN);
    }

    /** Null: nothing is priced. */
    @Nullable BigDecimal locationKg() {
        return pricedUj.signum() == 0 ? null : kg(locationUg);
    }

    /** Null: nothing is priced. */
    @Nullable BigDecimal marketKg() {
        return marketPricedUj.signum() == 0 ? null : kg(marketUg);
    }

    /** What a figure says: without any energy it is nought. */
    @Nullable BigDecimal orNought(@Nullable BigDecimal kilograms) {
        return kilograms == null && energyUj.signum() == 0 ? BigDecimal.ZERO : kilograms;
    }

    @Nullable BigDecimal certifiedPercent() {
        return percent(new BigDecimal(certifiedUjPpm).movePointLeft(6), new BigDecimal(energyUj));
    }

    @Nullable BigDecimal measuredPercent() {
        return percent(new BigDecimal(measuredUj), new BigDecimal(energyUj));
    }

    @Nullable BigDecimal coveragePercent() {
        return percent(BigDecimal.valueOf(observedMs), BigDecimal.valueOf(expectedMs));
    }

    private static BigDecimal kg(BigInteger micrograms) {
        return new BigDecimal(micrograms, 9).setScale(DIGITS, RoundingMode.HALF_EVEN);
    }

    private static @Nullable BigDecimal percent(BigDecimal part, BigDecimal whole) {
        return whole.signum() == 0 ? null : part.movePointRight(2).divide(whole, 2, RoundingMode.HALF_EVEN);
    }
}
