package io.hfeco2ai.cli.agent;

import io.hfeco2ai.cli.ApiClient;
import io.hfeco2ai.cli.CalibrationFile;
import io.hfeco2ai.cli.Cli;
import io.hfeco2ai.cli.Cli.WrongOption;
import io.hfeco2ai.sensor.Calibration;
import io.hfeco2ai.sensor.Sensors;
import io.hfeco2ai.sensor.Sensors.Selection;
import io.hfeco2ai.sensor.members.MemberSensors;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures this machine for a server until it is told to stop. */
@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure this machine once a second and send it to a server, until stopped.",
            "While the server is away, measurements are kept on disk and sent later."
        })
public final class AgentCommand implements Callable<Integer> {

    private static final long MEGABYTE = 1_000_000;
    private static final Path ROOT = Path.of("/");

    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "${env:HFECO2AI_SERVER}",
            description = "The server (HFECO2AI_SERVER).")
    private @Nullable String server;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            defaultValue = "${env:HFECO2AI_TOKEN_FILE}",
            description = "A file with the server's API token (HFECO2AI_TOKEN_FILE), or set HFECO2AI_TOKEN.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "The token itself. Everyone on this machine can see it in the list of processes.")
    private @Nullable String token;

    @Option(
            names = "--spool",
            paramLabel = "FOLDER",
            description =
                    "Where measurements wait (default: the folder systemd gives, else ~/.local/state/hf-eco2ai/agent).")
    private @Nullable Path spoolFolder;

    @Option(
            names = "--spool-mb",
            paramLabel = "MB",
            defaultValue = "100",
            description =
                    "The most disk space they may take, 1 to 1000000 MB; then the oldest are given up (default: 100).")
    private long spoolMegabytes;

    private final Clock clock = Clock.systemUTC();
    private final PrintStream err = System.err;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (server == null || server.isBlank()) {
            throw new WrongOption("an agent needs a server: give --server or set HFECO2AI_SERVER");
        }
        if (spoolMegabytes < 1 || spoolMegabytes > 1_000_000) {
            throw new WrongOption("--spool-mb " + spoolMegabytes + " must be from 1 to 1000000");
        }
        URI address = Cli.serverAddress(server);
        Supplier<String> secret = secret(System.getenv());
        Path folder = spoolFolder == null ? defaultSpool(System.getenv()) : spoolFolder;
        AgentSpool spool = AgentSpool.open(folder, spoolMegabytes * MEGABYTE);
        Agent agent = new Agent(
                this::open, spool, new ApiClient(address, secret), System::nanoTime, new SplittableRandom(), this::say);
        say(Cli.version() + " measures for " + address
                + (spool.waiting() > 0 ? "; " + spool.waiting() + " intervals wait in " + folder : ""));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(agent, spool), "agent-stop"));
        agent.start();
        agent.await();
        return 0;
    }

    private void stop(Agent agent, AgentSpool spool) {
        try {
            agent.close();
            say("stopped"
                    + (spool.waiting() > 0 ? "; " + spool.waiting() + " intervals are kept for the next start" : ""));
        } catch (IOException e) {
            say("stopped: " + e.getMessage());
        }
    }

    private MemberSensors open() {
        Selection selection = Sensors.discover(ROOT, calibration());
        say("node " + selection.host().name() + " (" + selection.host().nodeId() + "): "
                + selection.devices().size() + " devices, see: hf-eco2ai sensors");
        return new MemberSensors(selection, ROOT, clock, System::nanoTime);
    }

    private @Nullable Calibration calibration() {
        try {
            return CalibrationFile.ofUser().load();
        } catch (IOException | IllegalArgumentException e) {
            say("the calibration is not used: " + e.getMessage());
            return null;
        }
    }

    /** A file is read for each call, so that a new token needs no restart. */
    private Supplier<String> secret(Map<String, String> environment) {
        Path file = tokenFile;
        String given = token != null ? token : environment.getOrDefault("HFECO2AI_TOKEN", "");
        if (token == null && file != null) {
            AtomicReference<String> last = new AtomicReference<>(checked(read(file)));
            return () -> last.updateAndGet(before -> changed(file, before));
        }
        if (given.isBlank()) {
            throw new WrongOption("an agent needs an API token: set HFECO2AI_TOKEN or give --token-file (the server's"
                    + " page Tokens makes one)");
        }
        String good = checked(given.strip());
        return () -> good;
    }

    private static String changed(Path file, String before) {
        try {
            return checked(read(file));
        } catch (WrongOption e) {
            return before; // it is being written just now, or was taken away: the server says what it thinks of the old
            // one
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            String why =
                    e instanceof NoSuchFileException ? "there is no such file" : "this user may not, or it is no text";
            throw new WrongOption("--token-file " + file + " cannot be read: " + why);
        }
    }

    private static String checked(String secret) {
        if (secret.isEmpty() || !secret.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new WrongOption("the API token is not one word of letters, digits and signs; copy it once more");
        }
        return secret;
    }

    /** {@code STATE_DIRECTORY}: systemd.exec(5). {@code XDG_STATE_HOME}: XDG Base Directory Specification 0.8. */
    static Path defaultSpool(Map<String, String> environment) {
        String given = environment.getOrDefault("STATE_DIRECTORY", "");
        if (given.startsWith("/")) {
            return Path.of(given.split(":", 2)[0]);
        }
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        Path base =
                state.startsWith("/") ? Path.of(state) : Path.of(System.getProperty("user.home"), ".local", "state");
        return base.resolve("hf-eco2ai").resolve("agent");
    }

    private void say(String what) {
        err.println("hf-eco2ai agent: " + what);
    }
}
