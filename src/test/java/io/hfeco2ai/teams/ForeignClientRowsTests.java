package io.hfeco2ai.teams;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.testing.RunningServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.UriComponentsBuilder;

/** Every route of MLflow and CodeCarbon is sent what another team owns: it tells nothing of it and changes nothing. */
@TestPropertySource(
        properties =
                "spring.datasource.url=jdbc:h2:mem:foreign-client-rows;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1")
class ForeignClientRowsTests extends RunningServer {

    /** In every name that the foreign team gave: no answer to anybody else may hold it. */
    private static final String MARK = "Zanzibar";

    private static final String MLFLOW = "/mlflow/api/2.0/mlflow/";

    /** Those that change a run or read it: with an own one they must succeed, else refusing everything would pass. */
    private static final Set<String> OF_A_RUN = Set.of(
            "GET runs/get",
            "GET metrics/get-history",
            "GET artifacts/list",
            "POST runs/log-batch",
            "POST runs/log-metric",
            "POST runs/log-param",
            "POST runs/log-inputs",
            "POST runs/set-tag",
            "POST runs/update",
            "POST runs/delete",
            "POST runs/restore",
            "POST experiments/update",
            "POST experiments/set-experiment-tag",
            "GET experiments/get",
            "POST experiments/delete",
            "POST experiments/restore",
            "GET logged-models/{id}",
            "POST logged-models/{id}/params",
            "PATCH logged-models/{id}/tags");

    @Autowired
    Teams teams;

    @Autowired
    JdbcTemplate jdbc;

    @Autowired
    @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mapping;

    /** What a team sent through both clients. */
    private record Rows(String experiment, String run, String model, String project, String tracked, String team) {}

    private record Route(String method, String pattern) {}

    @Test
    void noRouteTellsOrChangesAnythingOfAnotherTeam() {
        String foreign = team("foreign", MARK + " team");
        String own = team("own", "Own team");
        Rows theirs = rows("foreign", foreign, MARK);
        List<String> before = rowsNaming(theirs);
        assertThat(before).hasSizeGreaterThan(5);
        List<String> wrong = new ArrayList<>();
        routes().forEach(route -> {
            HttpResponse<String> answer = call(route, theirs, own);
            if (answer.statusCode() >= 500 && answer.statusCode() != 501) {
                wrong.add(route + ": " + answer.statusCode());
            }
            if (answer.body().contains(MARK)) {
                wrong.add(route + " tells: " + answer.body());
            }
            if (isOfARun(route) && answer.statusCode() != 404) {
                wrong.add(route + " does not say that it knows no such thing: " + answer.statusCode());
            }
        });
        assertThat(wrong).isEmpty();
        assertThat(rowsNaming(theirs)).isEqualTo(before);
    }

    @Test
    void withTheirOwnTheSameCallsSucceed() {
        String own = team("succeeds", "Succeeds");
        Map<String, Integer> refused = new TreeMap<>();
        routes().stream().filter(ForeignClientRowsTests::isOfARun).forEach(route -> {
            Rows ours = rows("succeeds", own, "ours" + route.pattern().hashCode() + route.method());
            if (route.pattern().endsWith("restore")) {
                call(new Route("POST", route.pattern().replace("restore", "delete")), ours, own);
            }
            int status = call(route, ours, own).statusCode();
            if (status != 200) {
                refused.put(route.toString(), status);
            }
        });
        assertThat(refused).isEmpty();
        assertThat(routes().stream()
                        .filter(ForeignClientRowsTests::isOfARun)
                        .map(ForeignClientRowsTests::callOf)
                        .collect(Collectors.toSet()))
                .isEqualTo(OF_A_RUN);
    }

    private static boolean isOfARun(Route route) {
        return route.pattern().startsWith(MLFLOW) && OF_A_RUN.contains(callOf(route));
    }

    private static String callOf(Route route) {
        return route.method() + " " + route.pattern().replace(MLFLOW, "");
    }

    private String team(String id, String name) {
        jdbc.update(
                "INSERT INTO team (id, name, created_at) VALUES (?, ?, ?)",
                id,
                name,
                OffsetDateTime.now(ZoneOffset.UTC));
        return teams.create(id, name).secret();
    }

    private Rows rows(String team, String secret, String name) {
        String experiment = answer(secret, "POST", MLFLOW + "experiments/create", Map.of("name", name + "/first"))
                .at("/experiment_id")
                .asString();
        String run = answer(
                        secret, "POST", MLFLOW + "runs/create", Map.of("experiment_id", experiment, "run_name", name))
                .at("/run/info/run_id")
                .asString();
        answer(
                secret,
                "POST",
                MLFLOW + "runs/log-batch",
                Map.of(
                        "run_id", run,
                        "metrics", List.of(Map.of("key", "loss", "value", 1, "timestamp", 1, "step", 0)),
                        "params", List.of(Map.of("key", "secret", "value", name)),
                        "tags", List.of(Map.of("key", "note", "value", name))));
        String model = answer(
                        secret,
                        "POST",
                        MLFLOW + "logged-models",
                        Map.of("experiment_id", experiment, "name", name, "source_run_id", run))
                .at("/model/info/model_id")
                .asString();
        String project = answer(secret, "POST", "/codecarbon/projects", Map.of("name", name + " project"))
                .at("/id")
                .asString();
        String tracked = answer(
                        secret,
                        "POST",
                        "/codecarbon/experiments",
                        Map.of(
                                "project_id",
                                project,
                                "name",
                                name,
                                "description",
                                name,
                                "timestamp",
                                "2026-01-05T10:00:00Z"))
                .at("/id")
                .asString();
        assertThat(List.of(experiment, run, model, project, tracked)).doesNotContain("");
        return new Rows(experiment, run, model, project, tracked, team);
    }

