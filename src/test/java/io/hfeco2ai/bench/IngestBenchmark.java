package io.hfeco2ai.bench;

import io.hfeco2ai.testing.ServerProcess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Intervals per second over HTTP into a durable store, load generator on the same machine, and how long after the end the
 * last dirty hour is recomputed. System properties: {@code seconds} (60).
 */
@Tag("bench")
class IngestBenchmark {

    private static final int SECONDS = Integer.getInteger("seconds", 60);
    private static final int DEVICES = 12;
    /** An hour in which nothing came is booked too, so data begins no earlier than it has to. */
    private static final Instant TODAY = Instant.now().truncatedTo(ChronoUnit.HOURS);

    @TempDir
    Path folder;

    @Test
    void batchesOf500IntoH2() throws Exception {
        measure("H2 file, batches of 500, 2 connections", 500, 2, Map.of());
    }

    @Test
    void batchesOf12IntoH2() throws Exception {
        measure("H2 file, batches of 12, 8 connections", 12, 8, Map.of());
    }

    @Test
    void batchesOf500IntoPostgres() throws Exception {
        onPostgres("PostgreSQL, batches of 500, 2 connections", 500, 2);
    }

    @Test
    void batchesOf12IntoPostgres() throws Exception {
        onPostgres("PostgreSQL, batches of 12, 8 connections", 12, 8);
    }

    private void onPostgres(String title, int batch, int connections) throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start()) {
            measure(
                    title,
                    batch,
                    connections,
                    Map.of(
                            "spring.datasource.url",
                            postgres.getJdbcUrl("postgres", "postgres") + "&reWriteBatchedInserts=true",
                            "spring.datasource.username",
                            "postgres"));
        }
    }

    private void measure(String title, int batchSize, int connections, Map<String, String> database) throws Exception {
        Map<String, String> properties = new HashMap<>(database);
        properties.put("hfeco2ai.sampler.enabled", "false");
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), properties)) {
            load(server, batchSize, connections, 5, 0, new ConcurrentLinkedQueue<>());
            ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
            long start = System.nanoTime();
            long sent = load(server, batchSize, connections, SECONDS, 1, nanos);
            double seconds = (System.nanoTime() - start) / 1e9;
            double settle = secondsUntilNothingIsDirty(server);
            long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
            System.out.printf(
                    Locale.ROOT,
                    "BENCH ingest | %s | %.0f intervals/s over %.0f s | p95 of a call %.1f ms | recomputed %.1f s after%n",
                    title,
                    sent / seconds,
                    seconds,
                    sorted[(int) (sorted.length * 0.95)] / 1e6,
                    settle);
        }
    }

    /** Each connection feeds a node of its own, a batch at a time, in order, as an agent that catches up does. */
    private static long load(
            ServerProcess server,
            int batchSize,
            int connections,
            int seconds,
            int round,
            ConcurrentLinkedQueue<Long> nanos)
            throws InterruptedException {
        AtomicLong accepted = new AtomicLong();
        AtomicInteger failed = new AtomicInteger();
        CountDownLatch ended = new CountDownLatch(connections);
        long limit = System.nanoTime() + seconds * 1_000_000_000L;
        for (int connection = 0; connection < connections; connection++) {
            String node = "bench-" + round + "-" + connection;
            new Thread(() -> {
                        HttpClient http = HttpClient.newBuilder()
                                .version(HttpClient.Version.HTTP_1_1)
                                .build();
                        for (int n = 0; System.nanoTime() < limit; n++) {
                            long before = System.nanoTime();
                            post(http, server, batch(node, n, batchSize), accepted, failed);
                            nanos.add(System.nanoTime() - before);
                        }
                        ended.countDown();
                    })
                    .start();
        }
        ended.await();
        if (failed.get() > 0) {
            throw new IllegalStateException(failed + " calls failed");
        }
        return accepted.get();
    }

    private static void post(
            HttpClient http, ServerProcess server, String body, AtomicLong accepted, AtomicInteger failed) {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(server.uri("/api/v1/measurements"))
                            .header("Authorization", "Bearer " + ServerProcess.TOKEN)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            String prefix = "{\"accepted\":";
            if (answer.statusCode() != 200 || !answer.body().startsWith(prefix)) {
                System.err.println(answer.statusCode() + " " + answer.body());
                failed.incrementAndGet();
                return;
            }
            accepted.addAndGet(Long.parseLong(answer.body()
                    .substring(prefix.length(), answer.body().indexOf(','))
                    .trim()));
        } catch (IOException e) {
            failed.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static double secondsUntilNothingIsDirty(ServerProcess server) throws Exception {
        long start = System.nanoTime();
        while (true) {
            if (metric(server, "hfeco2ai_dirty_hours") == 0) {
                return (System.nanoTime() - start) / 1e9;
            }
            Thread.sleep(200);
        }
    }

    private static double metric(ServerProcess server, String name) throws Exception {
        return server.get("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no metric " + name));
    }

    /** As long ago as a minute's worth of batches of that size covers. */
    private static Instant first(int size) {
        return TODAY.minus(size < 100 ? 1 : 20, ChronoUnit.DAYS);
    }

    private static String batch(String node, int n, int size) {
        StringBuilder body = new StringBuilder(size * 170);
        body.append("{\"node\":\"").append(node).append("\",\"boot_id\":\"b\",\"measurements\":[");
        for (int i = 0; i < size; i++) {
            long index = (long) n * size + i;
            Instant start = first(size).plusSeconds(index / DEVICES * 10);
            body.append(i == 0 ? "" : ",")
                    .append("{\"device\":\"GPU-")
                    .append(index % DEVICES)
                    .append("\",\"kind\":\"gpu\",\"start\":\"")
                    .append(start)
                    .append("\",\"end\":\"")
                    .append(start.plusSeconds(10))
                    .append("\",\"energy_j\":2511.25,\"quality\":\"measured\",\"source\":\"nvml\",\"seq\":")
                    .append(index / DEVICES)
                    .append('}');
        }
        return body.append("]}").toString();
    }
}
