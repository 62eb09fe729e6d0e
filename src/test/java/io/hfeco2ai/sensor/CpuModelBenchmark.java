package io.hfeco2ai.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.sensor.CpuPowerModel.Coefficients;
import io.hfeco2ai.units.Boundary;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Scores the load model against RAPL: folders {@code C_cpu_power/rapl/<cpu>/{all,some}_cores.csv} below the folder named by
 * {@code HFECO2AI_OPEN_DATA} (environment or system property). Truth W = rapl_energy × 3.6e6 / duration.
 */
@Tag("bench")
class CpuModelBenchmark {

    /** Its domains are counted twice: 94 W at a TDP of 69 W. */
    private static final Set<String> EXCLUDED = Set.of("E5-1240");

    /** Which of the measured CPUs sit on more than one socket. */
    private static final Map<String, Integer> SOCKETS = Map.of("e5-2620 v3", 2);

    private record Phase(boolean allCores, double load, double watts) {}

    private record Cpu(String model, String vendor, double ratedWatts, List<Phase> phases) {

        double idleRatio() {
            return phases.stream()
                            .filter(p -> p.load < 0.06)
                            .mapToDouble(Phase::watts)
                            .average()
                            .orElseThrow()
                    / ratedWatts;
        }
    }

    private final List<Cpu> cpus = new ArrayList<>();

