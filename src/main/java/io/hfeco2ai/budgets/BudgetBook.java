package io.hfeco2ai.budgets;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.platform.Settings;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Makes, changes and closes budgets, and opens and closes their periods. Each change is told to the audit trail. */
@Component
class BudgetBook {

    /** IANA name of the zone that periods begin in; absent: UTC. */
    private static final String LOCK = "budgets.periods";

    /** What arrives later moves a closed period as restated. */
    private static final long GRACE_MS = 3 * Periods.HOUR_MS;

    private static final int LONGEST_YEARS = 10;

    record Row(
            String id,
            String teamId,
            @Nullable String projectId,
            String name,
            String unit,
            String energyBasis,
            String periodKind,
            LocalDate firstDay,
            @Nullable LocalDate lastDay,
            BigDecimal limitAmount,
            String carryOver,
            String state,
            long version) {}

    record Period(
            String id,
            String budgetId,
            int number,
            long fromMs,
            long toMs,
            String zone,
            BigDecimal limitAmount,
            BigDecimal carriedAmount,
            String state,
            BigDecimal postedAmount,
            BigDecimal provisionalAmount,
            BigDecimal uncountedUj,
            @Nullable BigDecimal originalAmount) {

        BigDecimal spent() {
            return postedAmount.add(provisionalAmount);
        }

        BigDecimal limit() {
            return limitAmount.add(carriedAmount);
        }
    }

    private static final String ROW =
            "SELECT id, team_id, project_id, name, unit, energy_basis, period_kind, first_day,"
                    + " last_day, limit_amount, carry_over, state, version FROM budget ";
    private static final String PERIOD =
            "SELECT p.id, p.budget_id, p.number, p.from_ms, p.to_ms, p.zone, p.limit_amount,"
                    + " p.carried_amount, p.state, p.posted_amount, p.provisional_amount, p.uncounted_uj, p.original_amount"
                    + " FROM budget_period p ";

    private final JdbcClient jdbc;
    private final Experiments experiments;
    private final BudgetSpend spend;
    private final Settings settings;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    BudgetBook(
            JdbcClient jdbc,
            Experiments experiments,
            BudgetSpend spend,
            Settings settings,
            ApplicationEventPublisher events,
            Clock clock) {
        this.jdbc = jdbc;
        this.experiments = experiments;
        this.spend = spend;
        this.settings = settings;
        this.events = events;
        this.clock = clock;
    }

    ZoneId zone() {
        return ZoneId.of(settings.get(Settings.TIME_ZONE).orElse("UTC"));
    }

    /** @throws NotFound no such budget */
    Row row(String id) {
        return jdbc.sql(ROW + "WHERE id = ?")
                .param(id)
                .query(Row.class)
                .optional()
                .orElseThrow(() -> new NotFound("budget " + id));
    }

    /** Those that count first, then by name. */
    List<Row> rows(String teamId) {
        return jdbc.sql(ROW
                        + "WHERE team_id = ? ORDER BY CASE state WHEN 'ACTIVE' THEN 0 WHEN 'DRAFT' THEN 1 ELSE 2 END,"
                        + " name, id")
                .param(teamId)
                .query(Row.class)
                .list();
    }

    Period period(String periodId) {
        return jdbc.sql(PERIOD + "WHERE p.id = ?")
                .param(periodId)
                .query(Period.class)
                .single();
    }

