package io.hfeco2ai.reports;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.testing.RunningServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** A program asks for a report with its token, waits for it and takes it away. */
class ReportsApiTests extends RunningServer {

    private static final String DAY = LocalDate.now(ZoneOffset.UTC).minusDays(1).toString();
    private static final String PATH = "/api/v1/reports";

    @Autowired
    Teams teams;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    ReportWorker worker;

    private String token = "";
    private String colleagues = "";
    private String strangers = "";

    @BeforeEach
    void twoTeams() {
        String team = team();
        token = teams.create(team, "t").secret();
        colleagues = teams.create(team, "c").secret();
        strangers = teams.create(team(), "s").secret();
    }

    private String team() {
        String team = UUID.randomUUID().toString().replace("-", "");
        jdbc.sql("INSERT INTO team (id, name, created_at) VALUES (?, ?, ?)")
                .params(team, "team " + team, OffsetDateTime.now(ZoneOffset.UTC))
                .update();
        return team;
    }

    private HttpResponse<String> call(String secret, String path, String body) {
        HttpRequest.Builder request =
                request(path).header("Authorization", "Bearer " + secret).header("Content-Type", "application/json");
        return send(body.isEmpty() ? request.GET() : request.POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static String wish(String standard, String more) {
        return "{\"standard\":\"%s\",\"from\":\"%s\",\"to\":\"%s\"%s}".formatted(standard, DAY, DAY, more);
    }

    private JsonNode ready(String path) throws InterruptedException {
        Instant until = Instant.now().plusSeconds(30);
        JsonNode report = json(call(token, path, ""));
        while (!report.get("state").asString().equals("ready")) {
            assertThat(Instant.now()).as("%s", report).isBefore(until);
            Thread.sleep(50);
            report = json(call(token, path, ""));
        }
        return report;
    }

    @Test
    void aReportIsAskedForMadeAndTakenAwayInEachFormat() throws Exception {
        HttpResponse<String> asked = call(token, PATH, wish("GHG_SCOPE2", ""));
        assertThat(asked.statusCode()).as(asked.body()).isEqualTo(201);
        String path = asked.headers().firstValue("Location").orElseThrow();
        JsonNode report = ready(path);
        assertThat(report.get("id")).isEqualTo(json(asked).get("id"));
        assertThat(report.get("from").asString()).isEqualTo(DAY);
        assertThat(report.get("done_ratio").asDouble()).isEqualTo(1);
        assertThat(report.get("files").propertyNames()).contains("json", "csv", "pdf", "xlsx", "bundle");
        report.get("files").properties().forEach(file -> {
            HttpResponse<String> taken = call(token, file.getValue().asString(), "");
            assertThat(taken.statusCode()).as(file.getKey()).isEqualTo(200);
            assertThat(taken.body()).as(file.getKey()).isNotEmpty();
        });
        assertThat(Making.sha256(call(token, path + "/files/json", "").body()))
                .isEqualTo(report.get("sha256").asString());
        assertThat(call(token, path + "/files/doc", "").statusCode()).isEqualTo(404);
        assertThat(call(token, path + "/cancel", "{}").statusCode())
                .as("made already")
                .isEqualTo(409);
        JsonNode list = json(call(token, PATH + "?size=10", ""));
        assertThat(list.get("total").asInt()).isEqualTo(1);
        assertThat(list.at("/reports/0")).isEqualTo(report);
    }

    @Test
    void anotherTeamsTokenSeesNothingOfIt() throws Exception {
        String path = call(token, PATH, wish("GHG_SCOPE2", ""))
                .headers()
                .firstValue("Location")
                .orElseThrow();
        ready(path);
        for (String below : new String[] {"", "/files/json", "/files/bundle"}) {
            assertThat(call(strangers, path + below, "").statusCode()).as(below).isEqualTo(404);
        }
        assertThat(call(strangers, path + "/cancel", "{}").statusCode()).isEqualTo(404);
        assertThat(json(call(strangers, PATH, "")).get("total").asInt()).isZero();
    }

    @Test
    void aReportThatIsNotMadeHasNoFilesAndIsCancelledByTheTokenThatAsked() {
        worker.stop();
        try {
            HttpResponse<String> asked = call(token, PATH, wish("SCI", ""));
            String path = PATH + "/" + json(asked).get("id").asString();
            HttpResponse<String> early = call(token, path + "/files/json", "");
            assertThat(early.statusCode()).isEqualTo(409);
            assertThat(early.body()).contains("not made yet");
            assertThat(call(token, path + "/files/bundle", "").statusCode()).isEqualTo(409);
            assertThat(call(strangers, path + "/files/json", "").statusCode()).isEqualTo(404);
            assertThat(call(strangers, path + "/cancel", "{}").statusCode()).isEqualTo(404);
            assertThat(call(colleagues, path + "/cancel", "{}").statusCode()).isEqualTo(403);
            assertThat(json(call(token, path, "")).get("state").asString()).isEqualTo("waiting");

            assertThat(json(call(token, path + "/cancel", "{}")).get("state").asString())
                    .isEqualTo("cancelled");
            assertThat(call(token, path + "/cancel", "{}").statusCode()).isEqualTo(409);
            assertThat(call(token, path + "/files/json", "").body()).contains("it is cancelled; ask for it anew");
        } finally {
            worker.start();
        }
    }

    @Test
    void whatIsWrongIsToldByItsField() {
        assertProblem(400, "standard", wish("GHG", ""));
        assertProblem(400, "from", "{\"standard\":\"SCI\",\"to\":\"2026-01-31\"}");
        assertProblem(400, "to", "{\"standard\":\"SCI\",\"from\":\"2026-01-31\",\"to\":\"2026-01-01\"}");
        assertProblem(400, "options.per", wish("SCI", ",\"options\":{\"per\":\"mile\"}"));
        assertProblem(400, "options.run", wish("SCI", ",\"options\":{\"run\":\"nowhere\"}"));
        assertProblem(400, "options.colour", wish("SCI", ",\"options\":{\"colour\":\"red\"}"));
        assertThat(call(token, PATH, wish("SCI", ",\"project\":\"nowhere\"")).statusCode())
                .isEqualTo(404);
        assertThat(call(token, PATH + "?size=0", "").statusCode()).isEqualTo(400);
        assertThat(json(call(token, PATH, "")).get("total").asInt()).isZero();
    }

    private void assertProblem(int status, String field, String body) {
        HttpResponse<String> answer = call(token, PATH, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(json(answer).path("field").asString("")).as(answer.body()).isEqualTo(field);
    }
}
