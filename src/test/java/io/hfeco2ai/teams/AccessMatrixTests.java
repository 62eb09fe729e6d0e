package io.hfeco2ai.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.request;

import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.Experiments.NewMember;
import io.hfeco2ai.experiments.Experiments.StartRun;
import io.hfeco2ai.metering.Metering;
import io.hfeco2ai.metering.Metering.Batch;
import io.hfeco2ai.metering.Metering.IntervalReport;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.units.DeviceKind;
import io.hfeco2ai.units.Quality;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.MockMvcPrint;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** docs/access.md against the routes of the running application: each route, as each role, on own and foreign rows. */
@SpringBootTest(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:access;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1",
            "hfeco2ai.sampler.enabled=false"
        })
@AutoConfigureMockMvc(print = MockMvcPrint.NONE)
class AccessMatrixTests {

    /** In every name that the foreign team gave: no answer to anybody else may hold it. */
    private static final String MARK = "Zanzibar";

    private static final String NODE = "shared-node";
    private static final List<String> PEOPLE =
            List.of("nobody", "plain", "viewer", "member", "lead", "auditor", "admin");
    private static final Map<String, String> DENIED_AT_LEAST =
            Map.of("see", "viewer", "member", "member", "lead", "lead");

    @Autowired
    MockMvcTester mvc;

    @Autowired
    @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mapping;

    @Autowired
    Teams teams;

    @Autowired
    Experiments experiments;

    @Autowired
    Metering metering;

    @Autowired
    JdbcClient jdbc;

    private final Map<Tokens, String> secrets = new TreeMap<>();

    /** @param row see, member, lead, or - where no team owns what the path names */
    private record Rule(String people, Set<String> tokens, String row) {}

    private record Route(String method, String pattern, String name) {}

    @BeforeEach
    void rolesAndRows() {
        if (jdbc.sql("SELECT COUNT(*) FROM team WHERE id = 'own'")
                        .query(Long.class)
                        .single()
                == 0) {
            team("own", "Own team");
            team("foreign", MARK + " team");
            for (String person : List.of("plain", "viewer", "member", "lead", "auditor", "extra")) {
                person(person);
            }
            long startMs = Instant.now().minusSeconds(7200).toEpochMilli();
            IntervalReport energy = new IntervalReport(
                    "gpu-0",
                    DeviceKind.GPU,
                    null,
                    startMs,
                    startMs + 10_000,
                    1_000_000_000,
                    null,
                    Quality.MEASURED,
                    "nvml",
                    null,
                    1L,
                    null,
                    null,
                    null);
            metering.record(new Batch(NODE, "boot", null, "client:test/1", false, List.of(energy), List.of()));
        }
        for (Tokens purpose : Tokens.values()) {
            Teams.NewToken token = teams.create("own", "matrix");
            jdbc.sql("UPDATE api_token SET purpose = ? WHERE id = ?")
                    .params(purpose.name(), token.id())
                    .update();
            secrets.put(purpose, token.secret());
        }
        teams.create("foreign", MARK + " token");
    }

    private void team(String id, String name) {
        jdbc.sql("INSERT INTO team (id, name, created_at) VALUES (?, ?, ?)")
                .params(id, name, OffsetDateTime.now(ZoneOffset.UTC))
                .update();
    }

    private void person(String name) {
        jdbc.sql("INSERT INTO app_user (id, username, role, created_at) VALUES (?, ?, ?, ?)")
                .params(
                        "id-" + name,
                        name,
                        name.equals("auditor") ? "AUDITOR" : "USER",
                        OffsetDateTime.now(ZoneOffset.UTC))
                .update();
        if (List.of("viewer", "member", "lead").contains(name)) {
            jdbc.sql("INSERT INTO membership (team_id, user_id, role, since) VALUES ('own', ?, ?, ?)")
                    .params("id-" + name, name.toUpperCase(Locale.ROOT), OffsetDateTime.now(ZoneOffset.UTC))
                    .update();
        }
    }

