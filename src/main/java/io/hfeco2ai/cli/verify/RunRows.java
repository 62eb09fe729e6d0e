package io.hfeco2ai.cli.verify;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Adds up the entries of each run again, without its child runs, which have rows of their own. */
final class RunRows {

    static final String TABLE = "Runs";
    private static final String PATH = "/runs/";
    /** Column of the table. */
    private static final int BECAME = 2;

    private static final Map<String, String> STATES =
            Map.of("Failed runs among them", "failed", "Killed runs among them", "killed");

    private final Tallies tallies;
    private final Amounts amounts;
    private final Findings findings;

    RunRows(Tallies tallies, Amounts amounts, Findings findings) {
        this.tallies = tallies;
        this.amounts = amounts;
        this.findings = findings;
    }

    void check(Tree section) {
        for (Tree table : section.get("tables").list()) {
            if (table.get("title").text().equals(TABLE)) {
                rows(table);
                section.get("figures").list().forEach(figure -> became(figure, table));
            }
        }
    }

    private void rows(Tree table) {
        Set<String> seen = new HashSet<>();
        for (Tree row : table.get("rows").list()) {
            List<Tree> cells = row.list();
            String path = cells.isEmpty() ? "" : cells.get(0).get("path").text();
            String run = path.startsWith(PATH) ? path.substring(PATH.length()) : path;
            Tally tally = tallies.byRun.get(run);
            if (tally == null || !seen.add(run)) {
                findings.differs(BundleZip.REPORT, "table \"Runs\"", "each run with entries once", run);
            } else {
                cells(table, "table \"Runs\", run " + run, cells, tally);
            }
        }
        if (seen.size() != tallies.byRun.size()) {
            findings.differs(BundleZip.REPORT, "table \"Runs\", number of runs", tallies.byRun.size(), seen.size());
        }
    }

    private void became(Tree figure, Tree table) {
        String state = STATES.get(figure.get("label").text());
        if (state != null) {
            long runs = table.get("rows").list().stream()
                    .filter(row -> row.list().stream()
                            .skip(BECAME)
                            .limit(1)
                            .anyMatch(cell -> cell.get("text").text().equals(state)))
                    .count();
            amounts.same(Amounts.name(figure), BigDecimal.valueOf(runs), figure.get("amount"));
        }
    }

    private void cells(Tree table, String where, List<Tree> cells, Tally tally) {
        List<Tree> columns = table.get("columns").list();
        for (int at = 0; at < Math.min(columns.size(), cells.size()); at++) {
            String column = columns.get(at).get("name").text();
            Tree amount = cells.get(at).get("amount");
            if (column.equals("Electricity")) {
                amounts.same(where + ", " + column, tally.suppliedOrDevicesKwh(), amount);
            } else if (column.equals("Location-based")) {
                amounts.same(where + ", " + column, tally.locationKg(), amount);
            }
        }
    }

    /** Of the figure that says how many there are. */
    void count(Tree figure) {
        amounts.same(Amounts.name(figure), BigDecimal.valueOf(tallies.byRun.size()), figure.get("amount"));
    }
}
