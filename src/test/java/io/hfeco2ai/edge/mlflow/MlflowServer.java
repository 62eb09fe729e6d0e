package io.hfeco2ai.edge.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.testing.RunningServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import tools.jackson.databind.JsonNode;

/** The whole application, spoken to as an MLflow client does: 200 and a JSON object, or an error code. */
abstract class MlflowServer extends RunningServer {

    static final String API = "/mlflow/api/2.0/mlflow/";

    HttpRequest.Builder mlflow(String call) {
        return authorised(API + call).header("User-Agent", "mlflow-python-client/3.1.0");
    }

    JsonNode call(String call, String json) {
        return answered(send(mlflow(call).POST(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')))));
    }

    JsonNode query(String call) {
        return answered(send(mlflow(call).GET()));
    }

    static JsonNode answered(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode json = json(answer);
        assertThat(json.isObject()).isTrue();
        return json;
    }

    JsonNode refusedCall(String call, String json, int status, String code) {
        return refused(
                send(mlflow(call).POST(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')))), status, code);
    }

    JsonNode refusedQuery(String call, int status, String code) {
        return refused(send(mlflow(call).GET()), status, code);
    }

    static JsonNode refused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        assertThat(answer.body()).doesNotContain("Exception").doesNotContain("<html");
        JsonNode error = json(answer);
        assertThat(error.path("error_code").asString("")).as(answer.body()).isEqualTo(code);
        assertThat(error.path("message").asString("")).isNotBlank();
        return error;
    }

    String experiment(String name) {
        return call("experiments/create", "{'name':'" + name + "'}")
                .get("experiment_id")
                .asString();
    }

    String run(String experimentId) {
        return call("runs/create", "{'experiment_id':'" + experimentId + "'}")
                .at("/run/info/run_id")
                .asString();
    }

    JsonNode get(JsonNode run) {
        return query("runs/get?run_id=" + run.at("/info/run_id").asString()).get("run");
    }
}
