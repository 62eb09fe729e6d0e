package io.hfeco2ai.budgets.forecast;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What will still be spent until a period ends, as many equally likely futures. Each future strings together blocks of
 * past days, newer ones more often, so that bursts and empty days come as they came (stationary bootstrap: Politis and
 * Romano, Journal of the American Statistical Association 89, 1994, 1303–1313); days are scaled to their day of the week,
 * and a slope fades away (Gardner and McKenzie, Management Science 31, 1985, 1237–1246). That the level itself is only
 * estimated, and drifts, widens the futures. No figure is given from less than {@value #FEWEST_DAYS} whole days.
 * How good it is: {@code docs/benchmarks.md}. Amounts have any unit, the same for all.
 */
public final class SpendForecast {

    /** With fewer nothing can be said about how days differ. */
    public static final int FEWEST_DAYS = 3;

    static final Tuning TUNING = new Tuning(30, 4, 10, 0.9, 9, 0.45, 1000);

    private static final double LEAST_SHARE = 0.25;
    private static final double WIDEST = 1.2;

    private SpendForecast() {}

    /**
     * @param halfLifeDays a day that much older weighs half
     * @param blockDays mean length of the blocks
     * @param trendDoubt how many standard errors, squared, make half of a slope believed
     * @param damping what is left of a slope after a day
     * @param levelDoubt scales the variance of the estimated level
     * @param drift standard deviation of the level's change in 30 days, as a share
     */
    record Tuning(
            double halfLifeDays,
            double blockDays,
            double trendDoubt,
            double damping,
            double levelDoubt,
            double drift,
            int paths) {}

    /**
     * @param dailySpend of the whole days before today, oldest first; the last is yesterday; 0 or more each
     * @param firstDay the date of the first of them
     * @param todaySoFar spent today until now
     * @param todayShare how much of today is over, 0 to 1
     * @param daysLeft whole days after today until the period's end, 0 or more
     * @param random the same numbers give the same answer
     * @return null: unknown, there are too few days
     */
    public static @Nullable Projection of(
            double[] dailySpend,
            LocalDate firstDay,
            double todaySoFar,
            double todayShare,
            int daysLeft,
            RandomGenerator random) {
        return of(dailySpend, firstDay, todaySoFar, todayShare, daysLeft, random, TUNING);
    }

    static @Nullable Projection of(
            double[] dailySpend,
            LocalDate firstDay,
            double todaySoFar,
            double todayShare,
            int daysLeft,
            RandomGenerator random,
            Tuning tuning) {
        check(dailySpend, todaySoFar, todayShare, daysLeft);
        if (dailySpend.length < FEWEST_DAYS) {
            return null;
        }
        boolean withToday = todayShare >= LEAST_SHARE;
        int known = dailySpend.length + (withToday ? 1 : 0);
        double[] spend = Arrays.copyOf(dailySpend, known);
        double[] weights = new double[known];
        for (int i = 0; i < known; i++) {
            weights[i] = Math.pow(0.5, (dailySpend.length - 1 - i) / tuning.halfLifeDays());
        }
        if (withToday) {
            spend[known - 1] = todaySoFar / todayShare;
            weights[known - 1] = todayShare;
        }
        DayPattern pattern = new DayPattern(spend, firstDay, weights, tuning.trendDoubt());
        double[] scale = scale(pattern, firstDay.plusDays(dailySpend.length), dailySpend.length, daysLeft, tuning);
        scale[0] *= 1 - todayShare;
        return new Projection(paths(pattern, scale, random, tuning));
    }

    private static void check(double[] dailySpend, double todaySoFar, double todayShare, int daysLeft) {
        boolean allThere = todaySoFar >= 0 && Double.isFinite(todaySoFar);
        for (double day : dailySpend) {
            allThere &= day >= 0 && Double.isFinite(day);
        }
        if (!allThere || !(todayShare >= 0 && todayShare <= 1) || daysLeft < 0) {
            throw new IllegalArgumentException(
                    "Spend must be 0 or more each day, the share of today 0 to 1, the days left 0 or more.");
        }
    }

    /** What a plain day becomes on each day ahead: today, then the days after it. */
    private static double[] scale(DayPattern pattern, LocalDate today, int todayAt, int daysLeft, Tuning tuning) {
        double[] scale = new double[daysLeft + 1];
        double ahead = 0;
        double step = 1;
        for (int day = 0; day <= daysLeft; day++) {
            scale[day] = pattern.factor(today.plusDays(day)) * pattern.trend(todayAt + ahead);
            step *= tuning.damping();
            ahead += step;
        }
        return scale;
    }

    /** Sums until each day, by day and future. */
    private static double[][] paths(DayPattern pattern, double[] scale, RandomGenerator random, Tuning tuning) {
        double[] until = new double[pattern.weights.length];
        double total = 0;
        for (int i = 0; i < until.length; i++) {
            total += pattern.weights[i];
            until[i] = total;
        }
        double doubt = Math.min(WIDEST, Math.sqrt(levelVariance(pattern, scale.length, tuning)));
        double[][] sums = new double[scale.length][tuning.paths()];
        for (int path = 0; path < tuning.paths(); path++) {
            double level = Math.exp(doubt * random.nextGaussian());
            double sum = 0;
            int from = -1;
            for (int day = 0; day < scale.length; day++) {
                boolean newBlock = from < 0 || random.nextDouble() * tuning.blockDays() < 1;
                from = newBlock ? draw(until, random.nextDouble() * total) : (from + 1) % until.length;
                sum += level * pattern.plain[from] * scale[day];
                sums[day][path] = sum;
            }
        }
        return sums;
    }

    private static double levelVariance(DayPattern pattern, int days, Tuning tuning) {
        // Few days look more alike than they are: a floor that fades as days come in.
        double spread = Math.max(pattern.spread, 1 / Math.sqrt(pattern.effectiveDays));
        double drift = tuning.drift() * tuning.drift() * days / 30;
        return tuning.levelDoubt() * spread * spread / pattern.effectiveDays + drift;
    }

    private static int draw(double[] until, double at) {
        int found = Arrays.binarySearch(until, at);
        return Math.min(until.length - 1, found < 0 ? -found - 1 : found + 1);
    }
}
