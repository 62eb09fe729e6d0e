package io.hfeco2ai.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The grid tables that come with the jar, read once when a zone is asked for. Of a zone's averages the one of the year
 * counts, else of the latest before it; what power plants emit themselves comes before life-cycle.
 */
final class YearlyFactors {

    private static final List<String> TABLES = List.of("/grid/factors.csv", "/grid/factors-odbl.csv");

    private YearlyFactors() {}

    /** @param gramsPerKwh gCO2e for each kWh of electricity */
    record Factor(
            String zone,
            int dataYear,
            BigDecimal gramsPerKwh,
            String method,
            String basis,
            String source,
            String edition,
            String licence) {

        private int basisRank() {
            return switch (basis) {
                case "direct" -> 0;
                case "life-cycle" -> 1;
                default -> 2;
            };
        }
    }

    /**
     * @param at the factor of its UTC year, else of the latest year before, else of the earliest after
     * @return null when no table has the zone
     */
    static @Nullable Factor find(String zone, Instant at) {
        List<Factor> found = new ArrayList<>();
        for (String table : TABLES) {
            try (InputStream in = YearlyFactors.class.getResourceAsStream(table)) {
                if (in != null) {
                    read(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)), zone, found);
                }
            } catch (IOException e) {
                throw new IllegalStateException("cannot read " + table + " in the jar: " + e.getMessage(), e);
            }
        }
        return best(found, at.atZone(ZoneOffset.UTC).getYear());
    }

    /** The order of {@code grid}, so that a server never says something else than the command alone. */
    static @Nullable Factor best(List<Factor> found, int year) {
        Comparator<Factor> basis = Comparator.comparingInt(Factor::basisRank).thenComparing(Factor::source);
        Comparator<Factor> latest =
                Comparator.comparingInt(Factor::dataYear).reversed().thenComparing(basis);
        Comparator<Factor> earliest = Comparator.comparingInt(Factor::dataYear).thenComparing(basis);
        List<Factor> averages = found.stream()
                .filter(factor -> factor.method().equals("average"))
                .toList();
        return averages.stream()
                .filter(factor -> factor.dataYear() <= year)
                .min(latest)
                .or(() -> averages.stream().min(earliest))
                .orElse(null);
    }

    static void read(BufferedReader table, String zone, List<Factor> found) throws IOException {
        String header = table.readLine();
        if (header == null) {
            return;
        }
        List<String> names = cells(header);
        for (String line = table.readLine(); line != null; line = table.readLine()) {
            if (line.regionMatches(true, 0, zone + ",", 0, zone.length() + 1)) {
                Map<String, String> row = new HashMap<>();
                List<String> cells = cells(line);
                for (int i = 0; i < cells.size() && i < names.size(); i++) {
                    row.put(names.get(i), cells.get(i));
                }
                found.add(factor(row));
            }
        }
    }

    private static Factor factor(Map<String, String> row) {
        return new Factor(
                row.getOrDefault("zone", ""),
                Integer.parseInt(row.getOrDefault("year", "0")),
                new BigDecimal(row.getOrDefault("g_per_kwh", "")),
                row.getOrDefault("method", ""),
                row.getOrDefault("basis", ""),
                row.getOrDefault("source", ""),
                row.getOrDefault("edition", ""),
                row.getOrDefault("licence", ""));
    }

    /** One line of RFC 4180 CSV; a cell never holds a line break in these tables. */
    static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cell.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }
}
