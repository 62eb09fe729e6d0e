package io.hfeco2ai.edge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.testing.RunningServer;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What a pipeline is told, over HTTP, of runs that were measured and budgets that were made the same way. */
class GateTests extends RunningServer {

    private static final long HOUR_MS = 3_600_000;

    @Autowired
    JdbcClient jdbc;

    private final String project = "gate-" + UUID.randomUUID();

    @Test
    void aRunWithinItsLimitPassesAndOneAboveFails() {
        String run = finished("main", 0.25);
        JsonNode within = gate("{\"run\":\"%s\",\"limit_kwh\":0.3}".formatted(run));
        assertThat(within.get("verdict").asString()).isEqualTo("pass");
        JsonNode check = within.get("checks").get(0);
        assertThat(check.get("used_kwh").asDouble()).isCloseTo(0.25, within(1e-9));
        assertThat(check.get("used_ratio").asDouble()).isCloseTo(0.25 / 0.3, within(1e-9));
        assertThat(check.get("notes").toString()).contains("provisional");
        JsonNode above = gate("{\"run\":\"%s\",\"limit_kwh\":0.2}".formatted(run));
        assertThat(above.get("verdict").asString()).isEqualTo("fail");
        assertThat(above.toString()).contains("0.25 of 0.2 kWh: more than the limit");
    }

    @Test
    void emissionsThatNobodyKnowsAreNoPass() {
        String run = finished("main", 0.25);
        JsonNode answer = gate("{\"run\":\"%s\",\"limit_kg_co2e\":1000}".formatted(run));
        assertThat(answer.get("verdict").asString()).isEqualTo("inconclusive");
        assertThat(answer.toString()).contains("zone");
    }

    @Test
    void aRunThatGoesOnSaysSoAndOneWithoutEnergyIsNoPass() {
        String run = started("main", "node-" + UUID.randomUUID());
        JsonNode answer = gate("{\"run\":\"%s\",\"limit_kwh\":1}".formatted(run));
        assertThat(answer.get("verdict").asString()).isEqualTo("inconclusive");
        assertThat(answer.toString()).contains(": still running", "no energy yet");
    }

    @Test
    void aChangeThatTakesAFifthMoreFailsAndTheSameAgainPasses() {
        String base = list(runs("main", 0.100, 0.101, 0.099));
        JsonNode worse = gate("{\"base\":%s,\"change\":%s}".formatted(base, list(runs("x", 0.120, 0.121, 0.119))));
        JsonNode check = worse.get("checks").get(0);
        assertThat(worse.get("verdict").asString()).as("%s", worse).isEqualTo("fail");
        assertThat(check.get("ratio").asDouble()).isCloseTo(1.2, within(0.001));
        assertThat(check.get("interval").get(0).asDouble()).isBetween(1.15, 1.2);
        assertThat(check.get("interval").get(1).asDouble()).isBetween(1.2, 1.25);
        assertThat(check.get("p_value").asDouble()).isBetween(0.0, 0.001);
        assertThat(check.at("/base/mean_kwh").asDouble()).isCloseTo(0.1, within(0.0001));
        JsonNode same = gate("{\"base\":%s,\"change\":%s}".formatted(base, list(runs("y", 0.1, 0.102, 0.1))));
        assertThat(same.get("verdict").asString()).as("%s", same).isEqualTo("pass");
    }

    @Test
    void branchesAreComparedByTheirTags() {
        runs("main", 0.100, 0.101, 0.099);
        runs("slow", 0.2, 0.201, 0.199);
        started("slow", "node-" + UUID.randomUUID());
        String sets = "{\"base\":%s,\"change\":%s}";
        JsonNode slow = gate(sets.formatted(branch("main"), branch("slow")));
        assertThat(slow.get("verdict").asString()).as("%s", slow).isEqualTo("fail");
        assertThat(slow.at("/checks/0/change/runs").asInt())
                .as("the running one is left out")
                .isEqualTo(3);
        JsonNode typo = gate(sets.formatted(branch("main"), branch("slwo")));
        assertThat(typo.get("verdict").asString()).isEqualTo("inconclusive");
        assertThat(typo.toString()).contains("the change 0 runs");
    }

