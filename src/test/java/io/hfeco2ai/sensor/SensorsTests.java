package io.hfeco2ai.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.sensor.Sensors.Finding;
import io.hfeco2ai.sensor.Sensors.Selection;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole machines, from the files they show to the devices that are read. */
class SensorsTests {

    private static final long RANGE = 262_143_328_850L;
    private static final Calibration WALL = new Calibration(Boundary.NODE, 100, 150, 200, 300);

    @TempDir
    Path directory;

    private FakeRoot root;
    private long nanos = 1_000_000_000L;

    @BeforeEach
    void machine() {
        root = new FakeRoot(directory);
    }

    @Test
    void aTwoSocketXeonCountsPackagesAndDram() {
        xeon();
        Selection selection = discover(null);
        assertThat(selection.devices())
                .extracting(Device::key)
                .containsExactly("intel-rapl:0", "intel-rapl:0:0", "intel-rapl:1", "intel-rapl:1:0");
        assertThat(selection.devices())
                .extracting(Device::kind)
                .containsExactly(DeviceKind.CPU, DeviceKind.RAM, DeviceKind.CPU, DeviceKind.RAM);
        assertThat(read(selection)).containsEntry("intel-rapl:1", 2_000L).containsEntry("intel-rapl:1:0", 4_000L);
    }

    @Test
    void twoGlancesAreTheWholeMeasurementOfACommandThatEndedBeforeTheSensorsWereThere() throws InterruptedException {
        xeon();
        root.zone("intel-rapl:1", "package-0", 500_000, RANGE);
        Sampler.Glance begin = Sampler.Glance.now(directory, Clock.systemUTC(), 1);
        Thread.sleep(30);
        root.zone("intel-rapl:1", "package-0", 1_500_000, RANGE);
        Sampler.Glance end = Sampler.Glance.now(directory, Clock.systemUTC(), 1);
        root.zone("intel-rapl:1", "package-0", 9_000_000, RANGE);
        Selection selection = discover(null);
        Sampler sampler = new Sampler(selection.sensors(), Clock.systemUTC(), System::nanoTime, Duration.ofSeconds(10));
        sampler.recall(begin, false);
        MeasuredInterval whole = sampler.recall(end, true).closed().stream()
                .filter(interval -> interval.device().key().equals("intel-rapl:1"))
                .findFirst()
                .orElseThrow();
        assertThat(whole.energyMicrojoules()).isEqualTo(1_000_000);
        assertThat(whole.observedMillis()).isBetween(29L, 1000L);
    }

    @Test
    void aCounterThatWrapsGoesOn() {
        xeon();
        Selection selection = discover(null);
        root.zone("intel-rapl:0", "package-0", RANGE - 500, RANGE);
        read(selection);
        root.zone("intel-rapl:0", "package-0", 1_500, RANGE);
        assertThat(read(selection)).containsEntry("intel-rapl:0", RANGE + 1_500);
    }

    @Test
    void aCounterThatStartsAnewFallsSoThatTheSamplerSeesTheReset() {
        RaplSensor.EnergyCounter counter = new RaplSensor.EnergyCounter(1_000);
        assertThat(counter.unwrapped(400)).isEqualTo(400);
        assertThat(counter.unwrapped(10)).isEqualTo(10);
        assertThat(counter.unwrapped(990)).isEqualTo(990);
        assertThat(counter.unwrapped(20)).isEqualTo(1_020);
    }

    @Test
    void aLaptopCountsItsPackageOnceAndSaysWhyNotTheRest() {
        root.cpus("12th Gen Intel(R) Core(TM) i7-1260P", 1, 16, "").memory(16_000_000, 8_000_000);
        root.zone("intel-rapl:0", "package-0", 10, RANGE)
                .zone("intel-rapl:0:0", "core", 5, RANGE)
                .zone("intel-rapl:0:1", "uncore", 1, RANGE)
                .zone("intel-rapl:1", "psys", 30, RANGE)
                .zone("intel-rapl-mmio:0", "package-0", 10, RANGE);
        Selection selection = discover(null);
        assertThat(selection.devices()).extracting(Device::key).containsExactly("intel-rapl:0", "model:ram");
        assertThat(selection.findings())
                .filteredOn(finding -> !finding.chosen())
                .extracting(Finding::what)
                .containsExactly(
                        "package-0 (intel-rapl-mmio:0)",
                        "core (intel-rapl:0:0)",
                        "uncore (intel-rapl:0:1)",
                        "psys (intel-rapl:1)");
    }

