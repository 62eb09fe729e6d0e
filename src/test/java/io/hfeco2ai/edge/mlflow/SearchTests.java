package io.hfeco2ai.edge.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** MLflow's search grammar. Five runs: a to e, started in that order. */
class SearchTests extends MlflowServer {

    private static String experiment = "";

    @BeforeEach
    void fiveRuns() {
        if (!experiment.isEmpty()) {
            return;
        }
        experiment = experiment("search/five");
        run("a", 1, "'m':'1.0','p':'x','t':'Red'");
        run("b", 2, "'m':'2.5','p':'y','t':'green'");
        run("c", 3, "'m':'NaN','p':'x'");
        run("d", 4, "'p':'it is 100%','t':'blue'");
        run("e", 4, "'m':'-Infinity','weird key':'1'");
    }

    private void run(String name, int minute, String facts) {
        String id = call(
                        "runs/create",
                        "{'experiment_id':'" + experiment + "','run_name':'" + name + "','user_id':'u-" + name
                                + "','start_time':" + (1767607200000L + minute * 60_000) + "}")
                .at("/run/info/run_id")
                .asString();
        for (String fact : facts.split(",")) {
            String key = fact.substring(1, fact.indexOf(':') - 1);
            String content = fact.substring(fact.indexOf(':') + 2, fact.length() - 1);
            if (key.equals("m")) {
                call("runs/log-metric", "{'run_id':'" + id + "','key':'m','value':'" + content + "','timestamp':1}");
            } else if (key.equals("t")) {
                call("runs/set-tag", "{'run_id':'" + id + "','key':'t','value':'" + content + "'}");
            } else {
                call("runs/log-parameter", "{'run_id':'" + id + "','key':'" + key + "','value':'" + content + "'}");
            }
        }
        if (name.equals("b")) {
            call("runs/update", "{'run_id':'" + id + "','status':'FAILED','end_time':1767607400000}");
            call(
                    "runs/log-inputs",
                    "{'run_id':'" + id + "','datasets':[{'tags':[{'key':'mlflow.data.context','value':'train'}],"
                            + "'dataset':{'name':'c4','digest':'d1','source_type':'http','source':'s'}}]}");
        }
    }

    private JsonNode search(String filter, String rest) {
        return call(
                "runs/search",
                "{'experiment_ids':['" + experiment + "'],'filter':"
                        + Body.quoted(filter).replace("'", "\\u0027") + rest + "}");
    }

