package io.hfeco2ai.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.clients.Python.Ended;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The newest Trainer, TRL and Lightning with our callbacks against a server that measures nothing itself. */
@Tag("clients")
class TrainerTests extends Trainings {

    private static final String NEWEST = "hf";

    @Test
    void theTrainersRunIsOnTheServerAndItsLogsHaveTheFigures() {
        JsonNode result = ok(python(NEWEST, "hf").script("hf_train.py", "out", "--step-s", "0.15"));
        assertWhole(result, "hf");
        JsonNode detail = onlyRun("hf");
        assertThat(detail.get("params").get("model_type").asString()).isEqualTo("gpt2");
        assertThat(detail.get("run").get("name").asString()).isEqualTo("out");
        assertThat(detail.get("metrics")).anySatisfy(metric -> {
            assertThat(metric.get("name").asString()).isEqualTo("loss");
        });
        JsonNode report = result.get("report");
        assertThat(report.get("footprint").get("energy_kwh").asDouble())
                .as("the server splits as the callback does")
                .isCloseTo(
                        report.get("energy_kwh").asDouble(),
                        within(0.3 * report.get("energy_kwh").asDouble()));
        assertThat(folder.resolve("out/hf_eco2ai.json")).exists();
    }

    @Test
    void aResumedTrainingIsTheSameRunWithAnotherAttempt() {
        Python python = python(NEWEST, "resumed");
        ok(python.script("hf_train.py", "first", "--save-steps", "10", "--step-s", "0.1"));
        JsonNode second = ok(python.script(
                "hf_train.py",
                "second",
                "--steps",
                "30",
                "--step-s",
                "0.1",
                "--resume",
                folder.resolve("first/checkpoint-20").toString()));
        assertThat(second.get("step").asInt()).isEqualTo(30);
        JsonNode detail = onlyRun("resumed");
        assertThat(detail.get("attempts")).hasSize(2);
        assertThat(detail.get("run").get("status").asString()).isEqualTo("FINISHED");
    }

    @Test
    void twoProcessesAreOneRunAndStopAtTheSameStepAfterACheckpoint() throws Exception {
        Ended ended = python(NEWEST, "two-processes")
                .two(freePort(), "hf_train.py", "out", "--steps", "200", "--step-s", "0.1", "--budget-kwh", "0.000004");
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(ended.results()).as(ended.output()).hasSize(2);
        int stoppedAt = ended.results().get(0).get("stopped_at").asInt();
        assertThat(stoppedAt).isBetween(5, 199);
        assertThat(ended.results()).allSatisfy(result -> {
            assertThat(result.get("stopped_at").asInt()).isEqualTo(stoppedAt);
            assertThat(result.get("step").asInt()).isEqualTo(stoppedAt);
        });
        assertThat(folder.resolve("out/checkpoint-" + stoppedAt)).isDirectory();
        JsonNode detail = onlyRun("two-processes");
        assertThat(detail.get("members")).hasSize(2).allSatisfy(member -> {
            assertThat(member.get("ended_at").isNull()).isFalse();
        });
        assertThat(detail.get("attempts")).hasSize(1);
        assertThat(footprint(detail).get("energy_kwh").asDouble()).isPositive();
    }

    @Test
    void aTrainingThatFailsEndsItsRunAsFailed() {
        Ended ended = python(NEWEST, "failed").script("hf_train.py", "out", "--step-s", "0.1", "--fail-at", "5");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output()).contains("RuntimeError: this training fails");
        assertThat(onlyRun("failed").get("run").get("status").asString()).isEqualTo("FAILED");
    }

    @Test
    void aServerThatIsDownIsToldLater() throws Exception {
        Python python = python(NEWEST, "later");
        String here = "http://127.0.0.1:" + port;
        Path state = folder.resolve("state/hf-eco2ai/python");
        JsonNode lost = ok(python.set("HFECO2AI_SERVER", "http://127.0.0.1:" + freePort())
                .script("hf_train.py", "out", "--steps", "10", "--step-s", "0.1"));
        assertThat(lost.get("report").get("notes").toString()).contains("is kept in");
        try (var files = Files.list(state)) {
            Path kept = files.findFirst().orElseThrow();
            Files.writeString(
                    kept,
                    Files.readString(kept).replaceFirst("\"server\": \"[^\"]+\"", "\"server\": \"" + here + "\""));
        }
        ok(python.set("HFECO2AI_SERVER", here).script("hf_train.py", "out2", "--steps", "10", "--step-s", "0.1"));
        assertThat(runs("later")).hasSize(2).allSatisfy(detail -> {
            assertThat(detail.get("run").get("status").asString()).isEqualTo("FINISHED");
            assertThat(footprint(detail).get("energy_kwh").asDouble()).isPositive();
        });
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void trlsSftTrainerIsATrainerToo() {
        assertWhole(ok(python(NEWEST, "trl").script("sft_train.py", "out")), "trl");
    }

    @Test
    void lightningUnderItsNewName() {
        assertWhole(
                ok(python(NEWEST, "lightning").script("lightning_train.py", "lightning.pytorch", "out")), "lightning");
    }

    @Test
    void lightningUnderItsOldName() {
        Python python = python(NEWEST, "pl");
        JsonNode result = ok(python.script("lightning_train.py", "pytorch_lightning", "out"));
        assertWhole(result, "pl");
        assertThat(result.get("shown").toString()).contains("energy_kwh");
        JsonNode again = ok(python.script("lightning_train.py", "pytorch_lightning", "out", "1000", "out/last.ckpt"));
        assertThat(again.get("step").asInt()).isEqualTo(80);
        assertThat(onlyRun("pl").get("attempts")).hasSize(2);
    }

    @Test
    void lightningStopsAtItsBudget() {
        JsonNode result =
                ok(python(NEWEST, "pl-budget").script("lightning_train.py", "lightning.pytorch", "out", "0.0000002"));
        assertThat(result.get("stopped_at").asInt()).isBetween(5, 39);
        assertThat(result.get("step").asInt()).isLessThan(40);
    }

    @Test
    void thePackagesOwnTestsPass() {
        Ended ended = python(NEWEST, "own")
                .set("HFECO2AI_SERVER", "")
                .run(
                        "-m",
                        "unittest",
                        "discover",
                        "-s",
                        Path.of("src/test/python").toAbsolutePath().toString());
        assertThat(ended.exitCode()).as(ended.output()).isZero();
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
