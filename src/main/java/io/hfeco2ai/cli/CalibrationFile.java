package io.hfeco2ai.cli;

import io.hfeco2ai.sensor.Calibration;
import io.hfeco2ai.units.Boundary;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** This user's calibration of this machine, four figures in a properties file. */
public final class CalibrationFile {

    private final Path file;

    CalibrationFile(Path file) {
        this.file = file;
    }

    /** {@code $XDG_CONFIG_HOME/hf-eco2ai}, or {@code ~/.config/hf-eco2ai}: XDG Base Directory Specification 0.8. */
    public static CalibrationFile ofUser() {
        String config = System.getenv("XDG_CONFIG_HOME");
        Path base = config != null && config.startsWith("/")
                ? Path.of(config)
                : Path.of(System.getProperty("user.home"), ".config");
        return new CalibrationFile(base.resolve("hf-eco2ai").resolve("calibration.properties"));
    }

    Path path() {
        return file;
    }

    /**
     * Null when this machine was never calibrated.
     *
     * @throws IllegalArgumentException when a figure is missing or does not fit the others, naming it
     */
    public @Nullable Calibration load() throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        Properties figures = new Properties();
        try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            figures.load(in);
        }
        return new Calibration(
                boundary(text(figures, "boundary")),
                watts(figures, "idle_w"),
                watts(figures, "load_20_w"),
                watts(figures, "load_50_w"),
                watts(figures, "load_100_w"));
    }

    void save(Calibration calibration) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        StringWriter text = new StringWriter();
        text.write("# Watts of this machine by load; written by: hf-eco2ai calibrate\n");
        text.write("boundary=" + calibration.boundary().name().toLowerCase(Locale.ROOT) + "\n");
        text.write("idle_w=" + calibration.idleWatts() + "\n");
        text.write("load_20_w=" + calibration.watts20() + "\n");
        text.write("load_50_w=" + calibration.watts50() + "\n");
        text.write("load_100_w=" + calibration.watts100() + "\n");
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            out.write(text.toString());
        }
    }

    private Boundary boundary(String text) {
        try {
            return Boundary.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": boundary must be chip or node, was " + text, e);
        }
    }

    private double watts(Properties figures, String name) {
        String text = text(figures, name);
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(file + ": " + name + " must be a number of watts, was " + text, e);
        }
    }

    private String text(Properties figures, String name) {
        String text = figures.getProperty(name);
        if (text == null) {
            throw new IllegalArgumentException(file + ": " + name + " is missing; run calibrate again");
        }
        return text.strip();
    }
}
