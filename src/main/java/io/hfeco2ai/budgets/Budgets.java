package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.BudgetRows.Row;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.units.Energy;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** The door of the budgets: where each stands, and what a run should do about it. Times are epoch milliseconds. */
@Service
public class Budgets {

    private final StandingStore store;

    private final BudgetBook book;

    private final BudgetRows rows;

    private final Clock clock;

    Budgets(StandingStore store, BudgetBook book, BudgetRows rows, Clock clock) {
        this.store = store;
        this.book = book;
        this.rows = rows;
        this.clock = clock;
    }

    /** What a budget counts, in kilograms of CO2e or kilowatt-hours. */
    public enum Unit {
        KG_CO2E,
        KWH
    }

    /** What the answer to a run's progress says once the limit is reached. */
    public enum OnExceeded {
        WARN,
        STOP
    }

    public enum Act {
        CONTINUE,
        WARN,
        STOP
    }

    /**
     * What a run should do.
     *
     * @param usedRatio of the strictest budget; null: no budget is about that run, or it left nothing to spend
     */
    public record Action(Act act, @Nullable Double usedRatio) {

        /** Where nothing is left from the start, everything is too much. */
        static Action of(Standing standing) {
            Double used = standing.usedRatio();
            boolean exceeded = used == null || used >= 1;
            if (exceeded) {
                return new Action(standing.onExceeded() == OnExceeded.STOP ? Act.STOP : Act.WARN, used);
            }
            int first = standing.thresholdsPercent().isEmpty()
                    ? 100
                    : standing.thresholdsPercent().get(0);
            return new Action(used != null && used * 100 >= first ? Act.WARN : Act.CONTINUE, used);
        }
    }

    /**
     * Where the open period of an active budget stands.
     *
     * @param projectId null: the whole team
     * @param limit in the unit, with what was carried over
     * @param posted spent, and no longer changing but by adjustments
     * @param provisional spent, and may still change
     * @param uncounted energy that it should count and cannot: its zone or PUE is not known
     * @param usedRatio (posted + provisional) ÷ limit; null: what was carried over leaves no limit to divide by
     * @param fromMs inclusive
     * @param toMs exclusive
     * @param thresholdsPercent ascending
     * @param outlook null: not computed yet
     */
    public record Standing(
            String budgetId,
            String periodId,
            String teamId,
            @Nullable String projectId,
            String name,
            Unit unit,
            BigDecimal limit,
            BigDecimal posted,
            BigDecimal provisional,
            Energy uncounted,
            @Nullable Double usedRatio,
            long fromMs,
            long toMs,
            List<Integer> thresholdsPercent,
            OnExceeded onExceeded,
            @Nullable Outlook outlook) {}

    /**
     * How the period is expected to end, in the budget's unit.
     *
     * @param p50 spent at its end, as likely more as less
     * @param p90 spent at its end, nine times out of ten less
     * @param breachAt when the limit is reached in the median of the futures that reach it; null: in none
     * @param breachProbability 0 to 1
     */
    public record Outlook(
            BigDecimal p10,
            BigDecimal p50,
            BigDecimal p90,
            @Nullable Instant breachAt,
            double breachProbability,
            Instant madeAt) {}

    /**
     * A budget in any state.
     *
     * @param projectId null: the whole team
     * @param energyBasis DEVICES or FACILITY
     * @param period MONTH, QUARTER, YEAR or CUSTOM
     * @param limit of each period, in the unit
     * @param state DRAFT, ACTIVE or CLOSED
     * @param standing of its newest open period; null: it has none
     */
    public record Budget(
            String id,
            String teamId,
            @Nullable String projectId,
            String name,
            Unit unit,
            String energyBasis,
            String period,
            BigDecimal limit,
            String state,
            @Nullable Standing standing) {}

    /** All of the team's, those that count first, then by name. */
    public List<Budget> budgets(String teamId) {
        Map<String, Standing> newest = newest(standings(Set.of(teamId)));
        return rows.rows(teamId).stream()
                .map(row -> budget(row, newest.get(row.id())))
                .toList();
    }

    /** @throws NotFound the team has no such budget */
    public Budget budget(String teamId, String id) {
        Row row = rows.row(id);
        if (!row.teamId().equals(teamId)) {
            throw new NotFound("budget " + id);
        }
        return budget(row, newest(standings(Set.of(teamId))).get(id));
    }

    /** A period is open for some hours after its end: then the next one is the one that is spent. */
    private static Map<String, Standing> newest(List<Standing> standings) {
        Map<String, Standing> newest = new HashMap<>();
        standings.forEach(each ->
                newest.merge(each.budgetId(), each, (one, other) -> one.fromMs() > other.fromMs() ? one : other));
        return newest;
    }

    private static Budget budget(Row row, @Nullable Standing standing) {
        return new Budget(
                row.id(),
                row.teamId(),
                row.projectId(),
                row.name(),
                Unit.valueOf(row.unit()),
                row.energyBasis(),
                row.periodKind(),
                row.limitAmount(),
                row.state(),
                standing);
    }

    /**
     * Makes a budget by the rules of the form.
     *
     * @param typed the fields of the form as text; {@code project} is an id, {@code last_day} a date
     * @param draft it counts nothing before a lead activates it
     * @return its id
     * @throws io.hfeco2ai.platform.BadInput naming the field and the cure
     */
    public String create(String teamId, Map<String, String> typed, boolean draft) {
        return book.create(teamId, BudgetInput.of(typed), BudgetInput.day(typed.get("last_day")), draft);
    }

    /** The open periods of active budgets; null: of all teams. */
    public List<Standing> standings(@Nullable Set<String> teamIds) {
        return store.open(teamIds);
    }

    /** @throws NotFound there is no such active budget with an open period */
    public Standing standing(String budgetId) {
        return store.of(budgetId);
    }

    /** What the strictest of the budgets above that run says; cheap enough for each progress call. */
    public Action action(String runId) {
        return store.ofRun(runId, clock.millis()).stream()
                .map(Action::of)
                .max(Comparator.comparing(Action::act)
                        .thenComparing(Action::usedRatio, Comparator.nullsLast(Comparator.naturalOrder())))
                .orElse(new Action(Act.CONTINUE, null));
    }
}
