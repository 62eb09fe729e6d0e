package io.hfeco2ai.moving;

import io.hfeco2ai.cli.Cli;
import io.hfeco2ai.cli.Cli.WrongOption;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.StandardEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code migrate}: reads the settings as the server does, and starts nothing of it. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Move the data of a server that is stopped from H2 to an empty PostgreSQL database, and compare both sides.",
            "The source is only read. A copy that was interrupted goes on where it was: give the same command again.",
            "The password of --user comes from HFECO2AI_TO_PASSWORD, --password-file, or the driver's ~/.pgpass.",
            "Exit code: 0 moved, or equal; 1 stopped half way; 2 wrong options; 3 refused, nothing was changed;"
                    + " 4 the sides differ, or a chain is broken."
        })
public final class MigrateCommand implements Callable<Integer> {

    static final int DONE = 0;
    static final int STOPPED = 1;
    static final int REFUSED = 3;
    static final int DIFFERENT = 4;

    private static final String PASSWORD = "HFECO2AI_TO_PASSWORD";

    @Option(
            names = "--to",
            paramLabel = "URL",
            required = true,
            description = "The PostgreSQL database, such as jdbc:postgresql://db.example.org/hf_eco2ai.")
    private String to = "";

    @Option(names = "--user", paramLabel = "NAME", description = "Whom to sign in as there.")
    private @Nullable String user;

    @Option(names = "--password-file", paramLabel = "FILE", description = "A file whose first line is the password.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--from",
            paramLabel = "FOLDER|URL",
            description = "The server's data folder or H2 address. Default: as set for the server, else ./data.")
    private @Nullable String from;

    @Option(names = "--check", description = "Copy nothing, only compare. Before the server first runs on the target.")
    private boolean check;

    @Spec
    private @Nullable CommandSpec spec;

    private final Map<String, String> environment;

    public MigrateCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    /** @return the exit code */
    public static int run(String[] args) {
        LoggingSystem.get(MigrateCommand.class.getClassLoader())
                .setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.ERROR);
        return Cli.run(args, new MigrateCommand(System.getenv()));
    }

    @Override
    public Integer call() {
        checkTarget();
        String password = password();
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        StandardEnvironment settings = new StandardEnvironment();
        ConfigDataEnvironmentPostProcessor.applyTo(settings);
        String url = from == null ? settings.getProperty("spring.datasource.url", "") : from;
        String sourceUser = settings.getProperty("spring.datasource.username", "sa");
        String sourcePassword = settings.getProperty("spring.datasource.password", "");
        try (Source source = Source.open(url, sourceUser, sourcePassword);
                Target target = Target.open(to, user, password)) {
            Move move = new Move(source, target, out, System::nanoTime);
            return (check ? move.check() : move.copyAndVerify()) ? DONE : DIFFERENT;
        } catch (Refused e) {
            err.println("hf-eco2ai: " + e.getMessage() + " Nothing was changed.");
            return REFUSED;
        } catch (Stopped | SQLException | FlywayException e) {
            err.println("hf-eco2ai: stopped: " + e.getMessage());
            err.println("Give the same command again once the cause is gone: it goes on where it was.");
            return STOPPED;
        }
    }

    private void checkTarget() {
        if (!to.startsWith("jdbc:postgresql:")) {
            throw new WrongOption("--to " + to.replaceFirst("\\?.*", "")
                    + " must look like jdbc:postgresql://db.example.org/hf_eco2ai");
        }
        if (to.toLowerCase(Locale.ROOT).matches(".*[?&](ssl)?password=.*") || to.contains("@")) {
            throw new WrongOption("--to must not hold a password, which others can see: set " + PASSWORD);
        }
    }

    private @Nullable String password() {
        if (passwordFile == null) {
            return environment.get(PASSWORD);
        }
        try {
            return Files.readAllLines(passwordFile).stream().findFirst().orElse("");
        } catch (IOException e) {
            throw new WrongOption("--password-file " + passwordFile + " cannot be read: " + e.getMessage());
        }
    }
}
