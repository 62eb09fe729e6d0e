package io.hfeco2ai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.grid.BundledFactors;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.sensor.Device;
import io.hfeco2ai.sensor.MeasuredInterval;
import io.hfeco2ai.sensor.ProcessShares.ProcessShare;
import io.hfeco2ai.sensor.Sampler.DevicePower;
import io.hfeco2ai.sensor.Sampler.Tick;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@NullUnmarked
class SummaryTests {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Device CPU = device("cpu", DeviceKind.CPU, 10);
    private static final Device RAM = device("ram", DeviceKind.RAM, 4);
    private static final Device GPU = device("gpu", DeviceKind.GPU, 20);
    private static final Device METER = device("meter", DeviceKind.NODE, 50);

    private final Account account = new Account();

    @Test
    void theCommandGetsItsPartOfWhatIsAboveIdle() {
        second(0, Map.of(CPU, 50.0), Map.of());
        second(1, Map.of(CPU, 50.0), Map.of(CPU, 0.25));
        close(1, CPU, 50_000_000);
        assertThat(account.totals().get(0).commandUj()).isEqualTo(10_000_000); // (50 - 10) W for 1 s, a quarter
        assertThat(account.totals().get(0).energyUj()).isEqualTo(50_000_000);
    }

    @Test
    void idleEnergyIsOfTheWholeTimeAsOnTheServerAlsoWhereAPartWasNotObserved() {
        second(0, Map.of(CPU, 50.0), Map.of());
        second(1, Map.of(CPU, 50.0), Map.of(CPU, 0.25));
        Instant end = START.plusSeconds(1);
        MeasuredInterval half = new MeasuredInterval(CPU, START, end, 25_000_000, 500, 0);
        account.add(new Tick(end, List.of(), List.of(half)), List.of());
        assertThat(account.totals().get(0).commandUj()).isEqualTo(3_750_000); // (25 J - 10 W × 1 s), a quarter
    }

    @Test
    void memoryIsSharedWithItsIdlePower() {
        second(0, Map.of(RAM, 8.0), Map.of());
        second(1, Map.of(RAM, 8.0), Map.of(RAM, 0.5));
        close(1, RAM, 8_000_000);
        assertThat(account.totals().get(0).commandUj()).isEqualTo(4_000_000);
    }

    @Test
    void aBusySecondCountsMoreThanAnIdleOne() {
        second(0, Map.of(CPU, 10.0), Map.of());
        second(1, Map.of(CPU, 110.0), Map.of(CPU, 1.0));
        second(2, Map.of(CPU, 10.0), Map.of(CPU, 0.0));
        close(2, CPU, 120_000_000);
        assertThat(account.totals().get(0).commandUj()).isEqualTo(100_000_000);
    }

    @Test
    void theLastPieceOfACommandThatIsOverTakesTheWeightBefore() {
        second(0, Map.of(CPU, 30.0), Map.of());
        second(1, Map.of(CPU, 30.0), Map.of(CPU, 0.5));
        second(2, Map.of(CPU, 30.0), Map.of());
        close(2, CPU, 60_000_000);
        assertThat(account.totals().get(0).commandUj()).isEqualTo(20_000_000);
        assertThat(account.totals().get(0).wholeDevice()).isFalse();
    }

    @Test
    void aDeviceWithoutSharesIsCountedWholeAndFlagged() {
        second(0, Map.of(GPU, 100.0), Map.of());
        second(1, Map.of(GPU, 100.0), Map.of());
        close(1, GPU, 100_000_000);
        Summary summary = summary(null);
        assertThat(summary.commandEnergy().joules()).isEqualTo(100);
        assertThat(String.join("\n", SummaryText.lines(summary, false))).contains("whole device");
    }

    @Test
    void aMeterInFrontContainsTheDevicesBehindIt() {
        second(0, Map.of(CPU, 50.0, METER, 120.0), Map.of());
        second(1, Map.of(CPU, 50.0, METER, 120.0), Map.of(CPU, 1.0));
        close(1, CPU, 50_000_000);
        close(1, METER, 120_000_000);
        Summary summary = summary(null);
        assertThat(summary.machineEnergy().joules()).isEqualTo(120);
        assertThat(summary.machinePeakWatts()).isEqualTo(120);
        assertThat(summary.commandEnergy().joules()).isEqualTo(40);
    }

    @Test
    void withoutAZoneThereAreNoEmissionsAndTheCureIsNamed() {
        second(0, Map.of(CPU, 50.0), Map.of());
        close(1, CPU, 50_000_000);
        assertThat(summary(null).emissions()).isNull();
        assertThat(SummaryText.lines(summary(null), false).get(0)).contains("emissions — (set --zone)");
        assertThat(SummaryText.lines(summary(null), true).get(0)).contains("emissions on its page");
    }

    @Test
    void withoutAReadingNothingIsZero() {
        String line = SummaryText.lines(summary(null), false).get(0);
        assertThat(line).contains("energy —").doesNotContain(" 0 ");
        assertThat(SummaryJson.of(summary(null), null)).contains("\"energy_kwh\":null");
    }