    @Test
    void theTableAndTheRoutesOfTheApplicationNameTheSame() throws Exception {
        Map<String, Rule> table = table();
        Map<String, String> live = new TreeMap<>();
        routes().forEach((route, rule) -> live.put(
                route.name(),
                rule == null
                        ? "closed: it has no @Allow"
                        : rule.people() + " | "
                                + Arrays.stream(rule.tokens())
                                        .map(Enum::name)
                                        .sorted()
                                        .toList()));
        Map<String, String> stated = new TreeMap<>();
        table.forEach((name, rule) -> stated.put(name, rule.people() + " | " + rule.tokens()));
        assertThat(live).isEqualTo(stated);
    }

    @Test
    void eachRoleGetsWhatTheTableSaysAndNothingOfAnotherTeam() throws Exception {
        Map<String, Rule> table = table();
        List<String> wrong = new ArrayList<>();
        for (Route route : routes().keySet()) {
            Rule rule = Objects.requireNonNull(table.get(route.name()), route.name());
            for (boolean own : new boolean[] {false, true}) {
                if (!own && rule.row().equals("-")) {
                    continue;
                }
                for (String person : PEOPLE) {
                    check(route, rule, person, own, wrong);
                }
                for (Tokens purpose : Tokens.values()) {
                    check(route, rule, purpose, own, wrong);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void aChangeWithoutTheFormsTokenIsRefused() {
        List<String> wrong = new ArrayList<>();
        routes().forEach((route, rule) -> {
            boolean page = rule != null && rule.tokens().length == 0 && rule.people() != Allow.People.EVERYBODY;
            if (page && !route.method().equals("GET")) {
                int status = call(
                                route,
                                true,
                                builder -> builder.with(user("admin").roles("ADMIN")))
                        .getResponse()
                        .getStatus();
                if (status != 403) {
                    wrong.add(route.name() + ": " + status);
                }
            }
        });
        assertThat(wrong).isEmpty();
    }

    private void check(Route route, Rule rule, String person, boolean own, List<String> wrong) {
        MvcTestResult result = call(
                route,
                own,
                builder -> person.equals("nobody")
                        ? builder.with(csrf())
                        : builder.with(user(person).roles(role(person))).with(csrf()));
        String expected = expected(rule, person, own);
        judge(route, rule, person, own, expected, result, wrong);
        if (!List.of("auditor", "admin").contains(person)) {
            leaks(route, person, own, result, wrong);
        }
    }

    private static String role(String person) {
        return List.of("admin", "auditor").contains(person) ? person.toUpperCase(Locale.ROOT) : "USER";
    }

    private void check(Route route, Rule rule, Tokens purpose, boolean own, List<String> wrong) {
        String secret = Objects.requireNonNull(secrets.get(purpose));
        MvcTestResult result = call(
                route,
                own,
                builder -> builder.header("Authorization", "Bearer " + secret)
                        .with(csrf())
                        .header("x-api-token", secret));
        boolean allowed =
                rule.tokens().contains(purpose.name()) || rule.people().equals("EVERYBODY");
        String expected = !allowed ? "refused" : !own ? "unknown" : "allowed";
        judge(route, rule, purpose.name(), own, expected, result, wrong);
        leaks(route, purpose.name(), own, result, wrong);
    }

    private static String expected(Rule rule, String person, boolean own) {
        if (rule.people().equals("EVERYBODY")) {
            return "allowed";
        }
        boolean called = switch (rule.people()) {
            case "SIGNED_IN" -> !person.equals("nobody");
            case "MEMBERS" -> List.of("member", "lead", "admin").contains(person);
            case "LEADS" -> List.of("lead", "admin").contains(person);
            case "AUDITORS" -> List.of("auditor", "admin").contains(person);
            case "ADMINS" -> person.equals("admin");
            default -> false;
        };
        if (!called) {
            return "refused";
        }
        if (rule.row().equals("-") || person.equals("admin")) {
            return "allowed";
        }
        if (person.equals("auditor")) {
            return rule.row().equals("see") ? "allowed" : "refused";
        }
        if (!own || person.equals("plain")) {
            return "unknown";
        }
        int has = PEOPLE.indexOf(person);
        int needs = PEOPLE.indexOf(Objects.requireNonNull(DENIED_AT_LEAST.get(rule.row())));
        return has >= needs ? "allowed" : "refused";
    }

    private static void judge(
            Route route,
            Rule rule,
            String who,
            boolean own,
            String expected,
            MvcTestResult result,
            List<String> wrong) {
        int status = result.getResponse().getStatus();
        String to = Objects.requireNonNullElse(result.getResponse().getRedirectedUrl(), "");
        boolean toSignIn = status == 302 && to.endsWith("/login");
        String got = status == 401 || status == 403 || toSignIn ? "refused" : status == 404 ? "unknown" : "allowed";
        boolean right = status < 500 || status == 501;
        // A body that says nothing is refused before anybody looks for the row: that tells nothing of it either.
        right &= !expected.equals("unknown") || status != 400 || route.name().startsWith("POST /api/");
        got = expected.equals("unknown") && status == 400 ? "unknown" : got;
        right &= got.equals(expected)
                || (expected.equals("allowed")
                        && got.equals("unknown")
                        && rule.row().equals("-"));
        if (!right) {
            wrong.add(route.name() + " as " + who + (own ? " own" : " foreign") + ": expected " + expected + ", got "
                    + status + " " + to);
        }
    }

    private static void leaks(Route route, String who, boolean own, MvcTestResult result, List<String> wrong) {
        String body = new String(result.getResponse().getContentAsByteArray(), StandardCharsets.UTF_8);
        if (body.contains(MARK)) {
            wrong.add(route.name() + " as " + who + (own ? " own" : " foreign") + ": tells of the other team");
        }
    }

    private interface With {
        MockHttpServletRequestBuilder with(MockHttpServletRequestBuilder builder);
    }

    private MvcTestResult call(Route route, boolean own, With with) {
        String path = path(route.pattern(), own);
        MockHttpServletRequestBuilder builder = request(HttpMethod.valueOf(route.method()), URI.create(path))
                .with(as -> {
                    as.setServletPath(path);
                    return as;
                })
                .param("user", "id-extra")
                .header("Accept", "text/html, application/json, */*");
        if (path.startsWith("/api/") || path.startsWith("/mlflow/") || path.startsWith("/codecarbon")) {
            builder.contentType("application/json").content("{}");
        }
        return mvc.perform(with.with(builder));
    }

    private String path(String pattern, boolean own) {
        String team = own ? "own" : "foreign";
        String path = pattern.replace("{device}", "1")
                .replace("{node}", "n")
                .replace("{user}", "id-extra")
                .replaceAll("/\\{\\*[a-z]+}", "/x");
        path = path.replace("/**", "/x").replaceAll("\\{name[^}]*}", "x");
        if (path.contains("{id}")) {
            path = path.replace("{id}", id(pattern, team));
        }
        return path.replaceAll("\\{[^}]*}", "x");
    }

    /** Of a fresh row of that team, of what the path names. */
    private String id(String pattern, String team) {
        if (pattern.startsWith("/nodes/")) {
            return NODE;
        }
        if (pattern.startsWith("/sites/")) {
            return "default";
        }
        if (pattern.startsWith("/settings/tokens/")) {
            return teams.create(team, name(team)).id();
        }
        if (pattern.contains("/budgets/")) {
            return budget(team);
        }
        if (pattern.startsWith("/alerts/")) {
            return alert(team);
        }
        if (pattern.startsWith("/settings/channels/")) {
            return channel(team);
        }
        if (pattern.startsWith("/reports/") && !pattern.endsWith("/cancel") || pattern.equals("/api/v1/reports/{id}")) {
            return report(team);
        }
        if (pattern.contains("/members/{user}")) {
            jdbc.sql("INSERT INTO membership (team_id, user_id, role, since) VALUES (?, 'id-extra', 'VIEWER', ?)"
                            + " ON CONFLICT DO NOTHING")
                    .params(team, OffsetDateTime.now(ZoneOffset.UTC))
                    .update();
        }
        if (pattern.startsWith("/teams/") || pattern.startsWith("/settings/teams/")) {
            return team;
        }
        if (pattern.startsWith("/experiments/")) {
            return run(team).experimentId();
        }
        if (pattern.endsWith("/separate")) {
            String joined = run(team).id();
            jdbc.sql("UPDATE run SET joined_id = ?, join_reason = 'test' WHERE id = ?")
                    .params(run(team).id(), joined)
                    .update();
            return joined;
        }
        return pattern.contains("/runs/") ? run(team).id() : "unknown";
    }

    private String budget(String team) {
        String id = UUID.randomUUID().toString().replace("-", "");
        jdbc.sql(
                        "INSERT INTO budget (id, team_id, name, unit, energy_basis, accounting, period_kind, first_day,"
                                + " limit_amount, carry_over, thresholds, on_exceeded, state, created_at, version) VALUES (?, ?, ?,"
                                + " 'KWH', 'DEVICES', 'LOCATION', 'MONTH', DATE '2026-01-01', 10, 'NONE', '80', 'WARN', 'DRAFT', ?, 0)")
                .params(id, team, name(team) + " budget", OffsetDateTime.now(ZoneOffset.UTC))
                .update();
        return id;
    }

    private String alert(String team) {
        String id = UUID.randomUUID().toString().replace("-", "");
        jdbc.sql(
                        "INSERT INTO alert (id, open_key, scope, kind, severity, team_id, leads_only, title, amount, detail, path,"
                                + " since_ms, raised_ms, snoozes) VALUES (?, ?, 'test', 'ABNORMAL_POWER', 'WARNING', ?, FALSE, ?, '1 W',"
                                + " ?, '/nodes', 1, 1, 0)")
                .params(id, id, team, name(team), name(team))
                .update();
        return id;
    }

    private String channel(String team) {
        String id = UUID.randomUUID().toString().replace("-", "");
        jdbc.sql(
                        "INSERT INTO alert_channel (id, team_id, name, kind, shown, least_severity, critical_passes,"
                                + " escalations_only, created_ms) VALUES (?, ?, ?, 'EMAIL', 'somebody@example.org', 'INFO', FALSE, FALSE, 1)")
                .params(id, team, name(team))
                .update();
        return id;
    }

    private String report(String team) {
        String id = UUID.randomUUID().toString().replace("-", "");
        jdbc.sql(
                        "INSERT INTO report (id, standard, team_id, from_ms, to_ms, options, state, done_ppm, outcome, asked_by,"
                                + " asked_ms, touched_ms) VALUES (?, 'SCI', ?, 0, 3600000, '{}', 'FAILED', 0, ?, 'id-extra', 1, 1)")
                .params(id, team, name(team))
                .update();
        return id;
    }

    private static String name(String team) {
        return team.equals("own") ? "mine" : MARK;
    }

    private Experiments.Run run(String team) {
        String name = name(team);
        NewMember member = new NewMember(NODE, "boot", 0, null, List.of(), null);
        return experiments
                .start(new StartRun(
                        team,
                        name + " project",
                        name + " experiment",
                        name + " run",
                        null,
                        null,
                        null,
                        Map.of("note", name),
                        Map.of("lr", name),
                        false,
                        member,
                        null))
                .run();
    }

    private Map<Route, Allow> routes() {
        Map<Route, Allow> routes = new HashMap<>();
        mapping.getHandlerMethods().forEach((info, handler) -> {
            if (RouteGuard.isGuarded(handler) && !isOfATest(handler.getBeanType())) {
                Set<RequestMethod> methods = info.getMethodsCondition().getMethods();
                for (String pattern : info.getPatternValues()) {
                    for (String method : methods.isEmpty() ? Set.of("ANY") : names(methods)) {
                        String name = method + " "
                                + pattern.replace("ajax-api", "api").replace("/codecarbon/{node}", "/codecarbon");
                        routes.put(
                                new Route(method.equals("ANY") ? "GET" : method, pattern, name),
                                RouteGuard.rule(handler));
                    }
                }
            }
        });
        return routes;
    }

    private static boolean isOfATest(Class<?> type) {
        return type.getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath()
                .contains("test-classes");
    }

    private static Set<String> names(Set<RequestMethod> methods) {
        return methods.stream().map(Enum::name).collect(Collectors.toSet());
    }

    private static Map<String, Rule> table() throws IOException {
        Map<String, Rule> table = new TreeMap<>();
        try (Stream<String> lines = Files.lines(Path.of("docs/access.md"))) {
            lines.filter(line -> line.matches("\\| `?[A-Z]+ /.*")).forEach(line -> {
                String[] cells = line.replace("`", "").split("\\|");
                Set<String> tokens =
                        new TreeSet<>(Arrays.asList(cells[3].strip().split(",\\s*")));
                tokens.remove("-");
                table.put(cells[1].strip(), new Rule(cells[2].strip(), tokens, cells[4].strip()));
            });
        }
        return table;
    }
}
