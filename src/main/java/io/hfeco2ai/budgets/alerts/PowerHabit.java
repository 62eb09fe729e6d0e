package io.hfeco2ai.budgets.alerts;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a device usually draws, and whether it draws something else now. Median and median absolute deviation (times 1.4826,
 * which makes it a standard deviation where the values are normal) are not moved by a few strange hours.
 */
final class PowerHabit {

    private static final double TO_SIGMA = 1.4826;
    private static final double SIGMAS = 6;
    private static final double LEAST_SPREAD_RATIO = 0.05;
    private static final double LEAST_SPREAD_WATTS = 5;

    private PowerHabit() {}

    /** @param spreadWatts one robust standard deviation, at least 5 % of the median and 5 W */
    record Unusual(double watts, double medianWatts, double spreadWatts) {

        boolean high() {
            return watts > medianWatts;
        }
    }

    /**
     * @param past mean watts of equal spans, in any order; NaN where nothing was observed
     * @param enough how many of them must be known
     * @param watts now
     * @return null: nothing unusual, or too little is known
     */
    static @Nullable Unusual judge(double[] past, int enough, double watts) {
        double[] known = Arrays.stream(past).filter(Double::isFinite).sorted().toArray();
        if (known.length < enough || !Double.isFinite(watts)) {
            return null;
        }
        double median = median(known);
        double deviation = median(Arrays.stream(known)
                .map(each -> Math.abs(each - median))
                .sorted()
                .toArray());
        double spread = Math.max(TO_SIGMA * deviation, Math.max(LEAST_SPREAD_RATIO * median, LEAST_SPREAD_WATTS));
        return Math.abs(watts - median) > SIGMAS * spread ? new Unusual(watts, median, spread) : null;
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
