package io.hfeco2ai.cli;

import io.hfeco2ai.cli.PowerMeter.Mean;
import io.hfeco2ai.sensor.Calibration;
import io.hfeco2ai.sensor.Host;
import io.hfeco2ai.sensor.Sensors;
import io.hfeco2ai.units.Boundary;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Fits the load model to this machine: four loads, four powers. */
@Command(
        name = "calibrate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Fit the load model to this machine, with its power at idle and at 20, 50 and 100 %% load.",
            "Makes each load in turn and asks for the watts your meter shows, or reads a sensor (--meter).",
            "The four figures are kept in ~/.config/hf-eco2ai and used by run."
        })
final class CalibrateCommand implements Callable<Integer> {

    private static final int[] LEVELS = {0, 20, 50, 100};
    private static final long SETTLE_MS = 3000;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "30",
            description = "How long each load lasts (default: 30).")
    private int seconds;

    @Option(
            names = "--meter",
            paramLabel = "SOURCE",
            description = "Read this sensor instead of asking: rapl, hwmon, …")
    private @Nullable String meter;

    @Option(
            names = "--watts",
            paramLabel = "IDLE,20,50,100",
            split = ",",
            description = "The four figures, measured before: no load is made.")
    private double @Nullable [] watts;

    @Option(
            names = "--boundary",
            paramLabel = "node|chip",
            description =
                    "What the watts contain: the whole machine at the wall (node, the default) or the CPUs (chip).")
    private String boundary = "node";

    private final Clock clock = Clock.systemUTC();
    private final PrintStream out = System.out;

    @Override
    public Integer call() throws IOException, InterruptedException {
        CalibrationFile file = CalibrationFile.ofUser();
        List<Mean> figures;
        Boundary taken = boundary();
        if (watts != null) {
            figures = given(watts);
        } else {
            Host host = Host.of(Path.of("/"));
            checkWholeMachine(host);
            if (meter == null) {
                figures = asked(host);
            } else {
                PowerMeter sensor = meter(meter);
                taken = sensor.boundary();
                figures = read(host, sensor);
            }
        }
        try {
            file.save(new Calibration(
                    taken,
                    figures.get(0).watts(),
                    figures.get(1).watts(),
                    figures.get(2).watts(),
                    figures.get(3).watts()));
        } catch (IllegalArgumentException e) {
            System.err.println("hf-eco2ai: not saved: " + e.getMessage());
            return 1;
        }
        print(figures);
        out.println("Saved to " + file.path() + " (" + taken.name().toLowerCase(Locale.ROOT) + ").");
        return 0;
    }

    private void print(List<Mean> figures) {
        Table table = new Table(Set.of(0, 1, 2, 3), "load", "power", "error", "off a straight line");
        double idle = figures.get(0).watts();
        double full = figures.get(3).watts();
        for (int i = 0; i < LEVELS.length; i++) {
            Mean mean = figures.get(i);
            double line = idle + (full - idle) * LEVELS[i] / 100;
            table.row(
                    LEVELS[i] + " %",
                    Amounts.watts(mean.watts()),
                    Double.isNaN(mean.plusMinusWatts()) ? "your meter's" : "±" + Amounts.watts(mean.plusMinusWatts()),
                    String.format(Locale.ROOT, "%+.1f %%", 100 * (mean.watts() - line) / line));
        }
        table.lines().forEach(out::println);
    }

    private List<Mean> given(double[] given) {
        if (given.length != LEVELS.length) {
            throw new Cli.WrongOption(
                    "--watts needs four figures, such as 45.5,80,120,180; there were " + given.length);
        }
        List<Mean> figures = new ArrayList<>();
        for (double figure : given) {
            figures.add(new Mean(figure, Double.NaN));
        }
        return figures;
    }

    private List<Mean> asked(Host host) throws InterruptedException {
        Console console = System.console();
        if (console == null) {
            throw new Cli.WrongOption("there is no terminal to ask on: give --watts IDLE,20,50,100 or --meter SOURCE");
        }
        List<Mean> figures = new ArrayList<>();
        for (int level : LEVELS) {
            out.printf("%d %% load for %d s: note the mean power your meter shows.%n", level, seconds);
            try (CpuLoad load = new CpuLoad(host.logicalCpus(), level / 100.0)) {
                Thread.sleep(SETTLE_MS + 1000L * seconds);
            }
            figures.add(new Mean(ask(console), Double.NaN));
        }
        return figures;
    }

    private static double ask(Console console) {
        while (true) {
            String line = console.readLine("  watts: ");
            if (line == null) {
                throw new IllegalStateException("the input ended before the four figures were given");
            }
            try {
                return Double.parseDouble(line.strip().replace(',', '.'));
            } catch (NumberFormatException e) {
                console.printf("  %s is not a number, such as 182.5%n", line.strip());
            }
        }
    }

    private List<Mean> read(Host host, PowerMeter sensor) throws InterruptedException {
        List<Mean> figures = new ArrayList<>();
        for (int level : LEVELS) {
            out.printf("%d %% load for %d s%n", level, seconds);
            try (CpuLoad load = new CpuLoad(host.logicalCpus(), level / 100.0)) {
                Thread.sleep(SETTLE_MS);
                figures.add(sensor.read(Duration.ofSeconds(seconds)));
            }
        }
        return figures;
    }

    private PowerMeter meter(String source) {
        try {
            return new PowerMeter(Sensors.discover(Path.of("/"), null), source, clock);
        } catch (IllegalArgumentException e) {
            throw new Cli.WrongOption(String.valueOf(e.getMessage()));
        }
    }

    /** The four figures are by load of the whole machine, so this process must be able to load all of it. */
    private void checkWholeMachine(Host host) {
        if (host.allottedCpus() < host.logicalCpus()) {
            throw new Cli.WrongOption(String.format(
                    Locale.ROOT,
                    "only %.3g of %d CPUs are allotted here: calibrate outside of the container, or give --watts",
                    host.allottedCpus(),
                    host.logicalCpus()));
        }
        if (seconds < 1) {
            throw new Cli.WrongOption("--seconds must be 1 or more, was " + seconds);
        }
    }

    private Boundary boundary() {
        return switch (boundary) {
            case "node" -> Boundary.NODE;
            case "chip" -> Boundary.CHIP;
            default -> throw new Cli.WrongOption("--boundary must be node or chip, was " + boundary);
        };
    }
}
