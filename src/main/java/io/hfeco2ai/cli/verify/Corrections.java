package io.hfeco2ai.cli.verify;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Adds up again what was booked after posting, by day, kind and reason. */
final class Corrections {

    static final String TABLE = "Corrections";
    private static final int LOCATION = 4;
    private static final int MARKET = 5;

    private final Tallies tallies;
    private final Amounts amounts;
    private final Findings findings;

    Corrections(Tallies tallies, Amounts amounts, Findings findings) {
        this.tallies = tallies;
        this.amounts = amounts;
        this.findings = findings;
    }

    void check(Tree table) {
        Set<String> seen = new HashSet<>();
        for (Tree row : table.get("rows").list()) {
            List<Tree> cells = row.list();
            if (cells.size() <= MARKET) {
                findings.differs(BundleZip.REPORT, "table \"Corrections\", cells of a row", MARKET + 1, cells.size());
                continue;
            }
            String key = cells.get(0).get("text").text()
                    + '\n'
                    + cells.get(1).get("text").text()
                    + '\n'
                    + cells.get(2).get("text").text();
            String where = "table \"Corrections\", " + key.replace('\n', ' ');
            Tally tally = tallies.byCorrection.get(key);
            if (tally == null || !seen.add(key)) {
                findings.differs(BundleZip.REPORT, where, "each day, kind and reason of the entries once", key);
                continue;
            }
            amounts.same(
                    where + ", Location-based",
                    tally.locationMovedKg(),
                    cells.get(LOCATION).get("amount"));
            amounts.same(
                    where + ", Market-based",
                    tally.marketMovedKg(),
                    cells.get(MARKET).get("amount"));
        }
        if (seen.size() != tallies.byCorrection.size()) {
            findings.differs(
                    BundleZip.REPORT,
                    "table \"Corrections\", number of rows",
                    tallies.byCorrection.size(),
                    seen.size());
        }
    }
}
