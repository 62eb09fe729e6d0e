package io.hfeco2ai.metering;

import io.hfeco2ai.experiments.TestExperiments;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.UsageReport;
import io.hfeco2ai.metering.live.LiveStream;
import io.hfeco2ai.metering.live.LiveView;
import io.hfeco2ai.metering.seals.Seals;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import tools.jackson.databind.json.JsonMapper;

/** The parts of ingest put together by hand on one database. */
final class IngestFixture {

    /** 2026-01-05T10:00:00Z, the start of an hour. */
    static final long START_MS = 1_767_607_200_000L;

    final JdbcTemplate jdbc;
    final JdbcTransactionManager transactions;
    final DirtyHours dirtyHours;
    final NodeRegistry nodes;
    final LiveStream stream;
    final LiveView live;
    final Ingest ingest;

    IngestFixture(DataSource dataSource, Clock clock) {
        jdbc = new JdbcTemplate(dataSource);
        transactions = new JdbcTransactionManager(dataSource);
        dirtyHours = new DirtyHours(jdbc, clock);
        nodes = new NodeRegistry(jdbc, event -> {}, clock);
        FactStore facts = new FactStore(
                TestExperiments.reading(dataSource),
                nodes,
                new SeriesRegistry(jdbc),
                new IntervalStore(jdbc, new Seals(jdbc)),
                dirtyHours,
                clock);
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        stream = new LiveStream(JsonMapper.builder().build());
        live = new LiveView(stream, metrics, clock);
        ingest = new Ingest(facts, transactions, clock, new MeteringProperties(Duration.ofDays(400)), live, metrics);
    }

    long count(String table) {
        Long count = jdbc.queryForObject("SELECT COUNT(*) FROM " + table, Long.class);
        return count == null ? 0 : count;
    }

    static Batch batch(String node, List<IntervalReport> intervals) {
        return new Batch(node, "boot-1", null, "agent", false, intervals, List.of());
    }

    static Batch batch(String node, List<IntervalReport> intervals, List<UsageReport> usage) {
        return new Batch(node, "boot-1", null, "agent", false, intervals, usage);
    }

    /** 10 s at 100 W. */
    static IntervalReport interval(String device, long startMs) {
        return interval(device, startMs, 1_000_000_000L);
    }

    static IntervalReport interval(String device, long startMs, long energyUj) {
        return new IntervalReport(
                device,
                DeviceKind.GPU,
                null,
                startMs,
                startMs + 10_000,
                energyUj,
                null,
                Quality.MEASURED,
                "nvml",
                null,
                null,
                0.05,
                null,
                null);
    }

    static List<IntervalReport> intervals(String device, long startMs, int count) {
        List<IntervalReport> intervals = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            intervals.add(interval(device, startMs + i * 10_000L));
        }
        return intervals;
    }
}
