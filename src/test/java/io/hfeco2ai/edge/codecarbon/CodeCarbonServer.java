package io.hfeco2ai.edge.codecarbon;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.testing.RunningServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The running server as a CodeCarbon client calls it. */
abstract class CodeCarbonServer extends RunningServer {

    @Autowired
    Experiments experiments;

    @Autowired
    Metering metering;

    @Autowired
    Ledger ledger;

    HttpResponse<String> call(String path, String body) {
        return call(TOKEN, path, body);
    }

    HttpResponse<String> call(String key, String path, String body) {
        return send(request(path)
                .header("x-api-token", key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    /** @return the id */
    String start(String base, ObjectNode body) {
        var answer = call(base + "/runs", body.toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return json(answer).get("id").asString();
    }

    JsonNode emit(String base, Recorded emission) {
        var answer = call(base + emission.path(), emission.body().toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return json(answer);
    }

    Footprint footprint(String runId) {
        ledger.settle(runId);
        return ledger.footprint(Question.ofRun(runId, false));
    }

    static double kwh(List<Recorded> recorded, String field) {
        return recorded.stream().skip(1).mapToDouble(each -> each.number(field)).sum();
    }
}
