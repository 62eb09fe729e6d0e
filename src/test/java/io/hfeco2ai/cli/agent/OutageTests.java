package io.hfeco2ai.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.cli.ApiClient;
import io.hfeco2ai.sensor.Host;
import io.hfeco2ai.sensor.ReplaySensor;
import io.hfeco2ai.sensor.Sensors.Selection;
import io.hfeco2ai.sensor.members.MemberSensors;
import io.hfeco2ai.testing.ServerProcess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Many agents lose their server, by kills and for a while: nothing is lost, nothing is there twice. The agents share this
 * JVM; their sampler, spool, delivery and HTTP client are the real ones, their sensors play a recording.
 */
class OutageTests {

    private static final int AGENTS = 50;
    private static final long CAUGHT_UP_LIMIT_S = 60;

    @TempDir
    Path folder;

    private final int port = ServerProcess.freePort();
    private final List<Agent> agents = new ArrayList<>();
    private final List<AgentSpool> spools = new ArrayList<>();
    private int devices;

    @Test
    @Tag("long")
    void oneKillAndAnOutageOfHalfAMinuteLoseNothing() throws Exception {
        ServerProcess server = serve();
        startAgents();
        Thread.sleep(15_000);
        server.kill();
        server = serve();
        Thread.sleep(10_000);
        server.kill();
        Thread.sleep(30_000);
        finish(serve(), 10_000);
    }

    @Test
    @Tag("bench")
    void threeKillsAndAnOutageOfAMinuteInTenMinutesLoseNothing() throws Exception {
        ServerProcess server = serve();
        startAgents();
        for (int kill = 0; kill < 3; kill++) {
            Thread.sleep(110_000);
            server.kill();
            server = serve();
        }
        Thread.sleep(60_000);
        server.kill();
        Thread.sleep(60_000);
        finish(serve(), 110_000);
    }

    private ServerProcess serve() {
        return ServerProcess.start(folder.resolve("data"), Map.of("hfeco2ai.sampler.enabled", "false"), port);
    }

    private void startAgents() throws Exception {
        for (int number = 0; number < AGENTS; number++) {
            Host host = new Host("agent-" + number, "boot", "agent " + number, "CPU", 1, 8, 8, 1, 1, false, false);
            ReplaySensor sensor = ReplaySensor.ofResource("/sensor/replay-training.csv", System::nanoTime);
            devices = sensor.devices().size();
            AgentSpool spool = AgentSpool.open(folder.resolve("spool-" + number), 50_000_000);
            int seed = number;
            Agent agent = new Agent(
                    () -> new MemberSensors(
                            new Selection(host, List.of(sensor), List.of()),
                            folder,
                            Clock.systemUTC(),
                            System::nanoTime),
                    spool,
                    new ApiClient(URI.create("http://127.0.0.1:" + port), () -> ServerProcess.TOKEN),
                    System::nanoTime,
                    new SplittableRandom(seed),
                    what -> {});
            agents.add(agent);
            spools.add(spool);
            agent.start();
        }
    }

    /** The server has just come back. */
    private void finish(ServerProcess server, long restMs) throws Exception {
        long backNanos = System.nanoTime();
        double caughtUpS = 0;
        // What one pass closes is on its way at any time.
        while (spools.stream().anyMatch(spool -> spool.waiting() > devices) && caughtUpS < 2 * CAUGHT_UP_LIMIT_S) {
            Thread.sleep(100);
            caughtUpS = (System.nanoTime() - backNanos) / 1e9;
        }
        Thread.sleep(restMs);
        IntStream.range(0, AGENTS).parallel().forEach(this::stop);
        long left = spools.stream().mapToLong(AgentSpool::waiting).sum();
        long dropped = spools.stream().mapToLong(AgentSpool::dropped).sum();
        server.close();
        report(caughtUpS, left, dropped);
        assertThat(caughtUpS).isLessThan(CAUGHT_UP_LIMIT_S);
    }

    private void stop(int agent) {
        try {
            agents.get(agent).close();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The sampler numbers the intervals of a device: a number that is not there was lost. */
    private void report(double caughtUpS, long left, long dropped) {
        JdbcConnectionPool pool = JdbcConnectionPool.create(
                "jdbc:h2:file:" + folder.resolve("data").resolve("hf-eco2ai")
                        + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH",
                "sa",
                "");
        try {
            JdbcClient jdbc = JdbcClient.create(pool);
            long stored = one(jdbc, "SELECT COUNT(*) FROM energy_interval");
            long series = one(jdbc, "SELECT COUNT(DISTINCT series_id) FROM energy_interval");
            long lost = one(
                    jdbc,
                    "SELECT SUM(most + 1 - many) FROM (SELECT MAX(seq) most, COUNT(DISTINCT seq) many FROM energy_interval"
                            + " GROUP BY series_id) s");
            long doubled = one(
                    jdbc,
                    "SELECT COUNT(*) FROM (SELECT start_ms, LAG(end_ms) OVER (PARTITION BY series_id ORDER BY start_ms) before"
                            + " FROM energy_interval) i WHERE before > start_ms");
            System.out.printf(
                    "BENCH outage | %d agents | %d intervals of %d series | lost %d | doubled %d | given up %d | left %d |"
                            + " caught up %.1f s after the server was back%n",
                    AGENTS, stored, series, lost, doubled, dropped, left, caughtUpS);
            assertThat(series).isEqualTo((long) AGENTS * devices);
            assertThat(lost).isZero();
            assertThat(doubled).isZero();
            assertThat(dropped).isZero();
            assertThat(left).isZero();
        } finally {
            pool.dispose();
        }
    }

    private static long one(JdbcClient jdbc, String sql) {
        return jdbc.sql(sql).query(Long.class).single();
    }
}
