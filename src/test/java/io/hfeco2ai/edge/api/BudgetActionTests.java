package io.hfeco2ai.edge.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.testing.RunningServer;
import java.math.BigDecimal;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

class BudgetActionTests extends RunningServer {

    private static final long HOUR_MS = 3_600_000;

    @Autowired
    Teams teams;

    @Autowired
    JdbcClient jdbc;

    @Test
    void progressSaysWhatTheBudgetOfItsProjectSays() {
        String run = json(post("/api/v1/runs", "{\"project\":\"limited\",\"experiment\":\"e\",\"name\":\"r\"}"))
                .get("id")
                .asString();
        assertThat(budget(run)).hasToString("{\"action\":\"continue\",\"used_ratio\":null}");
        String period = budgetOfProject("limited");
        spent(period, "5");
        assertThat(budget(run)).hasToString("{\"action\":\"continue\",\"used_ratio\":0.5}");
        spent(period, "8.5");
        assertThat(budget(run)).hasToString("{\"action\":\"warn\",\"used_ratio\":0.85}");
        spent(period, "12");
        assertThat(budget(run)).hasToString("{\"action\":\"stop\",\"used_ratio\":1.2}");
    }

    private JsonNode budget(String run) {
        return json(post("/api/v1/runs/" + run + "/progress", "{\"step\":1}")).get("budget");
    }

    private void spent(String period, String kwh) {
        jdbc.sql("UPDATE budget_period SET posted_amount = ? WHERE id = ?")
                .params(new BigDecimal(kwh), period)
                .update();
    }

    private String budgetOfProject(String name) {
        String team = teams.defaultTeam().id();
        String project = jdbc.sql("SELECT id FROM project WHERE team_id = ? AND name = ?")
                .params(team, name)
                .query(String.class)
                .single();
        String budget = UUID.randomUUID().toString().replace("-", "");
        jdbc.sql("INSERT INTO budget (id, team_id, project_id, name, unit, energy_basis, accounting, period_kind,"
                        + " first_day, limit_amount, carry_over, thresholds, on_exceeded, state, created_at, version)"
                        + " VALUES (?, ?, ?, 'b', 'KWH', 'DEVICES', 'LOCATION', 'MONTH', CURRENT_DATE, 10, 'NONE',"
                        + " '80,95', 'STOP', 'ACTIVE', CURRENT_TIMESTAMP, 0)")
                .params(budget, team, project)
                .update();
        long hour = System.currentTimeMillis() / HOUR_MS * HOUR_MS;
        jdbc.sql("INSERT INTO budget_period (id, budget_id, number, from_ms, to_ms, zone, limit_amount, carried_amount,"
                        + " state, posted_amount, provisional_amount, uncounted_uj, refreshed_ms)"
                        + " VALUES (?, ?, 1, ?, ?, 'UTC', 10, 0, 'OPEN', 0, 0, 0, 0)")
                .params(budget, budget, hour - 24 * HOUR_MS, hour + 24 * HOUR_MS)
                .update();
        return budget;
    }
}
