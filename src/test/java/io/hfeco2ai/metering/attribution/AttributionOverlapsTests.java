package io.hfeco2ai.metering.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.metering.Metering.HourSum;
import io.hfeco2ai.metering.attribution.AttributionOverlaps.Source;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Law 8 across tools that name devices in different ways. */
class AttributionOverlapsTests {

    private static final String CODECARBON = "reported:codecarbon/3.3.0";

    private final HourFacts facts = new HourFacts();

    private Map<String, Double> joulesByOrigin() {
        return facts.attribute().sums().stream()
                .filter(sum -> sum.energyUj() > 0)
                .collect(Collectors.toMap(
                        sum -> sum.kind() + " " + sum.origin(), sum -> sum.energyUj() / 1e6, Double::sum));
    }

    @Test
    void ourSensorCountsAndTheOtherToolOverlaps() {
        int cpu = facts.measured("package-0", DeviceKind.CPU, null);
        int sum = facts.series(facts.device("reported:cpu", DeviceKind.CPU, null), Quality.UNKNOWN, CODECARBON);
        facts.interval(cpu, 0, 100, 1_000).interval(sum, 0, 120, 2_400).claim("a", 0, 3600.0);

        Attribution.Result result = facts.attribute();

        assertThat(joulesByOrigin())
                .as("where our sensor has a gap the other tool's word is better than nothing")
                .isEqualTo(Map.of("CPU sampler", 1_000.0, "CPU " + CODECARBON, 400.0));
        assertThat(result.sources())
                .containsExactlyInAnyOrder(
                        new Source(1, 1_000_000_000, 1_000_000_000), new Source(2, 2_400_000_000L, 400_000_000));
    }

    @Test
    void anotherToolsCounterIsBetterThanOurModel() {
        int model = facts.series(facts.device("cpu", DeviceKind.CPU, null), Quality.MODELLED, "sampler");
        int sum = facts.series(facts.device("reported:cpu", DeviceKind.CPU, null), Quality.MEASURED, "reported:x/1");
        facts.interval(model, 0, 100, 1_000).interval(sum, 0, 50, 700).claim("a", 0, 3600.0);

        assertThat(joulesByOrigin()).isEqualTo(Map.of("CPU sampler", 500.0, "CPU reported:x/1", 700.0));
    }

    @Test
    void ofTwoRanksThatEachReportTheWholeMachineOneCounts() {
        int device = facts.device("reported:gpu", DeviceKind.GPU, null);
        int rank0 = facts.series(device, Quality.MEASURED, CODECARBON, "run-a", false);
        int rank1 = facts.series(device, Quality.MEASURED, CODECARBON, "run-b", false);
        facts.interval(rank0, 0, 120, 6_000).interval(rank1, 1, 121, 6_000);
        facts.claim("a", 0, 121.0).claim("b", 0, 121.0);

        List<HourSum> sums = facts.attribute().sums();

        assertThat(sums.stream().mapToLong(HourSum::energyUj).sum()).isEqualTo(6_050_000_000L);
        assertThat(sums.stream()
                        .collect(Collectors.groupingBy(HourSum::runId, Collectors.summingLong(HourSum::energyUj))))
                .as("two runs at once share the machine")
                .containsEntry("a", 3_025_000_000L)
                .containsEntry("b", 3_025_000_000L);
    }

    @Test
    void theMostDetailedOfEqualViewsCounts() {
        int sum = facts.series(facts.device("reported:gpu", DeviceKind.GPU, null), Quality.MEASURED, CODECARBON);
        int one = facts.series(
                facts.device("reported:gpu-0", DeviceKind.GPU, null), Quality.MEASURED, "reported:mlflow/3");
        int two = facts.series(
                facts.device("reported:gpu-1", DeviceKind.GPU, null), Quality.MEASURED, "reported:mlflow/3");
        facts.interval(sum, 0, 100, 9_000).interval(one, 0, 100, 4_000).interval(two, 0, 100, 5_000);
        facts.claim("a", 0, 100.0);

        assertThat(joulesByOrigin()).isEqualTo(Map.of("GPU reported:mlflow/3", 9_000.0));
        assertThat(facts.attribute().sources())
                .extracting(Source::countedUj)
                .containsExactlyInAnyOrder(0L, 4_000_000_000L, 5_000_000_000L);
    }

    @Test
    void anotherToolOwesNothingWhenItsRunIsOver() {
        int sum = facts.series(facts.device("reported:cpu", DeviceKind.CPU, null), Quality.UNKNOWN, CODECARBON);
        facts.interval(sum, 0, 90, 900).claim("a", 0, 100.0);

        assertThat(facts.attribute().coverage())
                .as("ten seconds of its run are missing, the rest of the hour is not")
                .containsExactly(new Attribution.Covered(1, 100_000, 90_000));
    }

    @Test
    void aSourceThatOverlapsIsNotMissed() {
        int cpu = facts.measured("package-0", DeviceKind.CPU, null);
        int sum = facts.series(facts.device("reported:cpu", DeviceKind.CPU, null), Quality.UNKNOWN, CODECARBON);
        facts.interval(cpu, 0, 3600, 36_000).interval(sum, 0, 60, 900).claim("a", 0, 3600.0);

        assertThat(facts.attribute().coverage())
                .contains(new Attribution.Covered(1, 3_600_000, 3_600_000), new Attribution.Covered(2, 0, 0));
    }

    @Test
    void nothingIsSaidOfSourcesWhereNobodyElseReports() {
        facts.interval(facts.measured("package-0", DeviceKind.CPU, null), 0, 100, 1_000);

        assertThat(facts.attribute().sources()).isEmpty();
    }
}