    @Test
    void psysAloneIsBetterThanAModel() {
        root.cpus("Intel(R) Core(TM) i5-8259U CPU @ 2.30GHz", 1, 8, "").memory(16_000_000, 8_000_000);
        root.zone("intel-rapl:1", "psys", 30, RANGE);
        assertThat(discover(null).devices()).extracting(Device::key).containsExactly("intel-rapl:1", "model:ram");
    }

    @Test
    void anEpycHasAPackageAndModelledMemory() {
        epyc();
        root.zone("intel-rapl:0", "package-0", 10, 65_532_610_987L).zone("intel-rapl:0:0", "core", 4, 65_532_610_987L);
        Selection selection = discover(null);
        assertThat(selection.devices()).extracting(Device::quality).containsExactly(Quality.MEASURED, Quality.MODELLED);
        assertThat(selection.devices().get(1).name()).isEqualTo("131 GB memory");
    }

    @Test
    void anUnreadableCounterNamesItsCureAndTheModelStandsIn() {
        epyc();
        root.file("sys/class/powercap/intel-rapl:0/name", "package-0")
                .unreadable("sys/class/powercap/intel-rapl:0/energy_uj");
        Selection selection = discover(null);
        assertThat(selection.devices()).extracting(Device::key).containsExactly("model:cpu", "model:ram");
        assertThat(selection.findings())
                .anySatisfy(finding -> assertThat(finding.cure())
                        .contains("chmod a+r /sys/class/powercap/intel-rapl:0/energy_uj", "SUBSYSTEM==\"powercap\""));
    }

    @Test
    void aCounterThatVanishesIsAGap() throws Exception {
        xeon();
        Selection selection = discover(null);
        Files.writeString(directory.resolve("sys/class/powercap/intel-rapl:0/energy_uj"), "");
        assertThat(read(selection)).doesNotContainKey("intel-rapl:0").containsKey("intel-rapl:1");
    }

    @Test
    void aVirtualMachineWithNothingIsModelledByItsShareOfTheSocket() {
        root.cpus("Intel(R) Xeon(R) Platinum 8180 CPU @ 2.50GHz", 2, 4, "hypervisor")
                .memory(8_000_000, 4_000_000);
        Selection selection = discover(null);
        Device cpu = selection.devices().get(0);
        assertThat(cpu.key()).isEqualTo("model:cpu");
        assertThat(cpu.idleWatts()).isEqualTo(0.087 * 205 / 56 * 4, within(1e-9));
        assertThat(selection.findings()).anySatisfy(finding -> {
            assertThat(finding.source()).isEqualTo("rapl");
            assertThat(finding.reason()).contains("hypervisor");
            assertThat(finding.cure()).isNotEmpty();
        });
    }

    @Test
    void aCpuWithoutANumberGetsAStatedFigureAndALargerUncertainty() {
        root.cpus("AMD EPYC", 1, 2, "hypervisor").memory(8_000_000, 4_000_000);
        Selection selection = discover(null);
        Device cpu = selection.devices().get(0);
        assertThat(cpu.idleWatts()).isEqualTo(0.221 * 3.66 * 2, within(1e-9));
        assertThat(cpu.uncertaintyRatio()).isEqualTo(1.0);
        assertThat(selection.findings())
                .anySatisfy(finding -> assertThat(finding.reason()).contains("not known"));
    }

    @Test
    void theModelCountsLoadTimesTime() {
        epyc();
        Selection selection = discover(null);
        root.stat(1_000, 1_000);
        read(selection);
        root.stat(1_050, 1_050); // half of the time busy
        nanos += 1_000_000_000L;
        assertThat(read(selection))
                .hasEntrySatisfying(
                        "model:cpu",
                        microjoules ->
                                assertThat(microjoules / 1e6).isCloseTo(90 * (0.221 + 0.61 * 0.5), within(1e-3)));
    }

