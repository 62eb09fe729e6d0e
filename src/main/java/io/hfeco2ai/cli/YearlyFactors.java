package io.hfeco2ai.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The grid tables that come with the jar, read once when a zone is asked for. Of a zone's rows the life-cycle ones come
 * first, then the newest year, then the order of the tables.
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
                case "life-cycle" -> 0;
                case "direct" -> 1;
                default -> 2;
            };
        }
    }

    /** Null when no table has the zone. */
    static @Nullable Factor find(String zone) {
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
        return best(found);
    }

    static @Nullable Factor best(List<Factor> found) {
        return found.stream()
                .min(Comparator.comparingInt(Factor::basisRank)
                        .thenComparing(Comparator.comparingInt(Factor::dataYear).reversed()))
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
