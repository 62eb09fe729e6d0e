package io.hfeco2ai.cli.verify;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of factors.csv: g/kWh by factor, and by hour where it has hours. */
final class Factors {

    static final String HEADER =
            "factor_id,hour_ms,g_per_kwh,zone,data_year,resolution,method,basis,gas,gwp,perspective,"
                    + "source,edition,licence,url";
    private static final int MOST = 5_000_000;

    /** @param source edition and licence included, as a report writes them */
    record Known(String zone, String year, String resolution, String basis, String source) {}

    private final Map<String, BigDecimal> values = new HashMap<>();
    private final Map<String, Known> known = new HashMap<>();

    void read(InputStream content, Findings findings) throws IOException {
        Csv csv = new Csv(BundleZip.FACTORS, content, HEADER);
        for (List<String> row = csv.next(); row != null; row = csv.next()) {
            add(row, csv.line(), findings);
        }
    }

    private void add(List<String> row, long line, Findings findings) {
        if (values.size() >= MOST) {
            throw new Unreadable(BundleZip.FACTORS + " has more values than can be checked: " + MOST);
        }
        try {
            BigDecimal value = Line.decimal(row.get(2));
            if (values.put(row.get(0) + row.get(1), value) != null) {
                findings.differs(BundleZip.FACTORS, line, "", "factor " + row.get(0) + " has two values", null, value);
            }
        } catch (NumberFormatException e) {
            findings.differs(BundleZip.FACTORS, line, "", "g_per_kwh is no number", null, row.get(2));
        }
        known.putIfAbsent(
                row.get(0),
                new Known(
                        row.get(3),
                        row.get(4),
                        row.get(5),
                        row.get(7),
                        row.get(11) + ", " + row.get(12) + " (" + row.get(13) + ")"));
        findings.checked("factor values");
    }

    /** @return g/kWh; null: the bundle has no value for it */
    @Nullable BigDecimal at(String factorId, String hourMs) {
        BigDecimal one = values.get(factorId);
        return one == null ? values.get(factorId + hourMs) : one;
    }

    /** Whether a yearly factor has that value. @param source edition and licence included */
    boolean hasYearly(String zone, String basis, String year, String source, BigDecimal gramsPerKwh) {
        return known.entrySet().stream().anyMatch(entry -> {
            BigDecimal value = values.get(entry.getKey());
            return value != null
                    && value.compareTo(gramsPerKwh) == 0
                    && entry.getValue().equals(new Known(zone, year, "YEAR", basis, source));
        });
    }

    /** g/kWh of a factor with one value for a whole year; null: it has others, or is not in the bundle. */
    @Nullable BigDecimal yearly(String factorId) {
        Known factor = known.get(factorId);
        return factor == null || !factor.resolution.equals("YEAR") ? null : values.get(factorId);
    }

    @Nullable Known known(String factorId) {
        return known.get(factorId);
    }
}
