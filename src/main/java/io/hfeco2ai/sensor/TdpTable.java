package io.hfeco2ai.sensor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rated powers by model name, from {@code /sensor/tdp.csv} ({@code kind,name,tdp_watts,threads,source,edition,licence};
 * names as {@link #normalised}). The file is read through once per question: there is one or two per start.
 */
final class TdpTable {

    /**
     * @param watts thermal design power of one package or board
     * @param threads hardware threads of one package, 0 when not known
     */
    record Row(String name, double watts, int threads, String source) {}

    /** What names carry beyond the model: marks, clock, core count, built-in graphics, generation, maker. */
    private static final Pattern NOISE =
            Pattern.compile("\\((r|tm)\\)|@.*|\\bwith .*|\\b\\d+(st|nd|rd|th) gen\\b|\\b[a-z0-9]+-core\\b"
                    + "|\\b(intel|amd|cpu|processor|apu|soc|genuine|nvidia|tesla)\\b");

    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private TdpTable() {}

    /** @return null when the table has no such CPU; "AMD EPYC" without a number has none */
    static @Nullable Row cpu(String model) {
        return find("cpu," + normalised(model) + ",");
    }

    static @Nullable Row gpu(String model) {
        return find("gpu," + normalised(model) + ",");
    }

    static String normalised(String model) {
        String bare = NOISE.matcher(model.toLowerCase(Locale.ROOT)).replaceAll(" ");
        return BLANKS.matcher(bare).replaceAll(" ").strip();
    }

    private static @Nullable Row find(String start) {
        try (InputStream in = TdpTable.class.getResourceAsStream("/sensor/tdp.csv")) {
            if (in == null) {
                throw new IllegalStateException("/sensor/tdp.csv is not on the class path");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(start)) {
                    return row(line);
                }
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(String line) {
        String[] cells = line.split(",", -1);
        int threads = cells[3].isEmpty() ? 0 : Integer.parseInt(cells[3]);
        return new Row(cells[1], Double.parseDouble(cells[2]), threads, cells[4] + "@" + cells[5]);
    }
}
