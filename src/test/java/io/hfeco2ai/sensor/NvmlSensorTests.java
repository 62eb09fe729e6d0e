package io.hfeco2ai.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.sensor.Sensors.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NvmlSensorTests {

    private final Simulated library = new Simulated();
    private final List<Finding> findings = new ArrayList<>();

    @Test
    void boardsAreKeyedByUuidAndCappedByTheirLimit() {
        NvmlSensor sensor = discover();
        assertThat(sensor.devices()).extracting(Device::key).containsExactly("GPU-a", "GPU-b");
        assertThat(sensor.devices()).extracting(Device::capWatts).containsExactly(1400.0, 140.0);
        assertThat(findings).allMatch(Finding::chosen).hasSize(2);
    }

    @Test
    void aLostBoardIsAGapAndComesBack() {
        NvmlSensor sensor = discover();
        long[] nanos = {0};
        Instant start = Instant.parse("2026-03-01T00:00:00Z");
        Clock wall = new Clock() {
            @Override
            public Instant instant() {
                return start.plusNanos(nanos[0]);
            }

            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }
        };
        Sampler sampler = new Sampler(List.of(sensor), wall, () -> nanos[0], Duration.ofSeconds(10));
        List<MeasuredInterval> closed = new ArrayList<>();
        for (int second = 0; second <= 10; second++) {
            nanos[0] = second * 1_000_000_000L;
            library.millijoules = 300_000L * second;
            library.lost.clear();
            if (second >= 4 && second <= 6) {
                library.lost.addAll(Set.of("GPU-a", "GPU-b"));
            }
            closed.addAll(sampler.tick().closed());
        }
        assertThat(closed).hasSize(2);
        assertThat(closed.get(0).energyMicrojoules()).isEqualTo(3_000_000_000L);
        assertThat(closed.get(0).observedMillis()).isEqualTo(10_000);
        assertThat(closed.get(1).energyMicrojoules()).isEqualTo(6 * 50_000_000L);
        assertThat(closed.get(1).observedMillis()).isEqualTo(6_000);
        assertThat(sampler.counts().missedReadings()).isEqualTo(6);
    }

    @Test
    void aLibraryThatFailsIsAFindingNotAnError() {
        library.broken = true;
        assertThat(NvmlSensor.discover(library, findings)).isNull();
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.chosen()).isFalse();
            assertThat(finding.reason()).contains("code 999");
        });
        assertThat(library.closed).isTrue();
    }

    @Test
    void theLibraryIsLookedForOnDiskBeforeJnaIsTouched(@TempDir Path root) {
        assertThat(NvmlSensor.Driver.library(root, null)).isNull();
        new FakeRoot(root).file("opt/driver/libnvidia-ml.so.1", "");
        assertThat(NvmlSensor.Driver.library(root, "/nowhere:/opt/driver"))
                .isEqualTo(root.resolve("opt/driver/libnvidia-ml.so.1"));
    }

    private NvmlSensor discover() {
        NvmlSensor sensor = NvmlSensor.discover(library, findings);
        return Objects.requireNonNull(sensor);
    }

    /** Two boards: one counts energy, the other only tells its power (50 W). */
    static final class Simulated implements Nvml {
        final Map<Long, Double> weights = new HashMap<>();
        final Set<String> lost = new HashSet<>();
        long millijoules;
        boolean broken;
        boolean closed;

        @Nullable IOException noProcesses;

        @Override
        public List<Gpu> gpus() throws IOException {
            if (broken) {
                throw new IOException("nvmlDeviceGetCount_v2 failed with code 999");
            }
            return List.of(
                    new Gpu("GPU-a", "NVIDIA H100 80GB HBM3", 700, true), new Gpu("GPU-b", "Tesla T4", 0, false));
        }

        @Override
        public long energyMillijoules(String uuid) throws IOException {
            failWhenLost(uuid);
            return millijoules;
        }

        @Override
        public long powerMilliwatts(String uuid) throws IOException {
            failWhenLost(uuid);
            return 50_000;
        }

        @Override
        public List<ProcessUse> processes(String uuid, long sinceMicros) throws IOException {
            if (noProcesses != null) {
                throw noProcesses;
            }
            List<ProcessUse> uses = new ArrayList<>();
            weights.forEach((pid, weight) -> uses.add(new ProcessUse(pid, weight)));
            return uses;
        }

        private void failWhenLost(String uuid) throws IOException {
            if (lost.contains(uuid)) {
                throw new IOException("failed with code 15");
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
