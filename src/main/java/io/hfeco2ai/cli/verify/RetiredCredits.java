package io.hfeco2ai.cli.verify;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Adds the credits of the table up again: what was retired of each kind. The register itself is not in the bundle. */
final class RetiredCredits {

    static final String TABLE = "Retired credits";
    private static final Map<String, String> KINDS = Map.of(
            "Removals retired in the period", "removal",
            "Reductions elsewhere, retired in the period", "reduction");

    private final Amounts amounts;

    RetiredCredits(Amounts amounts) {
        this.amounts = amounts;
    }

    void check(Tree section) {
        Map<String, BigDecimal> kilograms = new HashMap<>();
        for (Tree table : section.get("tables").list()) {
            if (table.get("title").text().equals(TABLE)) {
                for (Tree row : table.get("rows").list()) {
                    add(kilograms, table.get("columns").list(), row.list());
                }
            }
        }
        for (Tree figure : section.get("figures").list()) {
            String kind = KINDS.get(figure.get("label").text());
            if (kind != null) {
                amounts.same(Amounts.name(figure), kilograms.get(kind), figure.get("amount"));
            }
        }
    }

    private void add(Map<String, BigDecimal> kilograms, List<Tree> columns, List<Tree> cells) {
        String kind = "";
        BigDecimal mass = BigDecimal.ZERO;
        for (int at = 0; at < Math.min(columns.size(), cells.size()); at++) {
            String column = columns.get(at).get("name").text();
            kind = column.equals("Stands for") ? cells.get(at).get("text").text() : kind;
            if (column.equals("Mass")) {
                mass = Objects.requireNonNullElse(amounts.given(cells.get(at).get("amount")), mass);
            }
        }
        kilograms.merge(kind, mass, BigDecimal::add);
    }
}
