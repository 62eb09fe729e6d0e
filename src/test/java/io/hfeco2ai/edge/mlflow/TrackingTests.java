package io.hfeco2ai.edge.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.experiments.Experiments;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

class TrackingTests extends MlflowServer {

    @Autowired
    Experiments experiments;

    private static String value(JsonNode list, String key) {
        for (JsonNode each : list) {
            if (each.get("key").asString().equals(key)) {
                return each.get("value").asString();
            }
        }
        return "missing";
    }

    @Test
    void aTrainingIsARunOfOurs() {
        String experiment = experiment("vision/resnet");
        JsonNode created = call(
                        "runs/create",
                        "{'experiment_id':'" + experiment + "','user_id':'ada','start_time':'1767607200000',"
                                + "'run_name':'warm-up','tags':[{'key':'mlflow.source.type','value':'LOCAL'}]}")
                .get("run");
        String id = created.at("/info/run_id").asString();
        assertThat(created.at("/info/run_uuid").asString()).isEqualTo(id);
        assertThat(created.at("/info/status").asString()).isEqualTo("RUNNING");
        assertThat(created.at("/info/start_time").asLong()).isEqualTo(1767607200000L);
        assertThat(created.get("info").has("end_time")).isFalse();
        assertThat(created.at("/info/artifact_uri").asString())
                .isEqualTo("mlflow-artifacts:/" + experiment + "/" + id + "/artifacts");
        assertThat(value(created.at("/data/tags"), "mlflow.runName")).isEqualTo("warm-up");

        call("runs/log-parameter", "{'run_id':'" + id + "','key':'lr','value':'0.1'}");
        call("runs/log-parameter", "{'run_uuid':'" + id + "','key':'empty','value':''}");
        call("runs/log-metric", "{'run_id':'" + id + "','key':'train/loss','value':2.5,'timestamp':1767607201000}");
        call(
                "runs/log-batch",
                "{'run_id':'" + id
                        + "','metrics':[{'key':'train/loss','value':1.5,'timestamp':'1767607202000','step':'1'},"
                        + "{'key':'nan','value':'NaN','timestamp':1767607202000,'step':0},"
                        + "{'key':'inf','value':'-Infinity','timestamp':1767607202000,'step':0},"
                        + "{'key':'bare','value':NaN,'timestamp':1767607202000,'step':-3}],"
                        + "'params':[{'key':'batch','value':'8'}],'tags':[{'key':'note','value':'a'}]}");
        call("runs/set-tag", "{'run_id':'" + id + "','key':'note','value':'b'}");
        call("runs/update", "{'run_id':'" + id + "','status':'FINISHED','end_time':1767607203000,'run_name':'final'}");

        JsonNode run = get(created);
        assertThat(run.at("/info/status").asString()).isEqualTo("FINISHED");
        assertThat(run.at("/info/end_time").asLong()).isEqualTo(1767607203000L);
        assertThat(run.at("/info/user_id").asString()).isEqualTo("ada");
        assertThat(value(run.at("/data/params"), "lr")).isEqualTo("0.1");
        assertThat(value(run.at("/data/params"), "empty")).isEmpty();
        assertThat(value(run.at("/data/tags"), "note")).isEqualTo("b");
        assertThat(value(run.at("/data/tags"), "mlflow.runName")).isEqualTo("final");
        assertThat(value(run.at("/data/metrics"), "train/loss")).isEqualTo("1.5");
        assertThat(value(run.at("/data/metrics"), "nan")).isEqualTo("NaN");
        assertThat(value(run.at("/data/metrics"), "inf")).isEqualTo("-Infinity");

        Experiments.Run ours = experiments.find(id).orElseThrow();
        assertThat(ours.project()).isEqualTo("vision");
        assertThat(ours.experiment()).isEqualTo("resnet");
        assertThat(ours.name()).isEqualTo("final");
        assertThat(ours.client()).isEqualTo("mlflow/3.1.0");
        assertThat(ours.endedAt()).isNotNull();
        assertThat(experiments.detail(id).members()).hasSize(1);
    }

    @Test
    void theDefaultExperimentIsThereFromTheStart() {
        JsonNode zero = query("experiments/get?experiment_id=0").get("experiment");
        assertThat(zero.get("name").asString()).isEqualTo("Default");
        assertThat(query("experiments/get-by-name?experiment_name=Default")
                        .at("/experiment/experiment_id")
                        .asString())
                .isEqualTo("0");
        JsonNode run = call("runs/create", "{}").get("run");
        assertThat(run.at("/info/experiment_id").asString()).isEqualTo("0");
        assertThat(run.at("/info/run_name").asString()).isNotBlank();
    }

