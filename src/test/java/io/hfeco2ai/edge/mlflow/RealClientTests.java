package io.hfeco2ai.edge.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.teams.Teams;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The real Python package against this server; src/test/clients/mlflow_run.py checks what the client sees. */
class RealClientTests extends MlflowServer {

    private static final Path CLIENTS = Path.of("src/test/clients").toAbsolutePath();
    private static final double TWO_GPUS_WATTS = 400;

    @Autowired
    Experiments experiments;

    @Autowired
    Ledger ledger;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Teams teams;

    @Test
    @Tag("clients")
    void theNewestClientTracksATrainingAndItsGpusBecomeEnergy() throws Exception {
        Map<String, String> runs = drive("3.17.2", "real/newest");
        assertThat(experiments
                        .find(runs.getOrDefault("child", ""))
                        .orElseThrow()
                        .parentId())
                .isEqualTo(runs.get("parent"));
        Experiments.Run powered =
                experiments.find(runs.getOrDefault("powered", "")).orElseThrow();
        assertThat(powered.client()).isEqualTo("mlflow/3.17.2");
        ledger.settle(powered.id());
        Footprint footprint = ledger.footprint(Question.ofRun(powered.id(), false));
        assertThat(footprint.energy().joules()).isBetween(2 * TWO_GPUS_WATTS, 8 * TWO_GPUS_WATTS);
        assertThat(footprint.measured()).isEqualTo(footprint.energy());
    }

    @Test
    @Tag("clients")
    void twoTeamsSeeAndChangeOnlyTheirOwn() throws Exception {
        String team = UUID.randomUUID().toString().replace("-", "");
        jdbc.sql("INSERT INTO team (id, name, created_at) VALUES (?, ?, ?)")
                .params(team, "team " + team, OffsetDateTime.now(ZoneOffset.UTC))
                .update();
        ProcessBuilder client = client("3.17.2", "mlflow_teams.py", "real/teams");
        client.environment()
                .put("OTHER_TEAMS_TOKEN", teams.create(team, "others").secret());
        assertThat(output(client).lines()).last().isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.9.2", "2.17.2", "3.17.2"})
    @Tag("client-matrix")
    void everySupportedVersionTracksATraining(String version) throws Exception {
        assertThat(drive(version, "real/client-" + version)).containsKeys("parent", "child");
    }

    private ProcessBuilder client(String version, String script, String experiment)
            throws IOException, InterruptedException {
        String python = output(new ProcessBuilder(
                        "bash", CLIENTS.resolve("make-env.sh").toString(), "mlflow-" + version))
                .strip();
        ProcessBuilder client =
                new ProcessBuilder(python, CLIENTS.resolve(script).toString(), experiment);
        client.environment().put("MLFLOW_TRACKING_URI", "http://127.0.0.1:" + port + "/mlflow");
        client.environment().put("MLFLOW_TRACKING_TOKEN", TOKEN);
        client.environment().put("MLFLOW_DISABLE_TELEMETRY", "true");
        client.environment().put("PYTHONPATH", CLIENTS.resolve("fake").toString());
        client.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        return client;
    }

    private Map<String, String> drive(String version, String experiment) throws IOException, InterruptedException {
        List<String> lines =
                output(client(version, "mlflow_run.py", experiment)).lines().toList();
        assertThat(lines).last().isEqualTo("ok");
        Map<String, String> runs = new TreeMap<>();
        for (String line : lines) {
            String[] words = line.split(" ");
            if (words.length == 2) {
                runs.put(words[0], words[1]);
            }
        }
        return runs;
    }

    private static String output(ProcessBuilder command) throws IOException, InterruptedException {
        Process process = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(out).isZero();
        return out;
    }
}
