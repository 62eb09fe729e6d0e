package io.hfeco2ai.edge.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.testing.RunningServer;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Every example in the documentation works as it is written. */
class DocumentationTests extends RunningServer {

    private static final Pattern CALL = Pattern.compile(
            "^curl (?:-N )?(?:-X (?<method>\\w+) )?\"?\\$SERVER(?<path>[^\" ]+)\"?[^\\n]*?(?: -d '(?<body>[^']+)')?$",
            Pattern.MULTILINE);

    @Autowired
    JdbcClient jdbc;

    /** Budgets are set with a token that a lead or admin made. */
    @BeforeEach
    void theTokenIsOfAnAdmin() {
        jdbc.sql(
                        "UPDATE api_token SET created_by = (SELECT id FROM app_user WHERE role = 'ADMIN' FETCH FIRST 1 ROW ONLY)")
                .update();
    }

    @Test
    void everyCurlExampleSucceeds() throws Exception {
        String run = "none";
        List<String> called = new ArrayList<>();
        Matcher call = CALL.matcher(Files.readString(Path.of("docs/api.md")));
        while (call.find()) {
            String path = call.group("path").replace("$RUN", run);
            called.add(path);
            if (path.endsWith("/stream")) {
                assertStreams(path);
                continue;
            }
            HttpResponse<String> answer = call.group("body") == null ? get(path) : post(path, call.group("body"));
            assertThat(answer.statusCode()).as(path + " " + answer.body()).isIn(200, 201);
            if (path.equals("/api/v1/runs")) {
                run = json(answer).get("id").asString();
            }
        }
        assertThat(called).as("examples in docs/api.md").hasSize(18);
    }

    private void assertStreams(String path) throws Exception {
        HttpResponse<InputStream> answer = HttpClient.newHttpClient()
                .send(authorised(path).GET().build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream events = answer.body()) {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
            assertThat(events.read()).isPositive();
        }
    }

    @Test
    void everyExampleOfTheDescriptionSucceedsAndFieldsAreNamedAsInTheApi() {
        JsonNode description = json(get("/v3/api-docs"));
        assertThat(description.at("/components/schemas/StartRequest/properties").propertyNames())
                .contains("external_id", "boot_id");
        String run = json(post("/api/v1/runs", Examples.START)).get("id").asString();
        int examples = 0;
        for (Map.Entry<String, JsonNode> path : description.get("paths").properties()) {
            JsonNode content = path.getValue().at("/post/requestBody/content/application~1json");
            if (content.isMissingNode()) {
                continue;
            }
            JsonNode example = content.has("example")
                    ? content.get("example")
                    : content.get("examples").iterator().next().get("value");
            HttpResponse<String> answer = post(
                    path.getKey().replace("{id}", run), example.isString() ? example.asString() : example.toString());
            assertThat(answer.statusCode())
                    .as(path.getKey() + " " + answer.body())
                    .isIn(200, 201);
            examples++;
        }
        assertThat(examples).isEqualTo(8);
    }
}
