package io.hfeco2ai.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.TestExperiments;
import io.hfeco2ai.grid.Grid;
import io.hfeco2ai.grid.Supply;
import io.hfeco2ai.ledger.Ledger.Amounts;
import io.hfeco2ai.ledger.Ledger.Footprint;
import io.hfeco2ai.ledger.Ledger.Key;
import io.hfeco2ai.ledger.Ledger.Question;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.metering.Metering.PowerBatch;
import io.hfeco2ai.metering.Metering.PowerPoint;
import io.hfeco2ai.metering.Metering.Recorded;
import io.hfeco2ai.metering.seals.TestSealing;
import io.hfeco2ai.platform.Settings;
import io.hfeco2ai.teams.Access;
import io.hfeco2ai.testing.TestDatabases.Database;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import tools.jackson.databind.json.JsonMapper;

/** The ledger with real metering and grid on one database, with a clock that a test sets. Times are seconds from START. */
final class LedgerFixture implements AutoCloseable {

    /** 2026-01-05T10:00:00Z, the start of an hour. */
    static final long START = 1_767_607_200_000L;

    final List<Object> posted = new ArrayList<>();
    final JdbcTemplate jdbc;
    final Metering metering;
    final Grid grid;
    final Ledger ledger;
    final LedgerWork work;
    final SpendRollup rollup;
    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private Instant now = Instant.ofEpochMilli(START + 60_000);

    /** Beans are made when something needs them, so pages never are; nothing runs in the background. */
    @Configuration
    @EnableConfigurationProperties
    @ConfigurationPropertiesScan({"io.hfeco2ai.metering", "io.hfeco2ai.grid", "io.hfeco2ai.ledger"})
    @ComponentScan(
            basePackages = {"io.hfeco2ai.metering", "io.hfeco2ai.grid", "io.hfeco2ai.ledger"},
            lazyInit = true,
            excludeFilters =
                    @ComponentScan.Filter(
                            type = FilterType.ASSIGNABLE_TYPE,
                            classes = {LedgerJob.class, SpendJob.class}))
    static class Modules {}

    LedgerFixture(Database database) {
        this(database, true);
    }

    /** On what another one left. */
    static LedgerFixture restarted(Database database) {
        return new LedgerFixture(database, false);
    }

    private LedgerFixture(Database database, boolean empty) {
        jdbc = new JdbcTemplate(database.dataSource());
        context.registerBean(JdbcTemplate.class, () -> jdbc);
        context.registerBean(JdbcClient.class, () -> JdbcClient.create(jdbc));
        context.registerBean(PlatformTransactionManager.class, () -> new JdbcTransactionManager(database.dataSource()));
        context.registerBean(Clock.class, this::clock);
        context.registerBean(Experiments.class, () -> TestExperiments.reading(database.dataSource()));
        context.registerBean(Settings.class);
        context.registerBean(Access.class);
        context.registerBean(MeterRegistry.class, () -> new SimpleMeterRegistry());
        context.registerBean(JsonMapper.class, () -> JsonMapper.builder().build());
        TestPropertyValues.of("hfeco2ai.sampler.enabled=false").applyTo(context);
        context.register(Modules.class);
        context.addApplicationListener(event -> {
            if (event instanceof PayloadApplicationEvent<?> payload) {
                posted.add(payload.getPayload());
            }
        });
        context.refresh();
        metering = context.getBean(Metering.class);
        grid = context.getBean(Grid.class);
        ledger = context.getBean(Ledger.class);
        work = context.getBean(LedgerWork.class);
        rollup = context.getBean(SpendRollup.class);
        if (empty) {
            begin();
        }
    }

    private void begin() {
        OffsetDateTime at = OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);
        jdbc.update("INSERT INTO site (id, name, operator, created_at) VALUES ('default', 'Lab', 'OWN', ?)", at);
        jdbc.update(
                "INSERT INTO factor (id, zone, from_ms, to_ms, g_per_kwh, method, basis, gas, source, edition, licence,"
                        + " url) VALUES ('de-2024', 'DE', 1704067200000, 1735689600000, 350.0, 'average', 'life-cycle', 'CO2e',"
                        + " 'test', '2025', 'none', 'none')");
        experiment("vision");
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    Supply supply() {
        return bean(Supply.class);
    }

    void at(double seconds) {
        now = Instant.ofEpochMilli(ms(seconds));
    }

    static long ms(double seconds) {
        return START + Math.round(seconds * 1000);
    }

    /** Team, project and experiment of that name, with that name as their id. */
    void experiment(String name) {
        OffsetDateTime at = OffsetDateTime.ofInstant(now, ZoneOffset.UTC);
        if (jdbc.queryForList("SELECT id FROM team WHERE name = ?", name).isEmpty()) {
            jdbc.update("INSERT INTO team (id, name, created_at) VALUES (?, ?, ?)", name, name, at);
        }
        jdbc.update("INSERT INTO project (id, team_id, name, created_at) VALUES (?, ?, ?, ?)", name, name, name, at);
        jdbc.update(
                "INSERT INTO experiment (id, project_id, name, created_at) VALUES (?, ?, ?, ?)", name, name, name, at);
    }

