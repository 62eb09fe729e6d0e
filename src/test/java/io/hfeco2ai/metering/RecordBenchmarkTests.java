package io.hfeco2ai.metering;

import static io.hfeco2ai.metering.IngestFixture.START_MS;
import static io.hfeco2ai.metering.IngestFixture.batch;
import static io.hfeco2ai.metering.IngestFixture.intervals;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.hfeco2ai.testing.TestDatabases;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many intervals a second ingest makes durable, without HTTP. */
@Tag("bench")
class RecordBenchmarkTests {

    private static final Logger LOG = LoggerFactory.getLogger(RecordBenchmarkTests.class);
    /** Long after the last start, so that nothing lies in the future. */
    private static final Clock CLOCK = Clock.offset(Clock.systemUTC(), Duration.ofDays(3_650));

    @Test
    void intoH2File(@TempDir Path folder) {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl("jdbc:h2:file:" + folder.resolve("bench")
                    + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;WRITE_DELAY=0");
            pool.setUsername("sa");
            Flyway.configure().dataSource(pool).load().migrate();
            all("H2 file", pool);
        }
    }

    @Test
    void intoPostgres() {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setDataSource(TestDatabases.postgres().dataSource());
            all("PostgreSQL", pool);
        }
    }

    private static void all(String name, DataSource dataSource) {
        measure(name + " warm-up", dataSource, "w", 1, 500, 20_000);
        measure(name, dataSource, "a", 1, 500, 100_000);
        measure(name, dataSource, "b", 4, 500, 100_000);
        measure(name, dataSource, "c", 1, 12, 12_000);
        measure(name, dataSource, "d", 8, 12, 48_000);
    }

    private static void measure(
            String name, DataSource dataSource, String prefix, int threads, int size, int intervals) {
        IngestFixture fixture = new IngestFixture(dataSource, CLOCK);
        ExecutorService senders = Executors.newFixedThreadPool(threads);
        long before = System.nanoTime();
        List<Future<Integer>> accepted = new ArrayList<>();
        for (int sender = 0; sender < threads; sender++) {
            String node = prefix + sender;
            accepted.add(senders.submit(() -> send(fixture, node, size, intervals / threads)));
        }
        int sum = accepted.stream().mapToInt(RecordBenchmarkTests::get).sum();
        double seconds = (System.nanoTime() - before) / 1e9;
        senders.shutdown();
        LOG.info(String.format(
                Locale.ROOT, "%s: %d x %d: %.0f intervals/s (%d)", name, threads, size, sum / seconds, sum));
        assertThat(sum).isEqualTo(intervals);
    }

    private static int send(IngestFixture fixture, String node, int size, int intervals) {
        int accepted = 0;
        for (int sent = 0; sent < intervals; sent += size) {
            accepted += fixture.ingest
                    .record(batch(node, intervals("gpu-0", START_MS + sent * 10_000L, size)))
                    .accepted();
        }
        return accepted;
    }

    private static int get(Future<Integer> count) {
        try {
            return count.get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
