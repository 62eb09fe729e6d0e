package io.hfeco2ai.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs Python programs in an environment with real clients, made by {@code src/test/clients/make-env.sh}. */
final class Python {

    private static final Path SCRIPTS = Path.of("src/test/clients").toAbsolutePath();
    private static final long LIMIT_MINUTES = 10;
    private static final Map<String, String> ENVIRONMENTS = new ConcurrentHashMap<>();
    private static final String RESULT = "RESULT ";

    private final String python;
    private final Path folder;
    private final Map<String, String> environment = new LinkedHashMap<>();

    /** @param results of each process, in no order: what followed RESULT on a line of its own */
    record Ended(int exitCode, String output, List<JsonNode> results) {

        JsonNode result() {
            assertThat(results).as(output).hasSize(1);
            return results.get(0);
        }
    }

    /** @param environment its name; @param folder for what the programs write */
    Python(String environment, Path folder) {
        this.python = ENVIRONMENTS.computeIfAbsent(environment, Python::make);
        this.folder = folder;
        set("PYTHONDONTWRITEBYTECODE", "1");
        set("HF_HUB_OFFLINE", "1");
        set("XDG_STATE_HOME", folder.resolve("state").toString());
        set("TOKENIZERS_PARALLELISM", "false");
        set("OMP_NUM_THREADS", "1");
    }

    private static String make(String name) {
        Ended made = run(
                List.of("bash", SCRIPTS.resolve("make-env.sh").toString(), name),
                Map.of(),
                Path.of(".").toAbsolutePath(),
                false);
        assertThat(made.exitCode()).isZero();
        return made.output().strip();
    }

    Python set(String name, String content) {
        environment.put(name, content);
        return this;
    }

    /** As a user does, from this server's own address. */
    Python install(String wheelUrl) {
        Path site = folder.resolve("site");
        assertThat(run("-m", "pip", "install", "--quiet", "--no-deps", "--target", site.toString(), wheelUrl)
                        .exitCode())
                .isZero();
        return set("PYTHONPATH", site.toString());
    }

    /** @param script in src/test/clients */
    Ended script(String script, String... arguments) {
        List<String> all = new ArrayList<>(List.of(SCRIPTS.resolve(script).toString()));
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    /** The script in two processes of one training. */
    Ended two(int port, String script, String... arguments) {
        List<String> all = new ArrayList<>(
                List.of("-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", String.valueOf(port)));
        all.add(SCRIPTS.resolve(script).toString());
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    Ended run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(python));
        command.addAll(List.of(arguments));
        return run(command, environment, folder, true);
    }

    private static Ended run(List<String> command, Map<String, String> environment, Path folder, boolean withErrors) {
        try {
            File output = Files.createTempFile("client", ".log").toFile();
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(output);
            if (withErrors) {
                builder.redirectErrorStream(true);
            } else {
                builder.redirectError(ProcessBuilder.Redirect.INHERIT);
            }
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
            }
            String text = Files.readString(output.toPath());
            Files.delete(output.toPath());
            return new Ended(process.exitValue(), text, results(text));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static List<JsonNode> results(String output) {
        JsonMapper json = JsonMapper.builder().build();
        return output.lines()
                .filter(line -> line.startsWith(RESULT))
                .map(line -> json.readTree(line.substring(RESULT.length())))
                .toList();
    }
}