    private static String names(JsonNode found) {
        List<String> names = new ArrayList<>();
        found.get("runs").forEach(run -> names.add(run.at("/info/run_name").asString()));
        return String.join("", names);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "                                          | decba",
                "metrics.m > 0                             | ba",
                "metrics.m >= 1 and metric.m < 2.5         | a",
                "metrics.m != 1                            | ecb",
                "metrics.m < -1e300                        | e",
                "params.p = 'x'                            | ca",
                "params.p != 'x'                           | db",
                "param.`p` = \"x\"                         | ca",
                "params.\"weird key\" = '1'                | e",
                "params.p LIKE '%100!%'                    |",
                "params.p LIKE '%100%'                     | d",
                "params.p like 'it_is%'                    | d",
                "tags.t LIKE 'r%'                          |",
                "tag.t ILIKE 'r%'                          | a",
                "tags.t IS NULL                            | ec",
                "params.p IS NOT NULL                      | dcba",
                "tags.t = 'it''s'                          | ERROR",
                "attributes.status = 'FAILED'              | b",
                "status != 'FAILED'                        | deca",
                "run_name IN ('a', 'c')                    | ca",
                "attr.run_name NOT IN ('a','c')            | deb",
                "attributes.`run name` = 'a'               | a",
                "user_id ILIKE 'U-_'                       | decba",
                "start_time > 1767607380000                | de",
                "created <= 1767607260000                  | a",
                "end_time > 0                              | b",
                "artifact_uri LIKE 'mlflow-artifacts:/%'   | decba",
                "datasets.name = 'c4'                      | b",
                "dataset.digest LIKE 'd%' AND datasets.context IN ('train', 'test') | b",
                "dataset.context = 'test'                  |",
                "metrics.m > 0 AND params.p = 'y' AND tags.t = 'green' | b"
            })
    void filtersFindWhatMlflowFinds(String filter, String expected) {
        if ("ERROR".equals(expected)) {
            refusedCall(
                    "runs/search",
                    "{'experiment_ids':['" + experiment + "'],'filter':"
                            + Body.quoted(filter).replace("'", "\\u0027") + "}",
                    400,
                    "INVALID_PARAMETER_VALUE");
            return;
        }
        assertThat(names(search(filter == null ? "" : filter, ""))).isEqualTo(expected == null ? "" : expected);
    }

    @ParameterizedTest
    @CsvSource({
        "metrics.m, eabcd",
        "metrics.m DESC, baecd",
        "params.p ASC, dcabe",
        "tags.t desc, bdaec",
        "start_time, abcde",
        "attributes.run_name DESC, edcba",
        "attribute.end_time, bedca"
    })
    void theOrderPutsWhatIsMissingLast(String order, String expected) {
        String found = names(search("", ",'order_by':['" + order + "']"));
        assertThat(found.replace("ed", "de")).isEqualTo(expected.replace("ed", "de"));
    }

    @Test
    void pagesFollowEachOther() {
        JsonNode first = search("", ",'max_results':2,'order_by':['start_time']");
        JsonNode second = search(
                "",
                ",'max_results':2,'order_by':['start_time'],'page_token':'"
                        + first.get("next_page_token").asString() + "'");
        JsonNode third = search(
                "",
                ",'max_results':2,'order_by':['start_time'],'page_token':'"
                        + second.get("next_page_token").asString() + "'");
        assertThat(names(first) + names(second)).startsWith("abc");
        assertThat(third.get("runs")).hasSize(1);
        assertThat(third.has("next_page_token")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metrics.m > 'one'",
                "metrics.m LIKE '1'",
                "params.p > 1",
                "params.p = 1",
                "params.p = 'open",
                "params.p",
                "params.p = 'x' OR params.p = 'y'",
                "(params.p = 'x')",
                "params.p = 'x' AND",
                "nothing = 'x'",
                "models.x = 'x'",
                "datasets.profile = 'x'",
                "params.p IN ('x')",
                "status IN ()",
                "metrics.m IS NULL",
                "start_time = 'today'",
                "tags.t = 'x'; DROP TABLE run",
                "metrics.m = 1)"
            })
    void aFilterThatIsWrongIsSaid(String filter) {
        refusedCall(
                "runs/search",
                "{'experiment_ids':['" + experiment + "'],'filter':"
                        + Body.quoted(filter).replace("'", "\\u0027") + "}",
                400,
                "INVALID_PARAMETER_VALUE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'max_results':0",
                "'max_results':50001",
                "'page_token':'nonsense'",
                "'order_by':['metrics.m UPWARDS']",
                "'order_by':['nothing']",
                "'run_view_type':'SOME'",
                "'experiment_ids':['one']"
            })
    void aSearchThatIsWrongIsSaid(String field) {
        refusedCall("runs/search", "{" + field + "}", 400, "INVALID_PARAMETER_VALUE");
    }

    @Test
    void deletedRunsAreFoundOnlyWhenAskedFor() {
        String own = experiment("search/deleted");
        String kept = run(own);
        String gone = run(own);
        call("runs/delete", "{'run_id':'" + gone + "'}");
        String ids = "{'experiment_ids':['" + own + "'],'run_view_type':";
        assertThat(call("runs/search", ids + "'ACTIVE_ONLY'}")
                        .at("/runs/0/info/run_id")
                        .asString())
                .isEqualTo(kept);
        assertThat(call("runs/search", ids + "2}").at("/runs/0/info/run_id").asString())
                .isEqualTo(gone);
        assertThat(call("runs/search", ids + "'ALL'}").get("runs")).hasSize(2);
    }

    @Test
    void experimentsAreSearchedByNameTagAndTime() {
        String one = experiment("look/for-me");
        experiment("look/for-you");
        call("experiments/set-experiment-tag", "{'experiment_id':'" + one + "','key':'k','value':'v'}");
        JsonNode found = call(
                "experiments/search",
                "{'filter':\"name LIKE 'look/%' AND tags.k = 'v' AND creation_time > 0\",'max_results':5}"
                        .replace("LIKE 'look/%'", "LIKE \\u0027look/%\\u0027")
                        .replace("'v'", "\\u0027v\\u0027"));
        assertThat(found.get("experiments")).hasSize(1);
        assertThat(found.at("/experiments/0/experiment_id").asString()).isEqualTo(one);
        JsonNode ordered = query(
                "experiments/search?max_results=50&order_by=name%20DESC&filter=" + "name%20ILIKE%20%27LOOK%2F%25%27");
        assertThat(ordered.at("/experiments/0/name").asString()).isEqualTo("look/for-you");
        refusedCall("experiments/search", "{'filter':'metrics.m > 1'}", 400, "INVALID_PARAMETER_VALUE");
    }
}
