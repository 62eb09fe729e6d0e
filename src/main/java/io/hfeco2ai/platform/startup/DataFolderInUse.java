package io.hfeco2ai.platform.startup;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.Environment;

/** Turns the database's refusal to be opened twice into one line that names the folder. */
class DataFolderInUse implements FailureAnalyzer {

    /** H2's DATABASE_ALREADY_OPEN_1. */
    private static final int ALREADY_OPEN = 90020;

    private static final int DEEPEST = 50;

    private final Environment environment;

    DataFolderInUse(Environment environment) {
        this.environment = environment;
    }

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        if (!alreadyOpen(failure)) {
            return null;
        }
        Path folder = Path.of(environment.getProperty("hfeco2ai.data", "./data"))
                .toAbsolutePath()
                .normalize();
        return new FailureAnalysis(
                "The data folder " + folder + " is already in use by another HF Eco2AI.",
                "Stop the other one, or give this one its own folder with HFECO2AI_DATA.",
                failure);
    }

    private static boolean alreadyOpen(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .limit(DEEPEST)
                .anyMatch(each -> each instanceof SQLException refused && refused.getErrorCode() == ALREADY_OPEN);
    }
}
