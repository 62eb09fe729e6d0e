package io.hfeco2ai.bench;

import io.hfeco2ai.testing.ServerProcess;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of a year over many nodes: one posted entry for each node and hour. */
@Tag("bench")
class ReportBenchmark {

    private static final int NODES = Integer.getInteger("bench.nodes", 1000);
    private static final int HOURS = 8760;
    private static final int ASKED = 4;
    private static final long PAUSE_MS = Long.getLong("bench.pause-s", 60) * 1000;
    private static final Instant YEAR = Instant.parse("2025-01-01T00:00:00Z");
    private static final Map<String, String> PROPERTIES =
            Map.of("hfeco2ai.sampler.enabled", "false", "hfeco2ai.site.zone", "DE");

    @TempDir
    Path folder;

    @Test
    void aYear() throws Exception {
        Path data = folder.resolve("data");
        ServerProcess.start(data, PROPERTIES).close(); // makes the tables
        long filling = System.nanoTime();
        fill(data);
        System.out.printf(Locale.ROOT, "filled in %.0f s%n", (System.nanoTime() - filling) / 1e9);
        try (ServerProcess server = ServerProcess.start(data, PROPERTIES)) {
            HttpClient browser = server.signIn();
            long ready = System.nanoTime();
            for (int i = 0; i < ASKED; i++) {
                Thread.sleep(i * PAUSE_MS); // Meanwhile the server sums up months.
                LocalDate last = LocalDate.of(2025, 12, 31).minusDays(i);
                long started = System.nanoTime();
                String url = ask(browser, server, last);
                String page = get(browser, server, url);
                while (page.contains("<progress")) {
                    Thread.sleep(200);
                    page = get(browser, server, url);
                }
                Matcher amount =
                        Pattern.compile("<a data-amount[^>]*>([0-9.,]+)").matcher(page);
                System.out.printf(
                        Locale.ROOT,
                        "BENCH report of %d entries, %d s after the start, to %s: %.1f s, first figure %s%n",
                        NODES * HOURS,
                        (started - ready) / 1_000_000_000,
                        last,
                        (System.nanoTime() - started) / 1e9,
                        amount.find() ? amount.group(1) : page);
            }
        }
    }

    private static String ask(HttpClient browser, ServerProcess server, LocalDate last) throws Exception {
        Matcher csrf =
                Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"").matcher(get(browser, server, "/reports"));
        if (!csrf.find()) {
            throw new IllegalStateException("the page has no form");
        }
        HttpResponse<String> answer = browser.send(
                HttpRequest.newBuilder(server.uri("/reports"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "standard=GHG_SCOPE2&scope=&from=2025-01-01&to=" + last + "&_csrf=" + csrf.group(1)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return answer.headers()
                .firstValue("Location")
                .map(location -> location.replaceFirst("^https?://[^/]+", ""))
                .orElseGet(() -> answer.uri().getPath());
    }

    private static String get(HttpClient browser, ServerProcess server, String path) throws Exception {
        return browser.send(HttpRequest.newBuilder(server.uri(path)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static void fill(Path data) throws SQLException {
        String url = "jdbc:h2:file:" + data.resolve("hf-eco2ai")
                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_ON_EXIT=FALSE";
        try (Connection connection = DriverManager.getConnection(url, "sa", "");
                Statement sql = connection.createStatement()) {
            String factor = "(SELECT MIN(id) FROM factor WHERE zone = 'DE' AND method = 'average')";
            for (int month = 1; month <= 12; month++) {
                sql.execute("INSERT INTO entry_month (node_id, chain_month, summed_no) SELECT 'n' || x, '"
                        + YearMonth.of(2025, month) + "', 0 FROM SYSTEM_RANGE(0, " + (NODES - 1) + ") AS s(x)");
            }
            for (int hour = 0; hour < HOURS; hour++) {
                long hourMs = YEAR.toEpochMilli() + hour * 3_600_000L;
                sql.execute("INSERT INTO entry (id, state, node_id, hour_ms, run_id, device_kind, share_key, quality,"
                        + " boundary, origin, synthetic, energy_uj, facility_uj, location_ug, priced_uj, pue, factor_id,"
                        + " uncertainty_ppm, expected_ms, observed_ms, method_version, recorded_ms, chain_month, chain_no,"
                        + " prev_hash, hash, market_ug, market_method, market_factor_id, certified_ppm) SELECT "
                        + (long) hour * NODES + " + x, 'POSTED', 'n' || x, " + hourMs
                        + ", '', 'GPU', 'idle', 'MEASURED', 'CHIP', 'own', FALSE, 720000000000 + x, 1080000000000 + x,"
                        + " 100000000 + x, 720000000000 + x, 1.5, " + factor + ", 50000, 3600000, 3600000, '2', "
                        + hourMs
                        + ", '" + Instant.ofEpochMilli(hourMs).toString().substring(0, 7) + "', " + linkNumber(hourMs)
                        + ", REPEAT('0', 64), REPEAT('0', 64), 100000000 + x, 'GRID_AVERAGE', " + factor
                        + ", 0 FROM SYSTEM_RANGE(0, " + (NODES - 1) + ") AS s(x)");
            }
        }
    }

    /** A node has one entry for each hour of the month. */
    private static long linkNumber(long hourMs) {
        Instant hour = Instant.ofEpochMilli(hourMs);
        Instant month = YearMonth.from(hour.atOffset(ZoneOffset.UTC))
                .atDay(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
        return Duration.between(month, hour).toHours() + 1;
    }
}
