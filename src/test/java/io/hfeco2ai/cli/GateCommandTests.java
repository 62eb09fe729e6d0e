package io.hfeco2ai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.hfeco2ai.cli.CommandLineProcess.Result;
import io.hfeco2ai.testing.RunningServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process, against the whole application: its exit code is what a pipeline sees. */
@NullUnmarked
class GateCommandTests extends RunningServer {

    @TempDir
    Path home;

    private final String project = "cli-" + UUID.randomUUID();

    @Test
    void aRunWithinItsLimitIsZeroAndAboveItIsOne() throws Exception {
        String run = run("main", 0.25);
        Result within = gate("--run", run, "--limit-kwh", "0.3");
        assertThat(within.exitCode()).as(within.err()).isZero();
        assertThat(within.out())
                .startsWith("gate: PASS\n  pass: Run " + run + " used 0.25 of 0.3 kWh.")
                .contains("note:");
        Result above = gate("--run", run, "--limit-kwh", "0.2", "--json");
        assertThat(above.exitCode()).isEqualTo(1);
        assertThat(JSON.readTree(above.out()).get("verdict").asString()).isEqualTo("fail");
    }

    @Test
    void runsAndBranchesAreCompared() throws Exception {
        List<String> base = new ArrayList<>();
        List<String> change = new ArrayList<>();
        for (double energy : new double[] {0.1, 0.101, 0.099}) {
            base.add(run("main", energy));
            change.add(run("slow", energy * 1.2));
        }
        Result byId = gate("--base", String.join(",", base), "--change", String.join(",", change));
        assertThat(byId.exitCode()).as(byId.out() + byId.err()).isEqualTo(1);
        assertThat(byId.out()).contains("1.2 times the energy per run");
        String[] byTag = {"--project", project, "--experiment", "e", "--base", "branch=main", "--change", "branch=slow"
        };
        assertThat(gate(byTag).exitCode()).isEqualTo(1);
        assertThat(gate(with(byTag, "--tolerance", "40%")).exitCode()).isZero();
        String[] none = {"--project", project, "--experiment", "e", "--base", "branch=main", "--change", "branch=none"};
        assertThat(gate(none).exitCode()).isEqualTo(3);
        assertThat(gate(with(none, "--inconclusive", "pass")).exitCode()).isZero();
        assertThat(gate(with(none, "--inconclusive", "fail")).exitCode()).isEqualTo(1);
    }

    private static String[] with(String[] options, String... more) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void wrongInputIsTwoAndSaysWhy() throws Exception {
        assertWrong("There is no run nowhere", "--run", "nowhere", "--limit-kwh", "1");
        assertWrong("There is no budget nowhere", "--budget", "nowhere");
        assertWrong("must be a number above 0", "--run", "nowhere", "--limit-kwh", "0");
        assertWrong("--run needs --limit-kwh", "--run", "nowhere");
        assertWrong("belong together", "--base", "a,b,c");
        assertWrong("needs --project and --experiment", "--base", "branch=a", "--change", "branch=b");
        assertWrong("--tolerance -1 must be a share", "--base", "a", "--change", "b", "--tolerance=-1");
        assertWrong("--limit-kwh", "--run", "nowhere", "--limit-kwh", "much");
        Result unknown = command(Map.of("HFECO2AI_TOKEN", "wrong"), port);
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("HTTP 401");
        Result without = command(Map.of(), port);
        assertThat(without.exitCode()).isEqualTo(2);
        assertThat(without.err()).contains("HFECO2AI_TOKEN");
    }

    @Test
    void noServerAndAnythingElseAtThatAddressAreThree() throws Exception {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        Result down = command(Map.of("HFECO2AI_TOKEN", "t"), nobody);
        assertThat(down.exitCode()).isEqualTo(3);
        assertThat(down.err()).contains("no verdict", "did not answer");
        assertThat(command(Map.of("HFECO2AI_TOKEN", "t"), nobody, "--inconclusive", "pass")
                        .exitCode())
                .isZero();
        HttpServer other = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        other.createContext("/", exchange -> {
            byte[] page = "<html>hello</html>".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        other.start();
        try {
            Result page =
                    command(Map.of("HFECO2AI_TOKEN", "t"), other.getAddress().getPort());
            assertThat(page.exitCode()).isEqualTo(3);
            assertThat(page.err()).contains("is this the address of an HF Eco2AI server?");
        } finally {
            other.stop(0);
        }
    }

    private void assertWrong(String why, String... options) throws Exception {
        Result result = gate(options);
        assertThat(result.exitCode()).as(result.out() + result.err()).isEqualTo(2);
        assertThat(result.err()).contains(why).doesNotContain("\tat ");
    }

    private Result gate(String... options) throws IOException, InterruptedException {
        return command(Map.of("HFECO2AI_TOKEN", TOKEN), port, options);
    }

    private Result command(Map<String, String> environment, int toPort, String... options)
            throws IOException, InterruptedException {
        return CommandLineProcess.start(
                        home,
                        environment,
                        with(new String[] {"gate", "--server", "http://127.0.0.1:" + toPort}, options))
                .end("");
    }

    private String run(String branch, double kilowattHours) {
        String node = "node-" + UUID.randomUUID();
        Instant end = Instant.now().minusSeconds(5);
        Instant start = end.minusSeconds(600);
        String run = json(post(
                        "/api/v1/runs",
                        ("{\"project\":\"%s\",\"experiment\":\"e\",\"node\":\"%s\",\"boot_id\":\"b\",\"started_at\":\"%s\","
                                        + "\"tags\":{\"branch\":\"%s\"}}")
                                .formatted(project, node, start, branch)))
                .get("id")
                .asString();
        post(
                "/api/v1/measurements",
                ("{\"node\":\"%s\",\"boot_id\":\"b\",\"tool\":\"t/1\",\"measurements\":[{\"device\":\"meter\","
                                + "\"kind\":\"node\",\"start\":\"%s\",\"end\":\"%s\",\"energy_j\":%s,"
                                + "\"quality\":\"measured\",\"source\":\"meter\",\"seq\":1}]}")
                        .formatted(
                                node,
                                start,
                                end,
                                BigDecimal.valueOf(kilowattHours * 3.6e6).toPlainString()));
        post("/api/v1/runs/" + run + "/finish", "{\"status\":\"FINISHED\"}");
        return run;
    }
}
