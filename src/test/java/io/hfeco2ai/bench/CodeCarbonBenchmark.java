package io.hfeco2ai.bench;

import io.hfeco2ai.testing.ServerProcess;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * How long CodeCarbon's messages take with 32 clients, each on its own node and each with a message a second: 120 times as
 * often as a real one. Written to an H2 file, durable before the answer.
 */
@Tag("bench")
class CodeCarbonBenchmark {

    private static final int CLIENTS = Integer.getInteger("clients", 32);
    private static final int SECONDS = Integer.getInteger("seconds", 60);
    /** The server's code is compiled while it runs: the first seconds say how it starts, the others how it goes. */
    private static final int WARM_SECONDS = Integer.getInteger("warm", 20);

    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder;

    @Test
    void emissions() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), Map.of())) {
            ConcurrentLinkedQueue<Long> runs = new ConcurrentLinkedQueue<>();
            ConcurrentLinkedQueue<Long> early = new ConcurrentLinkedQueue<>();
            ConcurrentLinkedQueue<Long> emissions = new ConcurrentLinkedQueue<>();
            ConcurrentLinkedQueue<Integer> failures = new ConcurrentLinkedQueue<>();
            CountDownLatch ended = new CountDownLatch(CLIENTS);
            for (int client = 0; client < CLIENTS; client++) {
                String node = "node-" + client;
                new Thread(() -> {
                            try {
                                track(server, node, runs, early, emissions, failures);
                            } catch (Exception e) {
                                failures.add(0);
                            }
                            ended.countDown();
                        })
                        .start();
            }
            ended.await();
            print("runs, all at once right after the start", runs, failures.size());
            print("emissions of the first " + WARM_SECONDS + " s", early, failures.size());
            print("emissions after that", emissions, failures.size());
        }
    }

    private static void track(
            ServerProcess server,
            String node,
            ConcurrentLinkedQueue<Long> runs,
            ConcurrentLinkedQueue<Long> early,
            ConcurrentLinkedQueue<Long> emissions,
            ConcurrentLinkedQueue<Integer> failures)
            throws Exception {
        String base = "/codecarbon/" + node;
        String run = "{\"timestamp\":\"" + Instant.now()
                + "\",\"codecarbon_version\":\"3.3.2\",\"gpu_count\":1,\"gpu_model\":\"1 x NVIDIA\"}";
        String id = JSON.readTree(call(server, base + "/runs", run, runs, failures))
                .get("id")
                .asString();
        for (int second = 0; second < SECONDS; second++) {
            Thread.sleep(1000 - System.currentTimeMillis() % 1000 + Math.floorMod(node.hashCode(), 1000));
            String emission = "{\"timestamp\":\"" + Instant.now() + "\",\"run_id\":\"" + id
                    + "\",\"duration\":1,\"emissions_sum\":1e-6,\"cpu_energy\":1e-5,\"gpu_energy\":1e-4,"
                    + "\"ram_energy\":1e-6,\"energy_consumed\":1.11e-4}";
            call(server, base + "/emissions", emission, second < WARM_SECONDS ? early : emissions, failures);
        }
    }

    private static String call(
            ServerProcess server,
            String path,
            String body,
            ConcurrentLinkedQueue<Long> millis,
            ConcurrentLinkedQueue<Integer> failures)
            throws Exception {
        long start = System.nanoTime();
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(server.uri(path))
                        .header("x-api-token", ServerProcess.TOKEN)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        millis.add(Duration.ofNanos(System.nanoTime() - start).toMillis());
        if (answer.statusCode() != 201) {
            failures.add(answer.statusCode());
        }
        return answer.body();
    }

    private static void print(String what, ConcurrentLinkedQueue<Long> millis, int failures) {
        List<Long> sorted = new ArrayList<>(millis);
        sorted.sort(null);
        System.out.printf(
                Locale.ROOT,
                "BENCH codecarbon %s | %d clients | calls %d | p50 %d ms | p99 %d ms | longest %d ms | failures %d%n",
                what,
                CLIENTS,
                sorted.size(),
                sorted.get(sorted.size() / 2),
                sorted.get(sorted.size() * 99 / 100),
                sorted.get(sorted.size() - 1),
                failures);
    }
}
