package io.hfeco2ai.edge.codecarbon;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.experiments.Experiments.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The newest CodeCarbon against this server. */
@Tag("clients")
class NewestClientTests extends RealClients {

    private static final String NEWEST = "3.3.2";

    /** Where the command line would check the token's signature: when nobody is there, it leaves that to us. */
    private static final String NOBODY = "http://127.0.0.1:9/none";

    @Test
    void itsTotalArrives() throws Exception {
        theClientsOwnTotalArrives(NEWEST);
    }

    @Test
    void itsStepsArrive() throws Exception {
        whatIsReportedInStepsArrives(NEWEST);
    }

    @Test
    void onEveryRankItCountsOnce() throws Exception {
        twoRanksOnTheServersOwnMachineCountOnce(NEWEST);
    }

    @Test
    void theOfflineTrackerReportsToo() throws Exception {
        RealClient client = client(NEWEST, "offline", "far-offline", "offline");
        client.output(client.track("3.2", "-1", "offline"));
        Run run = runsOf("offline").get(0);
        assertThat(footprint(run.id()).energy().isZero()).isFalse();
        assertThat(experiments.detail(run.id()).tags()).doesNotContainKey("hfeco2ai.notice.codecarbon-location");
    }

    @Test
    void theCommandMonitorReports() throws Exception {
        RealClient client = client(NEWEST, "monitor", "far-monitor", "cli/monitor");
        client.output(
                client.command("monitor", "--measure-power-secs", "1", "--api-call-interval", "2", "--", "sleep", "6"));
        Run run = runsOf("monitor").get(0);
        assertThat(run.project()).isEqualTo("cli");
        assertThat(footprint(run.id()).energy().isZero()).isFalse();
    }

    /** The command line wants to sign in first; a file it wrote itself holds our token as well. */
    @Test
    void theCommandLineFindsTeamsAndTokens() throws Exception {
        String project = json(post("/api/v1/runs", "{\"project\":\"for-cli\",\"experiment\":\"e\"}"))
                .get("id")
                .asString();
        String projectId = experiments.find(project).orElseThrow().projectId();
        RealClient client = client(NEWEST, "command", "", "unused").with("AUTH_SERVER_WELL_KNOWN", NOBODY);
        Path folder = folders.resolve("command");
        Files.writeString(folder.resolve("credentials.json"), JSON.writeValueAsString(Map.of("access_token", TOKEN)));
        Files.writeString(
                folder.resolve(".codecarbon.config"),
                "[codecarbon]\napi_endpoint = http://127.0.0.1:" + port + "/codecarbon\n");
        assertThat(client.output(client.command("test-api"))).contains("'name': 'default'");
        assertThat(client.output(client.command("get-token", projectId))).contains(TOKEN);
    }
}
