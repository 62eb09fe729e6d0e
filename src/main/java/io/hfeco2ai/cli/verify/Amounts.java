package io.hfeco2ai.cli.verify;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Compares amounts of the report with what they must be, digit for digit, and counts them. */
final class Amounts {

    private final Findings findings;
    private long compared;

    Amounts(Findings findings) {
        this.findings = findings;
    }

    /** @param expected in the unit that the report has it in; null: the report must not know it */
    void same(String where, @Nullable BigDecimal expected, Tree found) {
        findings.checked("amounts of the report");
        BigDecimal amount = found.number();
        compared += amount == null ? 0 : 1;
        if (expected == null ? found.content() != null : amount == null || expected.compareTo(amount) != 0) {
            findings.differs(
                    BundleZip.REPORT,
                    where,
                    expected == null ? "unknown" : expected.toPlainString(),
                    amount == null ? "unknown" : amount.toPlainString());
        }
    }

    /** What the report was told, and other amounts of it are compared with. */
    @Nullable BigDecimal given(Tree found) {
        BigDecimal amount = found.number();
        compared += amount == null ? 0 : 1;
        return amount;
    }

    /** @param kwhOrKg a thousand times as much as the report says in MWh and tonnes */
    void sum(String where, String unit, @Nullable BigDecimal kwhOrKg, Tree found) {
        boolean thousands = unit.equals("MWh") || unit.equals("tCO2e");
        same(where, kwhOrKg == null || !thousands ? kwhOrKg : kwhOrKg.movePointLeft(3), found);
    }

    /** @param figure with its amount, label and unit */
    void figure(Tree figure, @Nullable BigDecimal kwhOrKg) {
        sum(name(figure), figure.get("unit").text(), kwhOrKg, figure.get("amount"));
    }

    static String name(Tree figure) {
        return "figure \"" + figure.get("label").text() + "\"";
    }

    /** Says how many of the report's amounts nothing above looked at. */
    void note(Tree report) {
        long others = all(report) - compared;
        if (others > 0) {
            findings.note(
                    others + " amounts of the report do not follow from the entries and were not computed again, such"
                            + " as bounds of uncertainty, embodied emissions and hours of runs.");
        }
    }

    private static long all(Tree report) {
        long all = 0;
        for (Tree section : report.get("sections").list()) {
            all += section.get("figures").list().stream()
                    .filter(figure -> figure.get("amount").number() != null)
                    .count();
            all += section.get("tables").list().stream()
                    .flatMap(table -> table.get("rows").list().stream())
                    .flatMap(row -> row.list().stream())
                    .filter(cell -> cell.get("amount").number() != null)
                    .count();
        }
        return all;
    }
}
