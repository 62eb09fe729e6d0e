package io.hfeco2ai.budgets.delivery;

import io.hfeco2ai.budgets.Budgets;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * From the interval that crosses a limit to the ledger, from there to the alert's row and to the receiver that is told over
 * HTTP, in the whole application.
 */
@Tag("bench")
@SpringBootTest(properties = {"hfeco2ai.sampler.enabled=false", "hfeco2ai.webhooks.allow-private=true"})
class CrossingBenchmark {

    private static final int TIMES = 20;

    @TempDir
    static Path folder = Path.of("");

    @DynamicPropertySource
    static void inAFile(DynamicPropertyRegistry registry) {
        registry.add("hfeco2ai.data", () -> folder.resolve("data").toString());
    }

    @Autowired
    Channels channels;

    @Autowired
    Budgets budgets;

    @Autowired
    Experiments experiments;

    @Autowired
    Metering metering;

    @Autowired
    JdbcClient jdbc;

    @Test
    void fromTheIntervalToTheReceiver() throws InterruptedException {
        List<Long> entries = new ArrayList<>();
        List<Long> rows = new ArrayList<>();
        List<Long> calls = new ArrayList<>();
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        try (Receiver receiver = new Receiver()) {
            for (int i = 0; i < TIMES + 10; i++) {
                Thread.sleep(random.nextInt(1500)); // Anywhere in the rounds of the jobs.
                String team = budget();
                channels.add(new Channel(
                        Ids.next(),
                        team,
                        "bench",
                        ChannelKind.WEBHOOK,
                        "shown",
                        "plain:" + receiver.url("/told"),
                        "plain:key",
                        Severity.INFO,
                        null,
                        true,
                        false,
                        null,
                        null));
                Batch batch = crossing(team);
                int before = receiver.calls.size();
                long start = System.nanoTime();
                metering.record(batch);
                await(() -> entries(batch.nodeId()) > 0);
                long crossed = System.nanoTime();
                entries.add(crossed - start);
                await(() -> alerts(team) > 0);
                rows.add(System.nanoTime() - crossed);
                await(() -> receiver.calls.size() > before);
                calls.add(System.nanoTime() - crossed);
            }
        }
        print("interval to ledger", entries.subList(10, entries.size()));
        print("ledger to alert row", rows.subList(10, rows.size()));
        print("ledger to receiver", calls.subList(10, calls.size()));
    }

    private String budget() {
        String team = Ids.next();
        jdbc.sql("INSERT INTO team (id, name, created_at) VALUES (?, ?, ?)")
                .params(team, team, OffsetDateTime.now(ZoneOffset.UTC))
                .update();
        budgets.create(team, Map.of("name", "b", "unit", "KWH", "limit", "1", "thresholds", "80"), false);
        return team;
    }

    private Batch crossing(String team) {
        Instant end = Instant.now().minusSeconds(1);
        Instant start = end.minusSeconds(600);
        String node = "node-" + Ids.next();
        experiments.start(new StartRun(
                team,
                "p",
                "e",
                null,
                null,
                null,
                start,
                Map.of(),
                Map.of(),
                false,
                new NewMember(node, "boot", 0, null, List.of(), start),
                null));
        IntervalReport report = new IntervalReport(
                "meter",
                DeviceKind.NODE,
                null,
                start.toEpochMilli(),
                end.toEpochMilli(),
                Math.round(1.2 * 3.6e12),
                null,
                Quality.MEASURED,
                "meter",
                null,
                1L,
                null,
                null,
                null);
        return new Batch(node, "boot", null, "client:test/1", false, List.of(report), List.of());
    }

    private long entries(String node) {
        return jdbc.sql("SELECT COUNT(*) FROM entry WHERE node_id = ?")
                .param(node)
                .query(Long.class)
                .single();
    }

    private long alerts(String team) {
        return jdbc.sql("SELECT COUNT(*) FROM alert WHERE team_id = ?")
                .param(team)
                .query(Long.class)
                .single();
    }

    private static void await(BooleanSupplier there) throws InterruptedException {
        long until = System.nanoTime() + 30_000_000_000L;
        while (!there.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("not within 30 s");
            }
            Thread.sleep(2);
        }
    }

    private static void print(String title, List<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        System.out.printf(
                Locale.ROOT,
                "BENCH crossing | %s | p50 %.0f ms | p95 %.0f ms | highest %.0f ms | n = %d%n",
                title,
                sorted.get(sorted.size() / 2) / 1e6,
                sorted.get(sorted.size() * 95 / 100) / 1e6,
                sorted.get(sorted.size() - 1) / 1e6,
                sorted.size());
    }
}
