package io.hfeco2ai.cli.verify;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Computes the lines of Scope 3 category 3 again: Scope 2 electricity by zone and year x a factor of factors.csv. */
final class FuelAndLosses {

    static final String TABLE = "Category 3 factors";
    static final Map<String, String> LABELS = Map.of(
            "Upstream of the electricity: fuels and plants", "upstream",
            "Losses of the grid: transmission and distribution", "t-and-d");

    private final Tallies tallies;
    private final Factors factors;
    private final Amounts amounts;
    private final Findings findings;
    /** Kilograms by basis. */
    private final Map<String, BigDecimal> sums = new HashMap<>();

    FuelAndLosses(Tallies tallies, Factors factors, Amounts amounts, Findings findings) {
        this.tallies = tallies;
        this.factors = factors;
        this.amounts = amounts;
        this.findings = findings;
    }

    void check(Tree report) {
        boolean there = false;
        for (Tree section : report.get("sections").list()) {
            for (Tree table : section.get("tables").list()) {
                if (table.get("title").text().equals(TABLE)) {
                    there = true;
                    rows(table.get("rows").list());
                }
            }
        }
        if (there) {
            report.get("sections")
                    .list()
                    .forEach(section -> section.get("figures").list().forEach(this::figure));
        }
    }

    /** Zone, year and basis of the Scope 2 factor, with line feeds between. */
    private TreeMap<String, Tally> byZone() {
        TreeMap<String, Tally> zones = new TreeMap<>();
        tallies.scope2ByFactorYear.forEach((key, tally) -> {
            String factor = key.substring(0, key.indexOf('\n'));
            Factors.Known known = factors.known(factor);
            String zone = known == null ? "\n" : known.zone() + '\n';
            String basis = known == null ? "\n" : '\n' + known.basis();
            zones.computeIfAbsent(zone + key.substring(key.indexOf('\n') + 1) + basis, ignored -> new Tally())
                    .add(tally);
        });
        return zones;
    }

    private void rows(List<Tree> rows) {
        TreeMap<String, Tally> zones = byZone();
        if (rows.size() != 2 * zones.size()) {
            differs("number of rows", 2 * zones.size(), rows.size());
            return;
        }
        int at = 0;
        for (Map.Entry<String, Tally> entry : zones.entrySet()) {
            String[] key = entry.getKey().split("\n", -1);
            for (String basis : List.of("upstream", "t-and-d")) {
                row(rows.get(at++).list(), key, basis, entry.getValue());
            }
        }
    }

    private void row(List<Tree> cells, String[] key, String basis, Tally tally) {
        if (cells.size() != 8) {
            differs("number of cells", 8, cells.size());
            return;
        }
        String where = key[0] + ", " + key[1] + ", " + basis;
        same(where + ", Zone", key[0].isEmpty() ? "no factor" : key[0], text(cells, 0));
        same(where + ", Year", key[1], text(cells, 1));
        same(where + ", Basis", basis, text(cells, 2));
        same(where + ", Scope 2 electricity", tally.suppliedKwh(), cells.get(6));
        BigDecimal grams = cells.get(3).get("amount").number();
        if (grams == null) {
            same(where + ", Emissions", null, cells.get(7));
            return;
        }
        if (!key[2].equals("direct")) {
            differs(where + ", Factor", "none beside a Scope 2 factor of basis " + key[2], grams);
        }
        boolean known = factors.hasYearly(key[0], basis, text(cells, 4), text(cells, 5), grams);
        same(where + ", Factor, which must be one of factors.csv", known ? grams : null, cells.get(3));
        BigDecimal kilograms = tally.suppliedKilograms(grams);
        same(where + ", Emissions", kilograms, cells.get(7));
        sums.merge(basis, kilograms, BigDecimal::add);
    }

    private void figure(Tree figure) {
        String basis = LABELS.get(figure.get("label").text());
        if (basis != null) {
            amounts.figure(figure, sums.get(basis));
        }
    }

    private static String text(List<Tree> cells, int at) {
        return cells.get(at).get("text").text();
    }

    private void same(String where, @Nullable BigDecimal expected, Tree cell) {
        amounts.same("table \"" + TABLE + "\", " + where, expected, cell.get("amount"));
    }

    private void same(String where, String expected, String found) {
        if (!Objects.equals(expected, found)) {
            differs(where, expected, found);
        }
    }

    private void differs(String where, @Nullable Object expected, @Nullable Object found) {
        findings.differs(BundleZip.REPORT, "table \"" + TABLE + "\", " + where, expected, found);
    }
}
