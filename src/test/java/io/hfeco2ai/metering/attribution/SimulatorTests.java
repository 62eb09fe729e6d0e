package io.hfeco2ai.metering.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.metering.Metering.HourSum;
import io.hfeco2ai.units.DeviceKind;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A node whose joules for each run are known, seen as sensors see it: 1 Hz readings folded to 10 s, usage in whole
 * percent with noise. How far is the attribution from the truth?
 */
class SimulatorTests {

    private static final double CPU_IDLE_WATTS = 60;
    private static final double GPU_IDLE_WATTS = 55;

    private final Random random = new Random(42);
    private final HourFacts facts = new HourFacts();
    private final Map<String, Double> truth = new TreeMap<>();

    @Test
    void exclusiveDevicesAreExactSharesAreClose() {
        int cpu = facts.measured("cpu", DeviceKind.CPU, CPU_IDLE_WATTS);
        int alone = facts.measured("gpu0", DeviceKind.GPU, GPU_IDLE_WATTS);
        int shared = facts.measured("gpu1", DeviceKind.GPU, GPU_IDLE_WATTS);
        facts.tracked("a", 0, null, "gpu0");
        facts.tracked("b", 0, null, "gpu1");
        facts.tracked("c", 600, 3000.0, "gpu1");
        facts.tracked("d", 1200, 2400.0);
        for (int fold = 0; fold < 360; fold++) {
            simulate(cpu, alone, shared, fold * 10);
        }
        Map<String, Double> attributed = new HashMap<>();
        for (HourSum sum : facts.attribute().sums()) {
            attributed.merge(sum.runId() + " " + sum.kind(), sum.energyUj() / 1e6, Double::sum);
        }
        score(attributed, "a GPU", 0);
        score(attributed, "b GPU", 0.05);
        score(attributed, "c GPU", 0.05);
        for (String run : new String[] {"a", "b", "c", "d"}) {
            score(attributed, run + " CPU", 0.10);
        }
    }

    private void simulate(int cpu, int alone, int shared, int fromS) {
        double cpuJoules = 0;
        double aloneJoules = 0;
        double sharedJoules = 0;
        Map<String, Double> cpuOf = new TreeMap<>();
        Map<String, Double> gpuOf = new TreeMap<>();
        for (int second = fromS; second < fromS + 10; second++) {
            // The kernel and its daemons belong to nobody.
            cpuJoules += CPU_IDLE_WATTS + 3 + random.nextDouble() * 2;
            cpuJoules += use(cpuOf, "a", 35, second, 0, 3600);
            cpuJoules += use(cpuOf, "b", 20, second, 0, 3600);
            cpuJoules += use(cpuOf, "c", 15, second, 600, 3000);
            cpuJoules += use(cpuOf, "d", 80, second, 1200, 2400);
            double gpu = GPU_IDLE_WATTS + wave(250, second);
            aloneJoules += gpu;
            add("a GPU", Math.round(gpu * 1e6) / 1e6);
            double holders = second >= 600 && second < 3000 ? 2 : 1;
            sharedJoules += GPU_IDLE_WATTS;
            sharedJoules += use(gpuOf, "b", 120, second, 0, 3600);
            sharedJoules += use(gpuOf, "c", 90, second, 600, 3000);
            add("b GPU", GPU_IDLE_WATTS / holders);
            add("c GPU", holders == 2 ? GPU_IDLE_WATTS / holders : 0);
        }
        cpuOf.forEach((run, joules) -> add(run + " CPU", joules));
        gpuOf.forEach((run, joules) -> add(run + " GPU", joules));
        facts.interval(cpu, fromS, fromS + 10, cpuJoules);
        facts.interval(alone, fromS, fromS + 10, aloneJoules);
        facts.interval(shared, fromS, fromS + 10, sharedJoules);
        double cpuDynamic = cpuJoules - CPU_IDLE_WATTS * 10;
        double gpuDynamic = sharedJoules - GPU_IDLE_WATTS * 10;
        cpuOf.forEach((run, joules) -> facts.weight(0, run, fromS, fromS + 10, seen(joules / cpuDynamic)));
        gpuOf.forEach((run, joules) -> facts.weight(2, run, fromS, fromS + 10, seen(joules / gpuDynamic)));
    }

    /** Joules in one second of a process that works between two times. */
    private double use(Map<String, Double> into, String run, double watts, int second, int fromS, int toS) {
        if (second < fromS || second >= toS) {
            return 0;
        }
        double joules = wave(watts, second);
        into.merge(run, joules, Double::sum);
        return joules;
    }

    private double wave(double watts, int second) {
        return watts * (1 + 0.3 * Math.sin(second / 37.0) + 0.1 * random.nextGaussian());
    }

    /** Usage as counters show it: whole percent, and 5 % noise of its own. */
    private double seen(double part) {
        return Math.max(0, Math.min(1, Math.round(part * (1 + 0.05 * random.nextGaussian()) * 100) / 100.0));
    }

    private void add(String what, double joules) {
        truth.merge(what, joules, Double::sum);
    }

    private void score(Map<String, Double> attributed, String what, double limit) {
        double known = truth.getOrDefault(what, 0.0);
        double error = attributed.getOrDefault(what, 0.0) / known - 1;
        System.out.printf("simulator: %s %.1f J, attributed %+.3f %%%n", what, known, 100 * error);
        // Even exact energy is known to the microjoule only, for each of 360 intervals.
        assertThat(Math.abs(error)).as(what).isLessThanOrEqualTo(limit + 1e-8);
    }
}