    @Test
    void emissionsAreEnergyTimesTheFactorOfTheLatestYearThatHasBegun() throws IOException {
        String table = """
                zone,year,g_per_kwh,method,basis,gas,source,edition,licence,url
                XX,2024,900,average,direct,CO2e,"a, b",e,l,u
                XX,2022,300,average,life-cycle,CO2e,"say ""x"", y",e,l,u
                XX,2023,360,average,life-cycle,CO2e,s,e,l,u
                XXX,2025,1,average,life-cycle,CO2e,s,e,l,u
                """;
        List<YearlyFactors.Factor> found = new ArrayList<>();
        YearlyFactors.read(new BufferedReader(new StringReader(table)), "xx", found);
        assertThat(found).hasSize(3);
        assertThat(found.get(1).source()).isEqualTo("say \"x\", y");
        YearlyFactors.Factor factor = YearlyFactors.best(found, 2023);
        assertThat(factor.gramsPerKwh()).isEqualByComparingTo(new BigDecimal("360"));
        second(0, Map.of(GPU, 100.0), Map.of());
        close(1, GPU, 100_000_000);
        assertThat(summary(factor).emissions().grams()).isEqualTo(0.01);
    }

    @Test
    void theTablesOfTheJarKnowGermany() {
        assertThat(YearlyFactors.find("de", START).gramsPerKwh()).isBetween(new BigDecimal(200), new BigDecimal(600));
        assertThat(YearlyFactors.find("nowhere", START)).isNull();
    }

    @Test
    void everyZoneHasTheFactorThatTheServerGives() {
        for (int year : List.of(1990, 2022, 2026)) {
            Instant at = Instant.parse(year + "-06-01T00:00:00Z");
            assertThat(BundledFactors.zones()).hasSizeGreaterThan(100).allSatisfy(zone -> {
                Grid.Factor server = BundledFactors.of(zone, at.toEpochMilli()).orElseThrow();
                YearlyFactors.Factor own = YearlyFactors.find(zone, at);
                assertThat(own).as(zone + " " + year).isNotNull();
                assertThat(List.of(own.gramsPerKwh(), own.dataYear(), own.basis(), own.source(), own.edition()))
                        .as(zone + " " + year)
                        .isEqualTo(List.of(
                                server.gramsPerKwh(),
                                server.dataYear(),
                                server.basis(),
                                server.source(),
                                server.edition()));
            });
        }
    }

    @Test
    void theQuickReadingKnowsTheOptionsThatPicocliKnows() {
        Set<String> known = new TreeSet<>();
        CommandLine.Model.CommandSpec.forAnnotatedObject(new RunOptions())
                .options()
                .forEach(option -> known.addAll(Arrays.asList(option.names())));
        assertThat(known)
                .allSatisfy(name -> assertThat(RunOptions.quick(
                                name.startsWith("-q") || name.equals("--quiet")
                                        ? new String[] {"run", name, "true"}
                                        : new String[] {"run", name, "x", "true"},
                                Map.of()))
                        .as(name)
                        .isNotNull());
        assertThat(RunOptions.quick(new String[] {"run", "--other", "x", "true"}, Map.of()))
                .isNull();
        RunOptions options = RunOptions.quick(new String[] {"run", "--zone=FR", "--", "-x", "--", "y"}, Map.of());
        assertThat(options.zone).isEqualTo("FR");
        assertThat(options.command).containsExactly("-x", "--", "y");
    }

    @Test
    void aCalibrationComesBackAsItWasSaved(@TempDir Path folder) throws IOException {
        CalibrationFile file = new CalibrationFile(folder.resolve("deep").resolve("calibration.properties"));
        assertThat(file.load()).isNull();
        var saved = new io.hfeco2ai.sensor.Calibration(Boundary.NODE, 45.5, 80, 120, 180);
        file.save(saved);
        assertThat(file.load()).isEqualTo(saved);
        Files.writeString(file.path(), "boundary=node\nidle_w=x\n");
        org.assertj.core.api.Assertions.assertThatThrownBy(file::load).hasMessageContaining("idle_w must be a number");
    }

    @Test
    void aTerminalIsOursWhenItsForegroundGroupIs() {
        assertThat(Child.isInForeground("9 (a) b) S 1 77 9 34816 77 0")).isTrue();
        assertThat(Child.isInForeground("9 (java) S 1 77 9 34816 78 0")).isFalse();
        assertThat(Child.isInForeground("9 (java) S 1 77 9 0 -1 0")).isFalse();
    }

    @Test
    void theErrorOfAMeanIsTwiceItsStandardError() {
        PowerMeter.Mean mean = PowerMeter.mean(List.of(99.0, 101.0, 99.0, 101.0));
        assertThat(mean.watts()).isEqualTo(100);
        assertThat(mean.plusMinusWatts()).isCloseTo(1.155, org.assertj.core.data.Offset.offset(0.001));
    }

    private Summary summary(YearlyFactors.Factor factor) {
        return Summary.of(
                List.of("true"),
                0,
                START,
                START.plusSeconds(1),
                account,
                factor == null ? null : "XX",
                factor,
                List.of());
    }

    private void second(int at, Map<Device, Double> watts, Map<Device, Double> weights) {
        Instant now = START.plusSeconds(at);
        account.add(
                new Tick(
                        now,
                        watts.entrySet().stream()
                                .map(entry -> new DevicePower(entry.getKey(), entry.getValue()))
                                .toList(),
                        List.of()),
                weights.entrySet().stream()
                        .map(entry -> new ProcessShare(1, entry.getKey(), now, now, entry.getValue()))
                        .toList());
    }

    private void close(int seconds, Device device, long microjoules) {
        account.add(
                new Tick(
                        START.plusSeconds(seconds),
                        List.of(),
                        List.of(new MeasuredInterval(
                                device, START, START.plusSeconds(seconds), microjoules, 1000L * seconds, 0))),
                List.of());
    }

    private static Device device(String key, DeviceKind kind, double idleWatts) {
        Boundary boundary = kind == DeviceKind.NODE ? Boundary.NODE : Boundary.CHIP;
        return new Device(key, kind, key, boundary, Quality.MEASURED, "rapl", 0.05, 500, idleWatts);
    }
}
