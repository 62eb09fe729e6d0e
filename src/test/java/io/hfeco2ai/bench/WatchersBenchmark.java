package io.hfeco2ai.bench;

import io.hfeco2ai.testing.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
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

/** How old a sample is when it reaches each of 50 watchers of this machine's live power. */
@Tag("bench")
class WatchersBenchmark {

    private static final int WATCHERS = 50;
    private static final int SECONDS = Integer.getInteger("seconds", 60);

    @TempDir
    Path folder;

    @Test
    void fiftyWatchers() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), Map.of())) {
            JsonMapper json = new JsonMapper();
            String node = json.readTree(server.get("/api/v1/nodes").body())
                    .get("nodes")
                    .get(0)
                    .get("id")
                    .asString();
            ConcurrentLinkedQueue<Long> ages = new ConcurrentLinkedQueue<>();
            CountDownLatch ended = new CountDownLatch(WATCHERS);
            Instant limit = Instant.now().plusSeconds(SECONDS);
            for (int watcher = 0; watcher < WATCHERS; watcher++) {
                new Thread(() -> {
                            watch(server, node, limit, json, ages);
                            ended.countDown();
                        })
                        .start();
            }
            ended.await();
            List<Long> sorted = new ArrayList<>(ages);
            sorted.sort(null);
            System.out.printf(
                    Locale.ROOT,
                    "BENCH live | %d watchers, %d s | sample to watcher p50 %d ms | p95 %d ms | events %d%n",
                    WATCHERS,
                    SECONDS,
                    sorted.get(sorted.size() / 2),
                    sorted.get(sorted.size() * 95 / 100),
                    sorted.size());
        }
    }

    private static void watch(
            ServerProcess server, String node, Instant limit, JsonMapper json, ConcurrentLinkedQueue<Long> ages) {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/api/v1/nodes/" + node + "/stream"))
                .header("Authorization", "Bearer " + ServerProcess.TOKEN)
                .header("Accept", "text/event-stream")
                .build();
        try (InputStream body = HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofInputStream())
                        .body();
                BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            String line;
            while (Instant.now().isBefore(limit) && (line = lines.readLine()) != null) {
                if (line.startsWith("data:{")) {
                    Instant at = Instant.parse(
                            json.readTree(line.substring(5)).get("at").asString());
                    ages.add(Duration.between(at, Instant.now()).toMillis());
                }
            }
        } catch (IOException e) {
            System.err.println(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
