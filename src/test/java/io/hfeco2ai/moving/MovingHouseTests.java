package io.hfeco2ai.moving;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.audit.Audit;
import io.hfeco2ai.ledger.Ledger;
import io.hfeco2ai.testing.ServerProcess;
import io.hfeco2ai.testing.TestDatabases;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole application: measured on H2, backed up alive, moved to PostgreSQL with a kill in between, and the same there. */
@Tag("long")
class MovingHouseTests {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Instant START =
            Instant.now().truncatedTo(ChronoUnit.HOURS).minus(5, ChronoUnit.DAYS);
    private static final int BATCHES = 30;
    private static final int BATCH = 1000;

    /** Of all that {@link #batch} sends; until then some hours are not booked yet. */
    private static final double EXPECTED_KWH = IntStream.range(0, BATCHES / 3 * BATCH)
                    .mapToDouble(MovingHouseTests::joules)
                    .sum()
            * 3
            / 3.6e6;

    @TempDir
    Path folder;

    private String to = "";
    private String runId = "";

    @Test
    void nothingIsLostOnTheWay() throws Exception {
        to = TestDatabases.emptyPostgres();
        Path data = folder.resolve("data");
        Map<String, String> settings = Map.of(
                "hfeco2ai.sampler.enabled", "false",
                "hfeco2ai.site.zone", "DE",
                "hfeco2ai.backup.folder", folder.resolve("backups").toString(),
                "hfeco2ai.backup.every", "PT1S",
                "hfeco2ai.backup.keep", "1");
        List<String> before;
        try (ServerProcess server = ServerProcess.start(data, settings)) {
            measure(server);
            before = figures(server);
            Process early = migrate(data);
            assertThat(said(early)).contains("is in use by a running server");
            assertThat(early.waitFor()).isEqualTo(MigrateCommand.REFUSED);
            aBackupMadeSince(Instant.now());
        }
        killedAfterItsFirstRows(migrate(data));
        Process again = migrate(data);
        String told = said(again);
        assertThat(again.waitFor()).as(told).isEqualTo(MigrateCommand.DONE);
        assertThat(told).contains("Both sides are the same", "chains of posted entries: whole", "audit trail");
        assertThat(told)
                .doesNotContainPattern("energy_interval +30,000 rows copied")
                .doesNotContain("DEBUG", "WARN");
        Map<String, String> postgres = Map.of(
                "hfeco2ai.sampler.enabled",
                "false",
                "spring.datasource.url",
                to,
                "spring.datasource.username",
                "postgres");
        assertTheSame(before, folder.resolve("elsewhere"), postgres);
        restoredBackupIsTheSame(before);
    }

