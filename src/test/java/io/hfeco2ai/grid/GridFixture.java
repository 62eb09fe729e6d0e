package io.hfeco2ai.grid;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The module's parts on one database, with a clock that a test sets and the events it published. */
final class GridFixture {

    final List<Object> events = new ArrayList<>();
    Consumer<Object> onEvent = event -> {};
    final JdbcTemplate jdbc;
    final TransactionTemplate transaction;
    final GridStore store;
    final GridCache cache;
    final ReferenceData reference = new ReferenceData();
    final Grid grid;
    private Instant now = Instant.parse("2025-03-10T12:34:56Z");

    GridFixture(DataSource database) {
        jdbc = new JdbcTemplate(database);
        JdbcTransactionManager transactions = new JdbcTransactionManager(database);
        transaction = new TransactionTemplate(transactions);
        store = new GridStore(jdbc);
        cache = new GridCache(store, transactions);
        grid = new Grid(store, cache, reference, this::heard, clock());
    }

    /** As a start of the application does, with or without {@code hfeco2ai.site.*}. */
    GridFixture started(@Nullable String zone, @Nullable BigDecimal pue) {
        new GridStart(store, cache, reference, new SiteProperties(zone, pue), this::heard, clock())
                .afterSingletonsInstantiated();
        return this;
    }

    GridFixture started() {
        return started(null, null);
    }

    void at(String instant) {
        now = Instant.parse(instant);
    }

    static long ms(String instant) {
        return Instant.parse(instant).toEpochMilli();
    }

    private void heard(Object event) {
        events.add(event);
        onEvent.accept(event);
    }

    Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
    }
}
