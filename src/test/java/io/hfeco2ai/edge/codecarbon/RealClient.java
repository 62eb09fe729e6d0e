package io.hfeco2ai.edge.codecarbon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real CodeCarbon of one version, in a virtual environment of its own, run in a folder as users do. */
final class RealClient {

    private static final Path CLIENTS = Path.of("src/test/clients").toAbsolutePath();
    private static final Path SCRIPT = CLIENTS.resolve("codecarbon_run.py");

    private final Path python;
    private final Path folder;
    private final Map<String, String> settings;

    /** @param settings CODECARBON_… and other variables */
    RealClient(String version, Path folder, Map<String, String> settings) throws IOException, InterruptedException {
        this.python = environment(version);
        this.folder = folder;
        this.settings = settings;
    }

    RealClient with(String name, String content) {
        settings.put(name, content);
        return this;
    }

    private static Path environment(String version) throws IOException, InterruptedException {
        Process made = new ProcessBuilder("bash", CLIENTS.resolve("make-env.sh").toString(), "codecarbon-" + version)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String path = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(made.waitFor()).as("make-env.sh " + version).isZero();
        return Path.of(path);
    }

    /** Tracks a little work. */
    Process track(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(SCRIPT.toString()));
        all.addAll(List.of(arguments));
        return start(python.toString(), all);
    }

    /** The command {@code codecarbon}. */
    Process command(String... arguments) throws IOException {
        return start(python.resolveSibling("codecarbon").toString(), List.of(arguments));
    }

    private Process start(String program, List<String> arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(program));
        line.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile());
        builder.environment().put("HOME", folder.toString());
        builder.environment().putAll(settings);
        return builder.start();
    }

    String output(Process process) throws IOException, InterruptedException {
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        String output = Files.readString(folder.resolve("output.txt"));
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    /** The client's own totals, kWh and kg by the names of its columns. */
    Map<String, String> totals() throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("emissions.csv"));
        String[] names = lines.get(0).split(",", -1);
        String[] last = lines.get(lines.size() - 1).split(",", -1);
        Map<String, String> totals = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
            totals.put(names[i], last[i]);
        }
        return totals;
    }
}
