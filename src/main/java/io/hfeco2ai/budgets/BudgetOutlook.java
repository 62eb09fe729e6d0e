package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.BudgetRows.Period;
import io.hfeco2ai.budgets.BudgetRows.Row;
import io.hfeco2ai.budgets.Budgets.Outlook;
import io.hfeco2ai.budgets.forecast.Load;
import io.hfeco2ai.budgets.forecast.Projection;
import io.hfeco2ai.budgets.forecast.SpendForecast;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Spend;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** How open periods are expected to end; kept with them, so that lists and alerts ask no forecast. */
@Component
class BudgetOutlook {

    private static final Duration HISTORY = Duration.ofDays(56);
    private static final Duration KEPT = Duration.ofMinutes(5);
    /** Without any news the forecast moves with the clock. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private static final int AT_ONCE = 100;
    private static final Logger LOG = LoggerFactory.getLogger(BudgetOutlook.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final JdbcClient jdbc;
    private final BudgetRows rows;
    private final Ledger ledger;
    private final ApplicationEventPublisher events;
    private final TransactionTemplate transaction;
    private final Clock clock;

    BudgetOutlook(
            JdbcClient jdbc,
            BudgetRows rows,
            Ledger ledger,
            ApplicationEventPublisher events,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.jdbc = jdbc;
        this.rows = rows;
        this.ledger = ledger;
        this.events = events;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /**
     * Further spend in the budget's unit.
     *
     * @param today in the period's zone; day 0 of the projection
     * @param days what was spent on each day of the period so far
     */
    record Future(Projection projection, Instant now, LocalDate today, ZoneId zone, SortedMap<LocalDate, Double> days) {

        Future with(Load load) {
            return new Future(load.on(projection), now, today, zone, days);
        }
    }

    /** Null: too few days are known to say anything, or the period is over. */
    @Nullable Future future(Row row, Period period) {
        ZoneId zone = ZoneId.of(period.zone());
        Instant now = clock.instant();
        if (now.toEpochMilli() >= period.toMs() || now.toEpochMilli() < period.fromMs()) {
            return null;
        }
        LocalDate today = LocalDate.ofInstant(now, zone);
        long learnFromMs = now.minus(HISTORY).toEpochMilli();
        SortedMap<Long, Spend> hours = ledger.spendByHour(
                row.teamId(), row.projectId(), Math.min(period.fromMs(), learnFromMs), now.toEpochMilli() + 1);
        SortedMap<LocalDate, Double> known = byDay(row, zone, hours.tailMap(learnFromMs));
        if (known.isEmpty()) {
            return null;
        }
        LocalDate first = known.firstKey();
        double[] days = first.datesUntil(today)
                .mapToDouble(day -> Math.max(0, known.getOrDefault(day, 0.0)))
                .toArray();
        LocalDate last = LocalDate.ofInstant(Instant.ofEpochMilli(period.toMs() - 1), zone);
        Projection projection = SpendForecast.of(
                days,
                first,
                Math.max(0, known.getOrDefault(today, 0.0)),
                partOfDay(today, zone, now),
                (int) Math.max(0, ChronoUnit.DAYS.between(today, last)),
                RandomGeneratorFactory.of("L64X128MixRandom")
                        .create(period.id().hashCode() * 31L + today.toEpochDay()));
        return projection == null
                ? null
                : new Future(projection, now, today, zone, byDay(row, zone, hours.tailMap(period.fromMs())));
    }

    private static SortedMap<LocalDate, Double> byDay(Row row, ZoneId zone, SortedMap<Long, Spend> hours) {
        String basis = BudgetSpend.basis(row.unit(), row.energyBasis());
        SortedMap<LocalDate, Double> days = new TreeMap<>();
        hours.forEach((hourMs, spend) -> days.merge(
                LocalDate.ofInstant(Instant.ofEpochMilli(hourMs), zone),
                BudgetSpend.amount(spend.total(), basis).doubleValue(),
                Double::sum));
        return days;
    }

    /** 0 to 1; a day may have 23 or 25 hours. */
    private static double partOfDay(LocalDate day, ZoneId zone, Instant now) {
        Instant start = day.atStartOfDay(zone).toInstant();
        Instant end = day.plusDays(1).atStartOfDay(zone).toInstant();
        return Duration.between(start, now).toMillis()
                / (double) Duration.between(start, end).toMillis();
    }

    /** How it ends, from what is spent and what may follow. */
    Outlook outlook(Period period, Future future) {
        Projection further = future.projection();
        Projection.Breach breach =
                further.breach(period.limit().subtract(period.spent()).doubleValue());
        Integer day = breach.medianDay();
        Instant at = day == null
                ? null
                : day == 0
                        ? clock.instant()
                        : future.today()
                                .plusDays(day)
                                .atStartOfDay(future.zone())
                                .toInstant();
        return new Outlook(
                sum(period, further.p10()),
                sum(period, further.p50()),
                sum(period, further.p90()),
                at,
                breach.probability(),
                clock.instant());
    }

    private static BigDecimal sum(Period period, double more) {
        return period.spent().add(BigDecimal.valueOf(more)).setScale(6, RoundingMode.HALF_EVEN);
    }

    static @Nullable Outlook read(@Nullable String stored) {
        return stored == null || stored.isEmpty() ? null : JSON.readValue(stored, Outlook.class);
    }

    /** Of the periods whose figures changed since, and now and then of all. */
    @Scheduled(fixedDelay = 20_000, initialDelay = 15_000)
    void renew() {
        long nowMs = clock.millis();
        jdbc.sql("SELECT p.id FROM budget_period p JOIN budget b ON b.id = p.budget_id WHERE p.state = 'OPEN'"
                        + " AND b.state = 'ACTIVE' AND p.to_ms > ? AND (p.outlook_ms IS NULL OR p.outlook_ms < ?"
                        + " OR (p.outlook_ms < ? AND p.refreshed_ms > p.outlook_ms)) ORDER BY p.outlook_ms NULLS FIRST"
                        + " FETCH FIRST " + AT_ONCE + " ROWS ONLY")
                .params(nowMs, nowMs - LONGEST.toMillis(), nowMs - KEPT.toMillis())
                .query(String.class)
                .list()
                .forEach(this::guarded);
    }

    /** One budget without a forecast must not keep the others from theirs. */
    private void guarded(String periodId) {
        try {
            transaction.executeWithoutResult(status -> renew(periodId));
        } catch (RuntimeException e) {
            LOG.error("The forecast of budget period {} failed; it is tried again", periodId, e);
        }
    }

    private void renew(String periodId) {
        Period period = rows.period(periodId);
        Row row = rows.row(period.budgetId());
        Future future = future(row, period);
        jdbc.sql("UPDATE budget_period SET outlook = ?, outlook_ms = ? WHERE id = ?")
                .param(future == null ? null : JSON.writeValueAsString(outlook(period, future)))
                .param(clock.millis())
                .param(periodId)
                .update();
        events.publishEvent(new BudgetRefreshed(row.id(), periodId));
    }
}
