package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.Budgets.OnExceeded;
import io.hfeco2ai.budgets.Budgets.Standing;
import io.hfeco2ai.budgets.Budgets.Unit;
import io.hfeco2ai.platform.NotFound;
import io.hfeco2ai.units.Energy;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads where the open periods stand, from the sums kept with them. */
@Component
class StandingStore {

    private static final String OPEN =
            "SELECT p.id, p.budget_id, p.from_ms, p.to_ms, p.limit_amount + p.carried_amount,"
                    + " p.posted_amount, p.provisional_amount, p.uncounted_uj, p.outlook, b.team_id, b.project_id, b.name, b.unit, b.thresholds,"
                    + " b.on_exceeded FROM budget_period p JOIN budget b ON b.id = p.budget_id"
                    + " WHERE p.state = 'OPEN' AND b.state = 'ACTIVE'";

    private final JdbcClient jdbc;

    StandingStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<Standing> open(@Nullable Set<String> teamIds) {
        if (teamIds != null && teamIds.isEmpty()) {
            return List.of();
        }
        JdbcClient.StatementSpec all = teamIds == null
                ? jdbc.sql(OPEN + " ORDER BY b.team_id, b.name, p.number")
                : jdbc.sql(OPEN + " AND b.team_id IN (:teams) ORDER BY b.team_id, b.name, p.number")
                        .param("teams", teamIds);
        return all.query((row, number) -> standing(row)).list();
    }

    Standing of(String budgetId) {
        return jdbc.sql(OPEN + " AND b.id = ? ORDER BY p.number DESC FETCH FIRST 1 ROW ONLY")
                .param(budgetId)
                .query((row, number) -> standing(row))
                .optional()
                .orElseThrow(() -> new NotFound("active budget " + budgetId));
    }

    /** The periods that are open now and count what the run spends. */
    List<Standing> ofRun(String runId, long nowMs) {
        return jdbc.sql(OPEN + " AND p.from_ms <= ? AND p.to_ms > ? AND EXISTS (SELECT 1 FROM run r JOIN experiment e"
                        + " ON e.id = r.experiment_id WHERE r.id = ? AND NOT r.synthetic AND r.team_id = b.team_id"
                        + " AND (b.project_id IS NULL OR b.project_id = e.project_id))")
                .params(nowMs, nowMs, runId)
                .query((row, number) -> standing(row))
                .list();
    }

    private static Standing standing(ResultSet row) throws SQLException {
        BigDecimal limit = row.getBigDecimal(5);
        BigDecimal posted = row.getBigDecimal("posted_amount");
        BigDecimal provisional = row.getBigDecimal("provisional_amount");
        return new Standing(
                row.getString("budget_id"),
                row.getString("id"),
                row.getString("team_id"),
                row.getString("project_id"),
                row.getString("name"),
                Unit.valueOf(row.getString("unit")),
                limit,
                posted,
                provisional,
                Energy.ofMicrojoules(row.getBigDecimal("uncounted_uj")),
                usedRatio(posted.add(provisional), limit),
                row.getLong("from_ms"),
                row.getLong("to_ms"),
                thresholds(row.getString("thresholds")),
                OnExceeded.valueOf(row.getString("on_exceeded")),
                BudgetOutlook.read(row.getString("outlook")));
    }

    static @Nullable Double usedRatio(BigDecimal used, BigDecimal limit) {
        return limit.signum() <= 0 ? null : Double.valueOf(used.doubleValue() / limit.doubleValue());
    }

    static List<Integer> thresholds(String stored) {
        return stored.isEmpty()
                ? List.of()
                : Arrays.stream(stored.split(",")).map(Integer::valueOf).toList();
    }
}
