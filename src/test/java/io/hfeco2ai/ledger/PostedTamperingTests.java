package io.hfeco2ai.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Key;
import io.hfeco2ai.ledger.months.MonthSums;
import io.hfeco2ai.testing.TestDatabases.Database;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Somebody who can write to the database, against the chain of posted entries and the sums of their months. */
@Tag("long")
class PostedTamperingTests {

    private static final long HOUR_MS = 3_600_000;
    private static final int PER_MONTH = 20;
    private static final List<String> NODES = List.of("n0", "n1");
    private static final List<String> MONTHS = List.of("2025-10", "2025-11");
    private static final List<String> AMOUNTS = List.of(
            "energy_uj = energy_uj + 1",
            "location_ug = location_ug - 1",
            "observed_ms = observed_ms + 1",
            "priced_uj = priced_uj - 1",
            "expected_ms = expected_ms + 1",
            "hour_ms = hour_ms + 3600000",
            "run_id = 'another'",
            "device_kind = 'RAM'",
            "quality = 'UNKNOWN'",
            "origin = 'elsewhere'",
            "uncertainty_ppm = uncertainty_ppm + 1",
            "method_version = 'other'",
            "reason = 'because'",
            "recorded_ms = recorded_ms + 1",
            "prev_hash = hash",
            "hash = prev_hash");

    private enum Kind {
        EDIT,
        DELETE,
        SWAP,
        COPY,
        MOVE,
        CUT
    }

    private final Random random = new Random(11);

    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void eachOfAThousandTouchesIsFoundAtItsNodeAndMonth(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fill(fixture);
            var transaction = new TransactionTemplate(fixture.bean(PlatformTransactionManager.class));
            Map<Kind, Integer> done = new EnumMap<>(Kind.class);
            for (int i = 0; i < 1000; i++) {
                Kind kind = Kind.values()[i % Kind.values().length];
                transaction.executeWithoutResult(status -> {
                    touchAndFind(fixture, kind);
                    status.setRollbackOnly();
                });
                done.merge(kind, 1, Integer::sum);
            }
            assertThat(done.values()).hasSize(Kind.values().length).allMatch(times -> times >= 166);
            for (String node : NODES) {
                MONTHS.forEach(month -> assertThat(fixture.ledger.verifyChain(node, month))
                        .as("nothing is touched")
                        .isEmpty());
            }
        }
    }

    private static void fill(LedgerFixture fixture) {
        EntryBook book = fixture.bean(EntryBook.class);
        for (String node : NODES) {
            for (String month : MONTHS) {
                long first = Instant.parse(month + "-03T00:00:00Z").toEpochMilli();
                for (int i = 0; i < PER_MONTH; i++) {
                    long hour = first + i * HOUR_MS;
                    Key key = new Key(
                            "",
                            DeviceKind.CPU,
                            "idle",
                            Quality.MEASURED,
                            Boundary.CHIP,
                            "test",
                            false,
                            null,
                            null,
                            50_000,
                            Ledger.METHOD_VERSION,
                            null,
                            null);
                    book.book(node, hour, Map.of(key, new Amounts(1000 + i, 9L, 9L, 1000, HOUR_MS, 5, null, null)));
                    book.post(node, hour);
                }
            }
        }
        fixture.at(1000);
        for (int i = 0; i < NODES.size() * MONTHS.size(); i++) {
            fixture.bean(MonthSums.class).bite();
        }
        assertThat(fixture.jdbc.queryForObject("SELECT MIN(summed_no) FROM entry_month", Integer.class))
                .isEqualTo(PER_MONTH);
    }

    private void touchAndFind(LedgerFixture fixture, Kind kind) {
        String node = NODES.get(random.nextInt(NODES.size()));
        String month = MONTHS.get(random.nextInt(MONTHS.size()));
        int no = 1 + random.nextInt(PER_MONTH);
        String touch = kind + " " + node + " " + month + " #" + no;
        switch (kind) {
            case EDIT -> {
                String edit = AMOUNTS.get(random.nextInt(AMOUNTS.size()));
                touch += ": " + edit;
                update(fixture, "UPDATE entry SET " + edit, node, month, no);
            }
            case DELETE -> update(fixture, "DELETE FROM entry", node, month, no);
            case SWAP -> {
                int other = 1 + (no + random.nextInt(PER_MONTH - 1)) % PER_MONTH;
                update(fixture, "UPDATE entry SET chain_no = -1", node, month, no);
                update(fixture, "UPDATE entry SET chain_no = " + no, node, month, other);
                update(fixture, "UPDATE entry SET chain_no = " + other, node, month, -1);
            }
            case COPY -> copy(fixture, node, month, no);
            case MOVE -> {
                String other = MONTHS.get(1 - MONTHS.indexOf(month));
                String move = "UPDATE entry SET chain_no = " + (PER_MONTH + 1) + ", chain_month = '" + other + "'";
                update(fixture, move, node, month, no);
                assertThat(fixture.ledger.verifyChain(node, other)).as(touch).isNotEmpty();
            }
            case CUT ->
                fixture.jdbc.update(
                        "DELETE FROM entry WHERE node_id = ? AND chain_month = ? AND chain_no >= ?", node, month, no);
        }
        assertThat(fixture.ledger.verifyChain(node, month)).as(touch).isNotEmpty();
        String untouched = NODES.get(1 - NODES.indexOf(node));
        assertThat(fixture.ledger.verifyChain(untouched, month)).as(touch).isEmpty();
    }

    private static void update(LedgerFixture fixture, String statement, String node, String month, int no) {
        assertThat(fixture.jdbc.update(
                        statement + " WHERE node_id = ? AND chain_month = ? AND chain_no = ?", node, month, no))
                .isEqualTo(1);
    }

    /** The same once more, behind the last one. */
    private static void copy(LedgerFixture fixture, String node, String month, int no) {
        Map<String, Object> row = fixture.jdbc.queryForMap(
                "SELECT * FROM entry WHERE node_id = ? AND chain_month = ? AND chain_no = ?", node, month, no);
        row.put("id", 1_000_000L + no);
        row.put("chain_no", (long) PER_MONTH + 1);
        List<String> columns = List.copyOf(row.keySet());
        String marks = "?, ".repeat(columns.size() - 1) + "?";
        fixture.jdbc.update(
                "INSERT INTO entry (" + String.join(", ", columns) + ") VALUES (" + marks + ")",
                columns.stream().map(row::get).toArray());
    }
}
