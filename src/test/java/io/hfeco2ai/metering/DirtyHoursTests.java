package io.hfeco2ai.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LONG;

import io.hfeco2ai.testing.TestDatabases.Database;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

class DirtyHoursTests {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-05T10:00:00Z"), ZoneOffset.UTC);

    /** Another writer comes between the look for marked hours and the insert of the others. */
    private static final class Overtaken extends JdbcTemplate {

        private final Runnable other;
        private boolean overtaken;

        Overtaken(DataSource database, Runnable other) {
            super(database);
            this.other = other;
        }

        @Override
        public int[] batchUpdate(String sql, List<? extends Object[]> arguments) {
            if (sql.startsWith("INSERT") && !overtaken) {
                overtaken = true;
                other.run();
            }
            return super.batchUpdate(sql, arguments);
        }
    }

    /** Else whoever computes the hour from the other's facts would clean it, and ours would never be in. */
    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void hoursThatAnotherWriterMarkedMeanwhileAreMarkedOnceMore(Database database) {
        JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
        long fromMs = CLOCK.millis();
        DirtyHours others = new DirtyHours(jdbc, CLOCK);
        List<Long> left = new ArrayList<>();
        // Only one of four: PostgreSQL sends them as one statement, which inserts some of its rows.
        Runnable other = () -> {
            others.mark("n", fromMs, fromMs + DirtyHours.HOUR_MS);
            left.addAll(versions(jdbc));
        };
        new DirtyHours(new Overtaken(database.dataSource(), other), CLOCK)
                .mark("n", fromMs, fromMs + 4 * DirtyHours.HOUR_MS);
        assertThat(left).hasSize(1);
        assertThat(versions(jdbc)).hasSize(4).first(LONG).isGreaterThan(left.get(0));
    }

    private static List<Long> versions(JdbcTemplate jdbc) {
        return jdbc.queryForList("SELECT version FROM dirty_hour ORDER BY hour_ms", Long.class);
    }
}
