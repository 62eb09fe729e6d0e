package io.hfeco2ai.cli;

import io.hfeco2ai.sensor.Calibration;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Runs a command untouched and says at its end what it used. */
final class MeasuredRun {

    private final RunOptions options;
    private final Clock clock = Clock.systemUTC();
    private final PrintStream err = System.err;

    MeasuredRun(RunOptions options) {
        this.options = options;
    }

    /**
     * @return the command's exit code as a shell gives it
     * @throws Cli.WrongOption before the command is started
     */
    int run() {
        URI server = server();
        checkJson();
        Meter.prepare(Path.of("/"), clock);
        Instant start = clock.instant();
        Child child;
        try {
            child = Child.start(options.command);
        } catch (Child.NotStarted e) {
            err.println("hf-eco2ai: " + e.getMessage());
            return e.exitCode;
        }
        Meter meter = new Meter(Path.of("/"), clock, child.pid());
        List<String> problems = new ArrayList<>();
        Reporter reporter = server == null ? null : reporter(server, child, start);
        meter.start(calibration(problems), reporter);
        int exitCode = child.await();
        Instant end = clock.instant();
        meter.finish();
        List<String> delivery = reporter == null ? List.of() : reporter.finish(status(exitCode), end);
        if (meter.failure() != null) {
            problems.add("not measured: " + meter.failure());
        }
        Summary summary = Summary.of(
                options.command,
                exitCode,
                start,
                end,
                meter.account(),
                options.zone,
                options.zone == null ? null : YearlyFactors.find(options.zone, start),
                problems);
        say(summary, reporter == null ? null : reporter.runUrl(), delivery);
        return exitCode;
    }

    private void say(Summary summary, @Nullable String runUrl, List<String> delivery) {
        if (!options.quiet) {
            SummaryText.lines(summary, runUrl != null).forEach(err::println);
            if (runUrl != null) {
                err.println("  " + runUrl);
            }
            delivery.forEach(line -> err.println("hf-eco2ai: " + line));
        }
        if (options.json != null) {
            try {
                Files.writeString(options.json, SummaryJson.of(summary, runUrl) + "\n", StandardCharsets.UTF_8);
            } catch (IOException e) {
                err.println("hf-eco2ai: could not write " + options.json + ": " + e.getMessage());
            }
        }
    }

    private Reporter reporter(URI server, Child child, Instant start) {
        String program = options.command.get(0);
        String name = options.name == null ? program.substring(program.lastIndexOf('/') + 1) : options.name;
        return new Reporter(
                server,
                options.token == null ? "" : options.token,
                Spool.ofUser(),
                new Messages.Start(
                        options.project, options.experiment, name, "run-" + UUID.randomUUID(), child.pid(), start),
                budget -> heed(budget, child));
    }

    private void heed(Reporter.BudgetWord budget, Child child) {
        boolean stops = budget.stop() && options.stopOnBudget;
        if (!options.quiet) {
            err.println("hf-eco2ai: " + said(budget)
                    + (stops ? "; the command is stopped (--stop-on-budget)" : "; the command goes on"));
        }
        if (stops) {
            child.stop();
        }
    }

    private static String said(Reporter.BudgetWord budget) {
        String used = budget.usedRatio().isEmpty()
                ? "a carbon budget of this run has nothing left"
                : "a carbon budget of this run is used to " + Math.round(Double.parseDouble(budget.usedRatio()) * 100)
                        + " %";
        return used + (budget.stop() ? " and asks its runs to stop" : "");
    }

    private static @Nullable Calibration calibration(List<String> problems) {
        try {
            return CalibrationFile.ofUser().load();
        } catch (IOException | IllegalArgumentException e) {
            problems.add("the calibration is not used: " + e.getMessage());
            return null;
        }
    }

    /** As a shell sees it: above 128 a signal ended the command. */
    static String status(int exitCode) {
        if (exitCode == 0) {
            return "FINISHED";
        }
        return exitCode > Child.SIGNALLED && exitCode <= Child.SIGNALLED + 64 ? "KILLED" : "FAILED";
    }

    private @Nullable URI server() {
        String server = options.server;
        if (server == null || server.isBlank()) {
            return null;
        }
        URI address = Cli.serverAddress(server);
        if (options.token == null || options.token.isBlank()) {
            throw new Cli.WrongOption(
                    "--server needs an API token: set HFECO2AI_TOKEN (the server's settings make one)");
        }
        return address;
    }

    private void checkJson() {
        Path file = options.json;
        if (file != null) {
            Path folder = file.toAbsolutePath().getParent();
            if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
                throw new Cli.WrongOption("--json " + file + " must be a file in a folder that exists");
            }
        }
    }
}