    @Test
    void perTokenTwiceTheWorkForTwiceTheEnergyIsNoRise() {
        List<String> base = runs("main", 0.100, 0.101, 0.099);
        List<String> twice = runs("long", 0.200, 0.202, 0.198);
        base.forEach(run -> tokens(run, 1000));
        twice.forEach(run -> tokens(run, 2000));
        String sets = "{\"base\":%s,\"change\":%s,\"per\":\"%s\"}";
        JsonNode perToken = gate(sets.formatted(list(base), list(twice), "token"));
        assertThat(perToken.get("verdict").asString()).as("%s", perToken).isEqualTo("pass");
        assertThat(perToken.at("/checks/0/ratio").asDouble()).isCloseTo(1, within(1e-6));
        assertThat(gate(sets.formatted(list(base), list(twice), "run"))
                        .get("verdict")
                        .asString())
                .isEqualTo("fail");
        HttpResponse<String> untold = post("/api/v1/gate", sets.formatted(list(base), list(twice), "sample"));
        assertThat(untold.statusCode()).isEqualTo(400);
        assertThat(untold.body()).contains(base.get(0), "has not told its samples");
    }

    @Test
    void runsThatDifferTooMuchOrAreTooFewOrGoOnAreNoVerdict() {
        List<String> base = runs("main", 0.1, 0.3, 0.2);
        JsonNode noisy = gate("{\"base\":%s,\"change\":%s}".formatted(list(base), list(runs("x", 0.3, 0.1, 0.19))));
        assertThat(noisy.get("verdict").asString()).isEqualTo("inconclusive");
        assertThat(noisy.toString()).contains("add runs");
        JsonNode one = gate("{\"base\":%s,\"change\":%s}".formatted(list(base), list(runs("y", 0.3))));
        assertThat(one.get("verdict").asString()).isEqualTo("inconclusive");
        assertThat(one.toString()).contains("the change 1 run:");
        List<String> killed = runs("z", 0.1, 0.1, 0.1);
        jdbc.sql("UPDATE run SET status = 'KILLED' WHERE id = ?")
                .param(killed.get(0))
                .update();
        JsonNode stopped = gate("{\"base\":%s,\"change\":%s}".formatted(list(base), list(killed)));
        assertThat(stopped.get("verdict").asString()).isEqualTo("inconclusive");
        assertThat(stopped.toString()).contains("Run " + killed.get(0) + ": killed.");
    }

    @Test
    void aBudgetPassesUntilItsLimitAndTheForecastMayFailItBefore() {
        // Without energy: what is spent is what this test says.
        String budget = budget(started("main", "node-" + UUID.randomUUID()), "ACTIVE");
        String ask = "{\"budget\":\"%s\"}".formatted(budget);
        spent(budget, "9.99");
        assertThat(gate(ask).get("verdict").asString()).isEqualTo("pass");
        assertThat(gate("{\"budget\":\"%s\",\"forecast\":true}".formatted(budget))
                        .get("verdict")
                        .asString())
                .as("there is no forecast")
                .isEqualTo("inconclusive");
        forecast(budget, "9.999");
        assertThat(gate("{\"budget\":\"%s\",\"forecast\":true}".formatted(budget))
                        .get("verdict")
                        .asString())
                .isEqualTo("pass");
        forecast(budget, "10.5");
        assertThat(gate(ask).get("verdict").asString()).as("not asked for").isEqualTo("pass");
        JsonNode expected = gate("{\"budget\":\"%s\",\"forecast\":true}".formatted(budget));
        assertThat(expected.get("verdict").asString()).isEqualTo("fail");
        assertThat(expected.toString()).contains("10.5 kWh are expected (median), over the limit");
        spent(budget, "10");
        JsonNode over = gate("{\"project\":\"%s\"}".formatted(project));
        assertThat(over.get("verdict").asString()).isEqualTo("fail");
        assertThat(over.get("checks").toString()).contains(budget, "\"used_kwh\":10.0", "\"used_ratio\":1.0");
        jdbc.sql("UPDATE budget SET state = 'CLOSED' WHERE id = ?")
                .param(budget)
                .update();
        assertThat(gate(ask).get("verdict").asString()).isEqualTo("inconclusive");
    }

    @Test
    void aRunAndItsChildAreNotCountedTwice() {
        String parent = finished("main", 0.1);
        String child = finished("main", 0.1);
        jdbc.sql("UPDATE run SET parent_id = ? WHERE id = ?")
                .params(parent, child)
                .update();
        assertProblem(
                400, "is a child of run " + parent, "{\"base\":[\"%s\"],\"change\":[\"%s\"]}".formatted(child, parent));
    }

