package io.hfeco2ai.metering.attribution;

import static io.hfeco2ai.metering.attribution.HourFacts.END_S;
import static io.hfeco2ai.metering.attribution.HourFacts.HOUR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.experiments.Experiments.Claim;
import io.hfeco2ai.metering.Metering.HourSum;
import io.hfeco2ai.metering.attribution.AttributionFacts.Device;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AttributionTests {

    private final HourFacts facts = new HourFacts();

    /** Joules by "run kind key", gaps left out. */
    private Map<String, Double> joules() {
        return facts.attribute().sums().stream()
                .filter(sum -> sum.quality() != Quality.MISSING)
                .collect(Collectors.groupingBy(
                        sum -> (sum.runId() + " " + sum.kind() + " " + sum.shareKey()).trim(),
                        TreeMap::new,
                        Collectors.summingDouble(sum -> sum.energyUj() / 1e6)));
    }

    @Test
    void theOnlyHolderOfADeviceGetsAllOfItWhileItHoldsIt() {
        int gpu = facts.measured("gpu0", DeviceKind.GPU, 50.0);
        facts.interval(gpu, 0, 100, 10_000).claim("a", 10, 60.0, "gpu0");
        assertThat(joules()).isEqualTo(Map.of("a GPU exclusive", 5_000.0, "GPU idle", 2_500.0, "GPU other", 2_500.0));
    }

    @Test
    void severalHoldersShareIdleEquallyAndTheRestByUse() {
        int gpu = facts.measured("gpu0", DeviceKind.GPU, 40.0);
        facts.interval(gpu, 0, 100, 10_000)
                .claim("a", 0, null, "gpu0")
                .claim("b", 0, null, "gpu0")
                .weight(0, "a", 0, 100, 0.6)
                .weight(0, "b", 0, 100, 0.2);
        assertThat(joules()).isEqualTo(Map.of("a GPU utilisation", 6_500.0, "b GPU utilisation", 3_500.0));
    }

    @Test
    void holdersWhoseUseIsUnknownShareEqually() {
        int gpu = facts.measured("gpu0", DeviceKind.GPU, 40.0);
        facts.interval(gpu, 0, 100, 10_000).claim("a", 0, null, "gpu0").claim("b", 0, null, "gpu0");
        assertThat(joules()).isEqualTo(Map.of("a GPU equal", 5_000.0, "b GPU equal", 5_000.0));
    }

    @Test
    void ranksOfOneRunHoldTheDeviceTogether() {
        int gpu = facts.measured("gpu0", DeviceKind.GPU, 40.0);
        facts.interval(gpu, 0, 100, 10_000)
                .claim("a", "rank0", "boot-1", false, 0, null, "gpu0")
                .claim("a", "rank1", "boot-1", false, 0, null, "gpu0");
        assertThat(joules()).isEqualTo(Map.of("a GPU exclusive", 10_000.0));
    }

    @Test
    void aWatchedProcessGetsWhatItUsedOfTheCpuAboveIdle() {
        int cpu = facts.measured("cpu", DeviceKind.CPU, 20.0);
        facts.interval(cpu, 0, 100, 10_000)
                .tracked("a", 0, null)
                .tracked("b", 0, null)
                .weight(0, "a", 0, 100, 0.5)
                .weight(0, "b", 0, 100, 0.25);
        assertThat(joules())
                .isEqualTo(Map.of(
                        "a CPU process", 4_000.0, "b CPU process", 2_000.0, "CPU idle", 2_000.0, "CPU other", 2_000.0));
    }

    @Test
    void weightsAboveOneInSumAreNormalised() {
        int cpu = facts.measured("cpu", DeviceKind.CPU, null);
        facts.interval(cpu, 0, 100, 12_000)
                .tracked("a", 0, null)
                .tracked("b", 0, null)
                .weight(0, "a", 0, 100, 0.9)
                .weight(0, "b", 0, 100, 0.3);
        assertThat(joules()).isEqualTo(Map.of("a CPU process", 9_000.0, "b CPU process", 3_000.0));
    }

    @Test
    void memoryFollowsResidentMemoryIdleOrNot() {
        int ram = facts.measured("ram", DeviceKind.RAM, 5.0);
        facts.interval(ram, 0, 100, 1_000).tracked("a", 0, null).weight(0, "a", 0, 100, 0.25);
        assertThat(joules()).isEqualTo(Map.of("a RAM process", 250.0, "RAM idle", 500.0, "RAM other", 250.0));
    }

    @Test
    void holdersOfGpusReserveTheirPartOfTheNode() {
        int cpu = facts.measured("cpu", DeviceKind.CPU, 10.0);
        for (int i = 0; i < 4; i++) {
            facts.measured("gpu" + i, DeviceKind.GPU, null);
        }
        facts.interval(cpu, 0, 100, 8_000).claim("a", 0, null, "gpu0").claim("b", 0, null, "gpu1", "gpu2");
        assertThat(joules())
                .isEqualTo(Map.of(
                        "a CPU reserved",
                        2_000.0,
                        "b CPU reserved",
                        4_000.0,
                        "CPU idle",
                        1_000.0,
                        "CPU other",
                        1_000.0));
    }

    @Test
    void whoDeclaresNothingClaimsTheWholeNodeButNotWhatOthersHold() {
        int cpu = facts.measured("cpu", DeviceKind.CPU, 10.0);
        int gpu0 = facts.measured("gpu0", DeviceKind.GPU, 10.0);
        int gpu1 = facts.measured("gpu1", DeviceKind.GPU, 10.0);
        facts.interval(cpu, 0, 100, 8_000).interval(gpu0, 0, 100, 3_000).interval(gpu1, 0, 100, 500);
        facts.claim("all", 0, null).claim("one", 0, null, "gpu0");
        assertThat(joules())
                .isEqualTo(Map.of(
                        "all CPU whole-node", 4_000.0,
                        "one CPU reserved", 4_000.0,
                        "one GPU exclusive", 3_000.0,
                        "all GPU whole-node", 500.0));
        facts.claims.remove(1);
        facts.claim("other", 0, null);
        assertThat(joules())
                .isEqualTo(Map.of(
                        "all CPU equal", 4_000.0,
                        "other CPU equal", 4_000.0,
                        "all GPU equal", 1_750.0,
                        "other GPU equal", 1_750.0));
    }

    @Test
    void aWatchedProcessOnAGpuThatNobodyDeclaredGetsItsUse() {
        int gpu = facts.measured("gpu0", DeviceKind.GPU, 20.0);
        facts.interval(gpu, 0, 100, 10_000).tracked("a", 0, null).weight(0, "a", 0, 50, 1.0);
        assertThat(joules()).isEqualTo(Map.of("a GPU utilisation", 4_000.0, "GPU idle", 2_000.0, "GPU other", 4_000.0));
    }

    @Test
    void aWatchedProcessWhoseUseOfAGpuIsUnknownClaimsItAndOneThatUsedNothingDoesNot() {
        int gpu = facts.measured("gpu0", DeviceKind.GPU, 20.0);
        facts.interval(gpu, 0, 100, 10_000).tracked("a", 0, null);
        assertThat(joules()).isEqualTo(Map.of("a GPU whole-node", 10_000.0));
        facts.tracked("b", 0, null).weight(0, "b", 0, 100, 0);
        assertThat(joules()).isEqualTo(Map.of("a GPU whole-node", 10_000.0));
        facts.weight(0, "a", 0, 100, 0);
        assertThat(joules()).isEqualTo(Map.of("GPU idle", 2_000.0, "GPU other", 8_000.0));
    }

    @Test
    void aWatchedProcessThatNamesItsGpuClaimsNoOther() {
        facts.device("gpu0", DeviceKind.GPU, null);
        int other = facts.measured("gpu1", DeviceKind.GPU, null);
        facts.interval(other, 0, 100, 10_000).tracked("a", 0, null, "gpu0");
        assertThat(joules()).isEqualTo(Map.of("GPU other", 10_000.0));
    }

    @Test
    void aWholeNodeMeterSetsTheTotalAndTheDifferenceIsTheRest() {
        int cpu = facts.measured("cpu", DeviceKind.CPU, 10.0);
        int meter = facts.measured("bmc", DeviceKind.NODE, 50.0);
        facts.interval(cpu, 0, 50, 2_000).interval(meter, 0, 100, 10_000).claim("a", 0, 50.0);
        assertThat(joules())
                .isEqualTo(Map.of(
                        "a CPU whole-node", 2_000.0,
                        "a REST whole-node", 3_000.0,
                        "REST idle", 2_500.0,
                        "REST other", 2_500.0));
        assertThat(facts.attribute().sums())
                .filteredOn(sum -> sum.energyUj() > 0)
                .allMatch(sum -> sum.boundary() == Boundary.NODE, "the meter's boundary is that of the total");
    }

    @Test
    void chipsAboveTheirMeterAreScaledDownToItAndFlagged() {
        int cpu = facts.measured("cpu", DeviceKind.CPU, null);
        int gpu = facts.measured("gpu0", DeviceKind.GPU, null);
        int meter = facts.measured("bmc", DeviceKind.NODE, null);
        facts.interval(cpu, 0, 100, 5_000).interval(gpu, 0, 100, 15_000).interval(meter, 0, 100, 10_000);
        assertThat(joules()).isEqualTo(Map.of("CPU other", 2_500.0, "GPU other", 7_500.0, "REST other", 0.0));
        assertThat(facts.attribute().piecesAboveMeter()).isEqualTo(1);
    }

    @Test
    void theBetterSourceCountsAndTheOtherIsNotAdded() {
        int cpu = facts.device("cpu", DeviceKind.CPU, null);
        int model = facts.series(cpu, Quality.MODELLED, "sampler");
        int reported = facts.series(cpu, Quality.MEASURED, "reported:tool/1");
        int own = facts.series(cpu, Quality.MEASURED, "agent");
        facts.interval(model, 0, 100, 1_000).interval(reported, 0, 60, 1_200).interval(own, 0, 30, 900);
        Attribution.Result result = facts.attribute();
        assertThat(result.totalUj()).isEqualTo((long) ((900 + 600 + 400) * 1e6));
        assertThat(result.sums())
                .filteredOn(sum -> sum.energyUj() > 0)
                .extracting(sum -> sum.origin() + " " + sum.quality() + " " + sum.energyUj() / 1_000_000)
                .containsExactlyInAnyOrder(
                        "agent MEASURED 900", "reported:tool/1 MEASURED 600", "sampler MODELLED 400");
    }

    @Test
    void aGapIsAMissingRowThatLowersCoverage() {
        int gpu = facts.measured("gpu0", DeviceKind.GPU, null);
        facts.interval(gpu, 0, 1800, 1_000).interval(gpu, 2160, END_S, 1_000).claim("a", 0, null, "gpu0");
        Attribution.Result result = facts.attribute();
        assertThat(result.coverage()).containsExactly(new Attribution.Covered(1, 3_600_000, 3_240_000));
        HourSum gap = result.sums().stream()
                .filter(sum -> sum.quality() == Quality.MISSING)
                .findFirst()
                .orElseThrow();
        assertThat(gap.runId()).isEqualTo("a");
        assertThat(gap.expectedMs()).isEqualTo(360_000);
        assertThat(gap.observedMs()).isZero();
        assertThat(gap.peakWatts()).isNull();
        assertThat(result.profiles())
                .filteredOn(profile -> profile.runId().equals("a"))
                .singleElement()
                .satisfies(profile -> {
                    assertThat(profile.watts()[200]).isNaN();
                    assertThat(profile.watts()[0]).isCloseTo(1000f / 1800, within(1e-6f));
                });
    }

    @Test
    void nothingIsExpectedBeforeTheFirstSightAfterTheEndOrInTheFuture() {
        facts.devices.add(new Device(1, "gpu0", DeviceKind.GPU, HourFacts.at(600), HourFacts.at(1800)));
        facts.devices.add(new Device(2, "gpu1", DeviceKind.GPU, HourFacts.at(600), null));
        facts.nowMs = HourFacts.at(2400);
        assertThat(facts.attribute().coverage())
                .containsExactly(new Attribution.Covered(1, 1_200_000, 0), new Attribution.Covered(2, 1_800_000, 0));
    }

    @Test
    void deviceTimeIsDividedAmongTheRunsThatShareTheDevice() {
        int gpu = facts.measured("gpu0", DeviceKind.GPU, null);
        facts.interval(gpu, 0, 1800, 1_000).claim("a", 0, null, "gpu0").claim("b", 0, null, "gpu0");
        Attribution.Result result = facts.attribute();
        assertThat(result.sums().stream().mapToLong(HourSum::expectedMs).sum()).isEqualTo(3_600_000);
        assertThat(result.sums().stream().mapToLong(HourSum::observedMs).sum()).isEqualTo(1_800_000);
    }

    @Test
    void aMemberThatDiedWithItsMachineClaimsNothingOfTheNextBoot() {
        int cpu = facts.device("cpu", DeviceKind.CPU, null);
        int first = facts.series(cpu, Quality.MEASURED, "sampler", "boot-1", false);
        int second = facts.series(cpu, Quality.MEASURED, "sampler", "boot-2", false);
        facts.interval(first, 0, 100, 1_000).interval(second, 160, 260, 1_000).claim("a", 0, null);
        assertThat(joules()).isEqualTo(Map.of("a CPU whole-node", 1_000.0, "CPU other", 1_000.0));
        facts.intervals.remove(0);
        assertThat(joules()).as("a later hour, all of it in the next boot").isEqualTo(Map.of("CPU other", 1_000.0));
        facts.claim("b", "m-b", "boot-2", false, 200, null);
        assertThat(joules()).isEqualTo(Map.of("CPU other", 400.0, "b CPU whole-node", 600.0));
    }

    @Test
    void aToolThatKnowsNoBootsKeepsItsClaim() {
        int cpu = facts.measured("cpu", DeviceKind.CPU, null);
        facts.interval(cpu, 100, 200, 1_000).claim("a", "m-a", "unknown", false, 0, null);
        assertThat(joules()).isEqualTo(Map.of("a CPU whole-node", 1_000.0));
    }

    @Test
    void aMadeUpRunDrawsNothingFromARealNodeButSharesAMadeUpOne() {
        int cpu = facts.device("cpu", DeviceKind.CPU, null);
        int real = facts.series(cpu, Quality.MEASURED, "sampler");
        facts.interval(real, 0, 100, 1_000);
        facts.claims.add(new Claim("m", "demo", "boot-1", Set.of(), null, false, true, HOUR, null));
        assertThat(joules()).isEqualTo(Map.of("CPU other", 1_000.0));
        facts.series.clear();
        facts.series(cpu, Quality.MEASURED, "sampler", "boot-1", true);
        assertThat(facts.attribute().sums()).allMatch(HourSum::synthetic);
        assertThat(joules()).isEqualTo(Map.of("demo CPU whole-node", 1_000.0));
    }

    @Test
    void thePeakIsThatOfOnePieceAndTheProfileAddsDevicesUp() {
        int gpu0 = facts.measured("gpu0", DeviceKind.GPU, null);
        int gpu1 = facts.measured("gpu1", DeviceKind.GPU, null);
        facts.interval(gpu0, 0, 10, 1_000).interval(gpu0, 10, 20, 3_000).interval(gpu0, 20, 20.5, 400);
        facts.interval(gpu1, 10, 20, 2_000).claim("a", 0, null, "gpu0", "gpu1");
        Attribution.Result result = facts.attribute();
        assertThat(result.sums())
                .filteredOn(sum -> sum.energyUj() > 0)
                .singleElement()
                .satisfies(sum -> assertThat(sum.peakWatts()).isEqualTo(300.0));
        assertThat(result.profiles())
                .filteredOn(profile -> profile.runId().equals("a"))
                .singleElement()
                .satisfies(profile -> assertThat(profile.watts()).startsWith(100f, 500f, 800f));
    }
}
