package io.hfeco2ai.bench;

import io.hfeco2ai.testing.ServerProcess;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Pages with 10,000 runs and 1,000,000 intervals stored, all made over the API. */
@Tag("bench")
class RunPageBenchmark {

    private static final Instant FIRST =
            Instant.now().truncatedTo(ChronoUnit.HOURS).minus(6, ChronoUnit.DAYS);
    private static final int NODES = 20;
    private static final int RUNS = Integer.getInteger("runs", 10_000);
    private static final int INTERVALS_PER_RUN = 100;
    private static final int RUN_SECONDS = 1_000;

    @TempDir
    Path folder;

    @Test
    void pagesWithTenThousandRuns() throws Exception {
        Map<String, String> properties = Map.of("hfeco2ai.sampler.enabled", "false", "hfeco2ai.site.zone", "DE");
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), properties)) {
            List<String> runs = fill(server);
            HttpClient browser = server.signIn();
            RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
            List<String> runPages = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                runPages.add("/runs/" + runs.get(random.nextInt(runs.size())));
            }
            time(browser, server, "run page", runPages);
            time(browser, server, "runs list", repeat("/runs", 200));
            time(browser, server, "runs search", repeat("/runs?q=run-77", 200));
            time(browser, server, "experiments list", repeat("/experiments", 200));
            time(browser, server, "home", repeat("/", 200));
        }
    }

    private static List<String> repeat(String path, int times) {
        return Collections.nCopies(times, path);
    }

    private static void time(HttpClient browser, ServerProcess server, String title, List<String> paths)
            throws Exception {
        List<Long> nanos = new ArrayList<>();
        int warmUp = 100;
        for (int i = 0; i < paths.size() + warmUp; i++) {
            long before = System.nanoTime();
            HttpResponse<String> page = browser.send(
                    HttpRequest.newBuilder(server.uri(paths.get(i % paths.size())))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (page.statusCode() != 200) {
                throw new IllegalStateException(page.statusCode() + " " + page.uri());
            }
            if (i >= warmUp) {
                nanos.add(System.nanoTime() - before);
            }
        }
        nanos.sort(null);
        System.out.printf(
                Locale.ROOT,
                "BENCH page | %s | p50 %.1f ms | p95 %.1f ms | n = %d%n",
                title,
                nanos.get(nanos.size() / 2) / 1e6,
                nanos.get(nanos.size() * 95 / 100) / 1e6,
                nanos.size());
    }

    private static List<String> fill(ServerProcess server) throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(4);
        List<Future<List<String>>> parts = new ArrayList<>();
        for (int node = 0; node < NODES; node++) {
            int number = node;
            parts.add(senders.submit(() -> fillNode(server, number)));
        }
        List<String> runs = new ArrayList<>();
        for (Future<List<String>> part : parts) {
            runs.addAll(part.get());
        }
        senders.shutdown();
        return runs;
    }

    private static List<String> fillNode(ServerProcess server, int node) throws Exception {
        JsonMapper json = new JsonMapper();
        List<String> ids = new ArrayList<>();
        for (int n = 0; n < RUNS / NODES; n++) {
            Instant start = FIRST.plusSeconds((long) n * RUN_SECONDS);
            String body = String.format(
                    Locale.ROOT,
                    "{\"project\":\"p%d\",\"experiment\":\"e%d\",\"name\":\"run-%d-%d\",\"node\":\"bench-%d\","
                            + "\"boot_id\":\"b\",\"started_at\":\"%s\"}",
                    node % 4,
                    n % 25,
                    node,
                    n,
                    node,
                    start);
            HttpResponse<String> started = server.post("/api/v1/runs", body);
            String id = json.readTree(started.body()).get("id").asString();
            ids.add(id);
            require(server.post("/api/v1/measurements", intervals(node, n)));
            require(server.post(
                    "/api/v1/runs/" + id + "/finish",
                    "{\"status\":\"FINISHED\",\"ended_at\":\"" + start.plusSeconds(RUN_SECONDS) + "\"}"));
        }
        return ids;
    }

    private static void require(HttpResponse<String> answer) {
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
        }
    }

    private static String intervals(int node, int run) {
        StringBuilder body = new StringBuilder("{\"node\":\"bench-" + node + "\",\"boot_id\":\"b\",\"measurements\":[");
        for (int i = 0; i < INTERVALS_PER_RUN; i++) {
            Instant start = FIRST.plusSeconds((long) run * RUN_SECONDS + i * 10L);
            body.append(i == 0 ? "" : ",")
                    .append("{\"device\":\"GPU-0\",\"kind\":\"gpu\",\"start\":\"")
                    .append(start)
                    .append("\",\"end\":\"")
                    .append(start.plusSeconds(10))
                    .append("\",\"energy_j\":2100,\"quality\":\"measured\",\"source\":\"nvml\"}");
        }
        return body.append("]}").toString();
    }
}
