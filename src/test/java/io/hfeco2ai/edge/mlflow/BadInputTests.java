package io.hfeco2ai.edge.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** What a client does wrong is answered in MLflow's format, never with 5xx, 429, a page or a redirect; nothing is stored. */
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:mlflow-bad;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1",
            "hfeco2ai.mlflow.artifacts.largest=12MB"
        })
class BadInputTests extends MlflowServer {

    private static final String ARTIFACTS = "/mlflow/api/2.0/mlflow-artifacts/artifacts";

    @Autowired
    JdbcClient jdbc;

    @TempDir
    static Path folder;

    @DynamicPropertySource
    static void artifactsAreKeptHere(DynamicPropertyRegistry properties) {
        properties.add("hfeco2ai.mlflow.artifacts.folder", () -> folder);
    }

    private long rows() {
        return jdbc.sql("SELECT (SELECT COUNT(*) FROM run) + (SELECT COUNT(*) FROM metric_chunk)"
                        + " + (SELECT COUNT(*) FROM metric_last) + (SELECT COUNT(*) FROM run_param)"
                        + " + (SELECT COUNT(*) FROM run_tag) + (SELECT COUNT(*) FROM mlflow_experiment)")
                .query(Long.class)
                .single();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'metrics':[]}                                                    | 'run_id'",
                "{'run_id':'RUN','metrics':[{'key':'m','value':1}]}                | 'metrics[0].timestamp'",
                "{'run_id':'RUN','metrics':[{'key':'m','timestamp':1}]}            | 'metrics[0].value'",
                "{'run_id':'RUN','metrics':[{'value':1,'timestamp':1}]}            | 'metrics[0].key'",
                "{'run_id':'RUN','metrics':[{'key':'m','value':'one','timestamp':1}]}     | metrics[0].value",
                "{'run_id':'RUN','metrics':[{'key':'m','value':true,'timestamp':1}]}      | metrics[0].value",
                "{'run_id':'RUN','metrics':[{'key':'m','value':1,'timestamp':-1}]}        | metrics[0].timestamp",
                "{'run_id':'RUN','metrics':[{'key':'m','value':1,'timestamp':'now'}]}     | metrics[0].timestamp",
                "{'run_id':'RUN','metrics':[{'key':'m','value':1,'timestamp':1e99}]}      | metrics[0].timestamp",
                "{'run_id':'RUN','metrics':[{'key':'m','value':1,'timestamp':99999999999999999999}]} | metrics[0].timestamp",
                "{'run_id':'RUN','metrics':[{'key':'m','value':1,'timestamp':1,'step':1.5}]} | metrics[0].step",
                "{'run_id':'RUN','metrics':[{'key':'m','value':1,'timestamp':1},{'key':'../m','value':1,'timestamp':1}]} | metrics[1].name",
                "{'run_id':'RUN','metrics':[{'key':'m;n','value':1,'timestamp':1}]}       | metrics[0].name",
                "{'run_id':'RUN','metrics':[{'key':'/m','value':1,'timestamp':1}]}        | metrics[0].name",
                "{'run_id':'RUN','metrics':{'key':'m'}}                            | metrics",
                "{'run_id':'RUN','metrics':[7]}                                    | metrics[0]",
                "{'run_id':'RUN','params':[{'key':'p','value':'1'},{'key':'p','value':'2'}]} | Duplicate parameter keys",
                "{'run_id':'RUN','params':[{'value':'1'}]}                         | 'params[0].key'",
                "{'run_id':'RUN','params':[{'key':'p','value':7}]}                 | params[0].value",
                "{'run_id':'RUN','tags':[{'key':'t','value':'a\\u0000b'}]}          | NUL",
                "{'run_id':'RUN','tags':[{'key':'','value':'a'}]}                  | tags[0].key",
                "{'run_id':7}                                                      | run_id",
                "[]                                                                | JSON object",
                "                                                                  | JSON object",
                "{'run_id':'RUN','metrics':[                                       | JSON"
            })
    void aBatchThatIsWrongIsNamedAndNothingOfItIsStored(String body, String named) {
        String run = run("0");
        long before = rows();
        JsonNode error = json(send(mlflow("runs/log-batch")
                .POST(HttpRequest.BodyPublishers.ofString(
                        body == null ? "" : body.replace("RUN", run).replace('\'', '"')))));
        assertThat(error.path("error_code").asString("")).isIn("INVALID_PARAMETER_VALUE", "BAD_REQUEST");
        assertThat(error.path("message").asString("")).contains(named);
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void aBatchHasItsLimits() {
        String run = run("0");
        long before = rows();
        String metric = "{'key':'m','value':1,'timestamp':1}";
        String entry = "{'key':'kNR','value':'1'}";
        limited(run, "'metrics':[" + (metric + ",").repeat(1000) + metric + "]", "at most 1000 metrics. Got 1001");
        limited(run, "'params':[" + many(entry, 101) + "]", "at most 100 params. Got 101");
        limited(run, "'tags':[" + many(entry, 101) + "]", "at most 100 tags. Got 101");
        limited(
                run,
                "'metrics':[" + (metric + ",").repeat(999) + metric + "],'tags':[" + entry + "]",
                "at most 1000 metrics, params, and tags. Got 1001");
        assertThat(rows()).isEqualTo(before);
    }

    private static String many(String entry, int count) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < count; i++) {
            all.append(i == 0 ? "" : ",").append(entry.replace("NR", String.valueOf(i)));
        }
        return all.toString();
    }

    private void limited(String run, String fields, String message) {
        assertThat(refusedCall(
                                "runs/log-batch",
                                "{'run_id':'" + run + "'," + fields + "}",
                                400,
                                "INVALID_PARAMETER_VALUE")
                        .get("message")
                        .asString())
                .contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "experiments/create     | {}                                         | 'name'",
                "experiments/create     | {'name':''}                                | 'name'",
                "experiments/create     | {'name':123}                               | name",
                "experiments/create     | {'name':'a\\u0000b'}                       | name",
                "experiments/create     | {'name':'x','tags':{'a':1}}                | tags",
                "experiments/update     | {'experiment_id':'0'}                      | 'new_name'",
                "experiments/set-experiment-tag | {'experiment_id':'0','key':'k'}    | 'value'",
                "runs/create            | {'experiment_id':'0','start_time':'soon'}  | start_time",
                "runs/create            | {'experiment_id':'0','start_time':5}       | started_at",
                "runs/create            | {'experiment_id':'0','start_time':99999999999999} | started_at",
                "runs/create            | {'run_name':'a','tags':[{'key':'mlflow.runName','value':'b'}]} | mlflow.runName",
                "runs/update            | {'status':'FINISHED'}                      | 'run_id'",
                "runs/update            | {'run_id':'RUN','status':'DONE'}           | status",
                "runs/log-metric        | {'run_id':'RUN','key':'m','value':1}       | 'timestamp'",
                "runs/log-metric        | {'run_id':'RUN','key':'m','timestamp':1}   | 'value'",
                "runs/log-metric        | {'run_id':'RUN','value':1,'timestamp':1}   | 'key'",
                "runs/log-parameter     | {'run_id':'RUN','value':'1'}               | 'key'",
                "runs/log-inputs        | {'run_id':'RUN','datasets':[{}]}           | dataset",
                "runs/log-inputs        | {'run_id':'RUN','datasets':[{'dataset':{'name':'n'}}]} | digest",
                "runs/log-model         | {'run_id':'RUN','model_json':'{}'}         | model_json",
                "logged-models          | {'name':'m'}                               | 'experiment_id'"
            })
    void aCallThatIsWrongIsNamedAndNothingIsStored(String call, String body, String named) {
        String run = run("0");
        long before = rows();
        JsonNode error = refusedCall(call, body.replace("RUN", run), 400, "INVALID_PARAMETER_VALUE");
        assertThat(error.get("message").asString()).contains(named);
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void whatIsNotTheTeamsIsNotThere() {
        for (String call : List.of("runs/log-batch", "runs/update", "runs/delete", "runs/set-tag")) {
            refusedCall(call, "{'run_id':'" + "0".repeat(32) + "','key':'k'}", 404, "RESOURCE_DOES_NOT_EXIST");
        }
        refusedQuery("runs/get?run_id=nobody", 404, "RESOURCE_DOES_NOT_EXIST");
        refusedQuery("runs/get", 400, "INVALID_PARAMETER_VALUE");
        refusedQuery("metrics/get-history?run_id=nobody&metric_key=m", 404, "RESOURCE_DOES_NOT_EXIST");
        refusedCall("runs/create", "{'experiment_id':'77777'}", 404, "RESOURCE_DOES_NOT_EXIST");
        refusedQuery("logged-models/m-0", 404, "RESOURCE_DOES_NOT_EXIST");
    }

    @Test
    void whatIsTooLongIsCutAsMlflowsOwnServerDoes() {
        String run = run("0");
        String content = "x".repeat(9_000);
        call("runs/log-parameter", "{'run_id':'" + run + "','key':'p','value':'" + content + "'}");
        call("runs/log-parameter", "{'run_id':'" + run + "','key':'p','value':'" + content + "'}");
        call("runs/set-tag", "{'run_id':'" + run + "','key':'t','value':'" + content + "'}");
        JsonNode data = query("runs/get?run_id=" + run).at("/run/data");
        assertThat(data.at("/params/0/value").asString()).hasSize(6_000);
        assertThat(data.get("tags").toString()).contains("x".repeat(8_000)).doesNotContain("x".repeat(8_001));
    }

    private HttpResponse<String> put(String path, HttpRequest.BodyPublisher content) {
        return send(authorised(ARTIFACTS + path).PUT(content));
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void anArtifactIsStoredListedReadReplacedAndDeleted() throws IOException {
        int before = files().size();
        String path = "/0/abc/artifacts/sub/caf%C3%A9%20x.bin";
        answered(put(path, HttpRequest.BodyPublishers.ofString("one")));
        answered(put(path, HttpRequest.BodyPublishers.ofString("second")));
        HttpResponse<String> read = get(ARTIFACTS + path);
        assertThat(read.body()).isEqualTo("second");
        assertThat(read.headers().firstValue("Content-Disposition").orElse("")).startsWith("attachment");
        JsonNode listed = answered(get(ARTIFACTS + "?path=0/abc/artifacts/sub"));
        assertThat(listed.at("/files/0/path").asString()).isEqualTo("caf\u00e9 x.bin");
        assertThat(listed.at("/files/0/file_size").asLong()).isEqualTo(6);
        refused(put("/0/abc/artifacts/sub", HttpRequest.BodyPublishers.ofString("x")), 400, "INVALID_PARAMETER_VALUE");
        refused(put(path + "/below", HttpRequest.BodyPublishers.ofString("x")), 400, "INVALID_PARAMETER_VALUE");
        answered(send(authorised(ARTIFACTS + "/0/abc").DELETE()));
        refused(get(ARTIFACTS + path), 404, "RESOURCE_DOES_NOT_EXIST");
        assertThat(answered(get(ARTIFACTS + "?path=0/abc")).get("files")).isEmpty();
        assertThat(files()).hasSize(before);
    }

    @Test
    void anArtifactThatIsTooLargeLeavesNothing() throws IOException {
        int before = files().size();
        byte[] large = new byte[13_000_000];
        JsonNode error = refused(
                put("/0/r/artifacts/large", HttpRequest.BodyPublishers.ofByteArray(large)),
                400,
                "INVALID_PARAMETER_VALUE");
        assertThat(error.get("message").asString()).contains("larger").contains("nothing was stored");
        refused(
                put(
                        "/0/r/artifacts/large",
                        HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))),
                400,
                "INVALID_PARAMETER_VALUE");
        assertThat(files()).hasSize(before);
        answered(put("/0/r/artifacts/fits", HttpRequest.BodyPublishers.ofByteArray(new byte[11_000_000])));
        assertThat(files()).hasSize(before + 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "PUT /0/r/../../../../etc/x",
                "PUT /0/r/%2e%2e/%2e%2e/x",
                "PUT /0/r/..%2f..%2fx",
                "PUT /0/r/a%5cb",
                "PUT /0/r/a%00b",
                "PUT /0/r/a%0ab",
                "PUT /0/./r/x",
                "GET /0/r/..%2f..%2f..%2fx",
                "GET ?path=../../..",
                "GET ?path=%2Fetc",
                "GET ?path=a/../../b",
                "DELETE /..",
                "DELETE /0/r/../../..",
                "PUT /"
            })
    void aPathThatLeadsElsewhereIsRefused(String method, String path) throws IOException {
        int before = files().size();
        String head = method + " " + ARTIFACTS + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + TOKEN
                + "\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx";
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).contains("error_code").doesNotContain("<html").doesNotContain("Exception");
            assertThat(answer.substring(0, answer.indexOf('\r'))).containsPattern(" 40[04] | 405");
        }
        assertThat(files()).hasSize(before);
    }

    @Test
    void aGeneralBodyKeepsItsLimit() {
        String large = "{'run_id':'" + "x".repeat(10_000_000) + "'}";
        refusedCall("runs/log-batch", large, 413, "INVALID_PARAMETER_VALUE");
    }

    @Test
    void multipartUploadsAreDeclinedSoThatClientsSendOnePiece() {
        refused(post("/mlflow/api/2.0/mlflow-artifacts/mpu/create/0/r/x", "{}"), 501, "NOT_IMPLEMENTED");
    }
}
