package io.hfeco2ai.budgets;

import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.platform.rows.Records;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads budgets and their periods as they are stored. */
@Repository
class BudgetRows {

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
            String thresholds,
            String onExceeded,
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
                    + " last_day, limit_amount, carry_over, thresholds, on_exceeded, state, version FROM budget ";
    private static final String PERIOD =
            "SELECT p.id, p.budget_id, p.number, p.from_ms, p.to_ms, p.zone, p.limit_amount,"
                    + " p.carried_amount, p.state, p.posted_amount, p.provisional_amount, p.uncounted_uj, p.original_amount"
                    + " FROM budget_period p ";

    private final JdbcClient jdbc;
    private final Settings settings;

    BudgetRows(JdbcClient jdbc, Settings settings) {
        this.jdbc = jdbc;
        this.settings = settings;
    }

    ZoneId zone() {
        return ZoneId.of(settings.get(Settings.TIME_ZONE).orElse("UTC"));
    }

    /** @throws NotFound no such budget */
    Row row(String id) {
        return jdbc.sql(ROW + "WHERE id = ?")
                .param(id)
                .query(Records.of(Row.class))
                .optional()
                .orElseThrow(() -> new NotFound("budget " + id));
    }

    /** Those that count first, then by name. */
    List<Row> rows(String teamId) {
        return jdbc.sql(ROW
                        + "WHERE team_id = ? ORDER BY CASE state WHEN 'ACTIVE' THEN 0 WHEN 'DRAFT' THEN 1 ELSE 2 END,"
                        + " name, id")
                .param(teamId)
                .query(Records.of(Row.class))
                .list();
    }

    Period period(String periodId) {
        return jdbc.sql(PERIOD + "WHERE p.id = ?")
                .param(periodId)
                .query(Records.of(Period.class))
                .single();
    }

    /** The newest first. */
    List<Period> periods(String budgetId) {
        return jdbc.sql(PERIOD + "WHERE p.budget_id = ? ORDER BY p.number DESC")
                .param(budgetId)
                .query(Records.of(Period.class))
                .list();
    }

    /** The last periods of budgets that go on, which are over. */
    List<Period> overAndLast(long nowMs) {
        return jdbc.sql(PERIOD
                        + "JOIN budget b ON b.id = p.budget_id WHERE b.state = 'ACTIVE' AND b.period_kind <> 'CUSTOM'"
                        + " AND p.to_ms <= ? AND NOT EXISTS (SELECT 1 FROM budget_period n WHERE n.budget_id = p.budget_id"
                        + " AND n.number > p.number) ORDER BY p.id")
                .param(nowMs)
                .query(Records.of(Period.class))
                .list();
    }

    /** Open ones that ended by then and in which nothing is provisional. */
    List<Period> overAndPosted(long endedMs) {
        return jdbc.sql(PERIOD + "WHERE p.state = 'OPEN' AND p.to_ms <= ? AND p.provisional_amount = 0 ORDER BY p.id")
                .param(endedMs)
                .query(Records.of(Period.class))
                .list();
    }
}
