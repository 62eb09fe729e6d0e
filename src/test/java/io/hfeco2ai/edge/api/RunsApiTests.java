package io.hfeco2ai.edge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.experiments.Experiments.Started;
import io.hfeco2ai.teams.Teams;
import io.hfeco2ai.testing.RunningServer;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

class RunsApiTests extends RunningServer {

    @Autowired
    Experiments experiments;

    @Autowired
    Teams teams;

    private StartRun start(String project, String externalId, @Nullable NewMember member) {
        return new StartRun(
                teams.defaultTeam().id(),
                project,
                "e",
                null,
                externalId,
                null,
                null,
                Map.of(),
                Map.of(),
                false,
                member,
                null);
    }

    @Test
    void manyClientsThatStartTheSameRunAtOnceGetOneRun() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        NewMember member = new NewMember("race-node", "b", 0, 7L, List.of(), null);
        Callable<Started> client = () -> experiments.start(start("race", "same", member));
        List<Future<Started>> started = clients.invokeAll(Collections.nCopies(24, client));
        clients.shutdown();
        assertThat(started)
                .extracting(each -> each.get().run().id())
                .containsOnly(started.get(0).get().run().id());
        assertThat(started)
                .extracting(each -> each.get().memberId())
                .doesNotContainNull()
                .hasSize(24);
        assertThat(started.stream().filter(each -> get(each).created())).hasSize(1);
        assertThat(experiments.claims("race-node", 0, Long.MAX_VALUE)).hasSize(1);
    }

    @Test
    void aProcessThatIsToldOfAfterTheEndOfItsAttemptClaimsNothingBeyondIt() {
        String start =
                "{\"project\":\"late\",\"experiment\":\"e\",\"external_id\":\"x\",\"node\":\"%s\",\"boot_id\":\"b\","
                        + "\"rank\":%d,\"pid\":7,\"started_at\":\"2026-01-05T10:00:00Z\"}";
        String id = json(post("/api/v1/runs", String.format(start, "late-1", 0)))
                .get("id")
                .asString();
        post("/api/v1/runs/" + id + "/finish", "{\"status\":\"FINISHED\",\"ended_at\":\"2026-01-05T11:00:00Z\"}");
        assertThat(post("/api/v1/runs", String.format(start, "late-2", 1)).statusCode())
                .isEqualTo(200);
        JsonNode detail = json(get("/api/v1/runs/" + id));
        assertThat(detail.get("attempts")).hasSize(1);
        assertThat(detail.get("members"))
                .hasSize(2)
                .allSatisfy(
                        member -> assertThat(member.get("ended_at").asString()).isEqualTo("2026-01-05T11:00:00Z"));
    }

    private static Started get(Future<Started> future) {
        try {
            return future.get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSecondMemberWithOtherDevicesOnTheSameNodeIsAnotherOne() {
        String body =
                "{\"project\":\"two\",\"experiment\":\"e\",\"node\":\"n2\",\"boot_id\":\"b\",\"devices\":[\"gpu0\"]}";
        String id = json(post("/api/v1/runs", body)).get("id").asString();
        String members = "/api/v1/runs/" + id + "/members";
        post(members, "{\"node\":\"n2\",\"boot_id\":\"b\",\"devices\":[\"gpu0\"]}");
        post(members, "{\"node\":\"n2\",\"boot_id\":\"b\",\"devices\":[\"gpu1\"]}");
        post(members, "{\"node\":\"n2\",\"boot_id\":\"b\",\"devices\":[\"gpu1\"]}");
        assertThat(json(get("/api/v1/runs/" + id)).get("members").size()).isEqualTo(2);
    }

    @Test
    void theSameExternalIdOpensANewAttemptOnceTheLastEnded() {
        String body =
                "{\"project\":\"again\",\"experiment\":\"e\",\"external_id\":\"x\",\"node\":\"n\",\"boot_id\":\"b\"}";
        HttpResponse<String> first = post("/api/v1/runs", body);
        assertThat(first.statusCode()).isEqualTo(201);
        String id = json(first).get("id").asString();
        assertThat(json(first).get("url").asString()).isEqualTo("http://127.0.0.1:" + port + "/runs/" + id);
        assertThat(post("/api/v1/runs", body).statusCode()).isEqualTo(200);
        assertThat(json(get("/api/v1/runs/" + id)).get("attempts").size()).isEqualTo(1);
        String finish = "/api/v1/runs/" + id + "/finish";
        assertThat(post(finish, "{\"status\":\"failed\"}").statusCode()).isEqualTo(200);
        assertThat(post(finish, "{\"status\":\"FAILED\"}").statusCode()).isEqualTo(200);
        assertThat(post(finish, "{\"status\":\"FINISHED\"}").statusCode()).isEqualTo(409);
        JsonNode again = json(post("/api/v1/runs", body));
        assertThat(again.get("id").asString()).isEqualTo(id);
        assertThat(again.get("status").asString()).isEqualTo("RUNNING");
        JsonNode detail = json(get("/api/v1/runs/" + id));
        assertThat(detail.get("attempts").size()).isEqualTo(2);
        assertThat(detail.get("members").size()).isEqualTo(2);
        assertThat(detail.at("/members/0/ended_at").isNull()).isFalse();
        assertThat(detail.at("/members/1/ended_at").isNull()).isTrue();
    }

    /** The parent of a process knows best what it used, so its word counts also where nobody watches the pid. */
    @Test
    void aClientThatTellsWhatItsProcessUsedGetsThatShareAndNotTheWholeNode() {
        JsonNode started = json(post("/api/v1/runs", """
                {"project":"usage","experiment":"e","node":"usage-node","boot_id":"b",
                 "started_at":"2026-01-05T10:00:00Z"}"""));
        String finish = "/api/v1/runs/" + started.get("id").asString() + "/finish";
        String energy = """
                {"node":"usage-node","boot_id":"b","measurements":[{"device":"cpu0","kind":"cpu",
                 "start":"2026-01-05T10:00:00Z","end":"2026-01-05T10:00:10Z","energy_j":400,"quality":"measured",
                 "source":"rapl"}],"usage":[{"member_id":"%s","device":"cpu0","start":"2026-01-05T10:00:00Z",
                 "end":"2026-01-05T10:00:10Z","weight":0.25}]}""".formatted(started.get("member_id").asString());
        assertThat(post("/api/v1/measurements", energy).statusCode()).isEqualTo(200);
        JsonNode footprint = json(post(finish, "{\"status\":\"FINISHED\",\"ended_at\":\"2026-01-05T10:00:10Z\"}"));
        assertThat(footprint.findValue("energy_kwh").asDouble() * 3.6e6).isCloseTo(100, within(1e-6));
    }

    @Test
    void anEndBeforeItsStartIsRefused() {
        String id = json(post(
                        "/api/v1/runs",
                        "{\"project\":\"order\",\"experiment\":\"e\",\"started_at\":\"2026-01-05T10:00:00Z\"}"))
                .get("id")
                .asString();
        HttpResponse<String> answer = post(
                "/api/v1/runs/" + id + "/finish", "{\"status\":\"FINISHED\",\"ended_at\":\"2026-01-05T09:00:00Z\"}");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("field").asString()).isEqualTo("ended_at");
        assertThat(json(get("/api/v1/runs/" + id)).at("/run/status").asString()).isEqualTo("RUNNING");
    }

    @Test
    void searchTakesTextLiterallyAndInAnyCase() {
        post("/api/v1/runs", "{\"project\":\"search\",\"experiment\":\"e\",\"name\":\"Half_50%\"}");
        post("/api/v1/runs", "{\"project\":\"search\",\"experiment\":\"e\",\"name\":\"Half-500\"}");
        assertThat(json(get("/api/v1/runs?project=search&text=half"))
                        .get("total")
                        .asInt())
                .isEqualTo(2);
        assertThat(json(get("/api/v1/runs?project=search&text=half_50%25"))
                        .get("total")
                        .asInt())
                .isEqualTo(1);
        assertThat(get("/api/v1/runs?project=nobody").statusCode()).isEqualTo(404);
    }

    @Test
    void aClaimIsAskedForByNodeAndTime() {
        NewMember member = new NewMember("claim-node", "b", 0, null, List.of("GPU-1", "GPU-0"), null);
        Started started = experiments.start(start("claims", "c", member));
        long now = started.run().startedAt().toEpochMilli();
        assertThat(experiments.claims("claim-node", now, now + 1))
                .singleElement()
                .satisfies(claim -> {
                    assertThat(claim.devices()).containsExactlyInAnyOrder("GPU-0", "GPU-1");
                    assertThat(claim.endMs()).isNull();
                });
        assertThat(experiments.claims("claim-node", now - 1000, now)).isEmpty();
        experiments.finish(
                teams.defaultTeam().id(),
                started.run().id(),
                "KILLED",
                started.run().startedAt().plusSeconds(60));
        assertThat(experiments.claims("claim-node", now + 59_000, now + 61_000)).hasSize(1);
        assertThat(experiments.claims("claim-node", now + 60_000, now + 61_000)).isEmpty();
    }

    @Test
    void measurementsAreCountedOnceInAnyOrderAndHoursMustBeFull() {
        String a = interval("2026-01-06T10:00:00Z", "2026-01-06T10:00:10Z");
        String b = interval("2026-01-06T10:00:10Z", "2026-01-06T10:00:20Z");
        assertThat(post("/api/v1/measurements", batch(b + "," + a)).body())
                .startsWith("{\"accepted\":2,\"duplicates\":0");
        assertThat(post("/api/v1/measurements", batch(a + "," + b)).body())
                .startsWith("{\"accepted\":0,\"duplicates\":2");
        JsonNode conflict = json(post("/api/v1/measurements", batch(a.replace("10.5", "11"))));
        assertThat(conflict.at("/rejected/0/reason").asString()).contains("conflict");
        assertThat(get("/api/v1/footprint?from=2026-01-06T10:00:01Z").statusCode())
                .isEqualTo(400);
        assertThat(get("/api/v1/footprint?group_by=mood").statusCode()).isEqualTo(400);
        assertThat(get("/api/v1/footprint?team=others").statusCode()).isEqualTo(404);
    }

    private static String batch(String measurements) {
        return "{\"node\":\"once-node\",\"boot_id\":\"b\",\"measurements\":[" + measurements + "]}";
    }

    private static String interval(String start, String end) {
        return "{\"device\":\"GPU-0\",\"kind\":\"gpu\",\"start\":\"" + start + "\",\"end\":\"" + end
                + "\",\"energy_j\":10.5,\"quality\":\"measured\",\"source\":\"nvml\"}";
    }
}
