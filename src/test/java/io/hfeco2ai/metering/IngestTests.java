package io.hfeco2ai.metering;

import static io.hfeco2ai.metering.IngestFixture.START_MS;
import static io.hfeco2ai.metering.IngestFixture.batch;
import static io.hfeco2ai.metering.IngestFixture.interval;
import static io.hfeco2ai.metering.IngestFixture.intervals;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.DirtyHour;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.Node;
import io.hfeco2ai.metering.Metering.Recorded;
import io.hfeco2ai.metering.Metering.UsageReport;
import io.hfeco2ai.platform.BadInput;
import io.hfeco2ai.testing.TestDatabases;
import io.hfeco2ai.testing.TestDatabases.Database;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessException;

class IngestTests {

    private static final Clock CLOCK =
            Clock.fixed(Instant.ofEpochMilli(START_MS).plusSeconds(7_200), ZoneOffset.UTC);

    /** Migrated once for each kind; each test has a node of its own. */
    private static final List<Database> BOTH = TestDatabases.both();

    static List<Database> both() {
        return BOTH;
    }

    private final String node = "node-" + System.nanoTime();

    @ParameterizedTest
    @MethodSource("both")
    void theSameBatchAgainIsADuplicate(Database database) {
        IngestFixture fixture = new IngestFixture(database.dataSource(), CLOCK);
        Batch batch = batch(node, intervals("gpu-0", START_MS, 20));

        assertThat(fixture.ingest.record(batch)).isEqualTo(new Recorded(20, 0, List.of()));
        assertThat(fixture.ingest.record(batch)).isEqualTo(new Recorded(0, 20, List.of()));
        Recorded afterRestart = new IngestFixture(database.dataSource(), CLOCK).ingest.record(batch);
        assertThat(afterRestart).isEqualTo(new Recorded(0, 20, List.of()));
        assertThat(rows(fixture)).hasSize(20);
    }

    @ParameterizedTest
    @MethodSource("both")
    void duplicatesWithinOneBatchAreSeen(Database database) {
        IngestFixture fixture = new IngestFixture(database.dataSource(), CLOCK);
        IntervalReport one = interval("gpu-0", START_MS);
        IntervalReport other = interval("gpu-0", START_MS, 5);

        Recorded recorded = fixture.ingest.record(batch(node, List.of(one, one, other)));

        assertThat(recorded.accepted()).isEqualTo(1);
        assertThat(recorded.duplicates()).isEqualTo(1);
        assertThat(recorded.rejected()).singleElement().satisfies(rejection -> {
            assertThat(rejection.index()).isEqualTo(2);
            assertThat(rejection.reason()).startsWith("conflict: ");
        });
    }