    @Test
    void anExperimentIsMadeRenamedTaggedDeletedAndRestored() {
        String id = experiment("/Users/ada/tuning");
        refusedCall("experiments/create", "{'name':'/Users/ada/tuning'}", 400, "RESOURCE_ALREADY_EXISTS");
        refusedQuery("experiments/get-by-name?experiment_name=nobody", 404, "RESOURCE_DOES_NOT_EXIST");
        refusedQuery("experiments/get?experiment_id=99999999", 404, "RESOURCE_DOES_NOT_EXIST");
        call("experiments/set-experiment-tag", "{'experiment_id':'" + id + "','key':'k','value':'v'}");
        call("experiments/update", "{'experiment_id':'" + id + "','new_name':'speech/tuning'}");
        JsonNode found =
                query("experiments/get-by-name?experiment_name=speech/tuning").get("experiment");
        assertThat(found.get("experiment_id").asString()).isEqualTo(id);
        assertThat(value(found.get("tags"), "k")).isEqualTo("v");
        String run = run(id);
        call("experiments/delete", "{'experiment_id':'" + id + "'}");
        assertThat(query("experiments/get?experiment_id=" + id)
                        .at("/experiment/lifecycle_stage")
                        .asString())
                .isEqualTo("deleted");
        refusedCall("runs/create", "{'experiment_id':'" + id + "'}", 400, "INVALID_PARAMETER_VALUE");
        refusedCall(
                "runs/log-metric",
                "{'run_id':'" + run + "','key':'m','value':1,'timestamp':1}",
                400,
                "INVALID_PARAMETER_VALUE");
        call("experiments/restore", "{'experiment_id':'" + id + "'}");
        call("runs/log-metric", "{'run_id':'" + run + "','key':'m','value':1,'timestamp':1}");
        call("experiments/delete-experiment-tag", "{'experiment_id':'" + id + "','key':'k'}");
        refusedCall(
                "experiments/delete-experiment-tag",
                "{'experiment_id':'" + id + "','key':'k'}",
                404,
                "RESOURCE_DOES_NOT_EXIST");
    }

    @Test
    void aFinishedRunGoesOnAsANewAttemptAndMayEndOtherwise() {
        String id = run(experiment("resumed"));
        call("runs/update", "{'run_id':'" + id + "','status':'FAILED'}");
        call("runs/update", "{'run_id':'" + id + "','status':'RUNNING'}");
        assertThat(query("runs/get?run_id=" + id).at("/run/info").has("end_time"))
                .isFalse();
        call("runs/update", "{'run_id':'" + id + "','status':3,'end_time':1}");
        call("runs/update", "{'run_id':'" + id + "','status':'KILLED'}");
        assertThat(experiments.detail(id).attempts()).hasSize(2);
        assertThat(experiments.detail(id).run().status()).isEqualTo("KILLED");
        assertThat(experiments.detail(id).members()).allMatch(member -> member.endedAt() != null);
    }

    @Test
    void aParameterNeverChangesAndNothingOfTheMessageIsKept() {
        String id = run(experiment("params"));
        call("runs/log-parameter", "{'run_id':'" + id + "','key':'p','value':'a'}");
        call("runs/log-parameter", "{'run_id':'" + id + "','key':'p','value':'a'}");
        JsonNode error = refusedCall(
                "runs/log-batch",
                "{'run_id':'" + id + "','metrics':[{'key':'m','value':1,'timestamp':1}],"
                        + "'params':[{'key':'new','value':'1'},{'key':'p','value':'b'}],'tags':[{'key':'t','value':'1'}]}",
                400,
                "INVALID_PARAMETER_VALUE");
        assertThat(error.get("message").asString())
                .startsWith(
                        "Changing param values is not allowed. Param with key='p' was already logged with value='a' for"
                                + " run ID='" + id + "'. Attempted logging new value 'b'.");
        JsonNode data = query("runs/get?run_id=" + id).at("/run/data");
        assertThat(data.get("params")).hasSize(1);
        assertThat(data.get("metrics")).isEmpty();
        assertThat(value(data.get("tags"), "t")).isEqualTo("missing");
    }

