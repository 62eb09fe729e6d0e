package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.BudgetRows.Period;
import io.hfeco2ai.budgets.BudgetRows.Row;
import io.hfeco2ai.budgets.BudgetView.Amount;
import io.hfeco2ai.budgets.Budgets.Outlook;
import io.hfeco2ai.budgets.forecast.Load;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.RunSearch;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Spend;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.units.Energy;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What runs that are planned would take of what is left, and when the limit would be reached with them. */
@Component
class BeforeLaunch {

    static final int MOST_RUNS = 10_000;

    private static final int MOST_LIKE = 50;
    private static final long RECENT_MS = Duration.ofDays(28).toMillis();
    private static final BigDecimal MOST_KWH = new BigDecimal("1000000000");

    /**
     * @param likeRunId runs of its experiment are the measure; null: the newest of the team or project
     * @param kwh of the devices, instead of runs; null: not typed
     */
    record Wish(
            int runs, @Nullable String likeRunId, @Nullable BigDecimal kwh) {

        /** @throws BadInput naming the field and the cure */
        static Wish of(Map<String, String> typed) {
            String like = typed.getOrDefault("like", "").strip();
            return new Wish(
                    runs(typed.getOrDefault("runs", "").strip()),
                    like.isEmpty() ? null : like,
                    kwh(typed.getOrDefault("kwh", "").strip()));
        }

        private static int runs(String text) {
            try {
                int runs = text.isEmpty() ? 1 : Integer.parseInt(text);
                if (runs >= 1 && runs <= MOST_RUNS) {
                    return runs;
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw new BadInput("runs", "Field runs takes a whole number from 1 to " + MOST_RUNS + ".");
        }

        private static @Nullable BigDecimal kwh(String text) {
            if (text.isEmpty()) {
                return null;
            }
            if (text.matches("\\d{1,12}(\\.\\d{1,9})?")) {
                BigDecimal kwh = new BigDecimal(text);
                if (kwh.signum() > 0 && kwh.compareTo(MOST_KWH) <= 0) {
                    return kwh;
                }
            }
            throw new BadInput("kwh", "Field kwh takes a number above 0, such as 120 or 12.5; or leave it empty.");
        }
    }

    /** Why there is no answer. */
    enum Missing {
        NO_RUNS,
        NO_PRICE
    }

    /**
     * @param like how many runs it was measured by; 0: energy was typed
     * @param low one in ten futures takes less; null: no range is known
     * @param middle null: not known, for the reason {@code missing}
     * @param lowShare of what is left; null: nothing is left
     * @param before how the period ends without it; null: there is no forecast
     */
    record Answer(
            Wish wish,
            int like,
            @Nullable Amount low,
            @Nullable Amount middle,
            @Nullable Amount high,
            @Nullable Double lowShare,
            @Nullable Double middleShare,
            @Nullable Double highShare,
            @Nullable Outlook before,
            @Nullable Outlook after,
            @Nullable Missing missing) {}

    private record Measured(
            @Nullable Load load, int like, @Nullable Missing missing) {}

    private final Experiments experiments;
    private final Ledger ledger;
    private final BudgetOutlook outlooks;
    private final Clock clock;

    BeforeLaunch(Experiments experiments, Ledger ledger, BudgetOutlook outlooks, Clock clock) {
        this.experiments = experiments;
        this.ledger = ledger;
        this.outlooks = outlooks;
        this.clock = clock;
    }

    /** The newest finished ones, to choose a like one from. */
    List<Run> choices(Row row) {
        return experiments
                .search(new RunSearch(Set.of(row.teamId()), row.projectId(), null, "FINISHED", null, 0, MOST_LIKE))
                .items()
                .stream()
                .filter(run -> run.parentId() == null && !run.synthetic())
                .toList();
    }

    Answer ask(Row row, Period period, Wish wish) {
        BigDecimal kwh = wish.kwh();
        Measured measured = kwh == null ? byRuns(row, period, wish) : byEnergy(row, kwh);
        Load load = measured.load();
        if (load == null) {
            return new Answer(wish, 0, null, null, null, null, null, null, null, null, measured.missing());
        }
        BudgetOutlook.Future future = outlooks.future(row, period);
        double left = period.limit().subtract(period.spent()).doubleValue();
        return new Answer(
                wish,
                measured.like(),
                load.isRange() ? amount(row, load.p10()) : null,
                amount(row, load.p50()),
                load.isRange() ? amount(row, load.p90()) : null,
                left <= 0 || !load.isRange() ? null : load.p10() / left,
                left <= 0 ? null : load.p50() / left,
                left <= 0 || !load.isRange() ? null : load.p90() / left,
                future == null ? null : outlooks.outlook(period, future),
                future == null ? null : outlooks.outlook(period, future.with(load)),
                null);
    }

    private static Amount amount(Row row, double amount) {
        return Amount.of(row.unit(), BigDecimal.valueOf(amount));
    }

    /** By what a kWh of the team or project was lately, over four weeks. */
    private Measured byEnergy(Row row, BigDecimal kwh) {
        String basis = BudgetSpend.basis(row.unit(), row.energyBasis());
        long nowMs = clock.millis();
        Spend.Part lately =
                ledger.spendByProject(row.teamId(), row.projectId(), nowMs - RECENT_MS, nowMs + 1).values().stream()
                        .reduce(Spend.NONE, Spend::plus)
                        .total();
        BigDecimal counted = BudgetSpend.countedUj(lately, basis);
        if (basis.equals("DEVICES")) {
            return new Measured(Load.of(kwh.doubleValue()), 0, null);
        }
        if (counted.signum() <= 0) {
            return new Measured(null, 0, Missing.NO_PRICE);
        }
        BigDecimal perKwh = BudgetSpend.amount(lately, basis)
                .divide(counted.divide(Energy.MICROJOULES_PER_KWH, MathContext.DECIMAL64), MathContext.DECIMAL64);
        return new Measured(Load.of(kwh.multiply(perKwh).doubleValue()), 0, null);
    }

    private Measured byRuns(Row row, Period period, Wish wish) {
        List<Run> like = like(row, wish.likeRunId());
        if (like.isEmpty()) {
            return new Measured(null, 0, Missing.NO_RUNS);
        }
        Map<String, Footprint> footprints =
                ledger.ofRuns(like.stream().map(Run::id).toList());
        double[] amounts = like.stream()
                .map(run -> spent(row, Objects.requireNonNull(footprints.get(run.id()))))
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .toArray();
        if (amounts.length == 0) {
            return new Measured(null, 0, Missing.NO_PRICE);
        }
        Load load = amounts.length < Load.FEWEST_LIKE
                ? Load.of(mean(amounts) * wish.runs())
                : Load.of(
                        amounts,
                        wish.runs(),
                        RandomGeneratorFactory.of("L64X128MixRandom")
                                .create(period.id().hashCode() * 31L + wish.runs()));
        return new Measured(load, amounts.length, null);
    }

    private static double mean(double[] amounts) {
        double sum = 0;
        for (double amount : amounts) {
            sum += amount;
        }
        return sum / amounts.length;
    }

    /** @throws BadInput the run is none of the team or project */
    private List<Run> like(Row row, @Nullable String runId) {
        if (runId == null) {
            return choices(row);
        }
        Run named = experiments
                .find(runId)
                .filter(run -> run.teamId().equals(row.teamId()))
                .filter(run -> row.projectId() == null || run.projectId().equals(row.projectId()))
                .orElseThrow(
                        () -> new BadInput("like", "There is no such run below this budget; choose one of the list."));
        return experiments.finished(named.experimentId(), Map.of(), MOST_LIKE).stream()
                .filter(run -> (run.parentId() == null) == (named.parentId() == null))
                .toList();
    }

    /** Null: some of it cannot be counted in the budget's unit, or nothing was measured. */
    private static @Nullable Double spent(Row row, Footprint footprint) {
        if (footprint.energy().isZero()) {
            return null;
        }
        return switch (BudgetSpend.basis(row.unit(), row.energyBasis())) {
            case "KG_CO2E" ->
                footprint.emissions() == null || footprint.priced().compareTo(footprint.energy()) < 0
                        ? null
                        : Double.valueOf(footprint.emissions().kilograms());
            case "FACILITY" ->
                footprint.facilityEnergy() == null
                        ? null
                        : Double.valueOf(footprint.facilityEnergy().kilowattHours());
            default -> Double.valueOf(footprint.energy().kilowattHours());
        };
    }
}
