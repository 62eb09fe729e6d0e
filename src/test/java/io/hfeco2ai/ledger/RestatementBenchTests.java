package io.hfeco2ai.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Entry;
import io.hfeco2ai.ledger.Ledger.Key;
import io.hfeco2ai.ledger.Ledger.Link;
import io.hfeco2ai.ledger.Ledger.State;
import io.hfeco2ai.ledger.months.MonthSums;
import io.hfeco2ai.testing.TestDatabases.Database;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** How long it takes to price a year of posted hours anew. Prints. */
@Tag("bench")
class RestatementBenchTests {

    private static final int NODES = Integer.getInteger("bench.nodes", 20);
    private static final int HOURS = 8760;

    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void aYearOfPostedHours(Database database) {
        try (LedgerFixture fixture = new LedgerFixture(database)) {
            fixture.grid.setZoneAndPue("default", "DE", new BigDecimal("1.5"));
            fill(fixture);
            fixture.at(3600.0 * (HOURS + 10));
            fixture.grid.correctZoneAndPue("default", "DE", new BigDecimal("1.2"));
            Repricing repricing = fixture.bean(Repricing.class);
            TransactionTemplate transaction = new TransactionTemplate(fixture.bean(PlatformTransactionManager.class));
            long started = System.nanoTime();
            while (Boolean.TRUE.equals(transaction.execute(status -> repricing.bite()))) {
                // A node at a time, as the background job does.
            }
            double seconds = (System.nanoTime() - started) / 1e9;
            int hours = NODES * HOURS;
            System.out.printf(
                    "bench %s: %d posted hours priced anew in %.1f s, %.0f hours/s%n",
                    database.name(), hours, seconds, hours / seconds);
            assertThat(fixture.jdbc.queryForObject("SELECT COUNT(*) FROM entry WHERE state = 'ADJUSTMENT'", Long.class))
                    .isEqualTo(2L * hours);
        }
    }

    private static void fill(LedgerFixture fixture) {
        EntryStore store = fixture.bean(EntryStore.class);
        for (int node = 0; node < NODES; node++) {
            String id = String.format("n%04d", node);
            fixture.jdbc.update(
                    "INSERT INTO node (id, name, boot_id, synthetic, first_seen_ms, last_seen_ms) VALUES (?, ?, 'b', FALSE, ?, ?)",
                    id,
                    id,
                    LedgerFixture.ms(0),
                    LedgerFixture.ms(0));
            List<Entry> entries = new ArrayList<>();
            Set<String> months = new HashSet<>();
            for (int hour = 0; hour < HOURS; hour++) {
                String month = EntryBook.month(LedgerFixture.ms(3600.0 * hour));
                if (months.add(month)) {
                    fixture.bean(MonthSums.class).begin(id, month);
                }
                entries.add(posted(store.nextId(), id, LedgerFixture.ms(3600.0 * hour), hour + 1));
            }
            store.insert(entries);
        }
    }

    private static Entry posted(long id, String node, long hourMs, int number) {
        Key key = new Key(
                "",
                DeviceKind.GPU,
                "idle",
                Quality.MEASURED,
                Boundary.CHIP,
                "own",
                false,
                new BigDecimal("1.5000"),
                "de-2024",
                50_000,
                Ledger.METHOD_VERSION,
                new Ledger.MarketKey(Grid.MarketMethod.GRID_AVERAGE, "de-2024", 0, null),
                null);
        Amounts amounts = new Amounts(
                3_600_000_000L, 5_400_000_000L, 525_000L, 3_600_000_000L, 3_600_000, 3_600_000, 525_000L, null);
        return new Entry(
                id,
                State.POSTED,
                node,
                hourMs,
                key,
                amounts,
                null,
                hourMs,
                new Link(EntryBook.month(hourMs), number, EntryChain.START, EntryChain.START));
    }
}