    @Test
    void whatIsAnotherTeamsIsNotThere() {
        String run = finished("main", 0.1);
        String budget = budget(run, "ACTIVE");
        foreign(run, budget);
        assertProblem(404, "run " + run, "{\"run\":\"%s\",\"limit_kwh\":1}".formatted(run));
        assertProblem(404, "run " + run, "{\"base\":[\"%s\"],\"change\":[\"a\"]}".formatted(run));
        assertProblem(404, "budget " + budget, "{\"budget\":\"%s\"}".formatted(budget));
    }

    @Test
    void wrongQuestionsAreRefusedByName() {
        String run = finished("main", 0.1);
        String empty = started("main", "node-" + UUID.randomUUID());
        String sets = "{\"base\":[\"%s\"],\"change\":%s}";
        assertProblem(404, "run nowhere", "{\"run\":\"nowhere\",\"limit_kwh\":1}");
        assertProblem(404, "run nowhere", sets.formatted(run, "[\"nowhere\"]"));
        assertProblem(400, "Run " + empty + " (change[0]) has no energy", sets.formatted(run, list(List.of(empty))));
        assertProblem(400, "named twice", sets.formatted(run, list(List.of(run))));
        assertProblem(400, "Field change is missing", "{\"base\":[\"" + run + "\"]}");
        assertProblem(400, "tolerance_ratio", "{\"base\":[],\"change\":[],\"tolerance_ratio\":-0.1}");
        assertProblem(400, "tolerance_ratio", "{\"base\":[],\"change\":[],\"tolerance_ratio\":5}");
        assertProblem(400, "Field base has 0 runs", "{\"base\":[],\"change\":[]}");
        assertProblem(400, "Field base has 5000 runs", sets(Collections.nCopies(5000, run)));
        assertProblem(400, "Field base[0] must be text", "{\"base\":[7],\"change\":[]}");
        assertProblem(400, "Field base must be a list", "{\"base\":7,\"change\":[]}");
        assertProblem(400, "Field base.experiment is missing", "{\"base\":{\"project\":\"%s\"}}".formatted(project));
        assertProblem(404, "project nowhere", "{\"project\":\"nowhere\"}");
        assertProblem(
                400,
                "per must be one of run, step, sample, token",
                "{\"base\":[\"a\"],\"change\":[\"b\"],\"per\":\"cat\"}");
        assertProblem(400, "limit_kwh must be a number above 0", "{\"run\":\"%s\",\"limit_kwh\":0}".formatted(run));
        assertProblem(400, "limit_kwh is missing", "{\"run\":\"%s\"}".formatted(run));
        assertProblem(400, "run is missing", "{\"limit_kwh\":1}");
        assertProblem(400, "limit_kwh must be a number", "{\"run\":\"%s\",\"limit_kwh\":\"much\"}".formatted(run));
        assertProblem(400, "not valid JSON", "budget=7");
        assertProblem(400, "must be a JSON object", "[]");
        assertThat(send(request("/api/v1/gate")
                                .header("Content-Type", "application/json")
                                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}")))
                        .statusCode())
                .isEqualTo(401);
    }

    private void assertProblem(int status, String text, String question) {
        HttpResponse<String> answer = post("/api/v1/gate", question);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(text);
    }

