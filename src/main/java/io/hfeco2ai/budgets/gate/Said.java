package io.hfeco2ai.budgets.gate;

import io.hfeco2ai.budgets.gate.Check.Comparison;
import java.util.Locale;
import java.util.Objects;

/** A comparison in a sentence. */
final class Said {

    private Said() {}

    /** @param comparable false: some of the runs' energy is not all of it */
    static String of(Comparison comparison, boolean comparable) {
        Contrast contrast = comparison.contrast();
        if (contrast.ratio() == null) {
            return "The base has " + runs(comparison.base().runs()) + ", the change "
                    + runs(comparison.change().runs()) + ": a verdict needs " + Contrast.FEWEST_RUNS + " of each.";
        }
        String found = "The change takes " + Words.amount(contrast.ratio()) + " times the energy per "
                + comparison.per().name().toLowerCase(Locale.ROOT) + " of the base (95 % interval "
                + Words.amount(Objects.requireNonNull(contrast.low())) + " to "
                + Words.amount(Objects.requireNonNull(contrast.high())) + ")";
        if (!comparable) {
            return found + "; but not all of these runs are finished and measured, so this is no verdict.";
        }
        String tolerated = Words.percent(comparison.tolerance());
        return found
                + switch (contrast.verdict()) {
                    case FAIL -> ": more than " + tolerated + " more.";
                    case PASS -> ": no more than " + tolerated + " more, as far as these runs tell.";
                    case INCONCLUSIVE ->
                        ": the runs differ too much by chance to tell, as a ratio over "
                                + Words.amount(Contrast.highestThatPasses(comparison.tolerance()))
                                + " may hide in it; add runs.";
                };
    }

    private static String runs(int number) {
        return number + (number == 1 ? " run" : " runs");
    }
}
