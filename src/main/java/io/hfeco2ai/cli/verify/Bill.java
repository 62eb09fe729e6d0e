package io.hfeco2ai.cli.verify;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Walks again from the electricity bill, as the report names it, to the runs: the parts and what is left of it. */
final class Bill {

    private static final String BILL = "Bill or meter";

    private final Tallies tallies;
    private final Amounts amounts;

    Bill(Tallies tallies, Amounts amounts) {
        this.tallies = tallies;
        this.amounts = amounts;
    }

    void check(Tree section) {
        Map<String, Tree> figures = new HashMap<>();
        section.get("figures")
                .list()
                .forEach(figure -> figures.put(figure.get("label").text(), figure));
        BigDecimal bill =
                amounts.given(figures.getOrDefault(BILL, new Tree(null)).get("amount"));
        if (bill == null) {
            return;
        }
        Tally own = tallies.category("SCOPE2");
        BigDecimal runs = tallies.scope2OfRuns.energyKwh();
        BigDecimal left = bill.subtract(own.suppliedKwh());
        same(figures, "Used by runs", runs);
        same(
                figures,
                "Used while no run claimed it",
                own.suppliedKwh().subtract(own.overheadKwh()).subtract(runs));
        same(figures, "Overhead of the buildings", own.overheadKwh());
        same(figures, "Device-hours that nothing observed", own.missingHours());
        same(figures, "Left, not explained", left);
        same(figures, "Left, of the bill", percent(left, bill));
    }

    private static @Nullable BigDecimal percent(BigDecimal part, BigDecimal whole) {
        return whole.signum() == 0 ? null : part.movePointRight(2).divide(whole, 2, RoundingMode.HALF_EVEN);
    }

    private void same(Map<String, Tree> figures, String label, @Nullable BigDecimal expected) {
        amounts.same(
                "figure \"" + label + "\"",
                expected,
                figures.getOrDefault(label, new Tree(null)).get("amount"));
    }
}