    @ParameterizedTest
    @MethodSource("both")
    void otherContentForAStoredStartIsAConflictAndChangesNothing(Database database) {
        IngestFixture fixture = new IngestFixture(database.dataSource(), CLOCK);
        fixture.ingest.record(batch(node, List.of(interval("gpu-0", START_MS, 7))));
        List<String> before = rows(fixture);

        Recorded recorded = fixture.ingest.record(batch(node, List.of(interval("gpu-0", START_MS, 8))));

        assertThat(recorded.rejected())
                .singleElement()
                .satisfies(rejection ->
                        assertThat(rejection.reason()).startsWith("conflict: ").contains("7 uJ"));
        assertThat(rows(fixture)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("both")
    void shuffledRepeatedBatchesFromManyThreadsGiveTheSameRows(Database database) throws Exception {
        IngestFixture fixture = new IngestFixture(database.dataSource(), CLOCK);
        List<IntervalReport> all = new ArrayList<>(intervals("gpu-0", START_MS, 200));
        all.addAll(intervals("gpu-1", START_MS, 200));
        List<Future<Integer>> accepted = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int sender = 0; sender < 4; sender++) {
            List<IntervalReport> mine = new ArrayList<>(all);
            Collections.shuffle(mine, new Random(sender));
            accepted.add(threads.submit(() -> send(fixture, mine)));
        }
        int sum = 0;
        for (Future<Integer> count : accepted) {
            sum += count.get();
        }
        threads.shutdown();

        assertThat(sum).isEqualTo(400);
        assertThat(rows(fixture)).hasSize(400).doesNotHaveDuplicates();
        assertThat(fixture.nodes.find(node, "").orElseThrow().firstSeenMs()).isEqualTo(START_MS);
    }

    private int send(IngestFixture fixture, List<IntervalReport> reports) {
        int accepted = 0;
        for (int from = 0; from < reports.size(); from += 30) {
            List<IntervalReport> part = reports.subList(from, Math.min(from + 30, reports.size()));
            Recorded recorded = fixture.ingest.record(batch(node, part));
            assertThat(recorded.accepted() + recorded.duplicates()).isEqualTo(part.size());
            accepted += recorded.accepted();
        }
        return accepted;
    }

    @ParameterizedTest
    @MethodSource("both")
    void implausibleRowsDoNotKeepTheOthersOut(Database database) {
        IngestFixture fixture = new IngestFixture(database.dataSource(), CLOCK);
        IntervalReport tooStrong = interval("gpu-0", START_MS + 10_000, 16_000_000_000L);
        IntervalReport good = interval("gpu-0", START_MS);
        UsageReport usage = new UsageReport("m1", "gpu-0", START_MS, START_MS + 10_000, 500_000);
        UsageReport unknownDevice = new UsageReport("m1", "gpu-9", START_MS, START_MS + 10_000, 500_000);

        Recorded recorded = fixture.ingest.record(batch(node, List.of(tooStrong, good), List.of(usage, unknownDevice)));

        assertThat(recorded.accepted()).isEqualTo(2);
        assertThat(recorded.rejected()).extracting(Metering.Rejection::index).containsExactly(0, 3);
        assertThat(rows(fixture)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("both")
    void oneRowFromTheFarFutureDoesNotStopTheLiveView(Database database) {
        IngestFixture fixture = new IngestFixture(database.dataSource(), CLOCK);
        long in2999Ms = Instant.parse("2999-01-01T00:00:00Z").toEpochMilli();

        fixture.ingest.record(batch(node, List.of(interval("gpu-0", in2999Ms), interval("gpu-0", START_MS))));
        assertThat(fixture.live.of(node).at()).isEqualTo(Instant.ofEpochMilli(START_MS + 10_000));
        fixture.ingest.record(batch(node, List.of(interval("gpu-0", START_MS + 10_000, 500_000_000L))));
        assertThat(fixture.live.of(node).recent()).extracting(point -> point[1]).containsExactly(100.0, 50.0);
    }

    @ParameterizedTest
    @MethodSource("both")
    void eachTouchedHourIsMarkedOnceForABatch(Database database) {
        IngestFixture fixture = new IngestFixture(database.dataSource(), CLOCK);
        long hourMs = DirtyHours.HOUR_MS;

        fixture.ingest.record(batch(node, intervals("gpu-0", START_MS - 5_000, 3)));
        List<DirtyHour> first = fixture.dirtyHours.of(node, START_MS - hourMs, START_MS + hourMs);
        fixture.ingest.record(batch(node, intervals("gpu-0", START_MS + 60_000, 3)));
        List<DirtyHour> second = fixture.dirtyHours.of(node, START_MS - hourMs, START_MS + hourMs);
        fixture.ingest.record(batch(node, intervals("gpu-0", START_MS + 60_000, 3)));

        assertThat(first).extracting(DirtyHour::hourMs).containsExactly(START_MS - hourMs, START_MS);
        assertThat(second.get(0)).isEqualTo(first.get(0));
        assertThat(second.get(1).version()).isEqualTo(first.get(1).version() + 1);
        assertThat(fixture.dirtyHours.of(node, START_MS - hourMs, START_MS + hourMs))
                .as("duplicates change nothing")
                .isEqualTo(second);
    }

    @ParameterizedTest
    @MethodSource("both")
    void anHourMarkedAgainIsNotCleaned(Database database) {
        IngestFixture fixture = new IngestFixture(database.dataSource(), CLOCK);
        fixture.dirtyHours.mark(node, START_MS, START_MS + 1);
        DirtyHour read = fixture.dirtyHours.of(node, START_MS, START_MS + 1).get(0);
        fixture.dirtyHours.mark(node, START_MS, START_MS + 1);

        fixture.dirtyHours.clean(read);
        List<DirtyHour> left = fixture.dirtyHours.of(node, START_MS, START_MS + 1);
        assertThat(left).hasSize(1);
        fixture.dirtyHours.clean(left.get(0));
        assertThat(fixture.dirtyHours.of(node, START_MS, START_MS + 1)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("both")
    void hoursAreDueWhenQuietOrWhenPatienceEnds(Database database) {
        IngestFixture fixture = new IngestFixture(database.dataSource(), CLOCK);
        fixture.dirtyHours.mark(node, START_MS, START_MS + 1);
        long nowMs = CLOCK.millis();

        assertThat(due(fixture, nowMs + 1_999)).isEmpty();
        assertThat(due(fixture, nowMs + 2_000)).hasSize(1);
        fixture.jdbc.update("UPDATE dirty_hour SET last_marked_ms = last_marked_ms + 60000 WHERE node_id = ?", node);
        assertThat(due(fixture, nowMs + 59_999)).isEmpty();
        assertThat(due(fixture, nowMs + 60_000)).hasSize(1);
    }

    private List<DirtyHour> due(IngestFixture fixture, long nowMs) {
        return fixture.dirtyHours.due(nowMs, 1_000).stream()
                .filter(hour -> hour.nodeId().equals(node))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("both")
    void aFailedTransactionStoresNothingAndLeavesNothingRemembered(Database database) {
        IngestFixture fixture = new IngestFixture(database.dataSource(), CLOCK);
        fixture.jdbc.execute("ALTER TABLE dirty_hour RENAME TO dirty_hour_away");
        Batch batch = batch(node, intervals("gpu-0", START_MS, 5));
        try {
            assertThatThrownBy(() -> fixture.ingest.record(batch)).isInstanceOf(DataAccessException.class);
        } finally {
            fixture.jdbc.execute("ALTER TABLE dirty_hour_away RENAME TO dirty_hour");
        }
        assertThat(fixture.nodes.find(node, "")).isEmpty();
        assertThat(rows(fixture)).isEmpty();

        assertThat(fixture.ingest.record(batch)).isEqualTo(new Recorded(5, 0, List.of()));
        assertThat(rows(fixture)).hasSize(5);
        assertThat(fixture.dirtyHours.of(node, START_MS, START_MS + 1)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("both")
    void twoInstancesOnOneDatabaseAgree(Database database) {
        IngestFixture one = new IngestFixture(database.dataSource(), CLOCK);
        IngestFixture other = new IngestFixture(database.dataSource(), CLOCK);
        one.ingest.record(batch(node, intervals("gpu-0", START_MS, 2)));
        other.ingest.record(batch(node, intervals("gpu-1", START_MS, 2)));

        Recorded recorded = one.ingest.record(batch(node, intervals("gpu-1", START_MS, 3)));
        Recorded late = other.ingest.record(batch(node, intervals("gpu-1", START_MS, 4)));

        assertThat(recorded).isEqualTo(new Recorded(1, 2, List.of()));
        assertThat(late).isEqualTo(new Recorded(1, 3, List.of()));
        assertThat(rows(one)).hasSize(6);
    }

    @ParameterizedTest
    @MethodSource("both")
    void aBrokenBatchInAGroupDoesNotSpoilTheOthers(Database database) {
        IngestFixture fixture = new IngestFixture(database.dataSource(), CLOCK);
        fixture.ingest.record(batch(node, intervals("gpu-0", START_MS, 1)));
        Batch synthetic =
                new Batch(node, "boot-1", null, "demo", true, intervals("gpu-0", START_MS + 10_000, 1), List.of());

        assertThatThrownBy(() -> fixture.ingest.record(synthetic))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("real node");
        assertThatThrownBy(() -> fixture.ingest.record(batch(" ", List.of()))).isInstanceOf(BadInput.class);
        assertThat(rows(fixture)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("both")
    void aDeviceDeclaredOffIsExpectedAgainWhenItReports(Database database) {
        IngestFixture fixture = new IngestFixture(database.dataSource(), CLOCK);
        fixture.ingest.record(batch(node, intervals("gpu-0", START_MS, 1)));
        long deviceId = onlyDevice(fixture).id();

        fixture.ingest.exclusively(() -> fixture.nodes.declareOff(deviceId));
        assertThat(onlyDevice(fixture).off()).isTrue();
        fixture.ingest.record(batch(node, intervals("gpu-0", START_MS, 2)));
        assertThat(onlyDevice(fixture).off())
                .as("late data from before it went off")
                .isTrue();
        fixture.ingest.record(batch(node, intervals("gpu-0", CLOCK.millis() - 5_000, 1)));
        assertThat(onlyDevice(fixture).off()).isFalse();
    }

    /** It was expected all the while, so the coverage of each hour since changes. */
    @ParameterizedTest
    @MethodSource("both")
    void theHoursBetweenDeclaredOffAndBackAreComputedAgain(Database database) {
        IngestFixture fixture = new IngestFixture(database.dataSource(), CLOCK);
        fixture.ingest.record(batch(node, intervals("gpu-0", START_MS, 1)));
        long offMs = CLOCK.millis() - 5 * 3_600_000L;
        fixture.jdbc.update("UPDATE device SET declared_off_ms = ? WHERE node_id = ?", offMs, node);
        fixture.ingest.exclusively(() -> {}); // forgets what the writer remembers
        fixture.jdbc.update("DELETE FROM dirty_hour WHERE node_id = ?", node);

        fixture.ingest.record(batch(node, intervals("gpu-0", CLOCK.millis() - 5_000, 1)));

        assertThat(fixture.jdbc.queryForList(
                        "SELECT hour_ms FROM dirty_hour WHERE node_id = ? ORDER BY hour_ms", Long.class, node))
                .hasSize(6)
                .first()
                .isEqualTo(Math.floorDiv(offMs, 3_600_000L) * 3_600_000L);
    }

    private Metering.NodeDevice onlyDevice(IngestFixture fixture) {
        Node found = fixture.nodes.find(node, "").orElseThrow();
        assertThat(found.devices()).hasSize(1);
        return found.devices().get(0);
    }

    private List<String> rows(IngestFixture fixture) {
        return fixture.jdbc.query(
                "SELECT d.device_key, i.start_ms, i.end_ms, i.energy_uj, i.observed_ms FROM energy_interval i"
                        + " JOIN series s ON s.id = i.series_id JOIN device d ON d.id = s.device_id"
                        + " WHERE d.node_id = ? ORDER BY d.device_key, i.start_ms, s.id",
                (row, number) -> row.getString(1) + " " + row.getLong(2) + " " + row.getLong(3) + " " + row.getLong(4)
                        + " " + row.getLong(5),
                node);
    }
}
