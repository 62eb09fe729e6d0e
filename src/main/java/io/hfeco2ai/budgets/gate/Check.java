package io.hfeco2ai.budgets.gate;

import io.hfeco2ai.budgets.Budgets.Unit;
import io.hfeco2ai.budgets.gate.Contrast.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that the gate looked at, and what it found.
 *
 * @param budgetId null: it is about no budget
 * @param runId null: it is about no single run
 * @param spent null: not known, or a comparison
 * @param comparison null: it is about a limit
 * @param message what was found, in whole sentences
 * @param notes what a reader must know of the figures: provisional, not finished, incomplete
 */
public record Check(
        Kind kind,
        Verdict verdict,
        @Nullable String budgetId,
        @Nullable String runId,
        @Nullable Spent spent,
        @Nullable Comparison comparison,
        String message,
        List<String> notes) {

    public enum Kind {
        BUDGET,
        RUN_LIMIT,
        COMPARISON
    }

    /** @param used in the unit; null: not known. @param ratio used ÷ limit; null: not known */
    public record Spent(
            Unit unit,
            @Nullable Double used,
            double limit,
            @Nullable Double ratio) {}

    /** By what a run's energy is divided. */
    public enum Per {
        RUN,
        STEP,
        SAMPLE,
        TOKEN
    }

    /** @param meanKwh geometric mean of its runs, for each unit of work; null: it has no run */
    public record Side(int runs, @Nullable Double meanKwh) {}

    public record Comparison(Per per, double tolerance, Side base, Side change, Contrast contrast) {}

    static Check ofBudget(
            Verdict verdict, @Nullable String id, @Nullable Spent spent, String message, String... notes) {
        return new Check(Kind.BUDGET, verdict, id, null, spent, null, message, List.of(notes));
    }
}