    void run(String id, String experiment, @Nullable String parent, boolean synthetic) {
        OffsetDateTime at = OffsetDateTime.ofInstant(Instant.ofEpochMilli(START), ZoneOffset.UTC);
        jdbc.update(
                "INSERT INTO run (id, team_id, experiment_id, parent_id, name, status, synthetic, started_at, created_at)"
                        + " VALUES (?, ?, ?, ?, ?, 'RUNNING', ?, ?, ?)",
                id,
                experiment,
                experiment,
                parent,
                id,
                synthetic,
                at,
                at);
        jdbc.update(
                "INSERT INTO attempt (id, run_id, number, status, started_at) VALUES (?, ?, 1, 'RUNNING', ?)",
                id,
                id,
                at);
    }

    /** A member that claims the node, and the marks that its start would make. */
    void member(String run, String node, double startS, @Nullable Double endS, String... devices) {
        jdbc.update(
                "INSERT INTO member (id, run_id, attempt_id, node_id, boot_id, rank_no, devices, tracked, start_ms, end_ms)"
                        + " VALUES (?, ?, ?, ?, 'boot-1', 0, ?, FALSE, ?, ?)",
                "m" + run,
                run,
                run,
                node,
                String.join("\n", devices),
                ms(startS),
                endS == null ? null : ms(endS));
        metering.markDirty(node, ms(startS), endS == null ? now.toEpochMilli() + 1 : ms(endS));
    }

    static IntervalReport interval(String device, DeviceKind kind, double startS, double endS, double joules) {
        return interval(device, kind, startS, endS, joules, Quality.MEASURED, null);
    }

    static IntervalReport interval(
            String device,
            DeviceKind kind,
            double startS,
            double endS,
            double joules,
            Quality quality,
            @Nullable Boundary boundary) {
        return new IntervalReport(
                device,
                kind,
                null,
                ms(startS),
                ms(endS),
                Math.round(joules * 1e6),
                null,
                quality,
                "test",
                boundary,
                null,
                0.05,
                null,
                null);
    }

    Recorded record(String node, IntervalReport... intervals) {
        return record(node, "agent", false, List.of(intervals));
    }

    Recorded record(String node, String origin, boolean synthetic, List<IntervalReport> intervals) {
        Recorded recorded = metering.record(new Batch(node, "boot-1", null, origin, synthetic, intervals, List.of()));
        assertThat(recorded.rejected()).isEmpty();
        return recorded;
    }

    Recorded power(String node, double atS, double watts) {
        return metering.recordPower(new PowerBatch(
                node,
                "stream",
                null,
                "reported:mlflow/3",
                false,
                List.of(new PowerPoint(
                        "reported:gpu-0", DeviceKind.GPU, null, ms(atS), watts, Quality.MEASURED, "nvml-power"))));
    }

    /** Rounds until nothing is dirty and nothing is left to post. */
    void book() {
        int left = 1;
        for (int i = 0; i < 50 && left > 0; i++) {
            left = work.round();
            Integer dirty = jdbc.queryForObject("SELECT COUNT(*) FROM dirty_hour", Integer.class);
            left += dirty == null ? 0 : dirty;
            now = now.plusSeconds(3); // Marks of the last moment are left alone for a while.
        }
        work.round();
    }

    Footprint run(String runId) {
        return ledger.footprint(Question.ofRun(runId, false));
    }

    Footprint everything() {
        return ledger.footprint(new Question(null, null, null, null, null, null, null, false));
    }

    /** All that is past the retention of raw data. */
    void seal() {
        TestSealing.everything(context);
    }

    /** 3.6 provisional joules that nobody claims, in the hour that many hours after START. */
    void booked(String node, int hours, @Nullable String factorId) {
        Key key = new Key(
                "",
                DeviceKind.CPU,
                "idle",
                Quality.MEASURED,
                Boundary.CHIP,
                "test",
                false,
                null,
                factorId,
                50_000,
                Ledger.METHOD_VERSION,
                null,
                null);
        boolean priced = factorId != null;
        Amounts amounts = new Amounts(
                3_600_000, null, priced ? 350L : null, priced ? 3_600_000 : 0, 3_600_000, 3_600_000, null, null);
        bean(EntryBook.class).book(node, START + hours * 3_600_000L, Map.of(key, amounts));
    }

    List<Map<String, Object>> rows(String state) {
        return jdbc.queryForList("SELECT * FROM entry WHERE state = ? ORDER BY id", state);
    }

    private Clock clock() {
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

    @Override
    public void close() {
        context.close();
    }
}
