package io.hfeco2ai.edge.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.testing.RunningServer;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What an agent says is kept, its node is watched, and it is told whose processes to follow. */
class AgentCallsTests extends RunningServer {

    private final String node = "agent-node-" + Ids.next().substring(20);
    private final Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @Autowired
    Metering metering;

    private HttpResponse<String> say(String rest) {
        return post(
                "/api/v1/measurements",
                "{\"node\":\"" + node
                        + "\",\"node_name\":\"box\",\"boot_id\":\"boot-1\",\"node_info\":{\"cpu_model\":\"CPU X\","
                        + "\"logical_cpus\":8,\"memory_bytes\":1024,\"virtual_machine\":true},\"agent\":{\"version\":\"1.2\","
                        + "\"waiting\":3,\"dropped\":1}" + rest + "}");
    }

    private String span() {
        return "\"start\":\"" + end.minusSeconds(10) + "\",\"end\":\"" + end + "\"";
    }

    private String interval(double joules) {
        return String.format(
                Locale.ROOT,
                "{\"device\":\"cpu-0\",\"kind\":\"cpu\",%s,\"energy_j\":%s,\"quality\":\"measured\",\"source\":\"rapl\"}",
                span(),
                joules);
    }

    private String member(int pid) {
        JsonNode started = json(post(
                "/api/v1/runs",
                "{\"project\":\"p\",\"experiment\":\"e\",\"name\":\"r\",\"node\":\"" + node
                        + "\",\"boot_id\":\"boot-1\",\"pid\":" + pid + "}"));
        return started.get("member_id").asString();
    }

    @Test
    void anEmptyCallDescribesTheNodeAndMakesItWatched() {
        assertThat(metering.watches(node, "boot-1")).isFalse();
        HttpResponse<String> answer = say("");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(json(answer).get("members")).isEmpty();
        Node known = metering.node(node).orElseThrow();
        assertThat(known.name()).isEqualTo("box");
        assertThat(known.cpuModel()).isEqualTo("CPU X");
        assertThat(known.logicalCpus()).isEqualTo(8);
        assertThat(known.virtualMachine()).isTrue();
        assertThat(metering.watches(node, "boot-1")).isTrue();
        assertThat(metering.watches(node, "boot-2")).isFalse();
        assertThat(metering.agent(node)).satisfies(agent -> {
            assertThat(agent.version()).isEqualTo("1.2");
            assertThat(agent.waiting()).isEqualTo(3);
            assertThat(agent.dropped()).isEqualTo(1);
            assertThat(agent.live()).isTrue();
        });
    }

    @Test
    void theNodesShowTheAgentAndHowOldItsNewestIntervalIs() {
        say(",\"measurements\":[" + interval(100) + "]");
        JsonNode found = JSON.nullNode();
        for (JsonNode each : json(get("/api/v1/nodes")).get("nodes")) {
            found = each.get("id").asString().equals(node) ? each : found;
        }
        assertThat(found.at("/agent/waiting").asLong()).isEqualTo(3);
        assertThat(found.at("/agent/live").asBoolean()).isTrue();
        assertThat(found.get("lag_s").asDouble()).isBetween(0.0, 60.0);
        assertThat(found.get("power_w").asDouble()).isEqualTo(10);
    }

    @Test
    void aClientBesideAnAgentSaysWhatItsRunUsedAndNoEnergy() {
        say(",\"measurements\":[" + interval(100) + "]");
        String member = member(4242);
        JsonNode answer = json(post(
                "/api/v1/measurements",
                "{\"node\":\"" + node + "\",\"boot_id\":\"boot-1\",\"client\":\"c/1\",\"measurements\":[" + interval(77)
                        + "],\"usage\":[{\"member_id\":\"" + member + "\",\"device\":\"cpu-0\"," + span()
                        + ",\"weight\":0.5}]}"));
        assertThat(answer.get("accepted").asInt()).as(answer.toString()).isEqualTo(1);
        assertThat(answer.get("rejected").get(0).get("reason").asString()).contains("by its agent");
        assertThat(answer.has("members")).isFalse();
    }

    @Test
    void theAgentIsToldOfOpenMembersOfItsBootUntilTheyEnd() {
        String member = member(4243);
        JsonNode told = json(say("")).get("members");
        assertThat(told).hasSize(1);
        assertThat(told.get(0).get("member_id").asString()).isEqualTo(member);
        assertThat(told.get(0).get("pid").asLong()).isEqualTo(4243);
        assertThat(told.get(0).has("started_at")).isTrue();
        JsonNode ended =
                json(say(",\"gone\":[{\"member_id\":\"" + member + "\",\"last_seen_at\":\"" + Instant.now() + "\"}]"));
        assertThat(ended.get("members")).isEmpty();
        assertThat(json(say(",\"gone\":[{\"member_id\":\"nobody\",\"last_seen_at\":\"" + end + "\"}]"))
                        .get("members"))
                .isEmpty();
    }

    @Test
    void usageOfAStrangerCostsTheAgentNoEnergyAndRepeatingChangesNothing() {
        String batch = ",\"measurements\":[" + interval(100)
                + "],\"usage\":[{\"member_id\":\"stranger\",\"device\":\"cpu-0\"," + span() + ",\"weight\":0.5}]";
        JsonNode first = json(say(batch));
        assertThat(first.get("accepted").asInt()).as(first.toString()).isEqualTo(1);
        assertThat(first.get("rejected").get(0).get("index").asInt()).isEqualTo(1);
        assertThat(json(say(batch)).get("duplicates").asInt()).isEqualTo(1);
    }

    @Test
    void whatCannotBeStoredIsNamed() {
        assertBad("\"agent\":{}", "agent.version");
        assertBad("\"agent\":7", "agent");
        assertBad("\"agent\":{\"version\":\"1\",\"waiting\":-1}", "agent.waiting");
        assertBad("\"agent\":{\"version\":\"1\"},\"node_info\":{\"logical_cpus\":0}", "node_info.logical_cpus");
        assertBad(
                "\"agent\":{\"version\":\"1\"},\"node_info\":{\"cpu_model\":\"" + "x".repeat(300) + "\"}", "cpu_model");
        assertBad("\"agent\":{\"version\":\"1\"},\"gone\":[{\"member_id\":\"m\"}]", "gone[0].last_seen_at");
        assertThat(metering.node(node)).isEmpty();
    }

    private void assertBad(String rest, String field) {
        HttpResponse<String> answer =
                post("/api/v1/measurements", "{\"node\":\"" + node + "\",\"boot_id\":\"b\"," + rest + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains(field);
    }
}
