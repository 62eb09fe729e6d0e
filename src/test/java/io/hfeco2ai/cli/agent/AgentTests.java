package io.hfeco2ai.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.cli.ApiClient;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.sensor.Device;
import io.hfeco2ai.sensor.Host;
import io.hfeco2ai.sensor.ReadingSink;
import io.hfeco2ai.sensor.Sensor;
import io.hfeco2ai.sensor.Sensors.Selection;
import io.hfeco2ai.sensor.members.MemberSensors;
import io.hfeco2ai.testing.RunningServer;
import io.hfeco2ai.units.Boundary;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An agent, its files and a server, all real; only the sensor is made up. */
class AgentTests extends RunningServer {

    private static final Device CPU = new Device(
            "cpu-0", DeviceKind.CPU, "A CPU", Boundary.CHIP, Quality.MEASURED, "rapl", 0.05, 300, Double.NaN);

    @TempDir
    Path folder;

    @Autowired
    Metering metering;

    @Autowired
    JdbcClient jdbc;

    private final String node = "agent-" + UUID.randomUUID();
    private final List<String> said = new CopyOnWriteArrayList<>();

    /** 50 W. */
    private static final class Steady implements Sensor {
        @Override
        public List<Device> devices() {
            return List.of(CPU);
        }

        @Override
        public void read(ReadingSink sink) {
            sink.power(CPU, 50);
        }
    }

    private Agent agent(AgentSpool spool) {
        Host host = new Host(node, "boot-1", "box", "CPU X", 1, 2, 2, 1024, 1024, true, false);
        Path root = Path.of("/");
        return new Agent(
                () -> new MemberSensors(
                        new Selection(host, List.of(new Steady()), List.of()),
                        root,
                        Clock.systemUTC(),
                        System::nanoTime),
                spool,
                new ApiClient(URI.create("http://127.0.0.1:" + port), () -> TOKEN),
                System::nanoTime,
                new SplittableRandom(1),
                said::add);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 300 && !condition.getAsBoolean(); i++) {
            Thread.sleep(100);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private long count(String table, String which) {
        return jdbc.sql("SELECT COUNT(*) FROM " + table + " " + which)
                .param(node)
                .query(Long.class)
                .single();
    }

    @Test
    void itsNodeIsShownItsMembersAreFollowedAndTheLastPieceIsSent() throws Exception {
        Process busy = new ProcessBuilder("sh", "-c", "while :; do :; done").start();
        try (AgentSpool spool = AgentSpool.open(folder, 1_000_000);
                Agent agent = agent(spool)) {
            agent.start();
            await(() -> metering.watches(node, "boot-1"));
            assertThat(metering.node(node).orElseThrow().cpuModel()).isEqualTo("CPU X");
            String member = json(post(
                            "/api/v1/runs",
                            "{\"project\":\"p\",\"experiment\":\"e\",\"name\":\"r\",\"node\":\"" + node
                                    + "\",\"boot_id\":\"boot-1\",\"pid\":" + busy.pid() + "}"))
                    .get("member_id")
                    .asString();
            json(post(
                    "/api/v1/runs",
                    "{\"project\":\"p\",\"experiment\":\"e\",\"name\":\"reused pid\",\"started_at\":\""
                            + Instant.now().minusSeconds(3600) + "\",\"node\":\"" + node
                            + "\",\"boot_id\":\"boot-1\",\"pid\":"
                            + busy.pid() + "}"));
            String shares = "u JOIN device d ON d.id = u.device_id WHERE d.node_id = ?";
            await(() -> count("usage_weight", shares) > 0);
            agent.close();
            assertThat(spool.waiting()).isZero();
            assertThat(jdbc.sql("SELECT DISTINCT u.member_id FROM usage_weight u WHERE u.weight_ppm > 0")
                            .query(String.class)
                            .list())
                    .contains(member);
            assertThat(count("usage_weight", shares + " AND u.member_id <> '" + member + "'"))
                    .as("a process that started after its member is another one")
                    .isZero();
            assertThat(count(
                            "energy_interval",
                            "i JOIN series s ON s.id = i.series_id JOIN device d ON d.id = s.device_id"
                                    + " WHERE s.origin = 'agent' AND d.node_id = ?"))
                    .isGreaterThanOrEqualTo(2);
            assertThat(said).containsExactly("the server takes the measurements");
        } finally {
            busy.destroyForcibly();
        }
    }
}
