package io.hfeco2ai.ledger;

import static io.hfeco2ai.ledger.LedgerFixture.interval;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.HourSum;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.Recorded;
import io.hfeco2ai.metering.TornSeal;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.testing.TestDatabases.Database;
import io.hfeco2ai.units.DeviceKind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Raw intervals past their retention: no figure, no answer to a client and no recompute tells that they were sealed. */
class SealedIntervalsTests {

    private static final String BOTH = "io.hfeco2ai.testing.TestDatabases#both";
    private static final int HOUR_S = 3600;
    private static final int DAY_S = 24 * HOUR_S;
    private static final int HOURS = 30;

    private final Random random = new Random(18);

    /** Thirty hours of two devices, with gaps and a minute over midnight; run "a" has one of them for a while. */
    private List<IntervalReport> facts() {
        List<IntervalReport> facts = new ArrayList<>();
        for (String device : List.of("gpu0", "gpu1")) {
            for (int at = 0; at < HOURS * HOUR_S; at += 60) {
                if (random.nextInt(20) > 0) {
                    facts.add(interval(device, DeviceKind.GPU, at, at + 60, random.nextInt(1_000_000) / 1e3));
                }
            }
        }
        return facts;
    }

    private static void booked(LedgerFixture fixture, List<IntervalReport> facts) {
        fixture.grid.setZoneAndPue("default", "DE", new BigDecimal("1.5"));
        fixture.run("a", "vision", null, false);
        fixture.member("a", "n", 2 * HOUR_S, 20.5 * HOUR_S, "gpu0");
        fixture.at(HOURS * HOUR_S);
        fixture.record("n", facts.toArray(IntervalReport[]::new));
        fixture.at(5 * DAY_S);
        fixture.book();
    }

    private static Recorded again(LedgerFixture fixture, List<IntervalReport> facts) {
        return fixture.metering.record(new Batch("n", "boot-1", null, "agent", false, facts, List.of()));
    }

    private static long rows(LedgerFixture fixture, String table) {
        Long rows = fixture.jdbc.queryForObject("SELECT COUNT(*) FROM " + table, Long.class);
        return rows == null ? 0 : rows;
    }

    private static List<HourSum> walked(LedgerFixture fixture) {
        List<HourSum> sums = new ArrayList<>();
        for (int hour = 0; hour < HOURS; hour++) {
            sums.addAll(
                    fixture.metering.walk("n", LedgerFixture.ms(hour * HOUR_S)).sums());
        }
        return sums;
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void whatIsSealedIsReadAndComparedAsBefore(Database database) {
        List<IntervalReport> facts = facts();
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            booked(fixture, facts);
            fixture.seal();
            assertThat(rows(fixture, "interval_seal")).as("too young").isZero();
            List<HourSum> before = walked(fixture);
            Footprint footprint = fixture.run("a");

            fixture.at(16 * DAY_S);
            fixture.book();
            Footprint everything = fixture.everything();
            fixture.seal();
            assertThat(rows(fixture, "interval_seal"))
                    .as("two devices, two UTC days")
                    .isEqualTo(4);
            assertThat(rows(fixture, "energy_interval")).isZero();
            assertThat(walked(fixture)).isEqualTo(before);

            fixture.metering.markDirty("n", LedgerFixture.START, LedgerFixture.ms(HOURS * HOUR_S));
            fixture.book();
            assertThat(fixture.rows("ADJUSTMENT")).isEmpty();
            assertThat(fixture.run("a")).isEqualTo(footprint);
            assertThat(fixture.everything()).isEqualTo(everything);
        }
        // A server that has just started remembers nothing of what was sealed.
        try (LedgerFixture fixture = LedgerFixture.restarted(database)) {
            fixture.at(17 * DAY_S);
            Recorded recorded = again(fixture, facts);
            assertThat(recorded.accepted()).isZero();
            assertThat(recorded.duplicates()).isEqualTo(facts.size());
            IntervalReport other =
                    interval("gpu0", DeviceKind.GPU, startS(facts.get(7)), startS(facts.get(7)) + 60, 5e3);
            assertThat(again(fixture, List.of(other)).rejected())
                    .singleElement()
                    .satisfies(refused -> assertThat(refused.toString()).contains("conflict"));
            assertThat(rows(fixture, "energy_interval")).isZero();
        }
    }

    private static double startS(IntervalReport fact) {
        return (fact.startMs() - LedgerFixture.START) / 1e3;
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void whatComesLateForASealedDayCountsAndIsSealedBesideIt(Database database) throws Exception {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            List<IntervalReport> facts = facts();
            List<IntervalReport> late = facts.subList(100, 130);
            List<IntervalReport> early = new ArrayList<>(facts);
            early.removeAll(late);
            booked(fixture, early);
            fixture.at(16 * DAY_S);
            fixture.seal();
            BigInteger before = fixture.everything().energy().microjoules();
            assertThat(again(fixture, late).accepted()).isEqualTo(late.size());
            fixture.book();
            BigInteger more = BigInteger.valueOf(
                    late.stream().mapToLong(IntervalReport::energyUj).sum());
            assertThat(fixture.everything().energy().microjoules()).isEqualTo(before.add(more));
            List<HourSum> sums = walked(fixture);
            fixture.at(17 * DAY_S);
            fixture.seal();
            assertThat(rows(fixture, "energy_interval")).isZero();
            assertThat(fixture.jdbc.queryForObject("SELECT MAX(part_no) FROM interval_seal", Integer.class))
                    .isEqualTo(1);
            assertThat(walked(fixture)).isEqualTo(sums);
            assertThat(again(fixture, facts).duplicates()).isEqualTo(facts.size());
            listedAsTheTrailSays(fixture);
        }
    }