    @Test
    void aDeletedRunTakesNothingUntilItIsRestored() {
        String id = run(experiment("deleted-run"));
        call("runs/delete", "{'run_id':'" + id + "'}");
        assertThat(query("runs/get?run_id=" + id)
                        .at("/run/info/lifecycle_stage")
                        .asString())
                .isEqualTo("deleted");
        JsonNode error = refusedCall(
                "runs/set-tag", "{'run_id':'" + id + "','key':'k','value':'v'}", 400, "INVALID_PARAMETER_VALUE");
        assertThat(error.get("message").asString()).contains("The run " + id + " must be in the 'active' state");
        refusedCall("runs/delete", "{'run_id':'" + id + "'}", 400, "INVALID_PARAMETER_VALUE");
        call("runs/restore", "{'run_id':'" + id + "'}");
        call("runs/set-tag", "{'run_id':'" + id + "','key':'k','value':'v'}");
        call("runs/delete-tag", "{'run_id':'" + id + "','key':'k'}");
        error = refusedCall("runs/delete-tag", "{'run_id':'" + id + "','key':'k'}", 404, "RESOURCE_DOES_NOT_EXIST");
        assertThat(error.get("message").asString()).isEqualTo("No tag with name: k in run with id " + id);
    }

    @Test
    void aNestedRunIsAChild() {
        String experiment = experiment("nested");
        String parent = run(experiment);
        String child = call(
                        "runs/create",
                        "{'experiment_id':'" + experiment + "','tags':[{'key':'mlflow.parentRunId','value':'" + parent
                                + "'}]}")
                .at("/run/info/run_id")
                .asString();
        assertThat(experiments.find(child).orElseThrow().parentId()).isEqualTo(parent);
    }

    @Test
    void theHistoryComesOncePerPointByTimeAndInPages() {
        String id = run(experiment("history"));
        String batch = "{'run_id':'" + id + "','metrics':[{'key':'a/b','value':1,'timestamp':30,'step':3},"
                + "{'key':'a/b','value':2,'timestamp':10,'step':1},{'key':'a/b','value':'NaN','timestamp':20,'step':2},"
                + "{'key':'a/b','value':5,'timestamp':20,'step':2}]}";
        call("runs/log-batch", batch);
        call("runs/log-batch", batch);
        call("runs/log-metric", "{'run_id':'" + id + "','key':'a/b','value':2,'timestamp':10,'step':1}");
        JsonNode all = query("metrics/get-history?run_id=" + id + "&metric_key=a%2Fb");
        assertThat(all.get("metrics")).hasSize(4);
        assertThat(all.has("next_page_token")).isFalse();
        assertThat(all.at("/metrics/0/timestamp").asLong()).isEqualTo(10);
        assertThat(all.at("/metrics/2/value").asString()).isEqualTo("NaN");
        JsonNode first = query("metrics/get-history?run_id=" + id + "&metric_key=a%2Fb&max_results=3");
        assertThat(first.get("metrics")).hasSize(3);
        JsonNode rest = query("metrics/get-history?run_id=" + id + "&metric_key=a%2Fb&max_results=3&page_token="
                + first.get("next_page_token").asString());
        assertThat(rest.get("metrics")).hasSize(1);
        assertThat(rest.has("next_page_token")).isFalse();
        JsonNode bulk = json(get("/mlflow/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id=" + id + "&run_id="
                + run(experiment("history-2")) + "&metric_key=a%2Fb"));
        assertThat(bulk.get("metrics")).hasSize(4);
        assertThat(bulk.at("/metrics/0/run_id").asString()).isEqualTo(id);
    }

    @Test
    void datasetsOfARunAreKept() {
        String id = run(experiment("datasets"));
        String input = "{'run_id':'" + id + "','datasets':[{'tags':[{'key':'mlflow.data.context','value':'train'}],"
                + "'dataset':{'name':'c4','digest':'d1','source_type':'http','source':'{}','profile':'{}'}}]}";
        call("runs/log-inputs", input);
        call("runs/log-inputs", input);
        JsonNode inputs = query("runs/get?run_id=" + id).at("/run/inputs/dataset_inputs");
        assertThat(inputs).hasSize(1);
        assertThat(inputs.at("/0/dataset/name").asString()).isEqualTo("c4");
        assertThat(inputs.at("/0/dataset").has("schema")).isFalse();
        assertThat(value(inputs.at("/0/tags"), "mlflow.data.context")).isEqualTo("train");
    }