    @BeforeEach
    void load() throws IOException {
        String data = System.getProperty("HFECO2AI_OPEN_DATA", System.getenv("HFECO2AI_OPEN_DATA"));
        Assumptions.assumeTrue(
                data != null, "skipped: set HFECO2AI_OPEN_DATA to the folder that holds C_cpu_power/rapl");
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(Path.of(data, "C_cpu_power", "rapl"))) {
            for (Path folder : folders) {
                if (Files.isDirectory(folder)
                        && !EXCLUDED.contains(folder.getFileName().toString())) {
                    cpus.add(cpu(folder));
                }
            }
        }
        assertThat(cpus).as("folders with data").hasSizeGreaterThan(1);
    }

    @Test
    void uncalibratedOnCpusLeftOutOfTheFit() {
        say("Leave one CPU out, %d CPUs", cpus.size());
        List<Double> errors = new ArrayList<>();
        double sum = 0;
        for (Cpu out : cpus) {
            List<Cpu> rest = cpus.stream().filter(cpu -> cpu != out).toList();
            double dynamic = fitDynamic(rest);
            double idle = idleRatio(out.vendor, rest);
            List<Double> mine = errors(out.phases, load -> out.ratedWatts * (idle + dynamic * load));
            say("  %-28s idle %.3f dynamic %.3f MAPE %5.1f %%", out.model, idle, dynamic, mape(mine));
            errors.addAll(mine);
            sum += mape(mine);
        }
        say(
                "  mean over CPUs %.1f %%, over %d phases %.1f %%, 2 x RMS %.2f",
                sum / cpus.size(), errors.size(), mape(errors), twoRms(errors));
        for (String name : List.of("cubic", "linear")) {
            List<Double> anchor = new ArrayList<>();
            for (Cpu cpu : cpus) {
                anchor.addAll(errors(
                        cpu.phases,
                        load -> cpu.ratedWatts * (0.1 + 0.9 * (name.equals("cubic") ? load * load * load : load))));
            }
            say("  anchor TDP x (0.1 + 0.9 load%s): %.1f %%", name.equals("cubic") ? "^3" : "", mape(anchor));
        }
        say(
                "  all CPUs together: dynamic %.3f, idle amd %.3f intel %.3f",
                fitDynamic(cpus), idleRatio("amd", cpus), idleRatio("intel", cpus));
    }

    @Test
    void shippedCoefficientsOnTheCpusTheyWereFittedOn() {
        Coefficients coefficients = new Coefficients();
        List<Double> errors = new ArrayList<>();
        for (Cpu cpu : cpus) {
            Host host = new Host("n", "b", "h", cpu.model, sockets(cpu.model), 8, 8, 1, 1, false, false);
            errors.addAll(errors(cpu.phases, CpuPowerModel.of(host, coefficients)::watts));
        }
        say("In sample, %d CPUs, %d phases: %.1f %%", cpus.size(), errors.size(), mape(errors));
    }

    @Test
    void calibratedOnPhasesNotUsedForIt() {
        Coefficients coefficients = new Coefficients();
        List<Double> errors = new ArrayList<>();
        double sum = 0;
        say("Calibrated with 4 phases of the all_cores series (nearest to 0, 20, 50, 100 %%), %d CPUs", cpus.size());
        for (Cpu cpu : cpus) {
            List<Phase> used = Arrays.stream(new double[] {0, 0.2, 0.5, 1})
                    .mapToObj(load -> nearest(cpu, load))
                    .toList();
            Calibration calibration = new Calibration(
                    Boundary.CHIP, used.get(0).watts, used.get(1).watts, used.get(2).watts, used.get(3).watts);
            Set<Phase> known = new HashSet<>(used);
            List<Phase> others =
                    cpu.phases.stream().filter(phase -> !known.contains(phase)).toList();
            List<Double> mine = errors(others, CpuPowerModel.calibrated(calibration, coefficients)::watts);
            say("  %-28s MAPE %5.1f %%", cpu.model, mape(mine));
            errors.addAll(mine);
            sum += mape(mine);
        }
        say(
                "  mean over CPUs %.1f %%, over %d phases %.1f %%, 2 x RMS %.2f",
                sum / cpus.size(), errors.size(), mape(errors), twoRms(errors));
    }

    private static Phase nearest(Cpu cpu, double load) {
        return cpu.phases.stream()
                .filter(Phase::allCores)
                .min((a, b) -> Double.compare(Math.abs(a.load - load), Math.abs(b.load - load)))
                .orElseThrow();
    }

    private static double idleRatio(String vendor, List<Cpu> known) {
        double own = known.stream()
                .filter(cpu -> cpu.vendor.equals(vendor))
                .mapToDouble(Cpu::idleRatio)
                .average()
                .orElse(Double.NaN);
        return Double.isNaN(own)
                ? known.stream().mapToDouble(Cpu::idleRatio).average().orElseThrow()
                : own;
    }

    /** Least mean of the CPUs' MAPE, on a grid of 0.005. */
    private static double fitDynamic(List<Cpu> known) {
        double best = 0;
        double least = Double.MAX_VALUE;
        for (int step = 40; step < 240; step++) {
            double dynamic = step * 0.005;
            double error = 0;
            for (Cpu cpu : known) {
                double idle = idleRatio(cpu.vendor, known);
                error += mape(errors(cpu.phases, load -> cpu.ratedWatts * (idle + dynamic * load)));
            }
            if (error < least) {
                least = error;
                best = dynamic;
            }
        }
        return best;
    }

    private static List<Double> errors(List<Phase> phases, DoubleUnaryOperator model) {
        return phases.stream()
                .map(phase -> model.applyAsDouble(phase.load) / phase.watts - 1)
                .toList();
    }

    private static double mape(List<Double> errors) {
        return errors.stream().mapToDouble(Math::abs).average().orElseThrow() * 100;
    }

    private static double twoRms(List<Double> errors) {
        return 2 * Math.sqrt(errors.stream().mapToDouble(e -> e * e).average().orElseThrow());
    }

    private static int sockets(String model) {
        return SOCKETS.entrySet().stream()
                .filter(entry -> TdpTable.normalised(model).contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(1);
    }

    private static Cpu cpu(Path folder) throws IOException {
        List<Phase> phases = new ArrayList<>();
        String model = "";
        for (String series : List.of("all_cores", "some_cores")) {
            List<String> lines = Files.readAllLines(folder.resolve(series + ".csv"));
            List<String> header = List.of(lines.get(0).split(","));
            for (String line : lines.subList(1, lines.size())) {
                String[] cells = line.split(",");
                model = cells[header.indexOf("cpu_name")];
                double kwh = Double.parseDouble(cells[header.indexOf("rapl_energy")]);
                double seconds = Double.parseDouble(cells[header.indexOf("duration")]);
                double load = Double.parseDouble(cells[header.indexOf("cpu_load")]) / 100;
                phases.add(new Phase(series.equals("all_cores"), load, kwh * 3.6e6 / seconds));
            }
        }
        TdpTable.Row row = TdpTable.cpu(model);
        if (row == null) {
            throw new IllegalStateException("no TDP known for " + model);
        }
        String vendor = model.contains("AMD") ? "amd" : "intel";
        return new Cpu(model, vendor, row.watts() * sockets(model), Collections.unmodifiableList(phases));
    }

    private static void say(String format, Object... figures) {
        System.out.println(String.format(Locale.ROOT, format, figures));
    }
}