    private JsonNode gate(String question) {
        HttpResponse<String> answer = post("/api/v1/gate", question);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer);
    }

    private static String sets(List<String> ids) {
        return "{\"base\":%s,\"change\":[]}".formatted(list(ids));
    }

    private static String list(List<String> ids) {
        return ids.stream().collect(Collectors.joining("\",\"", "[\"", "\"]"));
    }

    private String branch(String branch) {
        return "{\"project\":\"%s\",\"experiment\":\"e\",\"tags\":{\"branch\":\"%s\"}}".formatted(project, branch);
    }

    private List<String> runs(String branch, double... kilowattHours) {
        return Arrays.stream(kilowattHours)
                .mapToObj(each -> finished(branch, each))
                .toList();
    }

    private String started(String branch, String node) {
        return json(post(
                        "/api/v1/runs",
                        ("{\"project\":\"%s\",\"experiment\":\"e\",\"name\":\"r\",\"node\":\"%s\",\"boot_id\":\"b\","
                                        + "\"started_at\":\"%s\",\"tags\":{\"branch\":\"%s\"}}")
                                .formatted(project, node, Instant.now().minusSeconds(700), branch)))
                .get("id")
                .asString();
    }

    private String finished(String branch, double kilowattHours) {
        String node = "node-" + UUID.randomUUID();
        String run = started(branch, node);
        Instant end = Instant.now().minusSeconds(5);
        HttpResponse<String> measured = post(
                "/api/v1/measurements",
                ("{\"node\":\"%s\",\"boot_id\":\"b\",\"tool\":\"t/1\",\"measurements\":[{\"device\":\"meter\","
                                + "\"kind\":\"node\",\"start\":\"%s\",\"end\":\"%s\",\"energy_j\":%s,"
                                + "\"quality\":\"measured\",\"source\":\"meter\",\"seq\":1}]}")
                        .formatted(
                                node,
                                end.minusSeconds(600),
                                end,
                                BigDecimal.valueOf(kilowattHours * 3.6e6).toPlainString()));
        assertThat(json(measured).get("accepted").asInt()).as(measured.body()).isEqualTo(1);
        assertThat(post("/api/v1/runs/" + run + "/finish", "{\"status\":\"FINISHED\"}")
                        .statusCode())
                .isEqualTo(200);
        return run;
    }

    private void tokens(String run, long tokens) {
        assertThat(post("/api/v1/runs/" + run + "/progress", "{\"step\":7,\"tokens\":" + tokens + "}")
                        .statusCode())
                .isEqualTo(200);
    }

    /** 10 kWh for the project of that run. */
    private String budget(String run, String state) {
        String id = UUID.randomUUID().toString().replace("-", "");
        jdbc.sql("INSERT INTO budget (id, team_id, project_id, name, unit, energy_basis, accounting, period_kind,"
                        + " first_day, limit_amount, carry_over, thresholds, on_exceeded, state, created_at, version)"
                        + " SELECT ?, r.team_id, e.project_id, 'b', 'KWH', 'DEVICES', 'LOCATION', 'MONTH', CURRENT_DATE,"
                        + " 10, 'NONE', '80,95', 'STOP', ?, CURRENT_TIMESTAMP, 0 FROM run r JOIN experiment e"
                        + " ON e.id = r.experiment_id WHERE r.id = ?")
                .params(id, state, run)
                .update();
        long hour = System.currentTimeMillis() / HOUR_MS * HOUR_MS;
        jdbc.sql("INSERT INTO budget_period (id, budget_id, number, from_ms, to_ms, zone, limit_amount, carried_amount,"
                        + " state, posted_amount, provisional_amount, uncounted_uj, refreshed_ms)"
                        + " VALUES (?, ?, 1, ?, ?, 'UTC', 10, 0, 'OPEN', 0, 0, 0, 0)")
                .params(id, id, hour - 24 * HOUR_MS, hour + 24 * HOUR_MS)
                .update();
        return id;
    }

    private void forecast(String budget, String p50) {
        jdbc.sql("UPDATE budget_period SET outlook_ms = ?, outlook = ? WHERE id = ?")
                .params(
                        System.currentTimeMillis(),
                        "{\"p10\":1,\"p50\":%s,\"p90\":20,\"breachAt\":null,\"breachProbability\":0.5,\"madeAt\":\"%s\"}"
                                .formatted(p50, Instant.now()),
                        budget)
                .update();
    }

    private void spent(String budget, String kwh) {
        jdbc.sql("UPDATE budget_period SET posted_amount = ?, provisional_amount = 0 WHERE id = ?")
                .params(new BigDecimal(kwh), budget)
                .update();
    }

    private void foreign(String run, String budget) {
        String team = UUID.randomUUID().toString().replace("-", "");
        jdbc.sql("INSERT INTO team (id, name, created_at) VALUES (?, ?, ?)")
                .params(team, "team " + team, OffsetDateTime.now(ZoneOffset.UTC))
                .update();
        jdbc.sql("UPDATE run SET team_id = ? WHERE id = ?").params(team, run).update();
        jdbc.sql("UPDATE budget SET team_id = ?, project_id = NULL WHERE id = ?")
                .params(team, budget)
                .update();
    }
}
