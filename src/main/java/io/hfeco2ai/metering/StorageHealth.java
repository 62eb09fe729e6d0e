package io.hfeco2ai.metering;

import java.time.Clock;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Whether facts can be written: really writes, but not more often than each 10 s however often it is asked. */
@Component("storageHealthIndicator")
class StorageHealth implements HealthIndicator {

    private static final long PROBE_EVERY_MS = 10_000;

    private final JdbcTemplate jdbc;
    private final Clock clock;
    private long probedMs = Long.MIN_VALUE;
    private Health last = Health.unknown().build();

    StorageHealth(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    @Override
    public synchronized Health health() {
        long nowMs = clock.millis();
        if (probedMs == Long.MIN_VALUE || Math.abs(nowMs - probedMs) >= PROBE_EVERY_MS) {
            probedMs = nowMs;
            last = probe(nowMs);
        }
        return last;
    }

    private Health probe(long nowMs) {
        try {
            if (jdbc.update("UPDATE write_probe SET at_ms = ? WHERE id = 1", nowMs) == 0) {
                jdbc.update("INSERT INTO write_probe (id, at_ms) VALUES (1, ?) ON CONFLICT DO NOTHING", nowMs);
            }
            return Health.up().build();
        } catch (DataAccessException e) {
            return Health.down()
                    .withDetail("error", String.valueOf(e.getMostSpecificCause().getMessage()))
                    .build();
        }
    }
}
