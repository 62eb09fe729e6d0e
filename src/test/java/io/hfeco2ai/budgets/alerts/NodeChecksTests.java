package io.hfeco2ai.budgets.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.JdbcTemplate;

/** Silent nodes and idle GPUs, from what agents really sent; time is moved by hand. */
@SpringBootTest(
        properties = {
            "hfeco2ai.sampler.enabled=false",
            "spring.datasource.url=jdbc:h2:mem:budget-alerts;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1"
        })
class NodeChecksTests {

    @Autowired
    JdbcTemplate jdbc;

    @Autowired
    Metering metering;

    @Autowired
    Experiments experiments;

    @Autowired
    Alerts alerts;

    @Autowired
    Clock clock;

    private Instant start = Instant.EPOCH;
    private Instant now = Instant.EPOCH;

    @BeforeEach
    void clean() {
        start = Instant.ofEpochMilli(clock.millis() / 10_000 * 10_000 - 7_200_000);
        now = start;
        jdbc.update("DELETE FROM alert WHERE scope IN ('silent-node', 'idle-gpu', 'abnormal-power')");
    }

    private NodeChecks checks() {
        Clock moved = new Clock() {
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
        return new NodeChecks(metering, experiments, alerts, moved, Duration.ofMinutes(15));
    }

    private void sends(String node, String origin, double watts, Duration from, Duration to) {
        List<IntervalReport> intervals = new ArrayList<>();
        for (long at = start.plus(from).toEpochMilli(); at < start.plus(to).toEpochMilli(); at += 10_000) {
            intervals.add(new IntervalReport(
                    "GPU-" + node,
                    DeviceKind.GPU,
                    "H200",
                    at,
                    at + 10_000,
                    (long) (watts * 10_000_000),
                    null,
                    Quality.MEASURED,
                    "nvml",
                    null,
                    null,
                    null,
                    700.0,
                    60.0));
        }
        metering.record(new Batch(node, "boot", node, origin, false, intervals, List.of()));
    }

    private List<Map<String, Object>> raised(String scope, String node) {
        return jdbc.queryForList(
                "SELECT * FROM alert WHERE scope = ? AND title LIKE ? ORDER BY raised_ms, id", scope, "%" + node + "%");
    }

    @Test
    void aNodeWhoseAgentFallsSilentIsToldOnceUntilItSpeaksAgain() {
        NodeChecks checks = checks();
        sends("quiet-1", "agent", 100, Duration.ZERO, Duration.ofMinutes(1));
        sends("client-1", "client:hf/1", 100, Duration.ZERO, Duration.ofMinutes(1));

        now = start.plus(Duration.ofMinutes(14));
        checks.silentNodes();
        assertThat(raised("silent-node", "quiet-1"))
                .as("the server itself has just started")
                .isEmpty();
        now = start.plus(Duration.ofMinutes(20));
        checks.silentNodes();
        checks.silentNodes();
        assertThat(raised("silent-node", "quiet-1")).singleElement().satisfies(alert -> {
            assertThat((String) alert.get("amount")).startsWith("no data for 19");
            assertThat(alert.get("resolved_ms")).isNull();
        });
        assertThat(raised("silent-node", "client-1")).as("nobody watches it").isEmpty();

        jdbc.update( // sent by an agent it would be written at the latest 10 s later, which no test should wait
                "UPDATE device SET last_seen_ms = ? WHERE node_id = 'quiet-1'",
                start.plus(Duration.ofMinutes(20)).toEpochMilli());
        now = start.plus(Duration.ofMinutes(21));
        checks.silentNodes();
        assertThat(raised("silent-node", "quiet-1"))
                .singleElement()
                .satisfies(alert -> assertThat(alert.get("resolved_ms")).isNotNull());
        now = start.plus(Duration.ofMinutes(60));
        checks.silentNodes();
        assertThat(raised("silent-node", "quiet-1")).hasSize(2);
    }

    @Test
    void aGpuThatDrawsItsIdlePowerForHalfAnHourIsToldAndOneThatWorkedMeanwhileIsNot() {
        NodeChecks checks = checks();
        sends("idle-1", "agent", 62, Duration.ZERO, Duration.ofMinutes(31));
        sends("busy-1", "agent", 62, Duration.ZERO, Duration.ofMinutes(20));
        sends("busy-1", "agent", 400, Duration.ofMinutes(20), Duration.ofMinutes(21));
        sends("busy-1", "agent", 62, Duration.ofMinutes(21), Duration.ofMinutes(31));
        now = start.plus(Duration.ofMinutes(31));

        checks.idleGpus();
        checks.idleGpus();
        assertThat(raised("idle-gpu", "idle-1")).singleElement().satisfies(alert -> {
            assertThat(alert.get("severity")).isEqualTo("INFO");
            assertThat((String) alert.get("detail")).startsWith("No run claims the GPU.");
        });
        assertThat(raised("idle-gpu", "busy-1")).isEmpty();

        sends("idle-1", "agent", 500, Duration.ofMinutes(31), Duration.ofMinutes(32));
        now = start.plus(Duration.ofMinutes(32));
        checks.idleGpus();
        assertThat(raised("idle-gpu", "idle-1").get(0).get("resolved_ms")).isNotNull();
    }
}
