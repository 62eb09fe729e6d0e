package io.hfeco2ai.metering.seals;

import io.hfeco2ai.metering.seals.SealText.Row;
import io.hfeco2ai.metering.seals.SealText.Sealed;
import io.hfeco2ai.platform.Changed;
import io.hfeco2ai.platform.Settings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/** Seals what is past the retention of raw data, a day of a series at a time, and has the audit trail hold its hashes. */
@Component
class Sealing {

    private static final Logger LOG = LoggerFactory.getLogger(Sealing.class);

    /** Whoever holds this row seals, of all the instances on one database. */
    private static final String SEALING = "metering.sealing";

    private static final long LOOK_EVERY_MS = 3_600_000;
    /** In one bite, for about a second of work. */
    private static final int MOST_INTERVALS = 100_000;

    /** In one bite, so that a row of the trail is for so many at most. */
    private static final int MOST_SEALS = 2_000;

    /** In one part: about 250 kB. */
    private static final int MOST_OF_A_PART = 50_000;

    private final JdbcTemplate jdbc;
    private final Settings settings;
    private final SealProperties properties;
    private final ApplicationEventPublisher events;
    private final TransactionTemplate transaction;
    private final Clock clock;
    /** Series that may have something to seal. */
    private final Deque<Long> due = new ArrayDeque<>();

    private long lookAtMs = Long.MIN_VALUE;

    Sealing(
            JdbcTemplate jdbc,
            Settings settings,
            SealProperties properties,
            ApplicationEventPublisher events,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.jdbc = jdbc;
        this.settings = settings;
        this.properties = properties;
        this.events = events;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    @Scheduled(initialDelay = 60, fixedDelay = 10, timeUnit = TimeUnit.SECONDS)
    void bite() {
        if (due.isEmpty() && clock.millis() >= lookAtMs) {
            due.addAll(jdbc.queryForList(
                    "SELECT s.id FROM series s WHERE EXISTS (SELECT 1 FROM energy_interval i WHERE i.series_id = s.id"
                            + " AND i.start_ms < ?) ORDER BY s.id",
                    Long.class,
                    endOfSealedMs()));
            lookAtMs = clock.millis() + LOOK_EVERY_MS;
        }
        int sealed = 0;
        for (int i = 0; i < MOST_SEALS && sealed < MOST_INTERVALS && !due.isEmpty(); i++) {
            int more = sealOldest(due.element());
            sealed += more;
            if (more == 0) {
                due.remove();
            }
        }
        list();
    }

    /** Start of the first UTC day that is not past the retention. */
    private long endOfSealedMs() {
        return Seals.day(clock.millis() - properties.keepRaw().toMillis());
    }

    /** @return how many intervals of the series' oldest day were sealed; 0: none is past the retention */
    private int sealOldest(long seriesId) {
        List<Long> oldest = jdbc.queryForList(
                "SELECT start_ms FROM energy_interval WHERE series_id = ? ORDER BY series_id, start_ms LIMIT 1",
                Long.class,
                seriesId);
        if (oldest.isEmpty() || oldest.get(0) >= endOfSealedMs()) {
            return 0;
        }
        try {
            Integer sealed = transaction.execute(status -> seal(status, seriesId, Seals.day(oldest.get(0))));
            return sealed == null ? 0 : sealed;
        } catch (RuntimeException e) {
            LOG.error("Intervals of series {} could not be sealed; they stay rows, and it is tried again", seriesId, e);
            return 0;
        }
    }

    private int seal(TransactionStatus status, long seriesId, long dayMs) {
        settings.lock(SEALING, "");
        List<Row> rows = jdbc.query(
                "SELECT start_ms, end_ms, energy_uj, observed_ms, seq FROM energy_interval"
                        + " WHERE series_id = ? AND start_ms >= ? AND start_ms < ? ORDER BY series_id, start_ms LIMIT "
                        + MOST_OF_A_PART,
                (row, number) ->
                        new Row(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)),
                seriesId,
                dayMs,
                dayMs + Seals.DAY_MS);
        if (rows.isEmpty()) {
            return 0; // Another instance was here first.
        }
        store(seriesId, dayMs, rows);
        int gone = jdbc.update(
                "DELETE FROM energy_interval WHERE series_id = ? AND start_ms >= ? AND start_ms <= ?",
                seriesId,
                rows.get(0).startMs(),
                rows.get(rows.size() - 1).startMs());
        if (gone != rows.size()) {
            // One arrived since the rows were read, and is in no seal: all stays as it was, until the next look.
            status.setRollbackOnly();
            return 0;
        }
        return rows.size();
    }

    private void store(long seriesId, long dayMs, List<Row> rows) {
        Sealed sealed = SealText.of(rows, dayMs);
        Integer part = jdbc.queryForObject(
                "SELECT COUNT(*) FROM interval_seal WHERE series_id = ? AND day_ms = ?",
                Integer.class,
                seriesId,
                dayMs);
        jdbc.update(
                "INSERT INTO interval_seal (series_id, day_ms, part_no, intervals, first_start_ms, last_end_ms, sha256,"
                        + " content, sealed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                seriesId,
                dayMs,
                part,
                rows.size(),
                rows.get(0).startMs(),
                rows.stream().mapToLong(Row::endMs).max().orElseThrow(),
                sealed.sha256(),
                sealed.gzip(),
                clock.millis());
        long lastMs = rows.get(rows.size() - 1).startMs();
        jdbc.update(
                "UPDATE series SET sealed_start_ms = ? WHERE id = ? AND (sealed_start_ms IS NULL OR sealed_start_ms < ?)",
                lastMs,
                seriesId,
                lastMs);
    }

    /** One row of the trail for all seals since the last one: SHA-256 over "series day part hash" lines in that order. */
    private void list() {
        transaction.executeWithoutResult(status -> {
            settings.lock(SEALING, "");
            MessageDigest listing = SealText.sha256();
            long[] counts = new long[2];
            jdbc.query(
                    "SELECT series_id, day_ms, part_no, sha256, intervals FROM interval_seal WHERE listed_ms IS NULL"
                            + " ORDER BY series_id, day_ms, part_no",
                    row -> {
                        String line = row.getLong(1) + " " + row.getLong(2) + " " + row.getInt(3) + " "
                                + row.getString(4) + "\n";
                        listing.update(line.getBytes(StandardCharsets.US_ASCII));
                        counts[0]++;
                        counts[1] += row.getLong(5);
                    });
            if (counts[0] > 0) {
                listed(counts[0], counts[1], HexFormat.of().formatHex(listing.digest()));
            }
        });
    }

    private void listed(long seals, long intervals, String sha256) {
        long nowMs = clock.millis();
        jdbc.update("UPDATE interval_seal SET listed_ms = ? WHERE listed_ms IS NULL", nowMs);
        events.publishEvent(new Changed(
                "interval.sealed",
                "interval",
                Long.toString(nowMs),
                null,
                Map.of("seals", "" + seals, "intervals", "" + intervals, "sha256", sha256)));
        LOG.info("{} intervals that are past the retention of raw data were sealed", intervals);
    }
}
