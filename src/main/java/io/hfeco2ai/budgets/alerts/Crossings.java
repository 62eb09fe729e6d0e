package io.hfeco2ai.budgets.alerts;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a budget's figures begin and end. A threshold is crossed when the spend reaches it, and armed again when the
 * spend is 2 points of the limit below it (or half of it, if that is less): what sways around a threshold crosses it once.
 * The limit itself, 100 %, is a threshold of every budget. A forecast breach begins at the given probability and ends 10
 * points below it, because a forecast sways more; once the limit is exceeded there is nothing to forecast.
 */
final class Crossings {

    static final String FORECAST = "forecast";
    static final int LIMIT = 100;
    private static final BigDecimal MARGIN = BigDecimal.valueOf(2);
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final double FORECAST_MARGIN = 0.10;

    private Crossings() {}

    /**
     * @param used posted and provisional
     * @param limit in the same unit; may be 0 or less when too much was carried over: then everything is crossed
     * @param thresholds percent of the limit, above 0
     * @param breachProbability 0 to 1; null: unknown, which changes nothing
     * @param breachAlert the probability at which a breach is told
     */
    record Situation(
            BigDecimal used,
            BigDecimal limit,
            List<Integer> thresholds,
            @Nullable Double breachProbability,
            double breachAlert) {

        boolean reached(int percent) {
            return beyond(BigDecimal.valueOf(percent));
        }

        private boolean cleared(int percent) {
            BigDecimal whole = BigDecimal.valueOf(percent);
            return !beyond(whole.subtract(MARGIN.min(whole.divide(MARGIN))));
        }

        private boolean beyond(BigDecimal percent) {
            return used.multiply(HUNDRED).compareTo(percent.multiply(limit)) >= 0;
        }
    }

    /** @param began rules crossed now, thresholds ascending, then the forecast; @param ended rules armed again */
    record Step(List<String> began, List<String> ended) {}

    /** @param crossed the rules that are crossed so far: a percentage as text, or {@link #FORECAST} */
    static Step step(Set<String> crossed, Situation now) {
        List<String> began = new ArrayList<>();
        List<String> ended = new ArrayList<>();
        SortedSet<Integer> thresholds = new TreeSet<>(now.thresholds());
        thresholds.add(LIMIT);
        for (int percent : thresholds) {
            boolean before = crossed.contains(Integer.toString(percent));
            if (!before && now.reached(percent)) {
                began.add(Integer.toString(percent));
            } else if (before && now.cleared(percent)) {
                ended.add(Integer.toString(percent));
            }
        }
        crossed.stream()
                .filter(rule -> !rule.equals(FORECAST) && !thresholds.contains(Integer.valueOf(rule)))
                .forEach(ended::add);
        forecast(crossed.contains(FORECAST), now, began, ended);
        return new Step(began, ended);
    }

    private static void forecast(boolean before, Situation now, List<String> began, List<String> ended) {
        Double probability = now.breachProbability();
        if (probability == null || now.reached(LIMIT)) {
            return;
        }
        if (!before && probability >= now.breachAlert()) {
            began.add(FORECAST);
        } else if (before && probability < now.breachAlert() - FORECAST_MARGIN) {
            ended.add(FORECAST);
        }
    }
}
