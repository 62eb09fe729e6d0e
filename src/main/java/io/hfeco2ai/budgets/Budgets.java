package io.hfeco2ai.budgets;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** The door of the budgets: where each stands, and what a run should do about it. Times are epoch milliseconds. */
@Service
public class Budgets {

    private final StandingStore store;

    private final Clock clock;

    Budgets(StandingStore store, Clock clock) {
        this.store = store;
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

    /** The open periods of active budgets; null: of all teams. */
    public List<Standing> standings(@Nullable Set<String> teamIds) {
        return store.open(teamIds);
    }

    /** @throws io.hfeco2ai.platform.NotFound there is no such active budget with an open period */
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
