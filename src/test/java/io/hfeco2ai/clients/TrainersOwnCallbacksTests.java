package io.hfeco2ai.clients;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Trainer's own MLflow and CodeCarbon callbacks, pointed at this server, with ours beside them. */
@Tag("clients")
class TrainersOwnCallbacksTests extends Trainings {

    @Test
    void allThreeReportAndMlflowHasOurFigures() {
        String here = "http://127.0.0.1:" + port;
        Python python = python("hf-all", "together")
                .set("MLFLOW_TRACKING_URI", here + "/mlflow")
                .set("MLFLOW_TRACKING_USERNAME", "token")
                .set("MLFLOW_TRACKING_PASSWORD", TOKEN)
                .set("MLFLOW_EXPERIMENT_NAME", "together/trainer")
                .set("CODECARBON_SAVE_TO_API", "true")
                .set("CODECARBON_API_ENDPOINT", here + "/codecarbon")
                .set("CODECARBON_API_KEY", TOKEN)
                .set("CODECARBON_EXPERIMENT_ID", "together/codecarbon")
                .set("CODECARBON_API_CALL_INTERVAL", "1")
                .set("CODECARBON_MEASURE_POWER_SECS", "1");
        JsonNode result = ok(python.script("hf_all_train.py", "out"));
        assertThat(result.get("step").asInt()).isEqualTo(30);
        String experiment = json(get("/mlflow/api/2.0/mlflow/experiments/get-by-name?experiment_name=together/trainer"))
                .get("experiment")
                .get("experiment_id")
                .asString();
        JsonNode run = json(post("/mlflow/api/2.0/mlflow/runs/search", "{\"experiment_ids\":[\"" + experiment + "\"]}"))
                .get("runs")
                .get(0);
        assertThat(run.get("info").get("status").asString()).isEqualTo("FINISHED");
        assertThat(run.get("data").get("metrics"))
                .extracting(metric -> metric.get("key").asString())
                .contains("loss", "energy_kwh", "power_w", "samples_per_kwh");
        assertThat(runs("together"))
                .isNotEmpty()
                .allSatisfy(detail ->
                        assertThat(detail.get("run").get("status").asString()).isNotEqualTo("FAILED"));
    }
}
