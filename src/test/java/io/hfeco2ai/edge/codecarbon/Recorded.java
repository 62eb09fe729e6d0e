package io.hfeco2ai.edge.codecarbon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What real clients sent, each in a run of 9.5 s that measured every second and reported every third measure. */
record Recorded(String path, ObjectNode body) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The recordings' hour; they are played as if it was two hours ago: each hour since then is one to account for. */
    private static final String RECORDED = "2026-01-05T10";

    static final Instant HOUR = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(2, ChronoUnit.HOURS);

    /** The first is the run, the others are its emissions. */
    static List<Recorded> by(String version) {
        try (var file = Recorded.class.getResourceAsStream("/codecarbon/" + version + ".jsonl")) {
            String lines = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return lines.replace(RECORDED, HOUR.toString().substring(0, RECORDED.length()))
                    .lines()
                    .map(Recorded::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Recorded of(String line) {
        JsonNode recorded = JSON.readTree(line);
        return new Recorded(
                recorded.get("path").asString().substring("/codecarbon".length()), (ObjectNode) recorded.get("body"));
    }

    Recorded in(String runId) {
        return new Recorded(path, body.deepCopy().put("run_id", runId));
    }

    /** As if it had been sent that long before: where other tests' runs claim nothing. */
    Recorded earlier(Duration by) {
        String at =
                OffsetDateTime.parse(body.get("timestamp").asString()).minus(by).toString();
        return new Recorded(path, body.deepCopy().put("timestamp", at));
    }

    double number(String field) {
        return body.get(field).asDouble();
    }
}
