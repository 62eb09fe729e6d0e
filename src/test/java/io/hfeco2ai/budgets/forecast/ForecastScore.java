package io.hfeco2ai.budgets.forecast;

import io.hfeco2ai.budgets.forecast.SpendForecast.Tuning;
import io.hfeco2ai.budgets.forecast.SpendMonths.Month;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The forecast beside linear burn (what the month has used so far, each day the same until its end) on the same months.
 * Both know what came before the forecast only; ours knows the four weeks before the month too. Loss: pinball loss (Koenker
 * and Bassett, Econometrica 46, 1978, 33–50) of the month's end spend, over the month's mean.
 */
final class ForecastScore {

    private static final int[] AT_DAYS = {3, 7, 14, 21, 26};

    private double loss50;
    private double loss90;
    private double linear50;
    private double linear90;
    private int above90;
    private int above50;
    private int scored;
    private int breached;
    private final List<Double> dayErrors = new ArrayList<>();
    private final List<Double> linearDayErrors = new ArrayList<>();
    private final List<double[]> byDay = new ArrayList<>();

    static ForecastScore of(SpendMonths source, int months, long seed, Tuning tuning) {
        ForecastScore score = new ForecastScore();
        SplittableRandom random = new SplittableRandom(seed);
        List<Month> drawn = new ArrayList<>();
        for (int i = 0; i < months; i++) {
            drawn.add(source.draw(random.split()));
        }
        for (int day : AT_DAYS) {
            int above = score.above90;
            double before = score.loss50 + score.loss90;
            double linear = score.linear50 + score.linear90;
            drawn.forEach(month -> score.add(month, day, tuning, random.split()));
            score.byDay.add(new double[] {
                day,
                1 - (score.loss50 + score.loss90 - before) / (score.linear50 + score.linear90 - linear),
                (double) (score.above90 - above) / months
            });
        }
        return score;
    }

    private void add(Month month, int day, Tuning tuning, SplittableRandom random) {
        int now = SpendMonths.BEFORE + day;
        double so = sum(month.spend(), SpendMonths.BEFORE, now);
        double end = sum(month.spend(), SpendMonths.BEFORE, month.spend().length);
        int left = SpendMonths.DAYS - day - 1;
        Projection ours =
                SpendForecast.of(Arrays.copyOf(month.spend(), now), month.firstDay(), 0, 0, left, random, tuning);
        if (ours == null || end == 0) {
            throw new IllegalStateException("a month without spend");
        }
        double line = so / day * SpendMonths.DAYS;
        double mean = sum(month.spend(), 0, month.spend().length) / month.spend().length * SpendMonths.DAYS;
        loss50 += pinball(0.5, so + ours.p50(), end) / mean;
        loss90 += pinball(0.9, so + ours.p90(), end) / mean;
        linear50 += pinball(0.5, line, end) / mean;
        linear90 += pinball(0.9, line, end) / mean;
        above90 += end > so + ours.p90() ? 1 : 0;
        above50 += end > so + ours.p50() ? 1 : 0;
        scored++;
        breach(month, day, so, end, ours);
    }

    /** Both dates are compared as days from now; no breach foreseen counts as the day after the end. */
    private void breach(Month month, int day, double so, double end, Projection ours) {
        if (so >= month.limit() || end < month.limit()) {
            return;
        }
        int now = SpendMonths.BEFORE + day;
        int truth = 0;
        double sum = so;
        while ((sum += month.spend()[now + truth]) < month.limit()) {
            truth++;
        }
        int none = SpendMonths.DAYS - day;
        double[] middle = ours.p50ByDay();
        int foreseen = 0;
        while (foreseen < none && middle[foreseen] < month.limit() - so) {
            foreseen++;
        }
        double aDay = so / day;
        double line = aDay <= 0 ? none : Math.min(none, Math.ceil((month.limit() - so) / aDay) - 1);
        dayErrors.add((double) Math.abs(foreseen - truth));
        linearDayErrors.add(Math.abs(line - truth));
        breached++;
    }

    private static double pinball(double quantile, double forecast, double truth) {
        return truth >= forecast ? quantile * (truth - forecast) : (1 - quantile) * (forecast - truth);
    }

    private static double sum(double[] days, int from, int to) {
        return Arrays.stream(days, from, to).sum();
    }

    /** 0.2: a fifth less than linear burn; P50 and P90 together. */
    double better() {
        return 1 - (loss50 + loss90) / (linear50 + linear90);
    }

    /** Of P50 alone. */
    double better50() {
        return 1 - loss50 / linear50;
    }

    double above90() {
        return (double) above90 / scored;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "loss %.1f %% below linear burn (P50 alone %.1f %%), P90 exceeded in %.1f %%, P50 in %.1f %%, %d forecasts;"
                        + " breach date, %d of them: median error %.1f days (linear %.1f), mean %.2f (%.2f);",
                100 * better(),
                100 * better50(),
                100 * above90(),
                100.0 * above50 / scored,
                scored,
                breached,
                median(dayErrors),
                median(linearDayErrors),
                mean(dayErrors),
                mean(linearDayErrors)));
        for (double[] day : byDay) {
            text.append(String.format(
                    Locale.ROOT, " after %.0f days %.0f %%, %.1f %%;", day[0], 100 * day[1], 100 * day[2]));
        }
        return text.toString();
    }

    private static double mean(List<Double> errors) {
        return errors.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    private static double median(List<Double> errors) {
        Collections.sort(errors);
        return errors.get(errors.size() / 2);
    }
}
