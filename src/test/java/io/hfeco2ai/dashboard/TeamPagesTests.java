package io.hfeco2ai.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.testing.Browser;
import io.hfeco2ai.testing.RunningServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A team's page says what the ledger says, of this team alone. */
class TeamPagesTests extends RunningServer {

    @Autowired
    Teams teams;

    @Autowired
    Ledger ledger;

    @Autowired
    JdbcClient jdbc;

    private String team = "";
    private String name = "";
    private Browser admin = new Browser(0);

    @BeforeEach
    void aTeamOfItsOwn() {
        team = UUID.randomUUID().toString().replace("-", "");
        name = "Team " + team;
        jdbc.sql("INSERT INTO team (id, name, created_at) SELECT ?, ?, created_at FROM team FETCH FIRST 1 ROWS ONLY")
                .params(team, name)
                .update();
        admin = new Browser(port).signIn("admin", PASSWORD);
    }

    private HttpResponse<String> call(String token, String path, String json) {
        return send(request(path)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /** Ten seconds at the start of the current hour, which are in this month for sure. */
    private void run(String project, int joules) {
        String token = teams.create(team, "figures").secret();
        Instant start = Instant.now().truncatedTo(ChronoUnit.HOURS);
        String node = "team-" + UUID.randomUUID();
        String id = json(call(
                        token,
                        "/api/v1/runs",
                        "{\"project\":\"" + project + "\",\"experiment\":\"e\",\"name\":\"first <b>\",\"node\":\""
                                + node + "\",\"boot_id\":\"b\",\"started_at\":\"" + start + "\"}"))
                .get("id")
                .asString();
        assertThat(call(
                                token,
                                "/api/v1/measurements",
                                "{\"node\":\"" + node
                                        + "\",\"boot_id\":\"b\",\"measurements\":[{\"device\":\"GPU-0\",\"kind\":\"gpu\",\"start\":\""
                                        + start + "\",\"end\":\"" + start.plusSeconds(10) + "\",\"energy_j\":" + joules
                                        + ",\"quality\":\"measured\",\"source\":\"nvml\"}]}")
                        .body())
                .contains("\"accepted\":1");
        ledger.settle(id);
    }

    @Test
    void aTeamWithoutARunIsToldWhatToDoNext() {
        assertThat(admin.get("/teams").body()).contains(name);
        assertThat(admin.get("/teams/" + team).body())
                .contains(name)
                .contains("/settings/tokens")
                .contains("/clients")
                .doesNotContain("data-energy-uj=\"0\"");
    }

    @Test
    void thisMonthsSumAndItsProjectsAreTheLedgers() {
        run("small", 1_000);
        run("large", 3_000);
        String page = admin.get("/teams/" + team).body();
        assertThat(page)
                .contains("data-energy-uj=\"4000000000\"")
                .contains("data-energy-uj=\"3000000000\"")
                .contains("data-energy-uj=\"1000000000\"")
                .contains("first &lt;b&gt;");
        assertThat(page.indexOf(">large<")).isPositive().isLessThan(page.indexOf(">small<"));
        assertThat(admin.get("/teams").body()).contains("data-energy-uj=\"4000000000\"");
    }

    @Test
    void whoIsInNoTeamSeesNoneAndATeamThatIsNotThereIsNotFound() {
        assertThat(admin.get("/teams/unknown").statusCode()).isEqualTo(404);
    }
}
