package io.hfeco2ai.edge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.testing.RunningServer;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

class EmbodiedFootprintTests extends RunningServer {

    @Autowired
    JdbcTemplate jdbc;

    @Test
    void theFootprintOfARunHasItsEmbodiedShareOnceItsNodeHasAFigure() {
        String id = json(post("/api/v1/runs", """
                {"project":"embodied","experiment":"e","node":"embodied-1","boot_id":"b",
                 "started_at":"2026-01-05T10:00:00Z"}""")).get("id").asString();
        assertThat(post("/api/v1/measurements", """
                {"node":"embodied-1","boot_id":"b","measurements":[{"device":"cpu0","kind":"cpu",
                 "start":"2026-01-05T10:00:00Z","end":"2026-01-05T10:30:00Z","energy_j":400,"quality":"measured",
                 "source":"rapl"}]}""").statusCode()).isEqualTo(200);
        JsonNode finished = json(post(
                "/api/v1/runs/" + id + "/finish", "{\"status\":\"FINISHED\",\"ended_at\":\"2026-01-05T10:30:00Z\"}"));
        assertThat(finished.at("/footprint/embodied_kg_co2e").isNull())
                .as("unknown, not 0")
                .isTrue();
        jdbc.update(
                "INSERT INTO node_embodied (node_id, bought_on, life_months, embodied_ug, source, changed_ms)"
                        + " VALUES ('embodied-1', ?, 48, 1000000000000, 'maker', 0)",
                LocalDate.of(2025, 1, 1));
        assertThat(json(get("/api/v1/runs/" + id + "/footprint"))
                        .get("embodied_kg_co2e")
                        .asDouble())
                .as("half of the hour's 28.52 g")
                .isCloseTo(0.01426, within(0.00001));
    }
}
