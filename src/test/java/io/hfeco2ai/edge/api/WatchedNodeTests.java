package io.hfeco2ai.edge.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.testing.RunningServer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Whoever has a token can say what its runs did on the server's own node, but not what the node used or is called. */
@TestPropertySource(
        properties = {
            "hfeco2ai.sampler.enabled=true",
            "spring.datasource.url=jdbc:h2:mem:watched;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
        })
class WatchedNodeTests extends RunningServer {

    @Autowired
    Metering metering;

    @Autowired
    JdbcClient jdbc;

    private Node own() throws InterruptedException {
        for (int tries = 0; tries < 300; tries++) {
            for (Node node : metering.nodes()) {
                if (node.embedded() && metering.watches(node.id(), node.bootId())) {
                    return node;
                }
            }
            Thread.sleep(100);
        }
        throw new AssertionError("the server measures nothing");
    }

    private String batch(String node, String boot, String usage) {
        Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String span = "\"start\":\"" + end.minusSeconds(10) + "\",\"end\":\"" + end + "\"";
        return "{\"node\":\"" + node + "\",\"boot_id\":\"" + boot + "\",\"node_name\":\"stolen\",\"measurements\":["
                + "{\"device\":\"fake\",\"kind\":\"node\"," + span
                + ",\"energy_j\":1,\"quality\":\"measured\",\"source\":\"meter\"}],\"usage\":["
                + usage.replace("SPAN", span) + "]}";
    }

    @Test
    void intervalsForTheServersOwnNodeAreRejectedAndUsageIsTaken() throws Exception {
        Node own = own();
        JsonNode started = json(post(
                "/api/v1/runs",
                "{\"project\":\"p\",\"experiment\":\"e\",\"node\":\"" + own.id() + "\",\"boot_id\":\"" + own.bootId()
                        + "\"}"));
        assertThat(started.get("node_watched").asBoolean()).isTrue();
        String usage = "{\"member_id\":\"" + started.get("member_id").asString()
                + "\",\"device\":\"fake\",SPAN,\"weight\":0.5}";
        var answer = post("/api/v1/measurements", batch(own.id(), own.bootId(), usage));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode rejected = json(answer).get("rejected");
        assertThat(rejected.get(0).get("index").asInt()).isZero();
        assertThat(rejected.get(0).get("reason").asString()).contains("send usage only");
        assertThat(json(answer).get("accepted").asInt() + rejected.size())
                .as(answer.body())
                .isEqualTo(2);
        assertThat(jdbc.sql("SELECT COUNT(*) FROM device WHERE node_id = ? AND device_key = 'fake' AND kind = 'NODE'")
                        .param(own.id())
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(own().name()).isNotEqualTo("stolen");
    }

    @Test
    void nobodyAddsEnergyToTheServersOwnNodeUnderAnotherBoot() throws Exception {
        var answer = post("/api/v1/measurements", batch(own().id(), "another-boot", ""));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(json(answer).get("accepted").asInt()).isZero();
        assertThat(answer.body()).contains("measured by the server itself");
    }

    @Test
    void anAgentCannotSpeakForTheServersOwnNode() throws Exception {
        var answer = post(
                "/api/v1/measurements",
                batch(own().id(), "another-boot", "")
                        .replace("{\"node\":", "{\"agent\":{\"version\":\"1\"},\"node\":"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        assertThat(answer.body()).contains("measured by the server itself", "HFECO2AI_NODE_ID");
        assertThat(own().name()).isNotEqualTo("stolen");
    }

    @Test
    void aNodeIsNamedByItsFirstBatchOnly() {
        String first = batch("newcomer", "b", "").replace("stolen", "first");
        assertThat(json(post("/api/v1/measurements", first)).get("accepted").asInt())
                .isEqualTo(1);
        String second = batch("newcomer", "b", "").replace("\"fake\"", "\"second\"");
        assertThat(json(post("/api/v1/measurements", second)).get("accepted").asInt())
                .isEqualTo(1);
        assertThat(metering.node("newcomer").orElseThrow().name()).isEqualTo("first");
    }
}
