package io.hfeco2ai.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.metering.Metering.DirtyHour;
import io.hfeco2ai.testing.TestDatabases.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How long a mass of dirty hours and a run's page take. Prints; fails only far beyond the aim. */
@Tag("bench")
class RecomputeBenchTests {

    private static final int NODES = 10;
    private static final int HOURS = 10;
    private static final int DEVICES = 33;
    private static final int RUNS = 10_000;

    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void aMillionIntervalsInAHundredHours(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            long intervals = fill(fixture);
            fixture.at(3600 * (HOURS + 1));
            for (int node = 0; node < NODES; node++) {
                fixture.metering.markDirty("n" + node, LedgerFixture.ms(0), LedgerFixture.ms(3600 * HOURS));
            }
            fixture.at(3600 * (HOURS + 1) + 5);
            List<DirtyHour> dirty = fixture.metering.dirty(LedgerFixture.ms(3600 * (HOURS + 1) + 5), 1000);
            assertThat(dirty).hasSize(NODES * HOURS);
            long started = System.nanoTime();
            dirty.forEach(fixture.work::book);
            double seconds = (System.nanoTime() - started) / 1e9;
            System.out.printf(
                    "bench %s: %d intervals, %d hours recomputed in %.2f s%n",
                    database.name(), intervals, dirty.size(), seconds);
            System.out.printf(
                    "bench %s: run question %.2f ms, list of 50 runs %.2f ms, organisation %.1f ms%n",
                    database.name(),
                    millis(() -> fixture.run("r4321")),
                    millis(() -> fixture.ledger.ofRuns(fifty())),
                    millis(fixture::everything));
            assertThat(seconds).isLessThan(60);
            sealed(fixture, database.name(), intervals);
        }
    }

    private static void sealed(LedgerFixture fixture, String database, long intervals) {
        fixture.at(20 * 24 * 3600);
        long started = System.nanoTime();
        fixture.seal();
        double seconds = (System.nanoTime() - started) / 1e9;
        Long bytes = fixture.jdbc.queryForObject("SELECT SUM(OCTET_LENGTH(content)) FROM interval_seal", Long.class);
        System.out.printf(
                "bench %s: %d intervals sealed in %.2f s, %.2f bytes each%n",
                database, intervals, seconds, Objects.requireNonNull(bytes) / (double) intervals);
        started = System.nanoTime();
        for (int node = 0; node < NODES; node++) {
            fixture.metering.walk("n" + node, LedgerFixture.ms(3600 * 5));
        }
        System.out.printf(
                "bench %s: one sealed hour of %d devices divided anew in %.1f ms%n",
                database, DEVICES, (System.nanoTime() - started) / 1e6 / NODES);
    }

    private static List<String> fifty() {
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            runs.add("r" + i * 100);
        }
        return runs;
    }

    private static double millis(Runnable work) {
        for (int i = 0; i < 20; i++) {
            work.run();
        }
        long started = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            work.run();
        }
        return (System.nanoTime() - started) / 20e6;
    }

    /** Straight into the tables: how fast they are filled is another benchmark's matter. */
    private static long fill(LedgerFixture fixture) {
        List<Object[]> devices = new ArrayList<>();
        List<Object[]> series = new ArrayList<>();
        for (int node = 0; node < NODES; node++) {
            fixture.jdbc.update(
                    "INSERT INTO node (id, name, boot_id, synthetic, first_seen_ms, last_seen_ms)"
                            + " VALUES (?, ?, 'boot-1', FALSE, ?, ?)",
                    "n" + node,
                    "n" + node,
                    LedgerFixture.START,
                    LedgerFixture.START);
            for (int d = 0; d < DEVICES; d++) {
                long id = node * 100L + d;
                String kind = d == 0 ? "CPU" : d == 1 ? "RAM" : "GPU";
                devices.add(new Object[] {
                    id, "n" + node, kind + d, kind, kind + d, 20.0, LedgerFixture.START, LedgerFixture.START
                });
                series.add(new Object[] {id, id});
            }
        }
        fixture.jdbc.batchUpdate(
                "INSERT INTO device (id, node_id, device_key, kind, name, idle_watts, first_seen_ms,"
                        + " last_seen_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                devices);
        fixture.jdbc.batchUpdate(
                "INSERT INTO series (id, device_id, boot_id, source, quality, boundary, origin,"
                        + " uncertainty_ppm, idle_watts, max_length_ms, synthetic) VALUES (?, ?, 'boot-1', 'test', 'MEASURED', 'CHIP', 'agent',"
                        + " 50000, 20.0, 10000, FALSE)",
                series);
        runs(fixture);
        return intervals(fixture, series);
    }

    private static void runs(LedgerFixture fixture) {
        for (int i = 0; i < RUNS; i++) {
            fixture.run("r" + i, "vision", null, false);
        }
        List<Object[]> members = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            int slot = i / NODES;
            long start = LedgerFixture.ms(slot * 36);
            members.add(new Object[] {
                "m" + i, "r" + i, "r" + i, "n" + i % NODES, "GPU" + (2 + slot % (DEVICES - 2)), start, start + 600_000
            });
        }
        fixture.jdbc.batchUpdate(
                "INSERT INTO member (id, run_id, attempt_id, node_id, boot_id, rank_no, devices, tracked,"
                        + " start_ms, end_ms) VALUES (?, ?, ?, ?, 'boot-1', 0, ?, FALSE, ?, ?)",
                members);
    }

    private static long intervals(LedgerFixture fixture, List<Object[]> series) {
        Random random = new Random(5);
        long count = 0;
        for (Object[] one : series) {
            List<Object[]> rows = new ArrayList<>();
            for (int i = 0; i < 360 * HOURS; i++) {
                long start = LedgerFixture.ms(i * 10);
                rows.add(new Object[] {
                    one[0], start, start + 10_000, 1_000_000_000L + random.nextInt(100_000_000), 10_000L
                });
            }
            fixture.jdbc.batchUpdate(
                    "INSERT INTO energy_interval (series_id, start_ms, end_ms, energy_uj, observed_ms, seq)"
                            + " VALUES (?, ?, ?, ?, ?, 0)",
                    rows);
            count += rows.size();
        }
        return count;
    }
}
