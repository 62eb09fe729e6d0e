package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.BudgetRows.Period;
import io.hfeco2ai.budgets.BudgetRows.Row;
import io.hfeco2ai.budgets.BudgetView.Amount;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Spend;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * A period as it was, with another limit: which runs would have been warned or told to stop, when, and at what spend. What a
 * run that stops would have saved is not played: it might have run later.
 */
@Component
class Replay {

    static final int MOST = 200;

    /** @param warnedAt null: never; likewise the rest */
    record Told(
            String runId,
            String name,
            String experiment,
            @Nullable Instant warnedAt,
            @Nullable Amount warnedSpend,
            @Nullable Instant stoppedAt,
            @Nullable Amount stoppedSpend) {}

    /**
     * @param limit with what was carried over
     * @param thresholdPercent from which runs are warned
     * @param warnsAt when the threshold is reached; null: it is not
     * @param more runs were told that are not in the list
     */
    record Played(
            Amount limit,
            int thresholdPercent,
            @Nullable Instant warnsAt,
            @Nullable Instant stopsAt,
            List<Told> told,
            boolean more) {}

    private record Past(
            String id,
            String name,
            String experiment,
            Instant start,
            @Nullable Instant end) {}

    private final JdbcClient jdbc;
    private final Ledger ledger;
    private final Clock clock;

    Replay(JdbcClient jdbc, Ledger ledger, Clock clock) {
        this.jdbc = jdbc;
        this.ledger = ledger;
        this.clock = clock;
    }

    /** @param limit of the period, without what was carried over */
    Played play(Row row, Period period, BigDecimal limit) {
        Curve curve = curve(row, period);
        BigDecimal whole = limit.add(period.carriedAmount());
        List<Integer> thresholds = StandingStore.thresholds(row.thresholds());
        int percent = thresholds.isEmpty() ? 100 : Math.min(100, thresholds.get(0));
        Instant stops = curve.reaches(whole.doubleValue());
        Instant warns = curve.reaches(whole.doubleValue() * percent / 100);
        List<Past> runs = warns == null ? List.of() : going(row, period, warns);
        return new Played(
                Amount.of(row.unit(), whole),
                percent,
                warns,
                stops,
                runs.stream()
                        .limit(MOST)
                        .map(run -> told(run, row.unit(), curve, warns, stops))
                        .toList(),
                runs.size() > MOST);
    }

    private static Told told(Past run, String unit, Curve curve, @Nullable Instant warns, @Nullable Instant stops) {
        Instant warned = when(run, warns);
        Instant stopped = when(run, stops);
        // What is told to stop as it starts is not warned first.
        warned = stopped != null && stopped.equals(warned) ? null : warned;
        return new Told(
                run.id(),
                run.name(),
                run.experiment(),
                warned,
                warned == null ? null : Amount.of(unit, BigDecimal.valueOf(curve.at(warned))),
                stopped,
                stopped == null ? null : Amount.of(unit, BigDecimal.valueOf(curve.at(stopped))));
    }

    /** Null: it had ended before. */
    private static @Nullable Instant when(Past run, @Nullable Instant from) {
        if (from == null || run.end() != null && !run.end().isAfter(from)) {
            return null;
        }
        return run.start().isAfter(from) ? run.start() : from;
    }

    private List<Past> going(Row row, Period period, Instant from) {
        OffsetDateTime end =
                Instant.ofEpochMilli(Math.min(period.toMs(), clock.millis())).atOffset(ZoneOffset.UTC);
        return jdbc.sql(
                        "SELECT r.id, r.name, e.name AS experiment, r.started_at, r.ended_at FROM run r JOIN experiment e"
                                + " ON e.id = r.experiment_id WHERE r.team_id = :team AND (:project = '' OR e.project_id = :project)"
                                + " AND NOT r.synthetic AND r.joined_id IS NULL AND r.started_at < :end"
                                + " AND (r.ended_at IS NULL OR r.ended_at > :from) ORDER BY r.started_at, r.id LIMIT "
                                + (MOST + 1))
                .param("team", row.teamId())
                .param("project", row.projectId() == null ? "" : row.projectId())
                .param("end", end)
                .param("from", from.atOffset(ZoneOffset.UTC))
                .query((found, number) -> {
                    OffsetDateTime ended = found.getObject("ended_at", OffsetDateTime.class);
                    return new Past(
                            found.getString("id"),
                            found.getString("name"),
                            found.getString("experiment"),
                            found.getObject("started_at", OffsetDateTime.class).toInstant(),
                            ended == null ? null : ended.toInstant());
                })
                .list();
    }

    private Curve curve(Row row, Period period) {
        String basis = BudgetSpend.basis(row.unit(), row.energyBasis());
        SortedMap<Long, Spend> hours =
                ledger.spendByHour(row.teamId(), row.projectId(), period.fromMs(), period.toMs());
        TreeMap<Long, Double> sums = new TreeMap<>(Map.of(period.fromMs(), 0.0));
        double sum = 0;
        for (Map.Entry<Long, Spend> hour : hours.entrySet()) {
            sums.putIfAbsent(hour.getKey(), sum);
            sum += BudgetSpend.amount(hour.getValue().total(), basis).doubleValue();
            sums.put(Math.min(hour.getKey() + Periods.HOUR_MS, Math.max(hour.getKey() + 1, clock.millis())), sum);
        }
        return new Curve(sums);
    }

    /** Spent until each moment; within an hour evenly. */
    private record Curve(TreeMap<Long, Double> sums) {

        @Nullable Instant reaches(double amount) {
            Map.Entry<Long, Double> before = sums.firstEntry();
            if (amount <= before.getValue()) {
                return Instant.ofEpochMilli(before.getKey());
            }
            for (Map.Entry<Long, Double> next :
                    sums.tailMap(before.getKey(), false).entrySet()) {
                if (next.getValue() >= amount) {
                    double part = (amount - before.getValue()) / (next.getValue() - before.getValue());
                    return Instant.ofEpochMilli(before.getKey() + Math.round(part * (next.getKey() - before.getKey())));
                }
                before = next;
            }
            return null;
        }

        double at(Instant moment) {
            long ms = moment.toEpochMilli();
            Map.Entry<Long, Double> before = sums.floorEntry(ms);
            Map.Entry<Long, Double> after = sums.ceilingEntry(ms);
            if (before == null || after == null || before.getKey().equals(after.getKey())) {
                return before == null ? 0 : before.getValue();
            }
            double part = (double) (ms - before.getKey()) / (after.getKey() - before.getKey());
            return before.getValue() + part * (after.getValue() - before.getValue());
        }
    }
}
