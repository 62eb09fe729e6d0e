package io.hfeco2ai.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.hfeco2ai.cli.ApiClient;
import io.hfeco2ai.cli.agent.Delivery.Member;
import io.hfeco2ai.cli.agent.Segment.Record;
import io.hfeco2ai.sensor.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of measurements when the server answers this or that. */
class DeliveryTests {

    private static final String OK = "{\"accepted\":1,\"duplicates\":0,\"rejected\":[],\"members\":[]}";
    private static final Host HOST = new Host("n", "b", "box", "CPU", 1, 2, 2, 1, 1, false, false);

    private record Reply(int status, String body) {}

    @TempDir
    Path folder;

    private final List<String> calls = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private final List<Member> told = new ArrayList<>();
    private final Outgoing outgoing = new Outgoing(HOST, false);
    private Function<String, Reply> server = body -> new Reply(200, OK);
    private HttpServer http;
    private AgentSpool spool;
    private Delivery delivery;

    @BeforeEach
    void start() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            calls.add(body);
            Reply reply = server.apply(body);
            byte[] answer = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        http.start();
        spool = AgentSpool.open(folder, 1_000_000);
        URI address = URI.create("http://127.0.0.1:" + http.getAddress().getPort());
        delivery = new Delivery(
                new ApiClient(address, () -> "secret"), spool, new SplittableRandom(1), said::add, members -> {
                    told.clear();
                    told.addAll(members);
                });
    }

    @AfterEach
    void stop() throws IOException {
        http.stop(0);
        spool.close();
    }

    private void measured(int... numbers) throws IOException {
        for (int number : numbers) {
            spool.append(new Record(1, 1, "\"node\":\"n\",\"boot_id\":\"b\"", "{\"m\":" + number + "}", ""));
        }
    }

    @Test
    void severalRecordsGoInOneCallAndTheMembersComeBack() throws Exception {
        server = body -> new Reply(
                200,
                "{\"accepted\":3,\"rejected\":[],\"members\":[{\"member_id\":\"m1\",\"pid\":42,\"started_at\":\"2026-01-05T10:00:00Z\"}]}");
        measured(1, 2, 3);
        assertThat(delivery.send(outgoing)).isZero();
        assertThat(calls).hasSize(1);
        assertThat(calls.get(0))
                .contains("\"measurements\":[{\"m\":1},{\"m\":2},{\"m\":3}]", "\"waiting\":3", "\"logical_cpus\":2");
        assertThat(told).containsExactly(new Member("m1", 42, Instant.parse("2026-01-05T10:00:00Z")));
        assertThat(spool.waiting()).isZero();
        assertThat(said).containsExactly("the server takes the measurements");
    }

    @Test
    void aServerThatIsAwayIsAskedLessAndLessOften() throws Exception {
        http.stop(0);
        measured(1);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            waits.add(delivery.send(outgoing));
        }
        assertThat(waits.get(0)).isBetween(500L, 1000L);
        assertThat(waits.get(3)).isBetween(4000L, 8000L);
        assertThat(waits.get(7)).isBetween(10_000L, 20_000L);
        assertThat(spool.waiting()).isEqualTo(1);
        assertThat(said).hasSize(1);
        assertThat(said.get(0)).contains("does not answer");
    }

    @Test
    void aWrongTokenKeepsEverythingAndSaysSo() throws Exception {
        server = body -> new Reply(401, "{\"detail\":\"The API token is unknown\"}");
        measured(1, 2);
        assertThat(delivery.send(outgoing)).isPositive();
        delivery.send(outgoing);
        assertThat(spool.waiting()).isEqualTo(2);
        assertThat(said).singleElement().asString().contains("token").doesNotContain("secret");
        server = body -> new Reply(200, OK);
        assertThat(delivery.send(outgoing)).isZero();
        assertThat(spool.waiting()).isZero();
    }

    @Test
    void somethingElseAtThatAddressTakesNothing() throws Exception {
        measured(1);
        for (Reply reply : List.of(
                new Reply(200, "<html>hello</html>"),
                new Reply(404, "{\"detail\":\"no such page\"}"),
                new Reply(400, "<html>bad</html>"),
                new Reply(302, ""),
                new Reply(503, "{\"detail\":\"later\"}"))) {
            server = body -> reply;
            assertThat(delivery.send(outgoing)).as(reply.toString()).isPositive();
            assertThat(spool.waiting()).as(reply.toString()).isEqualTo(1);
        }
        assertThat(said.get(0)).contains("check --server");
        assertThat(spool.dropped()).isZero();
    }

    @Test
    void oneRefusedRecordIsGivenUpAloneAndCounted() throws Exception {
        server = body -> body.contains("{\"m\":2}") ? new Reply(400, "{\"detail\":\"2 is odd\"}") : new Reply(200, OK);
        measured(1, 2, 3);
        assertThat(delivery.send(outgoing)).isZero();
        assertThat(spool.waiting()).isZero();
        assertThat(spool.dropped()).isEqualTo(1);
        assertThat(calls).hasSize(4);
        assertThat(said).anyMatch(line -> line.contains("1 intervals, which are given up: HTTP 400: 2 is odd"));
    }

    @Test
    void rowsThatWereRejectedAloneAreCountedAndSaidOnce() throws Exception {
        server = body -> new Reply(
                200,
                "{\"accepted\":0,\"rejected\":[{\"index\":0,\"reason\":\"start: in the future\"}],\"members\":[]}");
        measured(1);
        delivery.send(outgoing);
        measured(2);
        delivery.send(outgoing);
        assertThat(spool.dropped()).isEqualTo(2);
        assertThat(said).singleElement().asString().contains("start: in the future");
    }

    @Test
    void endedProcessesAreToldUntilTheServerNoLongerAsksForThem() throws Exception {
        delivery.gone("m1", Instant.parse("2026-01-05T10:00:00Z"));
        delivery.send(outgoing);
        delivery.send(outgoing);
        assertThat(calls.get(0)).contains("\"gone\":[{\"member_id\":\"m1\"");
        assertThat(calls.get(1)).contains("\"gone\":[]");
    }
}