    @Test
    void aCalibratedChipUsesTheNodesOwnFigures() {
        epyc();
        Selection selection = discover(new Calibration(Boundary.CHIP, 18, 38, 47, 46));
        Device cpu = selection.devices().get(0);
        assertThat(cpu.idleWatts()).isEqualTo(18);
        assertThat(cpu.uncertaintyRatio()).isEqualTo(0.4);
    }

    @Test
    void aCalibrationAtTheWallGivesOneNode() {
        epyc();
        assertThat(discover(WALL).devices()).singleElement().satisfies(node -> {
            assertThat(node.kind()).isEqualTo(DeviceKind.NODE);
            assertThat(node.boundary()).isEqualTo(Boundary.NODE);
            assertThat(node.quality()).isEqualTo(Quality.MODELLED);
        });
    }

    @Test
    void graphicsCardsAndTheBoardsMeterAreRead() {
        epyc();
        root.hwmon(0, "amdgpu", "0000:03:00.0").file("sys/class/hwmon/hwmon0/power1_average", 35_000_000);
        root.file("sys/class/hwmon/hwmon0/power1_cap", 300_000_000);
        root.hwmon(1, "i915", "0000:04:00.0").file("sys/class/hwmon/hwmon1/energy1_input", 123_456);
        root.hwmon(2, "power_meter", "ACPI000D:00").file("sys/class/hwmon/hwmon2/power1_average", 210_000_000);
        root.hwmon(3, "amdgpu", "0000:0b:00.0").file("sys/class/hwmon/hwmon3/power1_input", 9_000_000);
        root.hwmon(4, "ina226", "1-0040").file("sys/class/hwmon/hwmon4/power1_input", 9_000_000);
        root.hwmon(5, "coretemp", "coretemp.0");
        Selection selection = discover(WALL);
        assertThat(read(selection))
                .containsEntry("hwmon:0000:03:00.0", 35L)
                .containsEntry("hwmon:0000:04:00.0", 123_456L)
                .containsEntry("hwmon:ACPI000D:00", 210L)
                .doesNotContainKeys("hwmon:0000:0b:00.0", "hwmon:1-0040", "model:node");
        assertThat(selection.findings())
                .filteredOn(f -> f.source().equals("hwmon") && !f.chosen())
                .hasSize(2);
    }

    @Test
    void anNvidiaBoardWithoutItsLibraryIsSaid() {
        epyc();
        root.file("sys/bus/pci/devices/0000:65:00.0/class", "0x030200")
                .file("sys/bus/pci/devices/0000:65:00.0/vendor", "0x10de");
        assertThat(Sensors.discover(directory, null).findings()).anySatisfy(finding -> {
            assertThat(finding.source()).isEqualTo("nvml");
            assertThat(finding.chosen()).isFalse();
        });
    }

    private void xeon() {
        root.cpus("Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz", 2, 80, "").memory(400_000_000, 300_000_000);
        root.zone("intel-rapl:0", "package-0", 1_000, RANGE)
                .zone("intel-rapl:0:0", "dram", 3_000, RANGE)
                .zone("intel-rapl:1", "package-1", 2_000, RANGE)
                .zone("intel-rapl:1:0", "dram", 4_000, RANGE);
    }

    private void epyc() {
        root.cpus("AMD EPYC 8024P 8-Core Processor", 1, 16, "").memory(128_000_000, 64_000_000);
    }

    private Selection discover(@Nullable Calibration calibration) {
        return Sensors.discover(directory, calibration, () -> nanos, null, new ArrayList<>());
    }

    /** Counters in µJ and powers in W by device key. */
    private static Map<String, Long> read(Selection selection) {
        Map<String, Long> readings = new HashMap<>();
        for (Sensor sensor : selection.sensors()) {
            sensor.read(new ReadingSink() {
                @Override
                public void counter(Device device, long microjoules) {
                    readings.put(device.key(), microjoules);
                }

                @Override
                public void power(Device device, double watts) {
                    readings.put(device.key(), Math.round(watts));
                }

                @Override
                public void gap(Device device, String reason) {}
            });
        }
        return readings;
    }
}
