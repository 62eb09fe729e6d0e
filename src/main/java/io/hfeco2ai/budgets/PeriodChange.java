package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.BudgetRows.Period;
import io.hfeco2ai.budgets.BudgetRows.Row;
import io.hfeco2ai.budgets.BudgetView.Amount;
import io.hfeco2ai.budgets.moves.Move;
import io.hfeco2ai.budgets.moves.Side;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.Project;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Spend;
import io.hfeco2ai.units.Energy;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** A period so far beside as many hours of the period before, project by project, and what made the difference. */
@Component
class PeriodChange {

    private static final double HOUR_MS = Periods.HOUR_MS;
    private static final long LOOK_BACK_MS = Duration.ofDays(31).toMillis();

    /** @param project null: the sum of all */
    record Line(@Nullable String project, Amount before, Amount now, Amount change, Parts parts) {}

    /** Each in the budget's unit, with its sign. */
    record Parts(
            Amount added,
            Amount ended,
            Amount volume,
            Amount power,
            Amount counted,
            Amount price,
            Amount corrections) {}

    /**
     * @param beforeKnown false: nothing is recorded of the hours before
     * @param dataFrom since when anything is recorded, where that is within the hours before; null: since earlier
     * @param counted whether that part is anywhere but 0; likewise corrections
     * @param priced whether the unit has a price for each kWh: carbon, or the PUE
     */
    record ChangeView(
            Row row,
            Instant from,
            Instant to,
            Instant beforeFrom,
            Instant beforeTo,
            boolean beforeKnown,
            @Nullable Instant dataFrom,
            boolean counted,
            boolean corrections,
            boolean priced,
            List<Line> lines,
            Line total) {}

    private final Ledger ledger;
    private final Experiments experiments;
    private final Clock clock;

    PeriodChange(Ledger ledger, Experiments experiments, Clock clock) {
        this.ledger = ledger;
        this.experiments = experiments;
        this.clock = clock;
    }

    /** The hour that runs is left out: it is not over. */
    ChangeView of(Row row, Period period) {
        long toMs = Math.min(period.toMs(), Math.floorDiv(clock.millis(), Periods.HOUR_MS) * Periods.HOUR_MS);
        toMs = Math.max(toMs, period.fromMs());
        Periods.Span earlier = earlier(row, period);
        long earlierToMs = Math.min(earlier.toMs(), earlier.fromMs() + toMs - period.fromMs());
        String basis = BudgetSpend.basis(row.unit(), row.energyBasis());
        Map<String, Spend> before = ledger.spendByProject(row.teamId(), row.projectId(), earlier.fromMs(), earlierToMs);
        Map<String, Spend> now = ledger.spendByProject(row.teamId(), row.projectId(), period.fromMs(), toMs);
        TreeSet<String> ids = new TreeSet<>(before.keySet());
        ids.addAll(now.keySet());
        Map<String, Side> sidesBefore = sides(before, basis);
        Map<String, Side> sidesNow = sides(now, basis);
        Map<String, Move> moves = ids.stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        id -> Move.of(
                                sidesBefore.getOrDefault(id, Side.NOTHING), sidesNow.getOrDefault(id, Side.NOTHING))));
        Move total = moves.values().stream().reduce(Move.NONE, Move::plus);
        return new ChangeView(
                row,
                Instant.ofEpochMilli(period.fromMs()),
                Instant.ofEpochMilli(toMs),
                Instant.ofEpochMilli(earlier.fromMs()),
                Instant.ofEpochMilli(earlierToMs),
                !before.isEmpty(),
                dataFrom(row, earlier.fromMs(), earlierToMs),
                moves.values().stream().anyMatch(move -> move.counted().signum() != 0),
                moves.values().stream().anyMatch(move -> move.corrections().signum() != 0),
                !basis.equals("DEVICES"),
                lines(row, moves, sidesBefore, sidesNow),
                line(null, row.unit(), sum(sidesBefore), sum(sidesNow), total));
    }

    /** Where most changed first. */
    private List<Line> lines(Row row, Map<String, Move> moves, Map<String, Side> before, Map<String, Side> now) {
        Map<String, String> names =
                experiments.projects(row.teamId()).stream().collect(Collectors.toMap(Project::id, Project::name));
        return moves.entrySet().stream()
                .sorted(Comparator.comparing(
                        (Map.Entry<String, Move> each) ->
                                each.getValue().change().abs(),
                        Comparator.reverseOrder()))
                .map(each -> line(
                        names.getOrDefault(each.getKey(), each.getKey()),
                        row.unit(),
                        amount(each.getKey(), before),
                        amount(each.getKey(), now),
                        each.getValue()))
                .toList();
    }

    private static Periods.Span earlier(Row row, Period period) {
        ZoneId zone = ZoneId.of(period.zone());
        LocalDate first = LocalDate.ofInstant(Instant.ofEpochMilli(period.fromMs() + Periods.HOUR_MS - 1), zone);
        long days = Math.round((period.toMs() - period.fromMs()) / (24 * HOUR_MS));
        return Periods.before(
                Periods.Kind.valueOf(row.periodKind()),
                new Periods.Span(first, period.fromMs(), period.toMs()),
                days,
                zone);
    }

    private @Nullable Instant dataFrom(Row row, long fromMs, long toMs) {
        SortedMap<Long, Spend> hours = ledger.spendByHour(row.teamId(), row.projectId(), fromMs - LOOK_BACK_MS, toMs);
        return hours.isEmpty() || hours.firstKey() <= fromMs ? null : Instant.ofEpochMilli(hours.firstKey());
    }

    private static Map<String, Side> sides(Map<String, Spend> spends, String basis) {
        return spends.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> side(entry.getValue().total(), basis)));
    }

    private static Side side(Spend.Part part, String basis) {
        Function<BigDecimal, Double> kilowattHours = uj -> uj.doubleValue() / Energy.MICROJOULES_PER_KWH.doubleValue();
        return new Side(
                BudgetSpend.amount(part, basis),
                part.observedMs().doubleValue() / HOUR_MS,
                kilowattHours.apply(part.energyUj()),
                kilowattHours.apply(BudgetSpend.countedUj(part, basis)));
    }

    private static BigDecimal amount(String id, Map<String, Side> sides) {
        return sides.getOrDefault(id, Side.NOTHING).amount();
    }

    private static BigDecimal sum(Map<String, Side> sides) {
        return sides.values().stream().map(Side::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static Line line(@Nullable String project, String unit, BigDecimal before, BigDecimal now, Move move) {
        return new Line(
                project,
                Amount.of(unit, before),
                Amount.of(unit, now),
                Amount.of(unit, move.change()),
                new Parts(
                        Amount.of(unit, move.added()),
                        Amount.of(unit, move.ended()),
                        Amount.of(unit, move.volume()),
                        Amount.of(unit, move.power()),
                        Amount.of(unit, move.counted()),
                        Amount.of(unit, move.price()),
                        Amount.of(unit, move.corrections())));
    }
}