    /** What docs/evidence.md tells an auditor to do. */
    private static void listedAsTheTrailSays(LedgerFixture fixture) throws Exception {
        List<Changed> listings = fixture.posted.stream()
                .filter(Changed.class::isInstance)
                .map(Changed.class::cast)
                .filter(change -> change.action().equals("interval.sealed"))
                .toList();
        assertThat(listings).hasSize(2);
        for (Changed listing : listings) {
            StringBuilder lines = new StringBuilder();
            fixture.jdbc
                    .queryForList(
                            "SELECT series_id, day_ms, part_no, sha256 FROM interval_seal WHERE listed_ms = ?"
                                    + " ORDER BY series_id, day_ms, part_no",
                            Long.parseLong(listing.subjectId()))
                    .forEach(row -> lines.append(row.get("series_id"))
                            .append(' ')
                            .append(row.get("day_ms"))
                            .append(' ')
                            .append(row.get("part_no"))
                            .append(' ')
                            .append(row.get("sha256"))
                            .append('\n'));
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(lines.toString().getBytes(StandardCharsets.US_ASCII));
            assertThat(listing.details()).containsEntry("sha256", HexFormat.of().formatHex(hash));
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void whatArrivesWhileItsDayIsSealedIsThereOnce(Database database) throws Exception {
        List<IntervalReport> facts = facts();
        List<IntervalReport> shuffled = new ArrayList<>(facts);
        shuffled.addAll(facts.subList(0, facts.size() / 2));
        Collections.shuffle(shuffled, random);
        // A second instance on the same database sends; each fact once, and half of them again.
        try (LedgerFixture fixture = new LedgerFixture(database);
                LedgerFixture other = LedgerFixture.restarted(database)) {
            fixture.grid.setZoneAndPue("default", "DE", new BigDecimal("1.5"));
            fixture.at(16 * DAY_S);
            other.at(16 * DAY_S);
            Semaphore half = new Semaphore(0);
            Semaphore sealed = new Semaphore(0);
            Thread sender = new Thread(() -> {
                for (int from = 0; from < shuffled.size(); from += 20) {
                    if (from == 2000) {
                        half.release();
                        sealed.acquireUninterruptibly();
                    }
                    again(other, shuffled.subList(from, Math.min(from + 20, shuffled.size())));
                }
            });
            sender.start();
            half.acquire();
            fixture.seal();
            sealed.release();
            int rounds = 0;
            while (sender.isAlive()) {
                fixture.at(16 * DAY_S + ++rounds * HOUR_S);
                fixture.seal();
            }
            sender.join();
            fixture.at(16 * DAY_S + ++rounds * HOUR_S);
            fixture.seal();
            assertThat(rows(fixture, "energy_interval")).isZero();
            assertThat(fixture.jdbc.queryForObject("SELECT SUM(intervals) FROM interval_seal", Integer.class))
                    .isEqualTo(facts.size());
            assertThat(fixture.jdbc.queryForObject("SELECT MAX(part_no) FROM interval_seal", Integer.class))
                    .as("sealed while they came")
                    .isPositive();
            assertThat(walked(fixture).stream().mapToLong(HourSum::energyUj).sum())
                    .isEqualTo(
                            facts.stream().mapToLong(IntervalReport::energyUj).sum());
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void fromWhatIsNotWhatWasSealedNoFigureIsMade(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            booked(fixture, facts());
            fixture.at(16 * DAY_S);
            fixture.book();
            fixture.seal();
            Footprint everything = fixture.everything();
            Map<String, Object> seal = fixture.jdbc.queryForMap(
                    "SELECT series_id, day_ms, content FROM interval_seal ORDER BY day_ms, series_id LIMIT 1");
            byte[] content = (byte[]) Objects.requireNonNull(seal.get("content"));
            for (int i = 0; i < 200; i++) {
                byte[] changed = content.clone();
                // Not in the head of gzip, and before its own sum: what is left is the compressed text.
                int at = 10 + random.nextInt(content.length - 20);
                changed[at] ^= (byte) (1 + random.nextInt(255));
                fixture.jdbc.update(
                        "UPDATE interval_seal SET content = ? WHERE series_id = ? AND day_ms = ?",
                        changed,
                        seal.get("series_id"),
                        seal.get("day_ms"));
                assertThatThrownBy(() -> fixture.metering.walk("n", LedgerFixture.ms(3 * HOUR_S)))
                        .isInstanceOf(TornSeal.class)
                        .hasMessageContaining("interval_seal");
            }
            fixture.metering.markDirty("n", LedgerFixture.START, LedgerFixture.ms(HOURS * HOUR_S));
            fixture.work.round();
            assertThat(fixture.everything()).isEqualTo(everything);
            assertThat(rows(fixture, "dirty_hour"))
                    .as("they wait for a whole seal")
                    .isPositive();
        }
    }
}
