package io.hfeco2ai.budgets.forecast;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * What a planned load will take, drawn from what like runs took: each draw adds up as many of them, with replacement, as runs
 * are planned (bootstrap: Efron, The Annals of Statistics 7, 1979, 1–26). Amounts have any unit, the same for all.
 */
public final class Load {

    /** With fewer nothing is known of how runs differ. */
    public static final int FEWEST_LIKE = 3;

    private static final int DRAWS = 1000;

    private final double[] draws;
    private final double[] sorted;

    private Load(double[] draws) {
        this.draws = draws;
        this.sorted = draws.clone();
        Arrays.sort(sorted);
    }

    /** @param amount known, or all there is to go by */
    public static Load of(double amount) {
        return new Load(new double[] {amount});
    }

    /**
     * @param like what each like run took, at least {@value #FEWEST_LIKE}
     * @param runs planned, 1 or more
     * @param random the same numbers give the same answer
     */
    public static Load of(double[] like, int runs, RandomGenerator random) {
        if (like.length < FEWEST_LIKE || runs < 1) {
            throw new IllegalArgumentException(
                    "A range needs " + FEWEST_LIKE + " like runs and a run that is planned.");
        }
        double[] draws = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            for (int run = 0; run < runs; run++) {
                draws[draw] += like[random.nextInt(like.length)];
            }
        }
        return new Load(draws);
    }

    public boolean isRange() {
        return draws.length > 1;
    }

    /** One in ten draws is less. */
    public double p10() {
        return at(0.1);
    }

    public double p50() {
        return at(0.5);
    }

    /** One in ten draws is more. */
    public double p90() {
        return at(0.9);
    }

    private double at(double share) {
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    /** What will be spent with it: the load is spent at once. */
    public Projection on(Projection without) {
        return without.plus(draws);
    }
}
