package io.hfeco2ai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.hfeco2ai.cli.CommandLineProcess.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run and a server that is well, busy measuring itself, refusing, mute, or not there. */
@NullUnmarked
class RunWithServerTests {

    @TempDir
    Path home;

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile String progressAnswer = "{\"budget\":{\"action\":\"continue\",\"used_ratio\":null}}";
    private HttpServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    @Test
    void theRunIsStartedMeasuredAndFinished() throws Exception {
        int port = serve(0, 201, false);
        Result result = run(port, "sh", "-c", "sleep 1.5; exit 3");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(calls.get(0))
                .startsWith("/api/v1/runs Bearer secret {")
                .contains("\"project\":\"p1\"", "\"name\":\"sh\"", "\"boot_id\"", "\"started_at\"");
        assertThat(calls.get(calls.size() - 1))
                .startsWith("/api/v1/runs/r1/finish")
                .contains("\"status\":\"FAILED\"");
        assertThat(calls.subList(1, calls.size() - 1))
                .allSatisfy(call -> assertThat(call)
                        .startsWith("/api/v1/measurements")
                        .contains("\"energy_j\"")
                        .doesNotContain("{member-id}"));
        assertThat(result.err()).contains("http://127.0.0.1:" + port + "/runs/r1");
    }

    @Test
    void aWatchedNodeIsToldWhatTheProcessUsedAndNoEnergy() throws Exception {
        int port = serve(0, 201, true);
        run(port, "sleep", "1.2");
        assertThat(calls.subList(1, calls.size() - 1))
                .isNotEmpty()
                .allSatisfy(call -> assertThat(call)
                        .startsWith("/api/v1/measurements")
                        .contains("\"measurements\":[]", "\"usage\":[{\"member_id\":\"m1\"")
                        .doesNotContain("energy_j"));
    }

    @Test
    void aRunWithoutServerIsKeptAndSentWithTheNextOneUnderTheSameId() throws Exception {
        int port = freePort();
        Result lost = run(port, "sh", "-c", "kill -KILL $$");
        assertThat(lost.exitCode()).isEqualTo(137);
        assertThat(lost.err()).contains("is kept in", "sent with the next one");
        assertThat(spooled()).hasSize(1);
        String start = Files.readString(spooled().get(0));
        String externalId = start.replaceAll("(?s).*\"external_id\":\"([^\"]+)\".*", "$1");

        serve(port, 201, false);
        Result next = run(port, "sleep", "1");
        assertThat(next.err()).contains("sent 1 run kept from before");
        assertThat(spooled()).isEmpty();
        assertThat(calls).anyMatch(call -> call.contains(externalId));
        assertThat(calls).anyMatch(call -> call.contains("\"status\":\"KILLED\""));
    }

    @Test
    void aRefusedRunIsSaidAndNotKeptForEver() throws Exception {
        int port = serve(0, 400, false);
        Result result = run(port, "true");
        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).contains("HTTP 400: project is too long", "not on the server");
        assertThat(spooled()).isEmpty();
    }

    @Test
    void somethingElseAtThatAddressKeepsTheRun() throws Exception {
        int port = serve(0, 404, false);
        Result result = run(port, "true");
        assertThat(result.err()).contains("HTTP 404", "is kept in");
        assertThat(spooled()).hasSize(1);
    }

    @Test
    void aMuteServerHoldsNothingUpForLong() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Result result = run(mute.getLocalPort(), "sh", "-c", "exit 4");
            assertThat(result.exitCode()).isEqualTo(4);
            assertThat(result.err()).contains("is kept in");
            assertThat(result.millis()).isLessThan(15_000);
        }
    }

    @Test
    void aBudgetThatIsNearlyUsedIsSaidOnceAndTheCommandGoesOn() throws Exception {
        progressAnswer = "{\"energy_kwh\":1,\"budget\":{\"action\":\"stop\",\"used_ratio\":1.2}}";
        Result result = run(serve(0, 201, false), "sh", "-c", "sleep 2; exit 5");
        assertThat(result.exitCode()).isEqualTo(5);
        assertThat(asked).hasSize(1).first().asString().startsWith("/api/v1/runs/r1/progress Bearer secret {}");
        assertThat(result.err().lines().filter(line -> line.contains("budget")))
                .containsExactly("hf-eco2ai: a carbon budget of this run is used to 120 % and asks its runs to stop;"
                        + " the command goes on");
    }

    @Test
    void aBudgetStopsTheCommandOnlyWhereThatIsWanted() throws Exception {
        progressAnswer = "{\"budget\":{\"action\":\"stop\",\"used_ratio\":1.2}}";
        Result result = run("--stop-on-budget", serve(0, 201, false), "sleep", "30");
        assertThat(result.exitCode()).isEqualTo(128 + 15);
        assertThat(result.millis()).isLessThan(20_000);
        assertThat(result.err()).contains("the command is stopped (--stop-on-budget)");
        assertThat(calls.get(calls.size() - 1)).contains("\"status\":\"KILLED\"");
    }

    private Result run(int port, String... command) throws IOException, InterruptedException {
        return run("--project=p1", port, command);
    }

    private Result run(String option, int port, String... command) throws IOException, InterruptedException {
        Stream<String> options = Stream.of(
                "run", "--server", "http://127.0.0.1:" + port, "--project", "p1", option, "--experiment", "e1", "--");
        return CommandLineProcess.start(
                        home,
                        Map.of("HFECO2AI_TOKEN", "secret"),
                        Stream.concat(options, Stream.of(command)).toArray(String[]::new))
                .end("");
    }

    private int serve(int port, int status, boolean watched) throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        String body = status == 201
                ? "{\"id\":\"r1\",\"member_id\":\"m1\",\"url\":\"/runs/r1\",\"node_watched\":" + watched + "}"
                : "{\"title\":\"Bad request\",\"detail\":\"project is too long\"}";
        server.createContext("/", exchange -> {
            String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean progress = exchange.getRequestURI().getPath().endsWith("/progress");
            (progress ? asked : calls)
                    .add(exchange.getRequestURI() + " "
                            + exchange.getRequestHeaders().getFirst("Authorization") + " " + text);
            byte[] answer = (progress ? progressAnswer : body).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server.getAddress().getPort();
    }

    private List<Path> spooled() throws IOException {
        Path folder = home.resolve("state").resolve("hf-eco2ai");
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
