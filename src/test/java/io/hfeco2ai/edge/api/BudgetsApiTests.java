package io.hfeco2ai.edge.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.teams.Teams.NewToken;
import io.hfeco2ai.testing.RunningServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

class BudgetsApiTests extends RunningServer {

    @Autowired
    Teams teams;

    @Autowired
    JdbcClient jdbc;

    private String team = "";
    private String token = "";

    @BeforeEach
    void aTeamWithALeadsToken() {
        team = id();
        jdbc.sql("INSERT INTO team (id, name, created_at) VALUES (?, ?, ?)")
                .params(team, "team " + team, OffsetDateTime.now(ZoneOffset.UTC))
                .update();
        token = tokenOf("LEAD");
    }

    private static String id() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    private String tokenOf(String role) {
        String user = id();
        jdbc.sql("INSERT INTO app_user (id, username, role, created_at) VALUES (?, ?, 'USER', ?)")
                .params(user, user, OffsetDateTime.now(ZoneOffset.UTC))
                .update();
        jdbc.sql("INSERT INTO membership (team_id, user_id, role, since) VALUES (?, ?, ?, ?)")
                .params(team, user, role, OffsetDateTime.now(ZoneOffset.UTC))
                .update();
        NewToken made = teams.create(team, "t");
        jdbc.sql("UPDATE api_token SET created_by = ? WHERE id = ?")
                .params(user, made.id())
                .update();
        return made.secret();
    }

    private HttpResponse<String> call(String path, String body) {
        HttpRequest.Builder request =
                request(path).header("Authorization", "Bearer " + token).header("Content-Type", "application/json");
        return send(body.isEmpty() ? request.GET() : request.POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void aLeadMakesABudgetAndReadsWhereItStands() {
        call("/api/v1/runs", "{\"project\":\"p\",\"experiment\":\"e\"}");
        HttpResponse<String> made = call(
                "/api/v1/budgets",
                "{\"name\":\"b\",\"project\":\"p\",\"unit\":\"kwh\",\"period\":\"month\",\"limit\":1200.5,"
                        + "\"thresholds_percent\":[90,50],\"on_exceeded\":\"stop\"}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        JsonNode budget = json(call("/api/v1/budgets/" + json(made).get("id").asString(), ""));
        assertThat(budget).isEqualTo(json(made));
        assertThat(budget.toString())
                .contains(
                        "\"state\":\"active\"",
                        "\"unit\":\"kwh\"",
                        "\"project\":\"p\"",
                        "\"limit\":1200.5",
                        "\"posted\":0",
                        "\"provisional\":0",
                        "\"used_ratio\":0.0",
                        "\"thresholds_percent\":[50,90]",
                        "\"on_exceeded\":\"stop\"",
                        "\"outlook\":null");
        assertThat(json(call("/api/v1/budgets", "")).get("budgets").get(0)).isEqualTo(budget);
    }

    @Test
    void aDraftIsThereAndCountsNothing() {
        JsonNode draft = json(call(
                "/api/v1/budgets",
                "{\"name\":\"d\",\"unit\":\"kg_co2e\",\"period\":\"year\",\"limit\":5,\"draft\":true}"));
        assertThat(draft.toString()).contains("\"state\":\"draft\"", "\"posted\":null", "\"limit\":5");
        assertThat(call("/api/v1/gate", "{}").body()).contains("inconclusive", "no active budget");
    }

    @Test
    void aMembersTokenMayNotAndOnesThatNobodyMadeNeither() {
        String wish = "{\"name\":\"b\",\"unit\":\"kwh\",\"period\":\"month\",\"limit\":1}";
        token = tokenOf("MEMBER");
        assertThat(call("/api/v1/budgets", wish).statusCode()).isEqualTo(403);
        token = teams.create(team, "nobody's").secret();
        assertThat(call("/api/v1/budgets", wish).statusCode()).isEqualTo(403);
        token = tokenOf("LEAD");
        jdbc.sql("UPDATE membership SET role = 'MEMBER' WHERE team_id = ?")
                .param(team)
                .update();
        assertThat(call("/api/v1/budgets", wish).statusCode())
                .as("a lead no more")
                .isEqualTo(403);
        assertThat(json(call("/api/v1/budgets", "")).get("budgets").size()).isZero();
    }

    @Test
    void wrongBudgetsAreRefusedByName() {
        assertProblem(400, "unit is missing", "{\"name\":\"b\",\"period\":\"month\",\"limit\":1}");
        assertProblem(400, "unit is none of", wish("tonnes", "month", "1"));
        assertProblem(400, "period is none of", wish("kwh", "week", "1"));
        assertProblem(400, "limit must be above 0", wish("kwh", "month", "-1"));
        assertProblem(400, "limit must be at most", wish("kwh", "month", "1e999"));
        assertProblem(400, "limit must be a number", wish("kwh", "month", "\"a lot\""));
        assertProblem(400, "last_day is missing", wish("kwh", "custom", "1"));
        assertProblem(400, "last_day is no date", wish("kwh", "custom", "1,\"last_day\":\"soon\""));
        assertProblem(400, "thresholds_percent takes up to 5", wish("kwh", "month", "1,\"thresholds_percent\":[1000]"));
        assertProblem(404, "project nowhere", wish("kwh", "month", "1,\"project\":\"nowhere\""));
        assertThat(call("/api/v1/budgets", wish("kwh", "month", "1")).statusCode())
                .isEqualTo(201);
        assertProblem(400, "counts the same already", wish("kwh", "month", "1"));
        assertThat(call("/api/v1/budgets/nowhere", "").statusCode()).isEqualTo(404);
        String mine = json(call("/api/v1/budgets", "")).at("/budgets/0/id").asString();
        assertThat(get("/api/v1/budgets/" + mine).statusCode())
                .as("another team's")
                .isEqualTo(404);
    }

    private static String wish(String unit, String period, String limit) {
        return "{\"name\":\"b\",\"unit\":\"%s\",\"period\":\"%s\",\"limit\":%s}".formatted(unit, period, limit);
    }

    private void assertProblem(int status, String text, String body) {
        HttpResponse<String> answer = call("/api/v1/budgets", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(text);
    }
}
