package io.hfeco2ai.edge.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunInfo;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowHttpException;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

/** MLflow's own client for Java, which writes whole numbers as text and takes the token as a password. */
class JavaClientTests extends MlflowServer {

    private MlflowClient client() {
        return new MlflowClient(new BasicMlflowHostCreds("http://127.0.0.1:" + port + "/mlflow", "any", TOKEN));
    }

    @Test
    void itTracksARun() {
        try (MlflowClient client = client()) {
            String experiment = client.createExperiment("java/client");
            assertThat(client.getExperimentByName("java/client").orElseThrow().getExperimentId())
                    .isEqualTo(experiment);
            RunInfo run = client.createRun(experiment);
            String id = run.getRunUuid();
            client.logParam(id, "lr", "0.1");
            client.setTag(id, "t", "1");
            client.logMetric(id, "loss", 2.5, 1_767_607_200_000L, 1);
            client.logMetric(id, "loss", Double.NaN, 1_767_607_201_000L, 2);
            client.logBatch(
                    id,
                    List.of(Metric.newBuilder()
                            .setKey("acc")
                            .setValue(0.5)
                            .setTimestamp(1_767_607_200_000L)
                            .setStep(1)
                            .build()),
                    List.of(Param.newBuilder().setKey("p").setValue("v").build()),
                    List.of(RunTag.newBuilder().setKey("u").setValue("2").build()));
            client.setTerminated(id, RunStatus.FINISHED);

            Run read = client.getRun(id);
            assertThat(read.getInfo().getStatus()).isEqualTo(RunStatus.FINISHED);
            assertThat(read.getData().getParamsList()).hasSize(2);
            assertThat(client.getMetricHistory(id, "loss")).hasSize(2);
            assertThat(client.getMetricHistory(id, "loss").get(1).getValue()).isNaN();
            assertThat(client.searchRuns(List.of(experiment), "metrics.acc > 0.4"))
                    .extracting(RunInfo::getRunId)
                    .containsExactly(id);
            client.deleteRun(id);
            assertThat(client.searchRuns(List.of(experiment), "")).isEmpty();
            client.restoreRun(id);
        }
    }

    @Test
    void itSeesOurErrors() {
        try (MlflowClient client = client()) {
            assertThat(client.getExperimentByName("java/nobody")).isEmpty();
            assertThatThrownBy(() -> client.getRun("0".repeat(32)))
                    .isInstanceOf(MlflowHttpException.class)
                    .hasMessageContaining("RESOURCE_DOES_NOT_EXIST");
        }
    }
}