    @Test
    void aLoggedModelGoesFromPendingToReady() {
        String experiment = experiment("models");
        String run = run(experiment);
        JsonNode model = call(
                        "logged-models",
                        "{'experiment_id':'" + experiment + "','name':'m','source_run_id':'" + run
                                + "','params':[{'key':'p','value':'1'}],'tags':[{'key':'t','value':'1'}]}")
                .get("model");
        String id = model.at("/info/model_id").asString();
        assertThat(model.at("/info/status").asString()).isEqualTo("LOGGED_MODEL_PENDING");
        assertThat(model.at("/info/artifact_uri").asString())
                .isEqualTo("mlflow-artifacts:/" + experiment + "/models/" + id + "/artifacts");
        call("runs/outputs", "{'run_id':'" + run + "','models':[{'model_id':'" + id + "','step':'7'}]}");
        call(
                "runs/log-metric",
                "{'run_id':'" + run + "','key':'acc','value':0.9,'timestamp':1,'model_id':'" + id + "'}");
        HttpRequest.BodyPublisher ready = HttpRequest.BodyPublishers.ofString("{\"status\":2}");
        assertThat(answered(send(mlflow("logged-models/" + id).method("PATCH", ready)))
                        .at("/model/info/status")
                        .asString())
                .isEqualTo("LOGGED_MODEL_READY");
        answered(send(mlflow("logged-models/" + id + "/tags")
                .method(
                        "PATCH",
                        HttpRequest.BodyPublishers.ofString("{\"tags\":[{\"key\":\"a/b\",\"value\":\"x\"}]}"))));
        answered(send(mlflow("logged-models/" + id + "/tags/a/b").DELETE()));
        JsonNode found = call(
                "logged-models/search",
                "{'experiment_ids':['" + experiment
                        + "'],'filter':'metrics.acc > 0.5','order_by':[{'field_name':'name'}]}");
        assertThat(found.at("/models/0/info/model_id").asString()).isEqualTo(id);
        assertThat(found.at("/models/0/data/metrics/0/value").asDouble()).isEqualTo(0.9);
        assertThat(call(
                                "logged-models/search",
                                "{'experiment_ids':['" + experiment + "'],'filter':'metrics.acc > 0.95'}")
                        .get("models"))
                .isEmpty();
        assertThat(query("runs/get?run_id=" + run)
                        .at("/run/outputs/model_outputs/0/model_id")
                        .asString())
                .isEqualTo(id);
        answered(send(mlflow("logged-models/" + id).DELETE()));
        refusedQuery("logged-models/" + id, 404, "RESOURCE_DOES_NOT_EXIST");
    }

    @Test
    void theTokenMayBeABasicPasswordAndTheChallengeIsBasic() {
        String basic = Base64.getEncoder().encodeToString(("any:" + TOKEN).getBytes(StandardCharsets.UTF_8));
        answered(send(request("//mlflow" + API.substring(7) + "experiments/get?experiment_id=0")
                .header("Authorization", "Basic " + basic)
                .GET()));
        var refused = send(request(API + "experiments/get?experiment_id=0").GET());
        refused(refused, 401, "UNAUTHENTICATED");
        assertThat(refused.headers().firstValue("WWW-Authenticate").orElse("")).startsWith("Basic ");
        refused(send(request("/mlflow/api/3.0/mlflow/server-info").GET()), 401, "UNAUTHENTICATED");
    }

    @Test
    void healthAndVersionAreOpenAndWhatIsNotThereSaysSo() {
        assertThat(send(request("/mlflow/health").GET()).body()).isEqualTo("OK");
        assertThat(send(request("/mlflow/version").GET()).body()).matches("\\d+\\.\\d+\\.\\d+");
        refused(get("/mlflow/api/3.0/mlflow/server-info"), 404, "ENDPOINT_NOT_FOUND");
        refused(post("/mlflow/api/3.0/mlflow/traces", "{}"), 404, "ENDPOINT_NOT_FOUND");
        refused(post("/mlflow/v1/traces", "{}"), 404, "ENDPOINT_NOT_FOUND");
        assertThat(refusedCall("registered-models/create", "{'name':'m'}", 404, "ENDPOINT_NOT_FOUND")
                        .get("message")
                        .asString())
                .contains("no model registry");
        refusedQuery("runs/nothing", 404, "ENDPOINT_NOT_FOUND");
        refused(send(mlflow("runs/create").GET()), 405, "BAD_REQUEST");
    }

    @Test
    void theLinkThatClientsPrintOpensOurPages() {
        var landing = send(request("/mlflow/").GET());
        assertThat(landing.statusCode()).isEqualTo(200);
        assertThat(landing.body()).contains("/js/mlflow.js").contains("data-mlflow-open=\"/mlflow/open\"");
        assertThat(landing.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'self'");
        assertThat(send(request("/js/mlflow.js").GET()).body()).contains("location.hash");
        var open = send(request("/mlflow/open?run=" + run("0"))
                .header("Accept", "text/html")
                .GET());
        assertThat(open.statusCode()).isEqualTo(302);
        assertThat(open.headers().firstValue("Location").orElse("")).contains("/login");
    }
}
