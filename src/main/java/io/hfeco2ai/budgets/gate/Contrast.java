package io.hfeco2ai.budgets.gate;

import org.jspecify.annotations.Nullable;

/**
 * Whether the runs of a change need more energy for each unit of work than those of the base, told from chance: Welch's
 * t-test (Biometrika 34, 1947, 28–35) of the logarithms, because runs differ by shares. One-sided: only "more, by over the
 * tolerance" fails. A permutation test of three runs against three could never say less than 1 in 20.
 *
 * <p>Not to have failed is no proof: runs that differ much by chance would hide any rise. So what does not fail passes only
 * where the upper end of the interval is within {@link #RELEVANT} of the tolerance; a true rise beyond that passes one time
 * in forty at most.
 *
 * @param ratio geometric mean of the change ÷ that of the base; null: too few runs
 * @param low of the ratio's 95 % interval (two-sided); null: too few runs
 * @param high of the ratio's 95 % interval (two-sided); null: too few runs
 * @param p how likely a ratio at least so high is where the true one is 1 + tolerance; null: too few runs
 * @param moreOfBase runs still needed
 * @param moreOfChange runs still needed
 */
public record Contrast(
        Verdict verdict,
        @Nullable Double ratio,
        @Nullable Double low,
        @Nullable Double high,
        @Nullable Double p,
        int moreOfBase,
        int moreOfChange) {

    /** Of each set: with fewer, how much runs differ by chance is not known. */
    public static final int FEWEST_RUNS = 3;

    /**
     * A rise by a quarter beyond the tolerance must not slip through. Runs that differ by 5 % by chance show that with
     * three of each, by 10 % with five, by 20 % with about fifteen.
     */
    public static final double RELEVANT = 1.25;

    private static final double LEVEL = 0.05;

    public enum Verdict {
        PASS,
        FAIL,
        INCONCLUSIVE
    }

    /** Of one set, in logarithms. */
    private record Sample(double mean, double variance, int runs) {

        static Sample of(double[] amounts) {
            double sum = 0;
            double squares = 0;
            for (double amount : amounts) {
                sum += Math.log(amount);
            }
            double mean = sum / amounts.length;
            for (double amount : amounts) {
                squares += (Math.log(amount) - mean) * (Math.log(amount) - mean);
            }
            return new Sample(mean, squares / (amounts.length - 1), amounts.length);
        }

        double ofMean() {
            return variance / runs;
        }
    }

    /**
     * @param base energy for each unit of work of its runs, above 0
     * @param change the same of the other runs
     * @param tolerance a share: 0.05 lets 5 % more pass; 0 or more
     */
    public static Contrast of(double[] base, double[] change, double tolerance) {
        check(base);
        check(change);
        if (!(tolerance >= 0) || Double.isInfinite(tolerance)) {
            throw new IllegalArgumentException("The tolerance must be a share of 0 or more, such as 0.05.");
        }
        int moreOfBase = Math.max(0, FEWEST_RUNS - base.length);
        int moreOfChange = Math.max(0, FEWEST_RUNS - change.length);
        if (moreOfBase + moreOfChange > 0) {
            return new Contrast(Verdict.INCONCLUSIVE, null, null, null, null, moreOfBase, moreOfChange);
        }
        return of(Sample.of(base), Sample.of(change), tolerance);
    }

    private static Contrast of(Sample base, Sample change, double tolerance) {
        double difference = change.mean() - base.mean();
        double variance = base.ofMean() + change.ofMean();
        double over = difference - Math.log1p(tolerance);
        double error = Math.sqrt(variance);
        if (error < 1e-12) { // all the same: nothing is left to chance
            double ratio = Math.exp(difference);
            boolean more = over > 1e-12;
            return new Contrast(more ? Verdict.FAIL : Verdict.PASS, ratio, ratio, ratio, more ? 0.0 : 1.0, 0, 0);
        }
        double freedom = variance
                * variance
                / (base.ofMean() * base.ofMean() / (base.runs() - 1)
                        + change.ofMean() * change.ofMean() / (change.runs() - 1));
        double p = StudentT.above(over / error, freedom);
        double width = StudentT.exceededWith(LEVEL / 2, freedom) * error;
        double high = Math.exp(difference + width);
        return new Contrast(
                verdict(p, high, tolerance), Math.exp(difference), Math.exp(difference - width), high, p, 0, 0);
    }

    private static Verdict verdict(double p, double high, double tolerance) {
        if (p < LEVEL) {
            return Verdict.FAIL;
        }
        return high <= highestThatPasses(tolerance) ? Verdict.PASS : Verdict.INCONCLUSIVE;
    }

    /** What the upper end of the interval may be at most. */
    static double highestThatPasses(double tolerance) {
        return (1 + tolerance) * RELEVANT;
    }

    private static void check(double[] amounts) {
        for (double amount : amounts) {
            if (!(amount > 0) || Double.isInfinite(amount)) {
                throw new IllegalArgumentException("Each run's energy for a unit of work must be above 0.");
            }
        }
    }
}
