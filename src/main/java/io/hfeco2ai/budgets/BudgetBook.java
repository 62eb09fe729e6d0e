package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.BudgetRows.Row;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.Ids;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Makes, changes and closes budgets. Each change is told to the audit trail. */
@Component
class BudgetBook {

    private static final int LONGEST_YEARS = 10;

    private final JdbcClient jdbc;
    private final BudgetRows rows;
    private final BudgetFamily family;
    private final PeriodTurn periods;
    private final Experiments experiments;
    private final BudgetSpend spend;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    BudgetBook(
            JdbcClient jdbc,
            BudgetRows rows,
            BudgetFamily family,
            PeriodTurn periods,
            Experiments experiments,
            BudgetSpend spend,
            ApplicationEventPublisher events,
            Clock clock) {
        this.jdbc = jdbc;
        this.rows = rows;
        this.family = family;
        this.periods = periods;
        this.experiments = experiments;
        this.spend = spend;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Adds a budget that counts from the start of the period that today lies in.
     *
     * @param lastDay of a CUSTOM period, inclusive
     * @param draft it counts nothing before it is activated
     * @throws BadInput naming the field
     */
    @Transactional
    String create(String teamId, BudgetInput input, @Nullable LocalDate lastDay, boolean draft) {
        spend.hold();
        LocalDate today = LocalDate.now(clock.withZone(rows.zone()));
        checkLastDay(input.period(), today, lastDay);
        if (input.projectId() != null
                && experiments.projects(teamId).stream()
                        .noneMatch(project -> project.id().equals(input.projectId()))) {
            throw new BadInput("project", "The team has no such project; choose one of the list.");
        }
        family.checkOverlap(teamId, input);
        String parent =
                family.parent(teamId, input.projectId(), input.unit().name(), input.energyBasis(), input.period());
        family.checkFamily(null, parent, input.limit());
        if (input.projectId() == null) {
            family.checkProjects(teamId, input);
        }
        String id = insert(teamId, input, parent, today, lastDay);
        if (input.projectId() == null) {
            family.adopt(id, teamId, input);
        }
        tell("budget.made", id, teamId, Map.of("limit_after", input.limit() + " " + input.unit()));
        if (!draft) {
            activate(id);
        }
        return id;
    }

    private String insert(
            String teamId, BudgetInput input, @Nullable String parent, LocalDate today, @Nullable LocalDate lastDay) {
        String id = Ids.next();
        jdbc.sql(
                        "INSERT INTO budget (id, team_id, project_id, parent_id, name, unit, energy_basis, accounting, period_kind,"
                                + " first_day, last_day, limit_amount, carry_over, thresholds, on_exceeded, state, created_at,"
                                + " version) VALUES (?, ?, ?, ?, ?, ?, ?, 'LOCATION', ?, ?, ?, ?, ?, ?, ?, 'DRAFT', ?, 0)")
                .param(id)
                .param(teamId)
                .param(input.projectId())
                .param(parent)
                .param(input.name())
                .param(input.unit().name())
                .param(input.energyBasis())
                .param(input.period().name())
                .param(today)
                .param(lastDay)
                .param(input.limit())
                .param(input.carryOver())
                .param(input.thresholds())
                .param(input.onExceeded().name())
                .param(clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        return id;
    }

    private static void checkLastDay(Periods.Kind kind, LocalDate today, @Nullable LocalDate lastDay) {
        if (kind != Periods.Kind.CUSTOM) {
            return;
        }
        if (lastDay == null) {
            throw new BadInput("last_day", "Field last_day is missing: an own period needs its last day.");
        }
        if (lastDay.isBefore(today) || lastDay.isAfter(today.plusYears(LONGEST_YEARS))) {
            throw new BadInput(
                    "last_day",
                    "Field last_day is " + lastDay + "; choose a day from today, " + today + ", to " + LONGEST_YEARS
                            + " years from now.");
        }
    }

    /** A draft counts from the start of the period that today lies in. */
    @Transactional
    void activate(String id) {
        spend.hold();
        Row row = rows.row(id);
        if (!row.state().equals("DRAFT")) {
            throw new Conflict("The budget is no draft any more.");
        }
        jdbc.sql("UPDATE budget SET state = 'ACTIVE', version = version + 1 WHERE id = ?")
                .param(id)
                .update();
        periods.begin(row);
        tell("budget.activated", id, row.teamId(), Map.of());
    }

    /** @param version what the form was made from */
    @Transactional
    void changeLimit(String id, BigDecimal limit, long version) {
        // First, as everywhere: periods are locked in one order only.
        spend.hold();
        Row row = rows.row(id);
        if (row.state().equals("CLOSED")) {
            throw new Conflict("The budget is closed; make a new one.");
        }
        String parent = family.parent(
                row.teamId(), row.projectId(), row.unit(), row.energyBasis(), Periods.Kind.valueOf(row.periodKind()));
        family.checkFamily(id, parent, limit);
        int changed = jdbc.sql("UPDATE budget SET limit_amount = ?, version = version + 1 WHERE id = ? AND version = ?")
                .params(limit, id, version)
                .update();
        if (changed == 0) {
            throw new Conflict("Somebody changed this budget meanwhile; look at it again, then change it.");
        }
        jdbc.sql("UPDATE budget_period SET limit_amount = ? WHERE budget_id = ? AND state = 'OPEN' AND to_ms > ?")
                .params(limit, id, clock.millis())
                .update();
        spend.refreshAll(id);
        tell(
                "budget.limit-changed",
                id,
                row.teamId(),
                Map.of(
                        "limit_before",
                        BudgetInput.plain(row.limitAmount()),
                        "limit_after",
                        BudgetInput.plain(limit),
                        "unit",
                        row.unit()));
    }

    @Transactional
    void close(String id) {
        Row row = rows.row(id);
        if (jdbc.sql("UPDATE budget SET state = 'CLOSED', version = version + 1 WHERE id = ? AND state <> 'CLOSED'")
                        .param(id)
                        .update()
                == 0) {
            throw new Conflict("The budget is closed already.");
        }
        jdbc.sql("UPDATE budget_period SET state = 'CLOSED', original_amount = posted_amount + provisional_amount,"
                        + " closed_ms = ? WHERE budget_id = ? AND state = 'OPEN'")
                .params(clock.millis(), id)
                .update();
        rows.periods(id).stream()
                .findFirst()
                .ifPresent(last -> events.publishEvent(new BudgetRefreshed(id, last.id())));
        tell("budget.closed", id, row.teamId(), Map.of());
    }

    private void tell(String action, String id, String teamId, Map<String, String> details) {
        events.publishEvent(new Changed(action, "budget", id, teamId, details));
    }
}
