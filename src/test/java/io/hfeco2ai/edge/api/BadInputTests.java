package io.hfeco2ai.edge.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.testing.RunningServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What a client does wrong is its fault: a problem that names the field and the cure, nothing stored, never 5xx. */
class BadInputTests extends RunningServer {

    private static final String RUN = "{\"project\":\"p\",\"experiment\":\"e\",\"name\":\"n\"}";
    private static final String INTERVAL = "{\"device\":\"GPU-0\",\"kind\":\"gpu\",\"start\":\"2026-01-05T10:00:00Z\","
            + "\"end\":\"2026-01-05T10:00:10Z\",\"energy_j\":125.5,\"quality\":\"measured\",\"source\":\"nvml\",\"seq\":1}";

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Teams teams;

    private long before;

    @BeforeEach
    void count() {
        before = rows();
    }

    private long rows() {
        return jdbc.sql("SELECT (SELECT COUNT(*) FROM run) + (SELECT COUNT(*) FROM energy_interval)"
                        + " + (SELECT COUNT(*) FROM project) + (SELECT COUNT(*) FROM metric_last)")
                .query(Long.class)
                .single();
    }

    private JsonNode refused(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.body()).doesNotContain("Exception").doesNotContain("\tat ");
        JsonNode problem = json(answer);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("detail").asString()).isNotBlank();
        assertThat(rows()).as("nothing stored").isEqualTo(before);
        return problem;
    }

    @Test
    void malformedJsonIsNamedByLineAndColumn() {
        JsonNode problem = refused(post("/api/v1/runs", "{\"project\":\"p\",\n \"experiment\": nonsense}"), 400);
        assertThat(problem.get("detail").asString()).contains("line 2");
        problem = refused(post("/api/v1/measurements", "{\"node\":\"n\",\n\"measurements\":[{,]}"), 400);
        assertThat(problem.get("detail").asString()).contains("line 2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{`                                                        |",
                "                                                          |",
                "[]                                                        |",
                "{\"experiment\":\"e\"}                                    | project",
                "{\"project\":\" \",\"experiment\":\"e\"}                  | project",
                "{\"project\":\"p\"}                                       | experiment",
                "{\"project\":[1],\"experiment\":\"e\"}                    | project",
                "{\"project\":\"p\",\"experiment\":\"e\",\"pid\":\"x\",\"node\":\"n\"}        | pid",
                "{\"project\":\"p\",\"experiment\":\"e\",\"node\":\"n\"}                      | boot_id",
                "{\"project\":\"p\",\"experiment\":\"e\",\"pid\":4}                           | node",
                "{\"project\":\"p\",\"experiment\":\"e\",\"started_at\":\"yesterday\"}        | started_at",
                "{\"project\":\"p\",\"experiment\":\"e\",\"started_at\":\"1999-01-01T00:00:00Z\"} | started_at",
                "{\"project\":\"p\",\"experiment\":\"e\",\"started_at\":\"2999-01-01T00:00:00Z\"} | started_at",
                "{\"project\":\"p\",\"experiment\":\"e\",\"started_at\":\"+1000000000-12-31T23:00:00Z\"} | started_at",
                "{\"project\":\"p\",\"experiment\":\"e\",\"started_at\":1e2147483647}         | started_at",
                "{\"project\":\"p\",\"experiment\":\"e\",\"pid\":1e2147483647,\"node\":\"n\"}    |",
                "{\"project\":\"p\",\"experiment\":\"e\",\"parent_id\":\"nobody\"}            | parent_id",
                "{\"project\":\"p\",\"experiment\":\"e\",\"parent_id\":\"a\\u0000b\"}         | parent_id",
                "{\"project\":\"p\",\"experiment\":\"e\",\"tags\":{\"a\":null}}               | tags.a",
                "{\"project\":\"p\",\"experiment\":\"e\",\"tags\":[]}                         | tags",
                "{\"project\":\"a\\u0000b\",\"experiment\":\"e\"}                             | project",
                "{\"project\":\"p\",\"experiment\":\"e\",\"node\":\"n\",\"boot_id\":\"b\",\"devices\":[\"x\",null]} | devices[1]"
            })
    void aRunWithAMistakeIsNamed(String body, String field) {
        named(refused(post("/api/v1/runs", body == null ? "" : body.replace("`", "")), 400), field);
    }

    private static void named(JsonNode problem, String field) {
        if (field != null) {
            assertThat(problem.path("field").asString(""))
                    .as(problem.toString())
                    .isEqualTo(field);
            assertThat(problem.get("detail").asString()).contains(field);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "125.5 -> -1                      | measurements[1].energy_j",
                "125.5 -> 1e300                   | measurements[1].energy_j",
                "125.5 -> 1e999999999             | measurements[1].energy_j",
                "125.5 -> 1e2147483647            | measurements[1].energy_j",
                "125.5 -> \"12\"                  | measurements[1].energy_j",
                "125.5 -> null                    | measurements[1].energy_j",
                "\"energy_j\":125.5, ->           | measurements[1].energy_j",
                "T10:00:10Z -> T09:00:00Z         | measurements[1].end",
                "2026-01-05T10:00:10Z -> soon     | measurements[1].end",
                "2026-01-05T10:00:10Z -> +1000000000-12-31T23:00:00Z | measurements[1].end",
                "2026-01-05T10:00:00Z -> 1999-12-31T23:59:59Z | measurements[1].start",
                "\"gpu\" -> \"toaster\"           | measurements[1].kind",
                "\"measured\" -> \"guessed\"      | measurements[1].quality",
                "\"nvml\" -> 7                    | measurements[1].source",
                "\"GPU-0\" -> \"\"                | measurements[1].device",
                "\"GPU-0\" -> \"a\\u0000b\"       | measurements[1].device",
                "\"seq\":1 -> \"seq\":1.5         | measurements[1].seq"
            })
    void aMeasurementWithAMistakeIsNamedWithItsIndex(String change, String field) {
        String[] fromTo = change.split(" ->", -1);
        String wrong = INTERVAL.replace(fromTo[0].strip(), fromTo[1].strip());
        assertThat(wrong).isNotEqualTo(INTERVAL);
        named(refused(post("/api/v1/measurements", batch(INTERVAL + "," + wrong)), 400), field);
    }

    private static String batch(String measurements) {
        return "{\"node\":\"bad-node\",\"boot_id\":\"b\",\"measurements\":[" + measurements + "]}";
    }

    @Test
    void aBatchNeedsItsNodeAndAtMostAThousandIntervals() {
        named(
                refused(post("/api/v1/measurements", "{\"boot_id\":\"b\",\"measurements\":[" + INTERVAL + "]}"), 400),
                "node");
        named(refused(post("/api/v1/measurements", "{\"node\":\"n\",\"boot_id\":\"b\"}"), 400), "measurements");
        named(
                refused(post("/api/v1/measurements", batch((INTERVAL + ",").repeat(1000) + INTERVAL)), 400),
                "measurements");
        named(
                refused(
                        post(
                                "/api/v1/measurements",
                                "{\"node\":\"n\",\"boot_id\":\"b\",\"usage\":[{\"member_id\":\"m\",\"device\":\"d\",\"start\":\"2026-01-05T10:00:00Z\",\"end\":\"2026-01-05T10:00:10Z\",\"weight\":0.5}]}"),
                        400),
                "usage");
    }

    @Test
    void aBodyOver10MbIsRefusedWithItsLimitAndTheCure() {
        String large = batch(INTERVAL).replace("bad-node", "x".repeat(10_000_000));
        JsonNode problem = refused(post("/api/v1/measurements", large), 413);
        assertThat(problem.get("detail").asString()).contains("10 MB").contains("smaller");
        byte[] bytes = large.getBytes(StandardCharsets.UTF_8);
        HttpRequest.BodyPublisher chunked =
                HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));
        refused(send(authorised("/api/v1/measurements").POST(chunked)), 413);
        refused(send(authorised("/api/v1/runs").POST(chunked)), 413);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/footprint?from=%2B1000000000-12-31T23:00:00Z, from",
        "/api/v1/footprint?to=-1000000000-01-01T00:00:00Z,     to",
        "/api/v1/footprint?node=a%00b,       node",
        "/api/v1/footprint?team=a%00b,       team",
        "/api/v1/footprint?project=a%00b,    project",
        "/api/v1/footprint?experiment=a%00b, experiment",
        "/api/v1/runs?status=a%00b,          status",
        "/api/v1/runs?text=a%01b,            text"
    })
    void aQueryWithAMistakeIsNamed(String call, String field) {
        named(refused(get(call), 400), field);
    }

    @Test
    void anEndFarFromNowIsNamed() {
        String id = json(post("/api/v1/runs", RUN)).get("id").asString();
        before = rows();
        String finish = "{\"status\":\"FINISHED\",\"ended_at\":\"+1000000000-12-31T23:00:00Z\"}";
        named(refused(post("/api/v1/runs/" + id + "/finish", finish), 400), "ended_at");
    }

    @Test
    void aMultipartBodyIsOfNoMediaTypeThatACallTakes() {
        for (String call : new String[] {"/api/v1/runs", "/api/v1/measurements"}) {
            refused(
                    send(request(call)
                            .header("Authorization", "Bearer " + TOKEN)
                            .header("Content-Type", "multipart/form-data")
                            .POST(HttpRequest.BodyPublishers.ofString("--x"))),
                    415);
        }
    }

    @Test
    void anEncodedLetterIsTheSameAddress() {
        refused(send(request("/%61pi/v1/runs").GET()), 401);
        assertThat(get("/%61pi/v1/runs").statusCode()).isEqualTo(200);
        refused(get("/%61pi/v1/nothing"), 404);
    }

    @Test
    void anUnknownRunIsNotFound() {
        for (String call : new String[] {"members", "progress", "finish"}) {
            String body = call.equals("members") ? "{\"node\":\"n\",\"boot_id\":\"b\"}" : "{\"status\":\"FINISHED\"}";
            refused(post("/api/v1/runs/0123/" + call, body), 404);
        }
        refused(get("/api/v1/runs/0123"), 404);
        refused(get("/api/v1/runs/0123/footprint"), 404);
        refused(get("/api/v1/nodes/nowhere/stream"), 404);
    }

    @Test
    void anUnknownAddressMethodOrMediaTypeIsSaid() {
        refused(get("/api/v1/nothing"), 404);
        refused(get("/api"), 404);
        HttpResponse<String> wrongMethod = send(authorised("/api/v1/runs").DELETE());
        refused(wrongMethod, 405);
        assertThat(wrongMethod.headers().firstValue("Allow").orElse(""))
                .contains("GET")
                .contains("POST");
        refused(
                send(request("/api/v1/runs")
                        .header("Authorization", "Bearer " + TOKEN)
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString(RUN))),
                415);
        refused(
                send(request("/api/v1/measurements")
                        .header("Authorization", "Bearer " + TOKEN)
                        .header("Content-Type", "text/csv")
                        .POST(HttpRequest.BodyPublishers.ofString("a,b"))),
                415);
    }

    @Test
    void withoutAValidTokenNothingIsToldOrStored() {
        refused(send(request("/api/v1/runs").GET()), 401);
        refused(send(request("/api/v1/nothing").GET()), 401);
        refused(
                send(request("/api/v1/runs")
                        .header("Authorization", "Bearer wrong-token")
                        .GET()),
                401);
        refused(send(request("/api/v1/runs").header("Authorization", "Bearer").GET()), 401);
        refused(
                send(request("/api/v1/runs")
                        .header("Authorization", "Basic %%%")
                        .GET()),
                401);
        refused(
                send(request("/api/v1/runs")
                        .header("Authorization", "Bearer " + "x".repeat(5000))
                        .GET()),
                401);
        var token = teams.create(teams.defaultTeam().id(), "to be revoked");
        assertThat(send(request("/api/v1/runs")
                                .header("Authorization", "Bearer " + token.secret())
                                .GET())
                        .statusCode())
                .isEqualTo(200);
        teams.revoke(token.id());
        refused(
                send(request("/api/v1/runs")
                        .header("Authorization", "Bearer " + token.secret())
                        .GET()),
                401);
    }

    @Test
    void theTokenMayAlsoBeAPasswordAndSlashesMayBeDoubled() {
        String basic = Base64.getEncoder().encodeToString(("any:" + TOKEN).getBytes(StandardCharsets.UTF_8));
        assertThat(send(request("//api//v1//runs")
                                .header("Authorization", "Basic " + basic)
                                .GET())
                        .statusCode())
                .isEqualTo(200);
        refused(
                send(request("//api//v1//nothing")
                        .header("Authorization", "Basic " + basic)
                        .GET()),
                404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TRACE /api/v1/runs HTTP/1.1          | 405",
                "GET /api/v1/runs/%00 HTTP/1.1        | 400",
                "GET /api/v1/runs/..%2f..%2fx HTTP/1.1 | 400",
                "GET /api/v1/runs/a;b=c HTTP/1.1      | 400",
                "GET /api/v1/<runs> HTTP/1.1          | 400",
                "GET /api/v1/runs?text=%zz HTTP/1.1   | 400",
                "GET /api/v1/runs?text=%00 HTTP/1.1   | 400",
                "GET /api/v1/runs?page=x HTTP/1.1     | 400",
                "GET /api/v1/runs?size=1000 HTTP/1.1  | 400",
                "GET /api/v1/runs?text=LONG HTTP/1.1  | 400",
                "SPILL /api/v1/runs HTTP/1.1          | 400",
                "nonsense                             | 400"
            })
    void whatTheContainerRefusesIsAProblemToo(String line, int status) throws IOException {
        String request = line.replace("LONG", "x".repeat(20_000)) + "\r\nHost: localhost\r\nAuthorization: Bearer "
                + TOKEN + "\r\nConnection: close\r\n\r\n";
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .contains("application/problem+json")
                    .doesNotContain("<html")
                    .doesNotContain("Exception");
            assertThat(answer.substring(0, answer.indexOf('\r'))).contains(" " + status);
        }
        assertThat(rows()).isEqualTo(before);
    }
}
