package io.hfeco2ai.budgets.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.budgets.BudgetRefreshed;
import io.hfeco2ai.budgets.delivery.Outbox;
import io.hfeco2ai.budgets.delivery.Severity;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.teams.Teams;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** What a budget's figures raise, in the whole application; with -Ppostgres on PostgreSQL. */
@SpringBootTest(
        properties = {
            "hfeco2ai.sampler.enabled=false",
            "spring.datasource.url=jdbc:h2:mem:budget-alerts;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1"
        })
class BudgetAlertsTests {

    private static final List<Integer> THRESHOLDS = List.of(50, 80, 95, 100);

    @Autowired
    JdbcTemplate jdbc;

    @Autowired
    Teams teams;

    @Autowired
    Alerts alerts;

    @Autowired
    BudgetAlerts budgetAlerts;

    @Autowired
    Outbox outbox;

    @Autowired
    ApplicationEventPublisher events;

    @Autowired
    TransactionTemplate transaction;

    /** A budget of 100 kg with thresholds 50, 80 and 95 in an open period. */
    private String budget() {
        String id = Ids.next();
        jdbc.update(
                "INSERT INTO budget (id, team_id, name, unit, energy_basis, accounting, period_kind, first_day,"
                        + " limit_amount, carry_over, thresholds, on_exceeded, state, created_at, version) VALUES (?, ?,"
                        + " 'Vision', 'KG_CO2E', 'DEVICES', 'LOCATION', 'MONTH', DATE '2026-03-01', 100, 'NONE',"
                        + " '50,80,95', 'WARN', 'ACTIVE', CURRENT_TIMESTAMP, 0)",
                id,
                teams.defaultTeam().id());
        period(id, 1);
        return id;
    }

    private static String periodId(String budgetId, int number) {
        return budgetId.substring(0, 28) + "-" + number;
    }

    private void period(String budgetId, int number) {
        jdbc.update(
                "INSERT INTO budget_period (id, budget_id, number, from_ms, to_ms, zone, limit_amount, carried_amount,"
                        + " state, posted_amount, provisional_amount, uncounted_uj, refreshed_ms)"
                        + " VALUES (?, ?, ?, ?, ?, 'UTC', 100, 0, 'OPEN', 0, 0, 0, 0)",
                periodId(budgetId, number),
                budgetId,
                number,
                1_772_323_200_000L + number * 2_592_000_000L,
                1_774_915_200_000L + number * 2_592_000_000L);
    }

    private void spent(String budgetId, int number, double posted, double provisional) {
        transaction.executeWithoutResult(status -> refresh(budgetId, number, posted, provisional));
    }

    private void refresh(String budgetId, int number, double posted, double provisional) {
        jdbc.update(
                "UPDATE budget_period SET posted_amount = ?, provisional_amount = ? WHERE id = ?",
                posted,
                provisional,
                periodId(budgetId, number));
        events.publishEvent(new BudgetRefreshed(budgetId, periodId(budgetId, number)));
    }

    private List<Map<String, Object>> raised(String budgetId) {
        return jdbc.queryForList("SELECT * FROM alert WHERE scope = ? ORDER BY raised_ms, id", "budget/" + budgetId);
    }

    @Test
    void aCrossingIsRaisedOnceHoweverOftenItIsSeenAndSaysHowMuch() {
        String budget = budget();
        spent(budget, 1, 40, 5);
        assertThat(raised(budget)).isEmpty();
        spent(budget, 1, 40, 15);
        spent(budget, 1, 50, 5);
        spent(budget, 1, 50, 5);

        assertThat(raised(budget)).singleElement().satisfies(alert -> {
            assertThat((String) alert.get("title")).startsWith("Budget “Vision” has used 55");
            assertThat(alert.get("amount")).isEqualTo("55 of 100 kg CO₂e (40 posted, 15 provisional)");
            assertThat(alert.get("path")).isEqualTo("/budgets/" + budget);
            assertThat(alert.get("severity")).isEqualTo("WARNING");
        });
    }

    @Test
    void aJumpRaisesEachThresholdAndTellsTheHighestWhichNamesTheOthers() {
        String budget = budget();
        spent(budget, 1, 101, 0);

        List<Map<String, Object>> raised = raised(budget);
        assertThat(raised).hasSize(4);
        Map<String, Object> told = raised.stream()
                .filter(alert -> alert.get("covered_by") == null)
                .findFirst()
                .orElseThrow();
        assertThat(told.get("severity")).isEqualTo("CRITICAL");
        assertThat((String) told.get("detail")).contains("Also passed at once: 50 %, 80 %, 95 %.");
        assertThat(raised)
                .filteredOn(alert -> Objects.equals(told.get("id"), alert.get("covered_by")))
                .hasSize(3);
    }

