package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.BudgetRows.Period;
import io.hfeco2ai.budgets.BudgetRows.Row;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.Settings;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Opens and closes the periods of budgets. */
@Component
class PeriodTurn {

    private static final String LOCK = "budgets.periods";

    /** What arrives later moves a closed period as restated. */
    private static final long GRACE_MS = 3 * Periods.HOUR_MS;

    private final JdbcClient jdbc;
    private final BudgetRows rows;
    private final BudgetSpend spend;
    private final Settings settings;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    PeriodTurn(
            JdbcClient jdbc,
            BudgetRows rows,
            BudgetSpend spend,
            Settings settings,
            ApplicationEventPublisher events,
            Clock clock) {
        this.jdbc = jdbc;
        this.rows = rows;
        this.spend = spend;
        this.settings = settings;
        this.events = events;
        this.clock = clock;
    }

    /** Opens what begins and closes what is over and no longer provisional; one instance at a time. */
    @Scheduled(fixedDelay = 60_000, initialDelay = 10_000)
    @Transactional
    public void turn() {
        settings.lock(LOCK, "");
        List<Period> over = rows.overAndLast(clock.millis());
        if (!over.isEmpty()) {
            spend.hold();
            over.forEach(this::next);
        }
        List<Period> posted = rows.overAndPosted(clock.millis() - GRACE_MS);
        if (!posted.isEmpty()) {
            spend.hold();
            posted.forEach(this::finish);
        }
    }

    private void next(Period over) {
        Row row = rows.row(over.budgetId());
        ZoneId zone = rows.zone();
        Periods.Kind kind = Periods.Kind.valueOf(row.periodKind());
        Periods.Span span = Periods.after(kind, over.toMs(), ZoneId.of(over.zone()), row.lastDay(), zone);
        open(row, over.number() + 1, span, zone, carried(row, over));
    }

    /** What is carried over is known for good only now. */
    private void finish(Period over) {
        jdbc.sql("UPDATE budget_period SET state = 'CLOSED', original_amount = posted_amount + provisional_amount,"
                        + " closed_ms = ? WHERE id = ?")
                .params(clock.millis(), over.id())
                .update();
        Row row = rows.row(over.budgetId());
        int moved = jdbc.sql("UPDATE budget_period SET carried_amount = ? WHERE budget_id = ? AND number = ?")
                .params(carried(row, over), row.id(), over.number() + 1)
                .update();
        if (moved > 0) {
            spend.refreshAll(row.id());
        }
        events.publishEvent(new BudgetRefreshed(row.id(), over.id()));
    }

    private static BigDecimal carried(Row row, Period over) {
        BigDecimal rest = over.limit().subtract(over.spent()).setScale(6, RoundingMode.HALF_EVEN);
        return switch (BudgetInput.CarryOver.valueOf(row.carryOver())) {
            case NONE -> BigDecimal.ZERO;
            case UNUSED -> rest.max(BigDecimal.ZERO);
            case BOTH -> rest;
        };
    }

    /** The first period, which today lies in. */
    void begin(Row row) {
        ZoneId zone = rows.zone();
        LocalDate today = LocalDate.now(clock.withZone(zone));
        Periods.Kind kind = Periods.Kind.valueOf(row.periodKind());
        open(row, 1, Periods.containing(kind, today, row.lastDay(), zone), zone, BigDecimal.ZERO);
    }

    private void open(Row row, int number, Periods.Span span, ZoneId zone, BigDecimal carried) {
        jdbc.sql("INSERT INTO budget_period (id, budget_id, number, from_ms, to_ms, zone, limit_amount, carried_amount,"
                        + " state, posted_amount, provisional_amount, uncounted_uj, refreshed_ms)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'OPEN', 0, 0, 0, ?)")
                .params(
                        Ids.next(),
                        row.id(),
                        number,
                        span.fromMs(),
                        span.toMs(),
                        Objects.requireNonNull(zone.getId()),
                        row.limitAmount(),
                        carried,
                        clock.millis())
                .update();
        spend.refreshAll(row.id());
    }
}
