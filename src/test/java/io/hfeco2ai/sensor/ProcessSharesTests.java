package io.hfeco2ai.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.sensor.ProcessShares.ProcessShare;
import io.hfeco2ai.sensor.Sampler.Glance;
import io.hfeco2ai.sensor.Sensors.Selection;
import io.hfeco2ai.units.DeviceKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ProcessSharesTests {

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-03-01T00:00:00Z");
    private final Clock wall = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final NvmlSensorTests.Simulated library = new NvmlSensorTests.Simulated();
    private FakeRoot root;
    private ProcessShares shares;

    @BeforeEach
    void machine() {
        root = new FakeRoot(directory);
        root.cpus("AMD EPYC 8024P 8-Core Processor", 1, 16, "").memory(1_000_000, 600_000);
        root.self(50, 0).process(100, 50, 7, 10, 0, 100_000).process(200, 1, 7, 10, 0, 50_000);
        shares = new ProcessShares(directory, selection(), wall);
    }

    private Selection selection() {
        return Sensors.discover(directory, null, () -> 0, library, new ArrayList<>());
    }

    @Test
    void theTreesCpuTimeCountsAgainstTheNodesBusyTime() {
        shares.track(100);
        root.process(100, 50, 7, 30, 0, 100_000)
                .process(101, 100, 20, 40, 0, 100_000)
                .stat(240, 1000);
        assertThat(weight(100, DeviceKind.CPU)).isCloseTo(60 / 240.0, within(1e-9));
    }

    @Test
    void aCommandThatEndedBeforeItWasEverSeenCountsWithWhatItsParentWasTold() {
        root.stat(500, 1000).self(50, 20);
        Glance begin = Glance.now(directory, wall, 300);
        shares.trackStarted(300, begin);
        now = now.plusMillis(100);
        root.stat(508, 1012).self(50, 26);
        Glance end = Glance.now(directory, wall, 300);
        root.stat(900, 1100).self(50, 26);
        List<ProcessShare> ended = shares.cut(end);
        assertThat(ended).allSatisfy(share -> assertThat(share.end()).isEqualTo(now));
        assertThat(ended)
                .filteredOn(share -> share.device().kind() == DeviceKind.CPU)
                .singleElement()
                .satisfies(share -> assertThat(share.weight()).isCloseTo(6 / 8.0, within(1e-9)));
        assertThat(ended).noneMatch(share -> share.device().kind() == DeviceKind.RAM); // its memory was never seen
    }

    @Test
    void childrenThatEndedCountOnce() {
        root.process(101, 100, 20, 40, 0, 1).stat(40, 0);
        shares.track(100);
        next();
        root.ended(101).process(100, 50, 7, 10, 45, 1).stat(140, 1000); // waited for: 40 seen before, 5 new
        assertThat(weight(100, DeviceKind.CPU)).isCloseTo(5 / 100.0, within(1e-9));
    }

    @Test
    void anOrphanStaysInItsTree() {
        root.process(101, 100, 20, 40, 0, 1);
        shares.track(100);
        next();
        root.ended(100).process(101, 1, 20, 70, 0, 1).stat(100, 1000);
        assertThat(weight(100, DeviceKind.CPU)).isCloseTo(30 / 100.0, within(1e-9));
    }

    @Test
    void aChildOfOursThatEndedIsCreditedFromWhatWeWaitedFor() {
        shares.track(100);
        root.ended(100).self(50, 90).stat(160, 1000); // it had used 10 when tracked, 90 in the end
        assertThat(weight(100, DeviceKind.CPU)).isCloseTo(80 / 160.0, within(1e-9));
    }

    @Test
    void anInnerTrackedTreeIsNotCountedInTheOuter() {
        root.process(101, 100, 20, 0, 0, 1);
        shares.track(100);
        shares.track(101);
        root.process(100, 50, 7, 20, 0, 1).process(101, 100, 20, 30, 0, 1).stat(100, 1000);
        List<ProcessShare> cut = next();
        assertThat(cut)
                .filteredOn(share -> share.device().kind() == DeviceKind.CPU)
                .extracting(ProcessShare::weight)
                .containsExactly(0.1, 0.3);
    }

    @Test
    void aPidUsedAgainIsAnotherProcess() {
        shares.track(200);
        next();
        root.process(200, 1, 7, 15, 0, 1).process(300, 200, 9, 10, 0, 1).stat(100, 0);
        next();
        root.process(300, 1, 999, 50, 0, 1).stat(200, 0);
        assertThat(weight(200, DeviceKind.CPU)).isZero();
    }

    @Test
    void memoryIsShareOfWhatIsUsed() {
        shares.track(100);
        assertThat(weight(100, DeviceKind.RAM)).isCloseTo(0.25, within(1e-9));
    }

    @Test
    void gpuSharesComeFromTheDriverOrAreAbsent() {
        root.process(101, 100, 20, 0, 0, 1);
        library.weights.put(101L, 0.75);
        library.weights.put(999L, 0.25);
        shares.track(100);
        shares.track(200);
        assertThat(next())
                .filteredOn(share -> share.device().key().equals("GPU-a"))
                .singleElement()
                .satisfies(share -> {
                    assertThat(share.pid()).isEqualTo(100);
                    assertThat(share.weight()).isEqualTo(0.75);
                });
        library.noProcesses = new IOException("not supported");
        assertThat(next()).noneMatch(share -> share.device().kind() == DeviceKind.GPU);
    }

    @Test
    void anIdleNodeHasNoCpuShares() {
        shares.track(100);
        assertThat(next()).noneMatch(share -> share.device().kind() == DeviceKind.CPU);
    }

    @Test
    void nothingTrackedNothingTold() {
        assertThat(shares.cut()).isEmpty();
        shares.track(100);
        shares.untrack(100);
        assertThat(next()).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aRealChildThatBurnsCpuIsSeenBurning() throws Exception {
        Path real = Path.of("/");
        Selection machine = Sensors.discover(real, null, System::nanoTime, null, new ArrayList<>());
        ProcessShares live = new ProcessShares(real, machine, Clock.systemUTC());
        Process child = new ProcessBuilder("sh", "-c", "while :; do :; done").start();
        try {
            live.track(child.pid());
            long until = System.nanoTime() + Duration.ofMillis(900).toNanos();
            while (System.nanoTime() < until) {
                Thread.sleep(50);
            }
            assertThat(live.cut())
                    .filteredOn(share -> share.device().kind() == DeviceKind.CPU)
                    .isNotEmpty()
                    .allSatisfy(share ->
                            assertThat(share.weight()).isGreaterThan(0.05).isLessThanOrEqualTo(1));
        } finally {
            child.destroyForcibly().waitFor();
        }
        assertThat(Files.exists(Path.of("/proc/" + child.pid()))).isFalse();
    }

    private double weight(long pid, DeviceKind kind) {
        return next().stream()
                .filter(share -> share.pid() == pid && share.device().kind() == kind)
                .mapToDouble(ProcessShare::weight)
                .findFirst()
                .orElseThrow();
    }

    private List<ProcessShare> next() {
        now = now.plusSeconds(10);
        return shares.cut();
    }
}