    @Test
    void aRefreshThatIsRolledBackRaisesNothing() {
        String budget = budget();
        transaction.executeWithoutResult(status -> {
            refresh(budget, 1, 90, 0);
            status.setRollbackOnly();
        });
        assertThat(raised(budget)).isEmpty();
        spent(budget, 1, 90, 0);
        assertThat(raised(budget)).hasSize(2);
    }

    @Test
    void anAdjustmentOfAClosedPeriodAlertsNobodyAndItsAlertsEnd() {
        String budget = budget();
        spent(budget, 1, 60, 0);
        jdbc.update("UPDATE budget_period SET state = 'CLOSED' WHERE budget_id = ?", budget);
        period(budget, 2);
        spent(budget, 2, 0, 0);

        assertThat(raised(budget))
                .singleElement()
                .satisfies(alert -> assertThat(alert.get("resolved_ms")).isNotNull());
        spent(budget, 1, 120, 0);
        assertThat(raised(budget)).hasSize(1);
        spent(budget, 2, 60, 0);
        assertThat(raised(budget)).hasSize(2);
    }

    @Test
    void theAlertsOfABudgetThatWasClosedEnd() {
        String budget = budget();
        spent(budget, 1, 60, 0);
        jdbc.update("UPDATE budget SET state = 'CLOSED' WHERE id = ?", budget);
        budgetAlerts.endClosed();
        assertThat(alerts.lasting("budget/" + budget)).isEmpty();
    }

    /** The same as in CrossingsTests, but with all that lies between: events, transactions, the unique key, SQL. */
    @Test
    void inRandomHistoriesWithCrashesEachCrossingRaisesOneRow() {
        for (int seed = 0; seed < 60; seed++) {
            String budget = budget();
            SplittableRandom random = new SplittableRandom(seed);
            Map<Integer, Boolean> above = new HashMap<>();
            int period = 1;
            int expected = 0;
            double spend = 0;
            for (int move = 0; move < 25; move++) {
                if (random.nextInt(12) == 0) {
                    jdbc.update("UPDATE budget_period SET state = 'CLOSED' WHERE budget_id = ?", budget);
                    period(budget, ++period);
                    above.clear();
                    spend = 0;
                }
                spend = Math.max(0, spend + random.nextInt(-20, 35));
                double now = spend;
                int number = period;
                if (random.nextInt(5) == 0) { // the transaction dies after the detection
                    transaction.executeWithoutResult(status -> {
                        refresh(budget, number, now, 0);
                        status.setRollbackOnly();
                    });
                }
                for (int repeat = random.nextInt(2); repeat >= 0; repeat--) {
                    spent(budget, number, now, 0);
                }
                expected += crossings(above, now);
                assertThat(raised(budget)).as("seed %d, move %d", seed, move).hasSize(expected);
            }
        }
    }

    private static int crossings(Map<Integer, Boolean> above, double percent) {
        int began = 0;
        for (int threshold : THRESHOLDS) {
            boolean before = above.getOrDefault(threshold, false);
            if (!before && percent >= threshold) {
                above.put(threshold, true);
                began++;
            } else if (before && percent < threshold - 2) {
                above.put(threshold, false);
            }
        }
        return began;
    }

    @Test
    void whoeverIsFirstRaisesItAndTheOthersFindItThere() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 25; round++) {
                String name = Ids.next();
                CountDownLatch start = new CountDownLatch(1);
                List<Future<Boolean>> raised = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    raised.add(threads.submit(() -> {
                        start.await();
                        return alerts.raise(new NewAlert(
                                        "race",
                                        name,
                                        AlertKind.SILENT_NODE,
                                        Severity.INFO,
                                        null,
                                        false,
                                        "Race",
                                        "",
                                        "",
                                        "/",
                                        Instant.EPOCH))
                                != null;
                    }));
                }
                start.countDown();
                int won = 0;
                for (Future<Boolean> each : raised) {
                    won += each.get() ? 1 : 0;
                }
                assertThat(won).isEqualTo(1);
                alerts.over("race/" + name);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
