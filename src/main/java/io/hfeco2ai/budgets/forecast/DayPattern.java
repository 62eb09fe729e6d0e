package io.hfeco2ai.budgets.forecast;

import java.time.DayOfWeek;
import java.time.LocalDate;

/**
 * What the days so far say: a factor for each day of the week, a slope, and each day without both. Newer days weigh more.
 * A factor of one day of the week is drawn towards that of weekdays or weekends, and this towards 1, because few weeks say
 * little (shrinkage as in Bunn and Vassilopoulos, International Journal of Forecasting 15, 1999, 431–443). The slope is
 * trusted as far as it stands out of the noise.
 */
final class DayPattern {

    private static final double LOWEST_FACTOR = 0.1;
    private static final double SHRINK_DAYS = 2;
    private static final int WEEK = 7;
    private static final int DAYS_FOR_A_SLOPE = 14;
    private static final double LEAST_TREND = 0.2;

    /** Days without week and slope; their weighted mean is the level. */
    final double[] plain;

    final double[] weights;
    final double level;

    /** Standard deviation of the days ÷ level. */
    final double spread;

    /** Independent days the weights are worth. */
    final double effectiveDays;

    /** Change of the level a day, as a share of the level. */
    final double slope;

    private final double[] factors = new double[WEEK];
    private final double middle;
    private final int days;

    DayPattern(double[] spend, LocalDate firstDay, double[] weights, double trendDoubt) {
        this.days = spend.length;
        this.weights = weights;
        double mean = mean(spend);
        learnWeek(spend, firstDay, mean);
        double[] level = new double[days];
        for (int i = 0; i < days; i++) {
            level[i] = spend[i] / factor(firstDay.plusDays(i));
        }
        this.middle = middle();
        this.slope = days < DAYS_FOR_A_SLOPE ? 0 : slope(level, trendDoubt);
        for (int i = 0; i < days; i++) {
            level[i] /= trend(i);
        }
        this.plain = level;
        this.level = mean(level);
        this.spread = this.level == 0 ? 0 : Math.sqrt(variance(level, this.level)) / this.level;
        double sum = 0;
        double squares = 0;
        for (double weight : weights) {
            sum += weight;
            squares += weight * weight;
        }
        this.effectiveDays = sum * sum / squares;
    }

    double factor(LocalDate day) {
        return factors[day.getDayOfWeek().getValue() - 1];
    }

    /** The level on that day (the first known one is 0) ÷ the level of the middle of the known days. */
    double trend(double day) {
        return Math.max(LEAST_TREND, 1 + slope * (day - middle));
    }

    private void learnWeek(double[] spend, LocalDate firstDay, double mean) {
        double[] sums = new double[WEEK];
        double[] counts = new double[WEEK];
        for (int i = 0; i < days; i++) {
            int at = firstDay.plusDays(i).getDayOfWeek().getValue() - 1;
            sums[at] += weights[i] * spend[i];
            counts[at] += weights[i];
        }
        boolean enough = days >= WEEK && mean > 0;
        double working = enough ? part(sums, counts, 0, DayOfWeek.FRIDAY.getValue(), mean, 1) : 1;
        double weekend = enough ? part(sums, counts, DayOfWeek.FRIDAY.getValue(), WEEK, mean, 1) : 1;
        for (int i = 0; i < WEEK; i++) {
            double group = i < DayOfWeek.FRIDAY.getValue() ? working : weekend;
            factors[i] = Math.max(LOWEST_FACTOR, enough ? part(sums, counts, i, i + 1, mean, group) : group);
        }
    }

    private static double part(double[] sums, double[] counts, int from, int to, double mean, double prior) {
        double sum = SHRINK_DAYS * prior;
        double count = SHRINK_DAYS;
        for (int i = from; i < to; i++) {
            sum += sums[i] / mean;
            count += counts[i];
        }
        return sum / count;
    }

    private double slope(double[] level, double trendDoubt) {
        double mean = mean(level);
        double both = 0;
        double squares = 0;
        for (int i = 0; i < days; i++) {
            both += weights[i] * (i - middle) * (level[i] - mean);
            squares += weights[i] * (i - middle) * (i - middle);
        }
        if (mean <= 0 || squares <= 0) {
            return 0;
        }
        double raw = both / squares / mean;
        double error = Math.sqrt(variance(level, mean) / squares) / mean;
        double signal = raw * raw;
        return signal == 0 ? 0 : raw * signal / (signal + trendDoubt * error * error);
    }

    private double middle() {
        double sum = 0;
        double total = 0;
        for (int i = 0; i < days; i++) {
            sum += weights[i] * i;
            total += weights[i];
        }
        return sum / total;
    }

    private double mean(double[] amounts) {
        double sum = 0;
        double total = 0;
        for (int i = 0; i < days; i++) {
            sum += weights[i] * amounts[i];
            total += weights[i];
        }
        return sum / total;
    }

    private double variance(double[] amounts, double mean) {
        double sum = 0;
        double total = 0;
        for (int i = 0; i < days; i++) {
            sum += weights[i] * (amounts[i] - mean) * (amounts[i] - mean);
            total += weights[i];
        }
        return sum / total;
    }
}
