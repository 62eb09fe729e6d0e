package io.hfeco2ai.edge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.platform.Conflict;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.testing.RunningServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A node that a team's agent has measured takes energy from that team alone, while the agent is silent too. */
class NodeOfTeamTests extends RunningServer {

    private static final String AGENT = ",\"agent\":{\"version\":\"1.2\",\"waiting\":0,\"dropped\":0}";

    private final String node = "team-node-" + Ids.next().substring(20);
    private final Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @Autowired
    Teams teams;

    @Autowired
    Metering metering;

    @Autowired
    JdbcClient jdbc;

    private String tokenOfOthers() {
        String team = Ids.next();
        jdbc.sql("INSERT INTO team (id, name, created_at) VALUES (?, ?, CURRENT_TIMESTAMP)")
                .params(team, "others-" + team.substring(20))
                .update();
        return teams.create(team, "others").secret();
    }

    private HttpResponse<String> say(String token, int device, String agent) {
        String body = String.format(
                Locale.ROOT,
                "{\"node\":\"%s\",\"node_name\":\"box\",\"boot_id\":\"b\"%s,\"measurements\":[{\"device\":\"cpu-%d\","
                        + "\"kind\":\"cpu\",\"start\":\"%s\",\"end\":\"%s\",\"energy_j\":10,\"quality\":\"measured\","
                        + "\"source\":\"rapl\"}]}",
                node,
                agent,
                device,
                end.minusSeconds(10),
                end);
        return send(request("/api/v1/measurements")
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void anyTeamMayReportForANodeThatNoAgentHasMeasured() {
        assertThat(json(say(TOKEN, 0, "")).get("accepted").asInt()).isEqualTo(1);
        assertThat(json(say(tokenOfOthers(), 1, "")).get("accepted").asInt()).isEqualTo(1);
    }

    @Test
    void anAgentsNodeTakesNoEnergyOfAnotherTeamWithAReasonThatSaysTheCure() {
        String others = tokenOfOthers();
        assertThat(json(say(TOKEN, 0, AGENT)).get("accepted").asInt()).isEqualTo(1);

        HttpResponse<String> client = say(others, 1, "");
        assertThat(json(client).get("accepted").asInt()).isZero();
        assertThat(client.body()).contains("the agent of another team").contains("node id of its own");

        HttpResponse<String> agent = say(others, 1, AGENT);
        assertThat(agent.statusCode()).isEqualTo(409);
        assertThat(agent.body()).contains("an agent of another team").contains("HFECO2AI_NODE_ID");

        assertThat(json(say(TOKEN, 0, AGENT)).get("duplicates").asInt()).isEqualTo(1);
        assertThat(jdbc.sql("SELECT COUNT(*) FROM device WHERE node_id = ?")
                        .param(node)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    /** After a restart of the server it has heard of no agent yet. */
    @Test
    void theNodeIsKeptWhileTheAgentIsSilentAndHadItBefore() {
        String others = tokenOfOthers();
        assertThat(json(say(others, 0, "")).get("accepted").asInt()).isEqualTo(1);
        jdbc.sql("UPDATE node SET agent_team_id = ? WHERE id = ?")
                .params(teams.defaultTeam().id(), node)
                .update();

        assertThat(say(others, 1, "").body()).contains("the agent of another team");
        assertThat(json(say(TOKEN, 2, "")).get("accepted").asInt()).isEqualTo(1);
    }

    @Test
    void aReleasedNodeIsKeptForTheTeamOfTheNextAgent() {
        String others = tokenOfOthers();
        assertThat(json(say(TOKEN, 0, "")).get("accepted").asInt()).isEqualTo(1);
        jdbc.sql("UPDATE node SET agent_team_id = ? WHERE id = ?")
                .params(teams.defaultTeam().id(), node)
                .update();
        assertThat(say(others, 1, AGENT).statusCode()).isEqualTo(409);

        metering.release(node);
        assertThat(jdbc.sql("SELECT team_id FROM audit_event WHERE action = 'node.released' AND subject_id = ?")
                        .param(node)
                        .query(String.class)
                        .single())
                .isEqualTo(teams.defaultTeam().id());
        assertThat(json(say(others, 1, AGENT)).get("accepted").asInt()).isEqualTo(1);
        assertThat(say(TOKEN, 2, AGENT).statusCode()).isEqualTo(409);
        assertThat(jdbc.sql("SELECT COUNT(*) FROM device WHERE node_id = ?")
                        .param(node)
                        .query(Integer.class)
                        .single())
                .as("what the first team measured stays")
                .isEqualTo(2);
        assertThatThrownBy(() -> metering.release(node))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("Stop it, or revoke its token");
        assertThat(metering.agentTeam(node))
                .isNotNull()
                .isNotEqualTo(teams.defaultTeam().id());
    }
}
