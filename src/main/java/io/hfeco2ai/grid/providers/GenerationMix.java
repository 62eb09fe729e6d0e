package io.hfeco2ai.grid.providers;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Direct CO2 of a generation mix, version 1: power by type × CO2 for each kilowatt-hour of that type ÷ power.
 *
 * <p>A fuel's value is its default emission factor (IPCC 2006 Guidelines, volume 2, table 2.2) ÷ the reference efficiency of
 * electricity from it (Commission Delegated Regulation (EU) 2015/2402, annex I, plants from 2016), see docs/factors.md. Older
 * plants emit more, so fossil values are low. CO2 of biomass is biogenic and reported apart. Types for which there is no such
 * figure are left out, and the value is then an estimate or none.
 */
final class GenerationMix {

    static final String VERSION = "own computation 1";

    private static final BigDecimal ESTIMATE_ABOVE = new BigDecimal("0.05");
    private static final BigDecimal NONE_ABOVE = new BigDecimal("0.25");

    /** g CO2/kWh by type of production. */
    private static final Map<String, BigDecimal> FOSSIL = Map.of(
            "B02", of("101.0", "0.418"), // lignite
            "B04", of("56.1", "0.530"), // natural gas
            "B05", of("94.6", "0.442"), // hard coal: other bituminous
            "B06", of("77.4", "0.442"), // oil: residual fuel oil
            "B08", of("106.0", "0.390")); // peat

    /** Biomass, geothermal, hydro, marine, nuclear, other renewable, solar, wind. */
    private static final Set<String> WITHOUT =
            Set.of("B01", "B09", "B11", "B12", "B13", "B14", "B15", "B16", "B18", "B19");

    /** Pumped hydro and other storage: its energy was generated, and counted, before. */
    static final Set<String> STORAGE = Set.of("B10", "B25");

    record Intensity(BigDecimal gramsPerKwh, boolean estimated) {}

    private GenerationMix() {}

    /** @param kilogramsPerGj of CO2 in the fuel; @param efficiency electricity ÷ fuel, 0 to 1 */
    private static BigDecimal of(String kilogramsPerGj, String efficiency) {
        BigDecimal gramsPerKwhOfFuel = new BigDecimal(kilogramsPerGj).multiply(new BigDecimal("3.6"));
        return gramsPerKwhOfFuel.divide(new BigDecimal(efficiency), 2, RoundingMode.HALF_EVEN);
    }

    /** @param megawatts by type, such as B04; nothing where too much of it has no known value */
    static Optional<Intensity> of(Map<String, BigDecimal> megawatts) {
        BigDecimal known = BigDecimal.ZERO;
        BigDecimal unknown = BigDecimal.ZERO;
        BigDecimal emitted = BigDecimal.ZERO;
        for (Map.Entry<String, BigDecimal> type : megawatts.entrySet()) {
            BigDecimal power = type.getValue().max(BigDecimal.ZERO);
            BigDecimal fossil = FOSSIL.get(type.getKey());
            if (fossil != null || WITHOUT.contains(type.getKey())) {
                known = known.add(power);
                emitted = fossil == null ? emitted : emitted.add(power.multiply(fossil));
            } else if (!STORAGE.contains(type.getKey())) {
                unknown = unknown.add(power);
            }
        }
        if (known.signum() == 0) {
            return Optional.empty();
        }
        BigDecimal unknownShare = unknown.divide(known.add(unknown), MathContext.DECIMAL64);
        return unknownShare.compareTo(NONE_ABOVE) > 0
                ? Optional.empty()
                : Optional.of(new Intensity(
                        emitted.divide(known, 9, RoundingMode.HALF_EVEN), unknownShare.compareTo(ESTIMATE_ABOVE) > 0));
    }
}
