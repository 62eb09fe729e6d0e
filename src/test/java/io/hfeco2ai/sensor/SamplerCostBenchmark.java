package io.hfeco2ai.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CPU time of one pass over 4 RAPL domains (real files), 8 simulated GPUs, and the memory model. */
@Tag("bench")
class SamplerCostBenchmark {

    private static final int PASSES = 5_000;

    @Test
    void aPassCostsLessThanAThousandthOfACoreAt1Hz(@TempDir Path directory) {
        FakeRoot root = new FakeRoot(directory)
                .cpus("Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz", 2, 80, "")
                .memory(4, 2);
        for (String id : List.of("0", "0:0", "1", "1:0")) {
            root.zone("intel-rapl:" + id, id.length() > 1 ? "dram" : "package-" + id, 1_000, 262_143_328_850L);
        }
        List<Sensor> sensors =
                new ArrayList<>(Sensors.discover(directory, null, System::nanoTime, null, new ArrayList<>())
                        .sensors());
        for (int i = 0; i < 4; i++) { // the simulated library has two boards
            sensors.add(
                    Objects.requireNonNull(NvmlSensor.discover(new NvmlSensorTests.Simulated(), new ArrayList<>())));
        }
        Sampler sampler = new Sampler(sensors, Clock.systemUTC(), System::nanoTime, Duration.ofSeconds(10));
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long cold = threads.getCurrentThreadCpuTime();
        sampler.tick();
        long warm = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < 100; i++) {
            sampler.tick();
        }
        long start = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < PASSES; i++) {
            sampler.tick();
        }
        double microseconds = (threads.getCurrentThreadCpuTime() - start) / 1e3 / PASSES;
        System.out.printf(
                "first pass %.0f us, next 100 %.0f us each, then %.1f us = %.4f %% of a core at 1 Hz%n",
                (warm - cold) / 1e3, (start - warm) / 1e5, microseconds, microseconds / 1e4);
        assertThat(microseconds).isLessThan(1_000);
    }
}
