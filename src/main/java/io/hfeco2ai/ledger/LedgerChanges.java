package io.hfeco2ai.ledger;

import io.hfeco2ai.ledger.Ledger.Change;
import io.hfeco2ai.ledger.Ledger.KnownThen;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.ledger.Ledger.State;
import io.hfeco2ai.ledger.LedgerQuery.Statement;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** What was booked after posting, and what a figure was before. */
@Component
class LedgerChanges {

    private static final long DAY_MS = 86_400_000;
    private static final String SUMS =
            " SUM(e.energy_uj), SUM(e.location_ug), SUM(COALESCE(e.market_ug, e.location_ug))";

    private final JdbcTemplate jdbc;

    LedgerChanges(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    List<Change> of(Question question) {
        Statement statement = new Statement(question);
        return jdbc.query(
                statement.with + "SELECT e.recorded_ms / " + DAY_MS
                        + ", e.state, e.reason, COUNT(DISTINCT CONCAT(e.node_id, ' ', e.hour_ms)),"
                        + " MIN(e.hour_ms), MAX(e.hour_ms)," + SUMS + " FROM " + statement.from + statement.where
                        + " AND e.state IN ('ADJUSTMENT', 'RESTATEMENT') GROUP BY e.recorded_ms / " + DAY_MS
                        + ", e.state, e.reason ORDER BY 1 DESC, 3",
                (row, number) -> new Change(
                        LocalDate.ofEpochDay(row.getLong(1)),
                        State.valueOf(row.getString(2)),
                        row.getString(3),
                        row.getLong(4),
                        orZero(row.getBigDecimal(7)),
                        orZero(row.getBigDecimal(8)),
                        orZero(row.getBigDecimal(9)),
                        row.getLong(5),
                        row.getLong(6)),
                statement.arguments());
    }

    KnownThen knownAt(Question question, Instant at) {
        Statement statement = new Statement(question);
        List<Object> arguments = new ArrayList<>(List.of(statement.arguments()));
        arguments.add(at.toEpochMilli());
        return jdbc.query(
                        statement.with + "SELECT" + SUMS + " FROM " + statement.from + statement.where
                                + " AND e.state <> 'PROVISIONAL' AND e.recorded_ms <= ?",
                        (row, number) -> new KnownThen(
                                orZero(row.getBigDecimal(1)),
                                orZero(row.getBigDecimal(2)),
                                orZero(row.getBigDecimal(3))),
                        arguments.toArray())
                .get(0);
    }

    private static BigDecimal orZero(@Nullable BigDecimal amount) {
        return amount == null ? BigDecimal.ZERO : amount;
    }
}