    /** The newest first. */
    List<Period> periods(String budgetId) {
        return jdbc.sql(PERIOD + "WHERE p.budget_id = ? ORDER BY p.number DESC")
                .param(budgetId)
                .query(Period.class)
                .list();
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
        LocalDate today = LocalDate.now(clock.withZone(zone()));
        checkLastDay(input.period(), today, lastDay);
        if (input.projectId() != null
                && experiments.projects(teamId).stream()
                        .noneMatch(project -> project.id().equals(input.projectId()))) {
            throw new BadInput("project", "The team has no such project; choose one of the list.");
        }
        checkOverlap(teamId, input);
        String parent = parent(teamId, input.projectId(), input.unit().name(), input.energyBasis(), input.period());
        checkFamily(null, parent, input.limit());
        String id = insert(teamId, input, parent, today, lastDay);
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

    private void checkOverlap(String teamId, BudgetInput input) {
        jdbc.sql("SELECT name FROM budget WHERE team_id = :team AND unit = :unit AND energy_basis = :basis"
                        + " AND state <> 'CLOSED' AND COALESCE(project_id, '') = :project")
                .param("team", teamId)
                .param("unit", input.unit().name())
                .param("basis", input.energyBasis())
                .param("project", input.projectId() == null ? "" : input.projectId())
                .query(String.class)
                .list()
                .forEach(name -> {
                    throw new BadInput(
                            "project",
                            "The budget \"" + name
                                    + "\" counts the same already; change its limit, or close it first.");
                });
    }

    /** A project's budget stands below the team's of the same unit and period. */
    private @Nullable String parent(
            String teamId, @Nullable String projectId, String unit, String basis, Periods.Kind kind) {
        return projectId == null
                ? null
                : jdbc.sql("SELECT id FROM budget WHERE team_id = ? AND project_id IS NULL AND unit = ?"
                                + " AND energy_basis = ? AND period_kind = ? AND state <> 'CLOSED'")
                        .params(teamId, unit, basis, kind.name())
                        .query(String.class)
                        .optional()
                        .orElse(null);
    }

    /** The children's limits never add up to more than their parent's. */
    private void checkFamily(@Nullable String id, @Nullable String parent, BigDecimal limit) {
        if (parent != null) {
            // Locked: two children made at once would each see room for itself.
            BigDecimal whole = jdbc.sql("SELECT limit_amount FROM budget WHERE id = ? FOR UPDATE")
                    .param(parent)
                    .query(BigDecimal.class)
                    .single();
            BigDecimal room = whole.subtract(children(parent, id));
            if (limit.compareTo(room) > 0) {
                throw new BadInput(
                        "limit",
                        "The team's budget of " + plain(whole) + " leaves " + plain(room)
                                + " for this one; lower it, or raise the team's first.");
            }
        }
        BigDecimal below = id == null ? BigDecimal.ZERO : children(id, null);
        if (limit.compareTo(below) < 0) {
            throw new BadInput(
                    "limit", "The budgets of the team's projects add up to " + plain(below) + "; lower them first.");
        }
    }

    private BigDecimal children(String parent, @Nullable String but) {
        return jdbc.sql("SELECT COALESCE(SUM(limit_amount), 0) FROM budget WHERE parent_id = ? AND state <> 'CLOSED'"
                        + " AND id <> ?")
                .params(parent, but == null ? "" : but)
                .query(BigDecimal.class)
                .single();
    }

    private static String plain(BigDecimal amount) {
        return amount.stripTrailingZeros().toPlainString();
    }

    /** A draft counts from the start of the period that today lies in. */
    @Transactional
    void activate(String id) {
        Row row = row(id);
        if (!row.state().equals("DRAFT")) {
            throw new Conflict("The budget is no draft any more.");
        }
        jdbc.sql("UPDATE budget SET state = 'ACTIVE', version = version + 1 WHERE id = ?")
                .param(id)
                .update();
        open(row, 1, LocalDate.now(clock.withZone(zone())), zone(), BigDecimal.ZERO);
        tell("budget.activated", id, row.teamId(), Map.of());
    }

    /** @param version what the form was made from */
    @Transactional
    void changeLimit(String id, BigDecimal limit, long version) {
        Row row = row(id);
        if (row.state().equals("CLOSED")) {
            throw new Conflict("The budget is closed; make a new one.");
        }
        String parent = parent(
                row.teamId(), row.projectId(), row.unit(), row.energyBasis(), Periods.Kind.valueOf(row.periodKind()));
        checkFamily(id, parent, limit);
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
                Map.of("limit_before", plain(row.limitAmount()), "limit_after", plain(limit), "unit", row.unit()));
    }

    @Transactional
    void close(String id) {
        Row row = row(id);
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
        periods(id).stream().findFirst().ifPresent(last -> events.publishEvent(new BudgetRefreshed(id, last.id())));
        tell("budget.closed", id, row.teamId(), Map.of());
    }

    /** Opens what begins and closes what is over and no longer provisional; one instance at a time. */
    @Scheduled(fixedDelay = 60_000, initialDelay = 10_000)
    @Transactional
    public void turn() {
        settings.lock(LOCK, "");
        long nowMs = clock.millis();
        jdbc.sql(PERIOD + "JOIN budget b ON b.id = p.budget_id WHERE b.state = 'ACTIVE' AND b.period_kind <> 'CUSTOM'"
                        + " AND p.to_ms <= ? AND NOT EXISTS (SELECT 1 FROM budget_period n WHERE n.budget_id = p.budget_id"
                        + " AND n.number > p.number) ORDER BY p.id")
                .param(nowMs)
                .query(Period.class)
                .list()
                .forEach(this::next);
        jdbc.sql(PERIOD + "WHERE p.state = 'OPEN' AND p.to_ms <= ? AND p.provisional_amount = 0 ORDER BY p.id")
                .param(nowMs - GRACE_MS)
                .query(Period.class)
                .list()
                .forEach(this::finish);
    }

    private void next(Period over) {
        Row row = row(over.budgetId());
        ZoneId zone = zone();
        LocalDate day =
                Instant.ofEpochMilli(over.toMs() + Periods.HOUR_MS).atZone(zone).toLocalDate();
        open(row, over.number() + 1, day, zone, carried(row, over));
    }

    /** What is carried over is known for good only now. */
    private void finish(Period over) {
        jdbc.sql("UPDATE budget_period SET state = 'CLOSED', original_amount = posted_amount + provisional_amount,"
                        + " closed_ms = ? WHERE id = ?")
                .params(clock.millis(), over.id())
                .update();
        Row row = row(over.budgetId());
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

    private void open(Row row, int number, LocalDate day, ZoneId zone, BigDecimal carried) {
        Periods.Span span = Periods.containing(Periods.Kind.valueOf(row.periodKind()), day, row.lastDay(), zone);
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

    private void tell(String action, String id, String teamId, Map<String, String> details) {
        events.publishEvent(new Changed(action, "budget", id, teamId, details));
    }
}
