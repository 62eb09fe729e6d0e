package io.hfeco2ai.cli;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The command line as a process of its own, from the class files. */
final class CommandLineProcess {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final Path out;
    private final Path err;

    record Result(int exitCode, String out, String err, long millis) {}

    private CommandLineProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** What java is started with, up to and without the arguments. */
    static List<String> java() {
        String libraries = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> path.endsWith("/classes")
                        || path.matches(".*/(picocli|jackson-core-3|jna-[0-9]|spring-boot-loader)[^/]*jar"))
                .reduce((a, b) -> a + File.pathSeparator + b)
                .orElseThrow();
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                libraries,
                "io.hfeco2ai.cli.Main");
    }

    /** In a session of its own, so that no terminal of whoever runs the tests plays a part. */
    static CommandLineProcess start(Path home, Map<String, String> environment, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(java());
        command.addAll(List.of(args));
        return start(home, environment, command);
    }

    static CommandLineProcess start(Path home, Map<String, String> environment, List<String> command)
            throws IOException {
        Path out = Files.createTempFile(home, "out", ".txt");
        Path err = Files.createTempFile(home, "err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("HFECO2AI_") || name.startsWith("JAVA_TOOL"));
        builder.environment().put("XDG_STATE_HOME", home.resolve("state").toString());
        builder.environment().put("XDG_CONFIG_HOME", home.resolve("config").toString());
        builder.environment().putAll(environment);
        return new CommandLineProcess(builder.start(), out, err);
    }

    static Result run(Path home, String... args) throws IOException, InterruptedException {
        return start(home, Map.of(), args).end("");
    }

    void type(String text) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write(text.getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                .start()
                .waitFor();
    }

    Result end(String input) throws IOException, InterruptedException {
        long start = System.nanoTime();
        try {
            type(input);
            process.getOutputStream().close();
        } catch (IOException e) {
            // The command read nothing and is over.
        }
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("not over after " + LIMIT + ": " + Files.readString(err));
        }
        return new Result(
                process.exitValue(),
                Files.readString(out),
                Files.readString(err),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }

    /** Until it has said that on its standard error. */
    void awaitError(String text) throws IOException, InterruptedException {
        for (int i = 0; i < 600 && process.isAlive(); i++) {
            if (Files.readString(err).contains(text)) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("never said " + text + ": " + Files.readString(err));
    }

    static void await(Path file) throws IOException, InterruptedException {
        for (int i = 0; i < 600; i++) {
            if (Files.exists(file) && Files.size(file) > 0) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError(file + " did not come");
    }
}
