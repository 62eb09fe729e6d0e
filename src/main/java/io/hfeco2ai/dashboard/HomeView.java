package io.hfeco2ai.dashboard;

import io.hfeco2ai.units.Energy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * @param live this machine; null: no sampler runs here
 * @param unattributed the part of today that no run claims; null: nothing is recorded
 * @param siteWithoutZone the name of a site that needs its zone; null: all have one
 * @param server the address of this server, for the examples
 */
record HomeView(
        @Nullable LiveView live,
        FootprintView today,
        @Nullable Energy unattributed,
        List<RunRow> running,
        List<RunRow> recent,
        @Nullable String siteWithoutZone,
        String server) {

    public String runCommand() {
        return "java -jar target/hf-eco2ai.jar run -- python train.py";
    }

    public String curlCommand() {
        return """
                curl -X POST %s/api/v1/runs \\
                  -H "Authorization: Bearer $HFECO2AI_TOKEN" -H "Content-Type: application/json" \\
                  -d '{"project":"demo","experiment":"first","name":"hello"}'""".formatted(server);
    }

    public boolean isFirst() {
        return running.isEmpty() && recent.isEmpty();
    }
}
