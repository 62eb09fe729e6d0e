package io.hfeco2ai.edge.codecarbon;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.teams.Teams;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.node.ObjectNode;

/** Whatever is wrong, the answer is {"detail": …} and says the cure: no page, no redirect, no 5xx. */
class RefusalTests extends CodeCarbonServer {

    @Autowired
    Teams teams;

    private static final String RUN = Recorded.by("3.0.8").get(0).body().toString();

    private static String refused(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        return json(answer).get("detail").asString();
    }

    @Test
    void withoutAKeyTheAnswerSaysWhereToMakeOneAndHowOldClientsSendIt() {
        var answer = send(request("/codecarbon/run")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(RUN)));
        assertThat(refused(answer, 401)).contains("/settings/tokens", "before 2.6", "token:<your token>@");
    }

    @Test
    void thePlaceholderKeyIsNamed() {
        assertThat(refused(call("api_key", "/codecarbon/runs", RUN), 401)).contains("placeholder", "/settings/tokens");
    }

    @Test
    void anUnknownOrRevokedKeyIsRefused() {
        assertThat(refused(call("nobody's", "/codecarbon/runs", RUN), 401)).contains("unknown or revoked");
        var made = teams.create(teams.defaultTeam().id(), "short-lived");
        assertThat(call(made.secret(), "/codecarbon/runs", RUN).statusCode()).isEqualTo(201);
        teams.revoke(made.id());
        assertThat(refused(call(made.secret(), "/codecarbon/runs", RUN), 401)).contains("unknown or revoked");
    }

    @Test
    void oldClientsSendTheTokenAsThePasswordOfTheAddress() {
        String basic = Base64.getEncoder().encodeToString(("token:" + TOKEN).getBytes(StandardCharsets.UTF_8));
        var answer = send(request("/codecarbon/basic/run")
                .header("Authorization", "Basic " + basic)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(RUN)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        var both = send(request("/codecarbon/basic/runs")
                .header("Authorization", "Basic " + basic)
                .header("x-api-token", "api_key")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(RUN)));
        assertThat(both.statusCode()).as(both.body()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/codecarbon//runs", "//codecarbon//runs", "/codecarbon//folded//runs"})
    void doubledSlashesCountAsOne(String path) {
        assertThat(call(path, RUN).statusCode()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"runs", "emissions", "projects", "auth", "telemetry"})
    void aNodeInTheAddressIsNotCalledLikeACall(String word) {
        assertThat(refused(call("/codecarbon/" + word + "/runs", RUN), 400)).contains("token~" + word);
        var byKey = call(TOKEN + "~" + word, "/codecarbon/runs", RUN);
        assertThat(byKey.statusCode()).as(byKey.body()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timestamp | null | timestamp is missing",
                "timestamp | \"2026-11-22T10:00:00\" | timestamp must be a time",
                "timestamp | \"1995-11-22T10:00:00Z\" | not from the year 2000",
                "timestamp | \"2099-11-22T10:00:00Z\" | future",
                "cpu_count | \"many\" | cpu_count must be a whole number",
                "latitude | {} | latitude",
                "experiment_id | \"a\\u0000b\" | control character",
            })
    void aWrongRunIsRefusedByItsField(String field, String content, String said) {
        ObjectNode body = (ObjectNode) JSON.readTree(RUN);
        body.set(field, JSON.readTree(content));
        assertThat(refused(call("/codecarbon/runs", body.toString()), 400)).contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timestamp | null | timestamp is missing",
                "timestamp | \"2099-11-22T10:00:00Z\" | future",
                "duration | 0 | duration must be",
                "duration | -5 | duration must be",
                "duration | 1e300 | duration must be",
                "cpu_energy | -1 | cpu_energy must be",
                "cpu_energy | 500 | running total",
                "ram_energy | 1e99 | ram_energy must be",
                "emissions_sum | null | emissions_sum is missing",
                "emissions_sum | \"x\" | emissions_sum must be a number",
                "energy_consumed | null | energy_consumed is missing",
            })
    void aWrongEmissionIsRefusedByItsFieldAndLeavesNothing(String field, String content, String said) {
        var recorded = Recorded.by("3.3.2");
        String id = start("/codecarbon/wrong", recorded.get(0).body());
        ObjectNode body = recorded.get(1).in(id).body();
        body.set(field, JSON.readTree(content));
        assertThat(refused(call("/codecarbon/wrong/emissions", body.toString()), 400))
                .contains(said);
        assertThat(footprint(id).energy().isZero()).isTrue();
        assertThat(ledger.reportedBy(id)).isEmpty();
    }

    @Test
    void anEmissionOfNoRunOrOfAnotherTeamsRunIsRefused() {
        var emission = Recorded.by("3.0.8").get(1);
        assertThat(refused(
                        call("/codecarbon/emissions", emission.in("none").body().toString()), 404))
                .contains("run none");
        String own = json(post("/api/v1/runs", "{\"project\":\"p\",\"experiment\":\"e\"}"))
                .get("id")
                .asString();
        refused(call("/codecarbon/emissions", emission.in(own).body().toString()), 404);
    }

    @Test
    void anotherEmissionOfTheSameMomentIsAConflict() {
        var recorded = Recorded.by("3.0.8");
        String id = start("/codecarbon/conflict", recorded.get(0).body());
        var emission = recorded.get(1).in(id);
        emit("/codecarbon/conflict", emission);
        assertThat(emit("/codecarbon/conflict", emission).get("duplicate").asBoolean())
                .isTrue();
        emission.body().put("cpu_energy", 1e-6);
        refused(call("/codecarbon/conflict/emissions", emission.body().toString()), 409);
    }

    @Test
    void whatIsNotOfferedIsSaidSo() {
        assertThat(refused(call("/codecarbon/telemetry", "{}"), 404)).contains("/codecarbon/telemetry", "runs");
        assertThat(refused(
                        send(request("/codecarbon").header("x-api-token", TOKEN).GET()), 404))
                .contains("api/v1");
        refused(send(request("/codecarbon/runs").header("x-api-token", TOKEN).DELETE()), 404);
        refused(
                send(request("/codecarbon/%2e%2e/runs")
                        .header("x-api-token", TOKEN)
                        .GET()),
                400);
    }

    @Test
    void brokenBodiesAreRefused() {
        assertThat(refused(call("/codecarbon/runs", "{\"timestamp\": "), 400)).contains("JSON");
        assertThat(refused(call("/codecarbon/emissions", "{\"duration\": NaN}"), 400))
                .contains("JSON");
        refused(call("/codecarbon/emissions", ""), 400);
        refused(call("/codecarbon/emissions", "[]"), 400);
        refused(call("/codecarbon/runs", "{\"os\": \"" + "x".repeat(10_000_000) + "\"}"), 413);
        refused(
                send(request("/codecarbon/runs")
                        .header("x-api-token", TOKEN)
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString(RUN))),
                415);
    }
}
