package io.hfeco2ai.edge.codecarbon;

import io.hfeco2ai.platform.BadInput;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What was used since the tracker last said so (a difference, no running total), the site's PUE already in every figure.
 * Powers are means since the run began, not of this span, so they are not read.
 *
 * @param timestamp when it was sent: the end of the span
 * @param duration of the span, seconds, cut to whole ones
 * @param emissionsSum kg CO2e by CodeCarbon's own factor
 * @param cpuEnergy kWh, as all energies here
 */
record EmissionBody(
        @Nullable OffsetDateTime timestamp,
        @Nullable String runId,
        @Nullable Double duration,
        @Nullable Double emissionsSum,
        @Nullable Double cpuEnergy,
        @Nullable Double gpuEnergy,
        @Nullable Double ramEnergy,
        @Nullable Double energyConsumed) {

    private static final BigDecimal MICROJOULES_PER_KWH = BigDecimal.valueOf(3_600_000_000_000L);
    private static final BigDecimal MICROGRAMS_PER_KG = BigDecimal.valueOf(1_000_000_000L);
    private static final double MOST = 1e6;
    private static final double MOST_SECONDS = 31 * 86_400.0;

    Instant end() {
        return RunBody.time("timestamp", timestamp).truncatedTo(ChronoUnit.MILLIS);
    }

    /** Up to a second late, as the duration is cut: then the span is shorter than it was, its energy is whole. */
    Instant start() {
        return end().minusMillis((long) (seconds() * 1e3));
    }

    private double seconds() {
        if (duration == null || !(duration >= 1 && duration <= MOST_SECONDS)) {
            throw new BadInput(
                    "duration",
                    "Field duration must be the seconds since the last emission, from 1 to 2678400 (31 days).");
        }
        return duration;
    }

    String run() {
        if (runId == null || runId.isBlank()) {
            throw new BadInput("run_id", "Field run_id is missing; send the id that POST runs answered.");
        }
        return runId;
    }

    /** Microjoules; null: not said. */
    static @Nullable Long energyUj(String field, @Nullable Double kwh) {
        return kwh == null ? null : whole(field, kwh, MICROJOULES_PER_KWH);
    }

    long totalUj() {
        Long total = energyUj("energy_consumed", energyConsumed);
        if (total == null) {
            throw new BadInput("energy_consumed", "Field energy_consumed is missing; send the kWh of this span.");
        }
        return total;
    }

    /** Micrograms CO2e. */
    long emissionsUg() {
        if (emissionsSum == null) {
            throw new BadInput("emissions_sum", "Field emissions_sum is missing; send the kg CO2e of this span.");
        }
        return whole("emissions_sum", emissionsSum, MICROGRAMS_PER_KG);
    }

    private static long whole(String field, double amount, BigDecimal unit) {
        if (!(amount >= 0 && amount <= MOST)) {
            throw new BadInput(field, "Field " + field + " must be from 0 to 1000000; energies are kWh, emissions kg.");
        }
        return BigDecimal.valueOf(amount)
                .multiply(unit)
                .setScale(0, RoundingMode.HALF_EVEN)
                .longValueExact();
    }
}
