package io.hfeco2ai.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.testing.ServerProcess;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A training on the very machine that the server's own sampler measures. */
@Tag("clients")
class HandedOverTests {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    Path folder;

    @Test
    void theServersSamplerMeasuresAndTheCallbackTellsWhatTheProcessDid() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), Map.of("hfeco2ai.site.zone", "DE"))) {
            String page = server.get("/clients/").body();
            String wheel = page.replaceAll("(?s).*(/clients/hf_eco2ai-[-0-9a-z.]+\\.whl).*", "$1");
            JsonNode result = Trainings.ok(new Python("hf", folder)
                    .install(server.uri(wheel).toString())
                    .set("HFECO2AI_SERVER", server.uri("").toString())
                    .set("HFECO2AI_TOKEN", ServerProcess.TOKEN)
                    .set("HFECO2AI_PROJECT", "watched")
                    .script("hf_train.py", "out", "--steps", "140", "--step-s", "0.5"));
            JsonNode report = result.get("report");
            assertThat(report.get("notes").toString()).contains("another sensor measures this node");
            assertThat(report.get("footprint").get("energy_kwh").asDouble()).isPositive();
            assertThat(report.get("footprint").get("emissions_kg_co2e").asDouble())
                    .isPositive();
            assertThat(result.get("logs"))
                    .as("the server's figures, once it has some")
                    .anyMatch(logs -> logs.has("energy_kwh") && logs.has("emissions_kg_co2e"));
            JsonNode runs =
                    JSON.readTree(server.get("/api/v1/runs?project=watched").body());
            assertThat(runs.get("total").asInt()).isEqualTo(1);
        }
    }
}