    private tools.jackson.databind.JsonNode answer(String secret, String method, String path, Map<String, ?> body) {
        HttpResponse<String> answer = send(with(secret, path).method(method, json(body)));
        assertThat(answer.statusCode()).as(path + " " + answer.body()).isIn(200, 201);
        return json(answer);
    }

    private HttpRequest.Builder with(String secret, String path) {
        return request(path)
                .header("Authorization", "Bearer " + secret)
                .header("x-api-token", secret)
                .header("User-Agent", "mlflow-python-client/3.1.0")
                .header("Content-Type", "application/json");
    }

    private static HttpRequest.BodyPublisher json(Map<String, ?> body) {
        return HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body));
    }

    /** Everything that any of the calls asks for, under all of its names. */
    private static Map<String, Object> everything(Rows rows) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("run_id", rows.run());
        body.put("run_uuid", rows.run());
        body.put("experiment_id", rows.experiment());
        body.put("experiment_ids", List.of(rows.experiment()));
        body.put("project_id", rows.project());
        body.put("organization_id", rows.team());
        body.put("source_run_id", rows.run());
        body.put("key", "k");
        body.put("metric_key", "loss");
        body.put("value", "1");
        body.put("step", 0);
        body.put("name", "n" + rows.run().hashCode());
        body.put("new_name", "new" + rows.run().hashCode());
        body.put("status", "FINISHED");
        body.put("end_time", 1_767_607_200_000L);
        body.put("metrics", List.of(Map.of("key", "m", "value", 1, "timestamp", 1, "step", 0)));
        body.put("params", List.of(Map.of("key", "p", "value", "v")));
        body.put("tags", List.of(Map.of("key", "t", "value", "v")));
        body.put("datasets", List.of());
        body.put("models", List.of(Map.of("model_id", rows.model(), "step", 0)));
        body.put("path", "");
        return body;
    }

    private HttpResponse<String> call(Route route, Rows rows, String secret) {
        Map<String, Object> body = everything(rows);
        body.put("timestamp", route.pattern().startsWith("/codecarbon") ? "2026-01-05T10:00:00Z" : 1_767_607_200_000L);
        if (route.pattern().startsWith("/codecarbon")) {
            body.put("experiment_id", rows.tracked());
            body.putAll(Map.of("duration", 10, "emissions_sum", 1, "energy_consumed", 1, "cpu_energy", 1));
        }
        String id = route.pattern().contains("/logged-models")
                ? rows.model()
                : route.pattern().contains("/organizations")
                        ? rows.team()
                        : route.pattern().contains("/projects") ? rows.project() : rows.tracked();
        String path = route.pattern()
                .replace("{id}", id)
                .replace("{node}", "n")
                .replace("{*path}", rows.experiment() + "/" + rows.run() + "/artifacts/x")
                .replaceAll("\\{[^}]*}", "x")
                .replace("/**", "/x");
        path = path.replace("artifacts//", "artifacts/");
        if (route.method().equals("GET") || route.method().equals("DELETE")) {
            UriComponentsBuilder query = UriComponentsBuilder.fromPath(path);
            body.forEach((name, content) -> {
                if (content instanceof String || content instanceof Number) {
                    query.queryParam(name, content);
                }
            });
            return send(with(
                            secret,
                            query.queryParam("run_ids", rows.run())
                                    .queryParam("experiment_ids", rows.experiment())
                                    .encode()
                                    .toUriString())
                    .method(route.method(), HttpRequest.BodyPublishers.noBody()));
        }
        return send(with(secret, path).method(route.method(), json(body)));
    }

    private List<Route> routes() {
        Set<String> routes = new TreeSet<>();
        mapping.getHandlerMethods().forEach((info, handler) -> {
            for (String pattern : info.getPatternValues()) {
                boolean client = pattern.startsWith("/codecarbon")
                        || pattern.startsWith("/mlflow/api/")
                        || pattern.startsWith("/mlflow/ajax-api/");
                if (client) {
                    Set<RequestMethod> methods = info.getMethodsCondition().getMethods();
                    for (RequestMethod method : methods.isEmpty() ? Set.of(RequestMethod.POST) : methods) {
                        routes.add(method + " " + pattern);
                    }
                }
            }
        });
        return routes.stream()
                .map(route -> route.split(" ", 2))
                .map(route -> new Route(route[0], route[1]))
                .toList();
    }

    /**
     * All rows of all tables in which one of those ids or the mark stands. Not so the ids of experiments: MLflow's is too
     * short to look for, and CodeCarbon's opens an experiment of that name in one's own team.
     */
    private List<String> rowsNaming(Rows rows) {
        List<String> ids = List.of(rows.run(), rows.model(), rows.project(), "=" + rows.team() + ",", MARK);
        List<String> naming = new ArrayList<>();
        for (String table : jdbc.queryForList(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
                String.class)) {
            jdbc.queryForList("SELECT * FROM " + table).stream()
                    .map(row -> table + " " + row)
                    .filter(row -> ids.stream().anyMatch(row::contains))
                    .sorted()
                    .forEach(naming::add);
        }
        return naming;
    }
}
