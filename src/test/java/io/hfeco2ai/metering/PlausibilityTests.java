package io.hfeco2ai.metering;

import static io.hfeco2ai.metering.IngestFixture.START_MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.UsageReport;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlausibilityTests {

    private static final long NOW_MS = START_MS + 3_600_000;
    private static final long OLDEST_MS = NOW_MS - 400 * 86_400_000L;
    private static final long JOULE = 1_000_000;

    @Test
    void anOrdinaryIntervalIsPlausible() {
        assertThat(problem(START_MS, START_MS + 10_000, 4_000 * JOULE, null)).isNull();
        assertThat(problem(NOW_MS + 290_000, NOW_MS + 300_000, 0, null)).isNull();
        assertThat(problem(START_MS - 86_400_000, START_MS, 0, 0L)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 10000, 0, start: is before the year 2000",
        "1733050799999, 1733050809999, 0, 'start: is older than 400 days, the oldest this server takes'",
        "1767614400000, 1767614410000, 0, start: is more than 5 minutes in the future",
        "1767611100000, 1767611100001, 0, end: is more than 5 minutes in the future",
        "1767607200000, 1767607200000, 0, end: is not after start",
        "1767607200000, 1767607190000, 0, end: is not after start",
        "1767520799999, 1767607200000, 0, end: is more than 24 h after start",
        "1767607200000, 1767607210000, -1, energy: is negative",
        "1767607200000, 1767607210000, 15375000001, energy: 1538 W on average"
    })
    void eachProblemNamesItsField(long startMs, long endMs, long energyUj, String reason) {
        assertThat(problem(startMs, endMs, energyUj, null)).startsWith(reason);
    }

    @Test
    void observedTimeFitsTheSpanAndTheEnergy() {
        long endMs = START_MS + 10_000;
        assertThat(problem(START_MS, endMs, 1, 10_001L)).startsWith("observed: ");
        assertThat(problem(START_MS, endMs, 1, -1L)).startsWith("observed: ");
        assertThat(problem(START_MS, endMs, 1, 0L)).startsWith("observed: ");
        assertThat(problem(START_MS, endMs, 1, 10_000L)).isNull();
    }

    @Test
    void aGapHoldsNoEnergy() {
        assertThat(Plausibility.problem(report("gpu", Quality.MISSING, 1, null, null), NOW_MS, OLDEST_MS))
                .startsWith("quality: ");
        assertThat(Plausibility.problem(report("gpu", Quality.MISSING, 0, null, null), NOW_MS, OLDEST_MS))
                .isNull();
    }

    @Test
    void aKnownCapReplacesThatOfTheKind() {
        long energyUj = 600 * 10 * JOULE;
        assertThat(Plausibility.problem(report("gpu", Quality.MEASURED, energyUj, 450.0, 0.05), NOW_MS, OLDEST_MS))
                .startsWith("energy: 600 W");
        assertThat(Plausibility.problem(report("gpu", Quality.MEASURED, energyUj, 500.0, 0.05), NOW_MS, OLDEST_MS))
                .isNull();
        assertThat(Plausibility.problem(
                        report("gpu", Quality.MEASURED, 5 * energyUj, 3_000.0, 0.05), NOW_MS, OLDEST_MS))
                .isNull();
    }

    @Test
    void aCounterThatIsAQuarterOfASecondOldMayFillAShortInterval() {
        IntervalReport report = new IntervalReport(
                "gpu",
                DeviceKind.GPU,
                null,
                START_MS,
                START_MS + 20,
                90 * JOULE,
                null,
                Quality.MEASURED,
                "nvml",
                null,
                null,
                0.05,
                450.0,
                null);
        assertThat(Plausibility.problem(report, NOW_MS, OLDEST_MS))
                .as("450 W for the 0.2 s before the start")
                .isNull();
        assertThat(problem(START_MS, START_MS + 20, 406 * JOULE, null)).startsWith("energy: ");
    }

    @Test
    void figuresThatAreNoNumbersAreRefused() {
        assertThat(Plausibility.problem(report("gpu", Quality.MEASURED, 1, Double.NaN, 0.05), NOW_MS, OLDEST_MS))
                .startsWith("cap: ");
        assertThat(Plausibility.problem(
                        report("gpu", Quality.MEASURED, 1, null, Double.POSITIVE_INFINITY), NOW_MS, OLDEST_MS))
                .startsWith("uncertainty: ");
        assertThat(Plausibility.problem(report("gpu", Quality.MEASURED, 1, 0.0, 0.05), NOW_MS, OLDEST_MS))
                .startsWith("cap: ");
    }

    @Test
    void keysFitTheirColumnsAndAreText() {
        assertThat(Plausibility.problem(report("g".repeat(201), Quality.MEASURED, 1, null, null), NOW_MS, OLDEST_MS))
                .startsWith("device: has 201 characters");
        assertThat(Plausibility.problem(report("g\nx", Quality.MEASURED, 1, null, null), NOW_MS, OLDEST_MS))
                .startsWith("device: holds a control character");
        assertThat(Plausibility.problem(report(" ", Quality.MEASURED, 1, null, null), NOW_MS, OLDEST_MS))
                .startsWith("device: is empty");
    }

    @Test
    void weightsArePartsOfTheWhole() {
        assertThat(Plausibility.problem(
                        new UsageReport("m", "gpu", START_MS, START_MS + 1, 1_000_001), NOW_MS, OLDEST_MS))
                .startsWith("weight: ");
        assertThat(Plausibility.problem(
                        new UsageReport("m", "gpu", START_MS, START_MS + 1, 1_000_000), NOW_MS, OLDEST_MS))
                .isNull();
    }

    private static @Nullable String problem(long startMs, long endMs, long energyUj, @Nullable Long observedMs) {
        return Plausibility.problem(
                new IntervalReport(
                        "gpu-0",
                        DeviceKind.GPU,
                        null,
                        startMs,
                        endMs,
                        energyUj,
                        observedMs,
                        Quality.MEASURED,
                        "nvml",
                        null,
                        null,
                        null,
                        null,
                        null),
                NOW_MS,
                OLDEST_MS);
    }

    private static IntervalReport report(
            String device,
            Quality quality,
            long energyUj,
            @Nullable Double capWatts,
            @Nullable Double uncertaintyRatio) {
        return new IntervalReport(
                device,
                DeviceKind.GPU,
                null,
                START_MS,
                START_MS + 10_000,
                energyUj,
                null,
                quality,
                "nvml",
                null,
                null,
                uncertaintyRatio,
                capWatts,
                null);
    }
}
