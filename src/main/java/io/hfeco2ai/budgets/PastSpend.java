package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.BudgetView.Amount;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Spend;
import io.hfeco2ai.units.Energy;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What was spent in the periods before a budget's, so that a limit is not guessed. */
@Component
class PastSpend {

    private static final int PERIODS = 3;

    /**
     * @param spent null: nothing was recorded, or nothing of it can be counted in that unit
     * @param uncounted energy without the zone or PUE that the unit needs; null: none
     * @param over false: it is the current one
     */
    record Line(
            Instant from,
            Instant to,
            @Nullable Amount spent,
            @Nullable Energy uncounted,
            boolean over) {}

    /** @param projectId null: the whole team; @param basis KG_CO2E, DEVICES or FACILITY */
    record Scope(String teamId, @Nullable String projectId, String unit, String basis) {}

    private final Ledger ledger;
    private final BudgetRows rows;
    private final Clock clock;

    PastSpend(Ledger ledger, BudgetRows rows, Clock clock) {
        this.ledger = ledger;
        this.rows = rows;
        this.clock = clock;
    }

    /**
     * The current period and the three before it, the newest first. Before an own period lie days of the same number.
     *
     * @param lastDay of an own period; null: not chosen, then nothing is said of one
     */
    List<Line> of(Scope scope, Periods.Kind kind, @Nullable LocalDate firstDay, @Nullable LocalDate lastDay) {
        ZoneId zone = rows.zone();
        LocalDate today = LocalDate.now(clock.withZone(zone));
        LocalDate first = firstDay == null ? today : firstDay;
        if (kind == Periods.Kind.CUSTOM && (lastDay == null || lastDay.isBefore(first))) {
            return List.of();
        }
        List<Line> lines = new ArrayList<>();
        Periods.Span span = Periods.containing(kind, kind == Periods.Kind.CUSTOM ? first : today, lastDay, zone);
        for (int back = 0; back <= PERIODS; back++) {
            lines.add(line(scope, span));
            span = Periods.before(kind, span, lastDay == null ? 0 : ChronoUnit.DAYS.between(first, lastDay) + 1, zone);
        }
        return lines;
    }

    private Line line(Scope scope, Periods.Span span) {
        Map<String, Spend> spent = ledger.spendByProject(scope.teamId(), scope.projectId(), span.fromMs(), span.toMs());
        Spend.Part total =
                spent.values().stream().reduce(Spend.NONE, Spend::plus).total();
        BigDecimal uncounted = BudgetSpend.uncountedUj(total, scope.basis());
        boolean known = !spent.isEmpty() && uncounted.compareTo(total.energyUj()) < 0;
        return new Line(
                Instant.ofEpochMilli(span.fromMs()),
                Instant.ofEpochMilli(span.toMs()),
                known ? Amount.of(scope.unit(), BudgetSpend.amount(total, scope.basis())) : null,
                uncounted.signum() == 0 ? null : Energy.ofMicrojoules(uncounted),
                span.toMs() <= clock.millis());
    }
}