    private void measure(ServerProcess server) throws Exception {
        JsonNode run = JSON.readTree(server.post(
                        "/api/v1/runs",
                        "{\"project\":\"p\",\"experiment\":\"e\",\"name\":\"moved \uD83D\uDE00\",\"node\":\"n\",\"boot_id\":\"b\","
                                + "\"started_at\":\"" + START + "\"}")
                .body());
        runId = run.get("id").asString();
        for (int batch = 0; batch < BATCHES; batch++) {
            HttpResponse<String> answer = server.post("/api/v1/measurements", batch(batch));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
        server.post(
                "/api/v1/runs/" + runId + "/finish",
                "{\"status\":\"finished\",\"ended_at\":\"" + START.plus(9, ChronoUnit.HOURS) + "\"}");
        for (int attempt = 0; attempt < 240; attempt++) {
            JsonNode footprint = JSON.readTree(server.get(footprint()).body());
            if (!footprint.get("provisional").asBoolean()
                    && Math.abs(footprint.get("energy_kwh").asDouble() - EXPECTED_KWH) < 1e-9) {
                return;
            }
            Thread.sleep(500);
        }
        throw new AssertionError("not posted: " + server.get(footprint()).body());
    }

    /** Three devices for 10,000 intervals of 10 s each: nearly 28 hours. */
    private static String batch(int batch) {
        StringBuilder body = new StringBuilder("{\"node\":\"n\",\"boot_id\":\"b\",\"measurements\":[");
        for (int i = 0; i < BATCH; i++) {
            int seq = batch / 3 * BATCH + i;
            Instant start = START.plusSeconds(seq * 10L);
            body.append(i == 0 ? "" : ",")
                    .append(String.format(
                            Locale.ROOT,
                            "{\"device\":\"GPU-%d\",\"kind\":\"gpu\",\"start\":\"%s\",\"end\":\"%s\",\"energy_j\":%s,"
                                    + "\"quality\":\"measured\",\"source\":\"nvml\",\"seq\":%d}",
                            batch % 3,
                            start,
                            start.plusSeconds(10),
                            joules(seq),
                            seq));
        }
        return body.append("]}").toString();
    }

    private static double joules(int seq) {
        return 1000.123457 + seq % 17;
    }

    private static String footprint() {
        return "/api/v1/footprint?node=n&from=" + START + "&to=" + START.plus(2, ChronoUnit.DAYS) + "&group_by=hour";
    }

    /** What callers and people see, whole: every microjoule and microgram. */
    private List<String> figures(ServerProcess server) throws Exception {
        HttpClient browser = server.signIn();
        String page = browser.send(
                        HttpRequest.newBuilder(server.uri("/runs/" + runId)).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        assertThat(page).contains("moved \uD83D\uDE00", "kWh");
        return List.of(
                server.get(footprint()).body(),
                server.get("/api/v1/runs/" + runId + "/footprint").body(),
                server.get("/api/v1/runs").body().replaceAll("http://127.0.0.1:[0-9]+", ""),
                page.replaceAll("(?s)name=\"_csrf\".*?>|_csrf.*?>|127.0.0.1:[0-9]+", ""));
    }

    private void assertTheSame(List<String> before, Path data, Map<String, String> settings) throws Exception {
        try (ServerProcess server = ServerProcess.start(data, settings)) {
            assertThat(figures(server)).isEqualTo(before);
        }
    }

    private void aBackupMadeSince(Instant moment) throws Exception {
        for (int attempt = 0; attempt < 180; attempt++) {
            if (backup().stream().anyMatch(zip -> modified(zip).isAfter(moment))) {
                return;
            }
            Thread.sleep(500);
        }
        throw new AssertionError("no backup in time");
    }

    private List<Path> backup() throws IOException {
        if (!Files.isDirectory(folder.resolve("backups"))) {
            return List.of();
        }
        try (Stream<Path> zips = Files.list(folder.resolve("backups"))) {
            return zips.filter(zip -> zip.toString().endsWith(".zip")).toList();
        }
    }

    private static Instant modified(Path zip) {
        try {
            return Files.getLastModifiedTime(zip).toInstant();
        } catch (IOException e) {
            return Instant.MIN;
        }
    }

    private void restoredBackupIsTheSame(List<String> before) throws Exception {
        assertThat(backup()).hasSize(1);
        Path restored = folder.resolve("restored");
        BackupsTests.unzip(backup().get(0), restored);
        assertTheSame(before, restored, Map.of("hfeco2ai.sampler.enabled", "false"));
        JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(
                "jdbc:h2:file:" + restored + "/hf-eco2ai;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE", "sa", ""));
        assertThat(Ledger.verifyChains(jdbc)).isEqualTo(new Ledger.Chains(chains(), List.of()));
        assertThat(Audit.verify(jdbc).whole()).isTrue();
    }

    /** One for the node, or two where the hours lie in two months. */
    private static int chains() {
        return START.toString()
                        .substring(0, 7)
                        .equals(START.plusSeconds(100_000).toString().substring(0, 7))
                ? 1
                : 2;
    }

    private Process migrate(Path data) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.hfeco2ai.Application",
                "migrate",
                "--from",
                data.toString(),
                "--to",
                to,
                "--user",
                "postgres"));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String said(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private void killedAfterItsFirstRows(Process process) throws Exception {
        try (Connection connection = DriverManager.getConnection(to, "postgres", "");
                Statement statement = connection.createStatement()) {
            while (process.isAlive() && copied(statement) == 0) {
                Thread.sleep(2);
            }
            process.destroyForcibly().waitFor();
            assertThat(copied(statement)).as("killed in the middle").isBetween(1000L, BATCHES * BATCH - 1000L);
        }
    }

    private static long copied(Statement statement) {
        try (ResultSet row = statement.executeQuery(
                "SELECT copied_rows FROM moving_progress WHERE kind = 'rows' AND name = 'energy_interval'")) {
            return row.next() ? row.getLong(1) : 0;
        } catch (SQLException notThereYet) {
            return 0;
        }
    }
}
