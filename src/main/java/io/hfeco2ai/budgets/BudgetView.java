package io.hfeco2ai.budgets;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.hfeco2ai.budgets.BudgetRows.Period;
import io.hfeco2ai.budgets.BudgetRows.Row;
import io.hfeco2ai.budgets.Budgets.Outlook;
import io.hfeco2ai.units.CarbonMass;
import io.hfeco2ai.units.Energy;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One budget as its page shows it. */
record BudgetView(
        Row row,
        String scope,
        @Nullable PeriodView now,
        List<PeriodView> past,
        @Nullable Outlook outlook,
        @Nullable Amount p50,
        @Nullable Amount p90,
        @Nullable Chart chart,
        boolean mayChange,
        Map<String, String> typed,
        Map<String, String> errors) {

    private static final BigDecimal UG_PER_KG = new BigDecimal("1000000000");

    /** In a unit that reads well; one of the two is null. */
    record Amount(@Nullable CarbonMass carbon, @Nullable Energy energy) {
        static Amount of(String unit, BigDecimal amount) {
            return unit.equals("KG_CO2E")
                    ? new Amount(CarbonMass.ofMicrograms(whole(amount.multiply(UG_PER_KG))), null)
                    : new Amount(null, Energy.ofMicrojoules(whole(amount.multiply(Energy.MICROJOULES_PER_KWH))));
        }

        private static BigDecimal whole(BigDecimal amount) {
            return amount.setScale(0, RoundingMode.HALF_EVEN);
        }

        /** −1, 0 or 1. */
        public int sign() {
            return carbon != null
                    ? carbon.micrograms().signum()
                    : energy == null ? 0 : energy.microjoules().signum();
        }
    }

    /** @param original what it was when it closed; null: it is open */
    record PeriodView(
            int number,
            Instant from,
            Instant to,
            String zone,
            boolean open,
            Amount limit,
            Amount carried,
            Amount posted,
            Amount provisional,
            Amount spent,
            Amount left,
            @Nullable Amount original,
            @Nullable Double usedRatio,
            @Nullable Energy uncounted) {

        static PeriodView of(String unit, Period period) {
            BigDecimal original = period.originalAmount();
            return new PeriodView(
                    period.number(),
                    Instant.ofEpochMilli(period.fromMs()),
                    Instant.ofEpochMilli(period.toMs()),
                    period.zone(),
                    period.state().equals("OPEN"),
                    Amount.of(unit, period.limit()),
                    Amount.of(unit, period.carriedAmount()),
                    Amount.of(unit, period.postedAmount()),
                    Amount.of(unit, period.provisionalAmount()),
                    Amount.of(unit, period.spent()),
                    Amount.of(unit, period.limit().subtract(period.spent())),
                    original == null ? null : Amount.of(unit, original),
                    StandingStore.usedRatio(period.spent(), period.limit()),
                    period.uncountedUj().signum() == 0 ? null : Energy.ofMicrojoules(period.uncountedUj()));
        }

        /** Of the bar, 0 to 100. */
        public long percent() {
            return usedRatio == null ? 0 : Math.round(Math.max(0, Math.min(1, usedRatio)) * 100);
        }
    }

    /** What js/charts.js draws, and the same as a table. */
    record Chart(String type, String unit, List<Series> series) {}

    /** @param name key of its text */
    record Series(String name, String kind, List<Point> points) {}

    /** Written as a JSON array [epoch milliseconds, amount]. */
    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    @JsonPropertyOrder({"x", "y"})
    record Point(long x, double y) {}

    static BudgetView of(
            Row row,
            String scope,
            List<Period> periods,
            @Nullable Outlook outlook,
            @Nullable Chart chart,
            boolean mayChange,
            Map<String, String> typed,
            Map<String, String> errors) {
        List<PeriodView> views =
                periods.stream().map(each -> PeriodView.of(row.unit(), each)).toList();
        return new BudgetView(
                row,
                scope,
                views.isEmpty() ? null : views.get(0),
                views.isEmpty() ? List.of() : views.subList(1, views.size()),
                outlook,
                outlook == null ? null : Amount.of(row.unit(), outlook.p50()),
                outlook == null ? null : Amount.of(row.unit(), outlook.p90()),
                chart,
                mayChange,
                typed,
                errors);
    }

    /** Spent so far day by day, then the P50 and P90 of what follows, beside the limit. */
    static Chart chart(Row row, Period period, BudgetOutlook.Future future) {
        List<Point> spent = new ArrayList<>(List.of(new Point(period.fromMs(), 0)));
        double sum = 0;
        for (Map.Entry<LocalDate, Double> day : future.days().entrySet()) {
            sum += day.getValue();
            LocalDate end = day.getKey().plusDays(1);
            long atMs = end.atStartOfDay(future.zone()).toInstant().toEpochMilli();
            spent.add(new Point(day.getKey().equals(future.today()) ? nowMs(future) : atMs, sum));
        }
        return new Chart(
                "lines",
                row.unit().equals("KG_CO2E") ? "kg CO2e" : "kWh",
                List.of(
                        new Series("budgets.used", "cpu", spent),
                        new Series(
                                "chart.p50",
                                "ram",
                                ahead(future, sum, future.projection().p50ByDay())),
                        new Series(
                                "chart.p90",
                                "gpu",
                                ahead(future, sum, future.projection().p90ByDay())),
                        new Series(
                                "budgets.limit",
                                "muted",
                                List.of(
                                        new Point(
                                                period.fromMs(), period.limit().doubleValue()),
                                        new Point(period.toMs(), period.limit().doubleValue())))));
    }

    private static long nowMs(BudgetOutlook.Future future) {
        return future.now().toEpochMilli();
    }

    private static List<Point> ahead(BudgetOutlook.Future future, double spent, double[] byDay) {
        List<Point> points = new ArrayList<>(List.of(new Point(nowMs(future), spent)));
        for (int day = 0; day < byDay.length; day++) {
            points.add(new Point(
                    future.today()
                            .plusDays(day + 1L)
                            .atStartOfDay(future.zone())
                            .toInstant()
                            .toEpochMilli(),
                    spent + byDay[day]));
        }
        return points;
    }
}
