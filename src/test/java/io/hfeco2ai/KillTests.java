package io.hfeco2ai;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.testing.ServerProcess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Law: an interval that was acknowledged is there once, whatever happened to the process afterwards. A sender posts
 * batches over HTTP, the server is killed in the middle, started again, and asked.
 */
class KillTests {

    /** Lately: a device's first sight makes every hour since then one to be accounted for. */
    private static final Instant HOUR =
            Instant.now().truncatedTo(ChronoUnit.HOURS).minus(20, ChronoUnit.DAYS);

    private static final int MANY = Integer.getInteger("kills", 20);
    private static final int BATCH = 50;
    private static final int SENDERS = 3;
    private static final double JOULES = 125.5;

    @TempDir
    Path folder;

    @Test
    void noAcknowledgedIntervalIsLostInAKill() throws Exception {
        killAndCount(1, Map.of(), 1);
    }

    @Test
    @Tag("long")
    void noAcknowledgedIntervalIsLostInTwentyKills() throws Exception {
        killAndCount(MANY, Map.of(), 2);
    }

    @Test
    @Tag("long")
    void noAcknowledgedIntervalIsLostInTwentyKillsOnPostgres() throws Exception {
        try (EmbeddedPostgres postgres = durable()) {
            killAndCount(MANY, onPostgres(postgres), 3);
        }
    }

    @Test
    @Tag("bench")
    void noAcknowledgedIntervalIsLostInTwoHundredKills() throws Exception {
        killAndCount(200, Map.of(), 4);
        try (EmbeddedPostgres postgres = durable()) {
            killAndCount(200, onPostgres(postgres), 5);
        }
    }

    private static EmbeddedPostgres durable() throws IOException {
        return EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
    }

    private static Map<String, String> onPostgres(EmbeddedPostgres postgres) {
        return Map.of(
                "spring.datasource.url",
                postgres.getJdbcUrl("postgres", "postgres"),
                "spring.datasource.username",
                "postgres");
    }

    private void killAndCount(int kills, Map<String, String> database, long seed) throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        Map<String, String> properties = new HashMap<>(database);
        properties.put("hfeco2ai.sampler.enabled", "false");
        List<String> sent = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger acknowledged = new AtomicInteger();
        AtomicInteger number = new AtomicInteger();
        Path data = folder.resolve("data" + seed);
        for (int kill = 0; kill < kills; kill++) {
            ServerProcess server = ServerProcess.start(data, properties);
            sendUntilKilled(server, number, sent, acknowledged, 300 + random.nextInt(900));
        }
        assertThat(acknowledged).as("batches acknowledged before a kill").hasPositiveValue();
        try (ServerProcess server = ServerProcess.start(data, properties)) {
            assertEachStoredOnce(server, sent, acknowledged.get());
        }
    }

    private static void sendUntilKilled(
            ServerProcess server, AtomicInteger number, List<String> sent, AtomicInteger acknowledged, int afterMillis)
            throws Exception {
        CountDownLatch ended = new CountDownLatch(SENDERS);
        for (int sender = 0; sender < SENDERS; sender++) {
            Thread thread = new Thread(() -> {
                try {
                    while (true) {
                        String batch = batch(number.getAndIncrement());
                        sent.add(batch);
                        HttpResponse<String> answer = server.post("/api/v1/measurements", batch);
                        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                        acknowledged.incrementAndGet();
                    }
                } catch (IOException killed) {
                    ended.countDown();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
        Thread.sleep(afterMillis);
        server.kill();
        ended.await();
    }

    /** Sends everything again: what was acknowledged must be a duplicate, and the sum must be that of one copy each. */
    private static void assertEachStoredOnce(ServerProcess server, List<String> sent, int acknowledged)
            throws Exception {
        JsonMapper json = new JsonMapper();
        int duplicates = 0;
        for (String batch : sent) {
            JsonNode answer =
                    json.readTree(server.post("/api/v1/measurements", batch).body());
            assertThat(answer.get("rejected").size()).as(answer.toString()).isZero();
            duplicates += answer.get("duplicates").asInt();
        }
        assertThat(duplicates).as("acknowledged intervals found again").isGreaterThanOrEqualTo(acknowledged * BATCH);
        double expectedKwh = sent.size() * BATCH * JOULES / 3.6e6;
        double kwh = Double.NaN;
        for (int attempt = 0; attempt < 360 && !(Math.abs(kwh - expectedKwh) < 1e-9); attempt++) {
            Thread.sleep(500);
            JsonNode footprint = json.readTree(server.get(
                            "/api/v1/footprint?node=kill-node&from=" + HOUR + "&to=" + HOUR.plus(20, ChronoUnit.DAYS))
                    .body());
            kwh = footprint.path("energy_kwh").asDouble(Double.NaN);
        }
        assertThat(kwh).as("hour sums equal the intervals sent").isCloseTo(expectedKwh, within(1e-9));
    }

    private static org.assertj.core.data.Offset<Double> within(double offset) {
        return org.assertj.core.data.Offset.offset(offset);
    }

    /** Batch n covers 50 intervals of 10 s on one of four devices; no two batches overlap. */
    private static String batch(int n) {
        StringBuilder body = new StringBuilder("{\"node\":\"kill-node\",\"boot_id\":\"boot-1\",\"measurements\":[");
        long device = n % 4;
        long first = (long) (n / 4) * BATCH;
        for (int i = 0; i < BATCH; i++) {
            Instant start = HOUR.plusSeconds((first + i) * 10);
            body.append(i == 0 ? "" : ",")
                    .append(String.format(
                            Locale.ROOT,
                            "{\"device\":\"GPU-%d\",\"kind\":\"gpu\",\"start\":\"%s\",\"end\":\"%s\","
                                    + "\"energy_j\":%s,\"quality\":\"measured\",\"source\":\"nvml\",\"seq\":%d}",
                            device,
                            start,
                            start.plusSeconds(10),
                            JOULES,
                            first + i));
        }
        return body.append("]}").toString();
    }
}
