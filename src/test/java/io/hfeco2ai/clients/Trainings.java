package io.hfeco2ai.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.clients.Python.Ended;
import io.hfeco2ai.testing.RunningServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What tests of trainings share: the package as pip fetches it from this server, and the server's view of the runs. */
abstract class Trainings extends RunningServer {

    private static final Pattern WHEEL = Pattern.compile("/clients/(hf_eco2ai-[0-9a-z.]+-py3-none-any\\.whl)");

    @TempDir
    protected Path folder;

    protected Python python(String environment, String project) {
        Matcher wheel = WHEEL.matcher(send(request("/clients/").GET()).body());
        assertThat(wheel.find()).isTrue();
        return new Python(environment, folder)
                .install("http://127.0.0.1:" + port + wheel.group())
                .set("HFECO2AI_SERVER", "http://127.0.0.1:" + port)
                .set("HFECO2AI_TOKEN", TOKEN)
                .set("HFECO2AI_PROJECT", project);
    }

    protected static JsonNode ok(Ended ended) {
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        return ended.result();
    }

    /** The runs of a project with all that is known of them. */
    protected List<JsonNode> runs(String project) {
        HttpResponse<String> found = get("/api/v1/runs?project=" + project);
        assertThat(found.statusCode()).as(found.body()).isEqualTo(200);
        List<JsonNode> details = new ArrayList<>();
        json(found)
                .get("runs")
                .forEach(run ->
                        details.add(json(get("/api/v1/runs/" + run.get("id").asString()))));
        return details;
    }

    protected JsonNode onlyRun(String project) {
        List<JsonNode> runs = runs(project);
        assertThat(runs).hasSize(1);
        return runs.get(0);
    }

    protected JsonNode footprint(JsonNode detail) {
        return json(get("/api/v1/runs/" + detail.get("run").get("id").asString() + "/footprint"));
    }

    /** Finished, with energy that the callback measured, and the same figures in the trainer's logs. */
    protected void assertWhole(JsonNode result, String project) {
        JsonNode detail = onlyRun(project);
        assertThat(detail.get("run").get("status").asString()).isEqualTo("FINISHED");
        assertThat(detail.get("members")).hasSize(1);
        assertThat(footprint(detail).get("energy_kwh").asDouble()).isPositive();
        JsonNode report = result.get("report");
        assertThat(report.get("footprint").get("energy_kwh").asDouble())
                .isEqualTo(footprint(detail).get("energy_kwh").asDouble());
        assertThat(report.get("run_url").asString())
                .endsWith("/runs/" + detail.get("run").get("id").asString());
        assertThat(result.get("logs"))
                .anyMatch(logs -> logs.has("energy_kwh") && logs.has("power_w") && logs.has("samples_per_kwh"));
    }
}
