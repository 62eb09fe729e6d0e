package io.hfeco2ai.cli.verify;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compares every amount of the report that is a sum with the sum of the entries. */
final class ReportTotals {

    private static final Map<String, Function<Tally, @Nullable BigDecimal>> COLUMNS = Map.of(
            "Electricity", Tally::suppliedKwh,
            "Location-based", Tally::locationKg,
            "Market-based", Tally::marketKg,
            "Measured", Tally::measuredPercent,
            "Coverage", Tally::coveragePercent);
    private static final Pattern ENTRIES = Pattern.compile("Sum of (\\d{1,18}) entries of the ledger");

    private final Tallies tallies;
    private final Factors factors;
    private final Sites sites;
    private final Findings findings;
    private long others;

    ReportTotals(Tallies tallies, Factors factors, Sites sites, Findings findings) {
        this.tallies = tallies;
        this.factors = factors;
        this.sites = sites;
        this.findings = findings;
    }

    void check(Tree report) {
        for (Tree section : report.get("sections").list()) {
            section.get("figures").list().forEach(this::figure);
            section.get("tables").list().forEach(this::table);
        }
        if (others > 0) {
            findings.note(others + " amounts of the report are no sums of entries and were not computed again, such as"
                    + " bounds of uncertainty, embodied emissions and corrections.");
        }
    }

    private void figure(Tree figure) {
        String label = figure.get("label").text();
        switch (figure.get("code").text() + "|" + label) {
            case "|Purchased electricity" -> electricity(figure, tallies.category("SCOPE2"));
            case "|Location-based emissions" -> location(figure, tallies.category("SCOPE2"));
            case "|Market-based emissions" -> market(figure, tallies.category("SCOPE2"));
            case "|Part covered by energy attribute certificates" ->
                amount(figure, tallies.category("SCOPE2").certifiedPercent());
            case "Scope 3, category 1|Electricity of bought cloud computing" ->
                electricity(figure, tallies.category("SCOPE3_PURCHASED"));
            case "Scope 3, category 1|Emissions of it, location-based" ->
                location(figure, tallies.category("SCOPE3_PURCHASED"));
            case "Scope 3, category 8|Electricity of servers in leased space" ->
                electricity(figure, tallies.category("SCOPE3_LEASED"));
            case "Scope 3, category 8|Emissions of it, location-based" ->
                location(figure, tallies.category("SCOPE3_LEASED"));
            case "2|Imported electricity" -> electricity(figure, tallies.category("SCOPE2"));
            case "2|Emissions, location-based" -> location(figure, tallies.category("SCOPE2"));
            case "2|Emissions, market-based" -> market(figure, tallies.category("SCOPE2"));
            case "|Coverage" -> amount(figure, tallies.total.coveragePercent());
            case "|Measured part of the energy" -> amount(figure, tallies.total.measuredPercent());
            default ->
                others += figure.get("amount").number() == null || FuelAndLosses.LABELS.containsKey(label) ? 0 : 1;
        }
    }

    private void electricity(Tree figure, Tally tally) {
        amount(figure, tally.suppliedKwh());
        entries(figure, tally);
    }

    private void location(Tree figure, Tally tally) {
        amount(figure, tally.orNought(tally.locationKg()));
        entries(figure, tally);
    }

    private void market(Tree figure, Tally tally) {
        amount(figure, tally.orNought(tally.marketKg()));
        entries(figure, tally);
    }

    private void entries(Tree figure, Tally tally) {
        Matcher said = ENTRIES.matcher(figure.get("how").text());
        if (said.find() && Long.parseLong(said.group(1)) != tally.entries()) {
            findings.differs(
                    BundleZip.REPORT,
                    "number of entries of \"" + figure.get("label").text() + "\"",
                    tally.entries(),
                    said.group(1));
        }
    }

    private void amount(Tree figure, @Nullable BigDecimal expected) {
        compare(
                "figure \"" + figure.get("label").text() + "\"",
                figure.get("unit").text(),
                expected,
                figure.get("amount"));
    }

    private void compare(String where, String unit, @Nullable BigDecimal kwhOrKg, Tree found) {
        findings.checked("amounts of the report");
        boolean thousands = unit.equals("MWh") || unit.equals("tCO2e");
        BigDecimal expected = kwhOrKg == null || !thousands ? kwhOrKg : kwhOrKg.movePointLeft(3);
        BigDecimal amount = found.number();
        if (expected == null ? found.content() != null : amount == null || expected.compareTo(amount) != 0) {
            findings.differs(
                    BundleZip.REPORT,
                    where,
                    expected == null ? "unknown" : expected.toPlainString(),
                    amount == null ? "unknown" : amount.toPlainString());
        }
    }

    private void table(Tree table) {
        String title = table.get("title").text();
        switch (title) {
            case FuelAndLosses.TABLE -> {
                // It is checked by itself.
            }
            case "By site" -> rows(table, tallies.bySite, id -> String.valueOf(sites.name(id)));
            case "By month (UTC)" -> rows(table, tallies.byMonth, month -> month);
            case "By team" -> rows(table, tallies.byTeam, id -> null);
            case "Location-based factors" -> rows(table, tallies.byFactor, this::zone);
            case "Market-based factors" -> {
                TreeMap<String, @Nullable Tally> rows = new TreeMap<>(tallies.byMarketFactor);
                // Certificates stand after all others and have no amounts of their own.
                tallies.certificates.forEach(id -> rows.put("\uffff" + id, null));
                rows(
                        table,
                        rows,
                        key -> zone(
                                key.startsWith("\uffff") ? key.substring(1) : key.substring(key.indexOf('\n') + 1)));
            }
            default ->
                others += table.get("rows").list().stream()
                        .flatMap(row -> row.list().stream())
                        .filter(cell -> cell.get("amount").number() != null)
                        .count();
        }
    }

    private @Nullable String zone(String factorId) {
        Factors.Known known = factors.known(factorId);
        return factorId.isEmpty() ? "no factor" : known == null ? "a factor of factors.csv" : known.zone();
    }

    /** Rows stand in the order of their keys. @param name of the first cell; null: not checked */
    private void rows(
            Tree table, Map<String, ? extends @Nullable Tally> expected, Function<String, @Nullable String> name) {
        String title = "table \"" + table.get("title").text() + "\"";
        List<Tree> rows = table.get("rows").list();
        if (rows.size() != expected.size()) {
            findings.differs(BundleZip.REPORT, title + ", number of rows", expected.size(), rows.size());
            return;
        }
        int at = 0;
        for (Map.Entry<String, ? extends @Nullable Tally> entry : expected.entrySet()) {
            List<Tree> cells = rows.get(at++).list();
            String first = cells.isEmpty() ? "" : cells.get(0).get("text").text();
            String called = name.apply(entry.getKey());
            if (called != null && !called.equals(first)) {
                findings.differs(BundleZip.REPORT, title + ", row " + at, called, first);
            }
            Tally tally = entry.getValue();
            if (tally != null) {
                cells(table, title + ", row " + at + " (" + first + ")", cells, tally);
            }
        }
    }

    private void cells(Tree table, String where, List<Tree> cells, Tally tally) {
        List<Tree> columns = table.get("columns").list();
        for (int at = 0; at < Math.min(columns.size(), cells.size()); at++) {
            String column = columns.get(at).get("name").text();
            Function<Tally, @Nullable BigDecimal> amount = COLUMNS.get(column);
            if (amount != null) {
                compare(
                        where + ", " + column,
                        columns.get(at).get("unit").text(),
                        amount.apply(tally),
                        cells.get(at).get("amount"));
            }
        }
    }
}
