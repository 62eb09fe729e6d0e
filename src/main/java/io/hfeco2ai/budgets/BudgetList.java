package io.hfeco2ai.budgets;

import io.hfeco2ai.budgets.BudgetView.Amount;
import io.hfeco2ai.budgets.Budgets.Outlook;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What pages list of budgets, from the sums kept with their periods. */
@Component
class BudgetList {

    static final int SIZE = 50;

    /** @param usedRatio null: it is a draft, or nothing is left to divide by */
    record Line(
            String id,
            String name,
            String team,
            @Nullable String project,
            String state,
            Amount limit,
            @Nullable Amount posted,
            @Nullable Amount provisional,
            @Nullable Double usedRatio,
            @Nullable Instant until,
            @Nullable Outlook outlook) {

        /** Of the bar, 0 to 100. */
        public long percent() {
            return usedRatio == null ? 0 : Math.round(Math.max(0, Math.min(1, usedRatio)) * 100);
        }

        public String tone() {
            return usedRatio == null ? "" : usedRatio >= 1 ? "bad" : usedRatio >= 0.8 ? "warn" : "good";
        }
    }

    record PageView(List<Line> lines, int number, int size, long total) {}

    private final JdbcClient jdbc;

    BudgetList(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Those that are used most come first; closed ones last. @param teamIds null: of all teams */
    PageView page(@Nullable Set<String> teamIds, int number) {
        if (teamIds != null && teamIds.isEmpty()) {
            return new PageView(List.of(), 0, SIZE, 0);
        }
        String of = teamIds == null ? "" : " WHERE b.team_id IN (:teams)";
        long total = with(jdbc.sql("SELECT COUNT(*) FROM budget b" + of), teamIds)
                .query(Long.class)
                .single();
        List<Line> lines = with(
                        jdbc.sql("SELECT b.id, b.name, t.name, j.name, b.state, b.unit, b.limit_amount,"
                                + " p.limit_amount + p.carried_amount, p.posted_amount, p.provisional_amount, p.to_ms,"
                                + " p.outlook FROM budget b JOIN team t ON t.id = b.team_id LEFT JOIN project j"
                                + " ON j.id = b.project_id LEFT JOIN budget_period p ON p.budget_id = b.id AND p.number ="
                                + " (SELECT MAX(n.number) FROM budget_period n WHERE n.budget_id = b.id)" + of
                                + " ORDER BY CASE b.state WHEN 'ACTIVE' THEN 0 WHEN 'DRAFT' THEN 1 ELSE 2 END,"
                                + " CASE WHEN p.limit_amount + p.carried_amount > 0 THEN (p.posted_amount"
                                + " + p.provisional_amount) / (p.limit_amount + p.carried_amount) END DESC NULLS LAST, b.id"
                                + " LIMIT " + SIZE + " OFFSET " + (long) SIZE * number),
                        teamIds)
                .query((row, at) -> line(row))
                .list();
        return new PageView(lines, number, SIZE, total);
    }

    private static Line line(ResultSet row) throws SQLException {
        String unit = row.getString(6);
        BigDecimal limit = row.getBigDecimal(8);
        BigDecimal posted = row.getBigDecimal(9);
        BigDecimal provisional = row.getBigDecimal(10);
        return new Line(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                Amount.of(unit, limit == null ? row.getBigDecimal(7) : limit),
                posted == null ? null : Amount.of(unit, posted),
                provisional == null ? null : Amount.of(unit, provisional),
                limit == null || posted == null || provisional == null
                        ? null
                        : StandingStore.usedRatio(posted.add(provisional), limit),
                limit == null ? null : Instant.ofEpochMilli(row.getLong(11)),
                BudgetOutlook.read(row.getString(12)));
    }

    private static JdbcClient.StatementSpec with(JdbcClient.StatementSpec sql, @Nullable Set<String> teamIds) {
        return teamIds == null ? sql : sql.param("teams", teamIds);
    }
}
