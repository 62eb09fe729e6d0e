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
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages of budgets with 200 teams and 2,000 budgets: a team's and nine of its projects, two months of hours each. */
@Tag("bench")
class BudgetPageBenchmark {

    private static final int TEAMS = 200;
    private static final int PROJECTS = 9;
    private static final int DAYS = 60;
    private static final Map<String, String> PROPERTIES =
            Map.of("hfeco2ai.sampler.enabled", "false", "hfeco2ai.site.zone", "DE");

    @TempDir
    Path folder;

    @Test
    void pagesWithTwoThousandBudgets() throws Exception {
        Path data = folder.resolve("data");
        ServerProcess.start(data, PROPERTIES).close(); // makes the tables
        fill(data);
        try (ServerProcess server = ServerProcess.start(data, PROPERTIES)) {
            HttpClient browser = server.signIn();
            RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
            List<String> lists = new ArrayList<>();
            List<String> budgets = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                lists.add("/budgets?page=" + random.nextInt(TEAMS * (PROJECTS + 1) / 50));
                budgets.add(
                        "/budgets/" + id("b", random.nextInt(TEAMS) * (PROJECTS + 1) + random.nextInt(PROJECTS + 1)));
            }
            time(browser, server, "budgets", Collections.nCopies(300, "/budgets"));
            time(browser, server, "budgets, any page", lists);
            time(browser, server, "one budget", budgets);
            time(browser, server, "what moved it", with(budgets, "/moves"));
            time(browser, server, "before a launch of ten", with(budgets, "/launch?runs=10"));
            time(browser, server, "another limit", with(budgets, "/replay?limit=40"));
            time(browser, server, "form", Collections.nCopies(100, "/budgets/new"));
        }
    }

    private static List<String> with(List<String> paths, String end) {
        return paths.stream().map(path -> path + end).toList();
    }

    private static String id(String kind, int number) {
        return kind + String.format(Locale.ROOT, "%031d", number);
    }

    private static void fill(Path data) throws SQLException {
        Instant now = Instant.now().truncatedTo(ChronoUnit.HOURS);
        LocalDate month = LocalDate.now(ZoneOffset.UTC).withDayOfMonth(1);
        String url = "jdbc:h2:file:" + data.resolve("hf-eco2ai")
                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_ON_EXIT=FALSE";
        try (Connection connection = DriverManager.getConnection(url, "sa", "");
                Statement sql = connection.createStatement()) {
            for (String statement : List.of(
                    "INSERT INTO team (id, name, created_at) SELECT %1$s, 'team ' || x, CURRENT_TIMESTAMP FROM"
                            + " SYSTEM_RANGE(0, %5$d) AS s(x)",
                    "INSERT INTO project (id, team_id, name, created_at) SELECT 'p' || LPAD(x, 31, '0'), 't' ||"
                            + " LPAD(x / %6$d, 31, '0'), 'project ' || x, CURRENT_TIMESTAMP FROM SYSTEM_RANGE(0, %7$d) AS s(x)",
                    "INSERT INTO experiment (id, project_id, name, created_at) SELECT 'e' || LPAD(x, 31, '0'), 'p' ||"
                            + " LPAD(x, 31, '0'), 'experiment', CURRENT_TIMESTAMP FROM SYSTEM_RANGE(0, %7$d) AS s(x)",
                    "INSERT INTO run (id, team_id, experiment_id, name, status, synthetic, started_at, ended_at,"
                            + " created_at) SELECT 'r' || LPAD(x, 31, '0'), 't' || LPAD(MOD(x, %8$d) / %6$d, 31, '0'), 'e' ||"
                            + " LPAD(MOD(x, %8$d), 31, '0'), 'run ' || x, CASE WHEN x / %8$d = 0 AND MOD(x, 3) = 0 THEN"
                            + " 'RUNNING' ELSE 'FINISHED' END, FALSE, DATEADD(HOUR, -36 * (x / %8$d) - 6, CURRENT_TIMESTAMP),"
                            + " CASE WHEN x / %8$d = 0 AND MOD(x, 3) = 0 THEN NULL ELSE DATEADD(HOUR, -36 * (x / %8$d),"
                            + " CURRENT_TIMESTAMP) END, CURRENT_TIMESTAMP FROM SYSTEM_RANGE(0, %8$d * 20 - 1) AS s(x)",
                    "INSERT INTO spend_hour SELECT 'p' || LPAD(p.x, 31, '0'), %2$d - h.x * 14400000, 720000000000 * (1 +"
                            + " MOD(h.x + p.x, 9)), 0, 0, 75000000 * (1 + MOD(h.x + p.x, 9)), 720000000000 * (1 + MOD(h.x +"
                            + " p.x, 9)), 3600000, 0, 0, 0, 0, 0, 0 FROM SYSTEM_RANGE(0, %7$d) AS p(x) CROSS JOIN"
                            + " SYSTEM_RANGE(1, %9$d) AS h(x)",
                    "INSERT INTO budget (id, team_id, project_id, parent_id, name, unit, energy_basis, accounting,"
                            + " period_kind, first_day, limit_amount, carry_over, thresholds, on_exceeded, state,"
                            + " created_at, version) SELECT 'b' || LPAD(x, 31, '0'), 't' || LPAD(x / 10, 31, '0'), CASE WHEN"
                            + " MOD(x, 10) = 0 THEN NULL ELSE 'p' || LPAD(x / 10 * %6$d + MOD(x, 10) - 1, 31, '0') END, CASE WHEN"
                            + " MOD(x, 10) = 0 THEN NULL ELSE 'b' || LPAD(x / 10 * 10, 31, '0') END, 'budget ' || x, 'KG_CO2E',"
                            + " 'DEVICES', 'LOCATION', 'MONTH', DATE '%3$s', CASE WHEN MOD(x, 10) = 0 THEN 900 ELSE 80 END,"
                            + " 'NONE', '80,95', 'WARN', 'ACTIVE', CURRENT_TIMESTAMP, 0 FROM SYSTEM_RANGE(0, %10$d) AS s(x)",
                    "INSERT INTO budget_period SELECT 'o' || LPAD(b.x * 4 + n.x, 31, '0'), 'b' || LPAD(b.x, 31, '0'), n.x + 1,"
                            + " CASE n.x WHEN 3 THEN %4$d ELSE %4$d - (3 - n.x) * 2592000000 END, CASE n.x WHEN 3 THEN %11$d"
                            + " ELSE %4$d - (2 - n.x) * 2592000000 END, 'UTC', CASE WHEN MOD(b.x, 10) = 0 THEN 900 ELSE 80 END, 0,"
                            + " CASE n.x WHEN 3 THEN 'OPEN' ELSE 'CLOSED' END, 10 + MOD(b.x * 7, 60), 0, 0, CASE n.x WHEN 3 THEN"
                            + " NULL ELSE 10 + MOD(b.x * 7, 60) END, NULL, 0, NULL, NULL FROM SYSTEM_RANGE(0, %10$d) AS b(x) CROSS JOIN"
                            + " SYSTEM_RANGE(0, 3) AS n(x)")) {
                sql.execute(String.format(
                        Locale.ROOT,
                        statement,
                        "'t' || LPAD(x, 31, '0')",
                        now.toEpochMilli(),
                        month,
                        month.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli(),
                        TEAMS - 1,
                        PROJECTS,
                        TEAMS * PROJECTS - 1,
                        TEAMS * PROJECTS,
                        DAYS * 6,
                        TEAMS * (PROJECTS + 1) - 1,
                        month.plusMonths(1)
                                .atStartOfDay(ZoneOffset.UTC)
                                .toInstant()
                                .toEpochMilli()));
            }
        }
    }

    private static void time(HttpClient browser, ServerProcess server, String title, List<String> paths)
            throws Exception {
        List<Long> nanos = new ArrayList<>();
        int warmUp = 100;
        for (int i = 0; i < paths.size() + warmUp; i++) {
            long before = System.nanoTime();
            HttpResponse<String> page = browser.send(
                    HttpRequest.newBuilder(server.uri(paths.get(i % paths.size())))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (page.statusCode() != 200) {
                throw new IllegalStateException(page.statusCode() + " " + page.uri());
            }
            if (i >= warmUp) {
                nanos.add(System.nanoTime() - before);
            }
        }
        nanos.sort(null);
        System.out.printf(
                Locale.ROOT,
                "BENCH page | %s | p50 %.1f ms | p95 %.1f ms | n = %d%n",
                title,
                nanos.get(nanos.size() / 2) / 1e6,
                nanos.get(nanos.size() * 95 / 100) / 1e6,
                nanos.size());
    }
}
