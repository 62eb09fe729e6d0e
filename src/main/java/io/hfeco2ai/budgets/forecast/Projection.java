package io.hfeco2ai.budgets.forecast;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Further spend from now, in equally likely futures. Day 0 is the rest of today, the last day ends with the period. */
public final class Projection {

    /** Sums until the end of each day, by day and future. */
    private final double[][] sums;

    private final double[][] sorted;

    Projection(double[][] sums) {
        this.sums = sums;
        this.sorted = Arrays.stream(sums).map(double[]::clone).toArray(double[][]::new);
        for (double[] day : sorted) {
            Arrays.sort(day);
        }
    }

    /**
     * When a limit is reached.
     *
     * @param probability that it is reached within the period, 0 to 1
     * @param medianDay the day (0 is today) in the median of the futures that reach it; null: in none
     * @param earliestDay one in ten of those futures reaches it by then; null: in none
     */
    public record Breach(
            double probability,
            @Nullable Integer medianDay,
            @Nullable Integer earliestDay) {}

    /** Nine of ten futures spend more until the period's end. */
    public double p10() {
        return atEnd(0.1);
    }

    public double p50() {
        return atEnd(0.5);
    }

    /** Nine of ten futures spend less until the period's end. */
    public double p90() {
        return atEnd(0.9);
    }

    /** From now to the end of each day. */
    public double[] p50ByDay() {
        return byDay(0.5);
    }

    /** From now to the end of each day. */
    public double[] p90ByDay() {
        return byDay(0.9);
    }

    /** @param left what may still be spent; 0 or less is reached today already */
    public Breach breach(double left) {
        int futures = sums[0].length;
        int[] days = new int[futures];
        int reached = 0;
        for (int path = 0; path < futures; path++) {
            int day = left <= 0 ? 0 : firstDay(path, left);
            if (day < sums.length) {
                days[reached++] = day;
            }
        }
        if (reached == 0) {
            return new Breach(0, null, null);
        }
        Arrays.sort(days, 0, reached);
        return new Breach((double) reached / futures, days[(reached - 1) / 2], days[(reached - 1) / 10]);
    }

    /**
     * The same with something more, which is spent at once.
     *
     * @param extraSamples equally likely amounts of it; one is enough
     */
    public Projection plus(double[] extraSamples) {
        double[][] more = Arrays.stream(sums).map(double[]::clone).toArray(double[][]::new);
        for (double[] day : more) {
            for (int path = 0; path < day.length; path++) {
                day[path] += extraSamples[path % extraSamples.length];
            }
        }
        return new Projection(more);
    }

    private int firstDay(int path, double left) {
        int day = 0;
        while (day < sums.length && sums[day][path] < left) {
            day++;
        }
        return day;
    }

    private double atEnd(double share) {
        return quantile(sorted[sorted.length - 1], share);
    }

    private double[] byDay(double share) {
        return Arrays.stream(sorted).mapToDouble(day -> quantile(day, share)).toArray();
    }

    private static double quantile(double[] ascending, double share) {
        return ascending[(int) Math.min(ascending.length - 1L, Math.round(share * (ascending.length - 1)))];
    }
}
