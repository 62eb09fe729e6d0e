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
            "Energy", Tally::suppliedKwh,
            "Location-based", Tally::locationKg,
            "Market-based", Tally::marketKg,
            "Measured", Tally::measuredPercent,
            "Coverage", Tally::coveragePercent);
    /** Column of the tables of factors. */
    private static final int FACTOR = 2;

    private static final Pattern ENTRIES = Pattern.compile("Sum of (\\d{1,18}) entries of the ledger");

    private final Tallies tallies;
    private final Factors factors;
    private final Sites sites;
    private final Amounts amounts;
    private final Findings findings;
    private final RunRows runs;
    private final Corrections corrections;

    ReportTotals(Tallies tallies, Factors factors, Sites sites, Amounts amounts, Findings findings) {
        this.tallies = tallies;
        this.factors = factors;
        this.sites = sites;
        this.amounts = amounts;
        this.findings = findings;
        this.runs = new RunRows(tallies, amounts, findings);
        this.corrections = new Corrections(tallies, amounts, findings);
    }

    void check(Tree report) {
        for (Tree section : report.get("sections").list()) {
            section.get("figures").list().forEach(this::figure);
            section.get("tables").list().forEach(this::table);
            runs.check(section);
            new RetiredCredits(amounts).check(section);
            new Bill(tallies, amounts).check(section);
        }
    }

    private void figure(Tree figure) {
        Tally scope2 = tallies.category("SCOPE2");
        switch (figure.get("label").text()) {
            case "Purchased electricity", "Imported electricity", "Energy of own operations: contribution of compute" ->
                electricity(figure, scope2);
            case "Location-based emissions",
                    "Emissions, location-based",
                    "Gross Scope 2, location-based: contribution of compute" -> location(figure, scope2);
            case "Market-based emissions",
                    "Emissions, market-based",
                    "Gross Scope 2, market-based: contribution of compute" -> market(figure, scope2);
            case "Part covered by energy attribute certificates" -> amounts.figure(figure, scope2.certifiedPercent());
            case "Electricity of bought cloud computing" -> electricity(figure, tallies.category("SCOPE3_PURCHASED"));
            case "Electricity of servers in leased space" -> electricity(figure, tallies.category("SCOPE3_LEASED"));
            case "Bought cloud computing: electricity, location-based" ->
                location(figure, tallies.category("SCOPE3_PURCHASED"));
            case "Servers in leased space: electricity, location-based" ->
                location(figure, tallies.category("SCOPE3_LEASED"));
            case "Emissions of it, location-based" ->
                location(
                        figure,
                        tallies.category(
                                figure.get("code").text().endsWith(" 1") ? "SCOPE3_PURCHASED" : "SCOPE3_LEASED"));
            default -> model(figure);
        }
    }

    /** Of the energy of all runs, or of all sites together: unknown where there is none. */
    private void model(Tree figure) {
        Tally total = tallies.total;
        switch (figure.get("code").text() + "|" + figure.get("label").text()) {
            case "|Coverage" -> amounts.figure(figure, total.coveragePercent());
            case "|Measured part of the energy" -> amounts.figure(figure, total.measuredPercent());
            case "|Runs" -> runs.count(figure);
            case "Annex XI, 1, 2(e)|Energy of training", "activityEnergyCost|Energy" ->
                amounts.figure(figure, total.isEmpty() ? null : total.suppliedKwh());
            case "co2CostEquivalent|Emissions" -> amounts.figure(figure, total.locationKg());
            case "co2_eq_emissions.emissions|Emissions" ->
                amounts.figure(figure, total.locationKg() == null ? null : total.locationGrams());
            default -> {
                // What is in no case does not follow from the entries; the note says how many there are.
            }
        }
    }

    private void electricity(Tree figure, Tally tally) {
        amounts.figure(figure, tally.suppliedKwh());
        entries(figure, tally);
    }

    private void location(Tree figure, Tally tally) {
        amounts.figure(figure, tally.orNought(tally.locationKg()));
        entries(figure, tally);
    }

    private void market(Tree figure, Tally tally) {
        amounts.figure(figure, tally.orNought(tally.marketKg()));
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

    private void table(Tree table) {
        String title = table.get("title").text();
        switch (title) {
            case Corrections.TABLE -> corrections.check(table);
            case "Energy providers" -> rows(table, tallies.bySite, id -> null);
            case "By site" -> rows(table, tallies.bySite, id -> String.valueOf(sites.name(id)));
            case "By month (UTC)" -> rows(table, tallies.byMonth, month -> month);
            case "By team" -> rows(table, tallies.byTeam, id -> null);
            case "Location-based factors" -> {
                rows(table, tallies.byFactor, this::zone);
                factors(table, List.copyOf(tallies.byFactor.keySet()));
            }
            case "Market-based factors" -> {
                TreeMap<String, @Nullable Tally> rows = new TreeMap<>(tallies.byMarketFactor);
                // Certificates stand after all others and have no amounts of their own.
                tallies.certificates.forEach(id -> rows.put("\uffff" + id, null));
                rows(table, rows, key -> zone(factorId(key)));
                factors(
                        table,
                        rows.keySet().stream().map(ReportTotals::factorId).toList());
            }
            default -> {
                // As of figures.
            }
        }
    }

    /** Of the key of a row: after the method, or after the mark of a certificate. */
    private static String factorId(String key) {
        return key.startsWith("\uffff") ? key.substring(1) : key.substring(key.indexOf('\n') + 1);
    }

    /** @param ids of the factors, a row each */
    private void factors(Tree table, List<String> ids) {
        List<Tree> rows = table.get("rows").list();
        for (int at = 0; at < Math.min(ids.size(), rows.size()); at++) {
            List<Tree> cells = rows.get(at).list();
            if (cells.size() > FACTOR) {
                String where = "table \"" + table.get("title").text() + "\", row " + (at + 1) + ", Factor";
                amounts.same(
                        where, factors.yearly(ids.get(at)), cells.get(FACTOR).get("amount"));
            }
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
                amounts.sum(
                        where + ", " + column,
                        columns.get(at).get("unit").text(),
                        amount.apply(tally),
                        cells.get(at).get("amount"));
            }
        }
    }
}
