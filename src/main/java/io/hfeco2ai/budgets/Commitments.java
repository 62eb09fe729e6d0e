package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.BudgetRows.Period;
import io.hfeco2ai.budgets.BudgetRows.Row;
import io.hfeco2ai.budgets.BudgetView.Amount;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Page;
import io.hfeco2ai.experiments.Experiments.Run;
import io.hfeco2ai.experiments.Experiments.RunSearch;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.metering.Metering;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What the runs that go on now will still spend: the power of each now, for as long as runs of its experiment usually go on
 * after that much time. Where one of the two is not known, the run's part is not known either, and never 0.
 */
@Component
class Commitments {

    /** A median of fewer lengths says little. */
    static final int FEWEST_LIKE = 3;

    private static final int MOST_RUNS = 50;
    private static final int MOST_LIKE = 100;
    private static final BigDecimal JOULES_PER_KWH = new BigDecimal("3600000");

    enum Missing {
        POWER,
        LENGTH,
        PRICE
    }

    /**
     * @param watts now; null: not known
     * @param until when it is expected to end, or the period does; null: not known
     * @param amount until then; null: not known, for the reason {@code missing}
     */
    record Line(
            Run run,
            @Nullable Double watts,
            @Nullable Instant until,
            @Nullable Amount amount,
            @Nullable Missing missing) {}

    /**
     * @param amount of the runs of which it is known; null: of none
     * @param unknown how many of the runs it is not known of
     * @param unlisted further runs that were not looked at
     */
    record Committed(@Nullable Amount amount, long unknown, long unlisted, List<Line> lines) {}

    private final Experiments experiments;
    private final Metering metering;
    private final Ledger ledger;
    private final Clock clock;

    Commitments(Experiments experiments, Metering metering, Ledger ledger, Clock clock) {
        this.experiments = experiments;
        this.metering = metering;
        this.ledger = ledger;
        this.clock = clock;
    }

    Committed of(Row row, Period period) {
        Page<Run> page = experiments.search(
                new RunSearch(Set.of(row.teamId()), row.projectId(), null, "RUNNING", null, 0, MOST_RUNS));
        List<Run> running =
                page.items().stream().filter(run -> !run.synthetic()).toList();
        Map<String, Footprint> soFar =
                ledger.ofRuns(running.stream().map(Run::id).toList());
        Map<String, List<Run>> like = new HashMap<>();
        List<Line> lines = new ArrayList<>();
        BigDecimal sum = null;
        for (Run run : running) {
            Double watts = metering.powerNow(run.id());
            Instant until = until(run, period, like.computeIfAbsent(run.experimentId(), this::finished));
            BigDecimal perKwh = perKwh(row, Objects.requireNonNull(soFar.get(run.id())));
            Missing missing = watts == null
                    ? Missing.POWER
                    : until == null ? Missing.LENGTH : perKwh == null ? Missing.PRICE : null;
            BigDecimal amount = watts == null || until == null || perKwh == null
                    ? null
                    : kilowattHours(watts, until).multiply(perKwh);
            sum = amount == null ? sum : sum == null ? amount : sum.add(amount);
            lines.add(new Line(run, watts, until, amount == null ? null : Amount.of(row.unit(), amount), missing));
        }
        return new Committed(
                sum == null ? null : Amount.of(row.unit(), sum),
                lines.stream().filter(line -> line.amount() == null).count(),
                page.total() - page.items().size(),
                lines);
    }

    private List<Run> finished(String experimentId) {
        return experiments.finished(experimentId, Map.of(), MOST_LIKE);
    }

    /** Null: too few runs went on for longer than this one has. */
    private @Nullable Instant until(Run run, Period period, List<Run> finished) {
        Duration elapsed = Duration.between(run.startedAt(), clock.instant());
        List<Duration> longer = finished.stream()
                .filter(one -> (one.parentId() == null) == (run.parentId() == null) && one.endedAt() != null)
                .map(one -> Duration.between(one.startedAt(), Objects.requireNonNull(one.endedAt())))
                .filter(length -> length.compareTo(elapsed) > 0)
                .sorted()
                .toList();
        if (longer.size() < FEWEST_LIKE) {
            return null;
        }
        Instant end = run.startedAt().plus(longer.get(longer.size() / 2));
        Instant last = Instant.ofEpochMilli(period.toMs());
        return end.isBefore(last) ? end : last;
    }

    private BigDecimal kilowattHours(double watts, Instant until) {
        long millis = Math.max(0, Duration.between(clock.instant(), until).toMillis());
        return BigDecimal.valueOf(watts * millis / 1000).divide(JOULES_PER_KWH, MathContext.DECIMAL64);
    }

    /** In the budget's unit, as the run spent it so far; null: without zone or PUE. */
    static @Nullable BigDecimal perKwh(Row row, Footprint footprint) {
        return switch (BudgetSpend.basis(row.unit(), row.energyBasis())) {
            case "KG_CO2E" ->
                footprint.emissions() == null || footprint.priced().isZero()
                        ? null
                        : BigDecimal.valueOf(footprint.emissions().kilograms()
                                / footprint.priced().kilowattHours());
            case "FACILITY" ->
                footprint.facilityEnergy() == null || footprint.energy().isZero()
                        ? null
                        : BigDecimal.valueOf(footprint.facilityEnergy().kilowattHours()
                                / footprint.energy().kilowattHours());
            default -> BigDecimal.ONE;
        };
    }
}
