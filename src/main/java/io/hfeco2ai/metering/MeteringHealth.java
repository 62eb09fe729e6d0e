package io.hfeco2ai.metering;

import java.time.Clock;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.TransactionException;

/** Whether measuring and storing work, for {@code /actuator/health}. */
@Configuration(proxyBeanMethods = false)
class MeteringHealth {

    private static final double SILENT_S = 10;
    /** A minute of folds: the database has been refusing. */
    private static final int BACKING_UP = 6;

    private static final long PROBE_EVERY_MS = 10_000;

    @Bean
    HealthIndicator samplerHealthIndicator(EmbeddedSampler sampler) {
        return () -> sampler.loop().map(loop -> health(loop.state())).orElseGet(() -> Health.unknown()
                .withDetail("sampler", "disabled")
                .build());
    }

    static Health health(SamplerLoop.State state) {
        boolean good = state.alive() && state.secondsSinceTick() <= SILENT_S && state.backlog() <= BACKING_UP;
        Health.Builder health = (good ? Health.up() : Health.down())
                .withDetail("alive", state.alive())
                .withDetail("secondsSinceTick", Math.round(state.secondsSinceTick()))
                .withDetail("backlog", state.backlog())
                .withDetail("dropped", state.dropped());
        if (state.error() != null) {
            health.withDetail("error", state.error());
        }
        return health.build();
    }

    @Bean
    HealthIndicator storageHealthIndicator(JdbcTemplate jdbc, Clock clock) {
        return new Storage(jdbc, clock);
    }

    /** Really writes, but not more often than each 10 s however often it is asked. */
    static final class Storage implements HealthIndicator {
        private final JdbcTemplate jdbc;
        private final Clock clock;
        private long probedMs = Long.MIN_VALUE;
        private Health last = Health.unknown().build();

        Storage(JdbcTemplate jdbc, Clock clock) {
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
            } catch (DataAccessException | TransactionException e) {
                return Health.down()
                        .withDetail(
                                "error", String.valueOf(e.getMostSpecificCause().getMessage()))
                        .build();
            }
        }
    }
}
