package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.edge.mlflow.LogBatchReader.Read;
import io.hfeco2ai.experiments.Experiments;
import io.hfeco2ai.experiments.RunLog;
import io.hfeco2ai.experiments.RunLog.Logged;
import io.hfeco2ai.experiments.RunLog.ParamChanged;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Service;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Hands what clients log to where it belongs: facts of the run, its name, its models, its power. */
@Service
class Logging {

    static final String RUN_NAME = "mlflow.runName";
    private static final String MODEL_HISTORY = "mlflow.log-model.history";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final RunLog log;
    private final RunStore runs;
    private final Experiments experiments;
    private final LoggedModels models;
    private final GpuPower power;

    Logging(RunLog log, RunStore runs, Experiments experiments, LoggedModels models, GpuPower power) {
        this.log = log;
        this.runs = runs;
        this.experiments = experiments;
        this.models = models;
        this.power = power;
    }

    void log(String teamId, Read read, HttpServletRequest request) {
        RunStore.Row run = runs.active(teamId, read.runId());
        models.mustKnow(teamId, read.ofModels());
        try {
            log.log(teamId, run.id(), new Logged(read.metrics(), read.params(), read.tags()));
        } catch (ParamChanged changed) {
            throw MlflowError.invalid("Changing param values is not allowed. Param with key='" + changed.name()
                    + "' was already logged with value='" + changed.stored() + "' for run ID='" + run.id()
                    + "'. Attempted logging new value '" + changed.given() + "'.");
        }
        String name = read.tags().get(RUN_NAME);
        if (name != null && !name.isBlank() && !name.equals(run.name())) {
            experiments.rename(teamId, run.id(), name);
        }
        models.keep(run.id(), read.ofModels());
        power.keep(teamId, run, read.metrics(), request);
    }

    void removeTag(String teamId, String runId, String key) {
        RunStore.Row run = runs.active(teamId, runId);
        if (!log.removeTag(run.id(), key)) {
            throw MlflowError.notThere("No tag with name: " + key + " in run with id " + runId);
        }
    }

    /** The history is a tag; the oldest models give way when it is full. */
    void noteModel(String teamId, String runId, String modelJson) {
        RunStore.Row run = runs.active(teamId, runId);
        JsonNode model = Body.ofText(modelJson).fields();
        if (!model.isObject() || !model.path("artifact_path").isString()) {
            throw MlflowError.wrong("model_json", Body.quoted(modelJson), "it must be an object with artifact_path.");
        }
        String before = log.facts(List.of(run.id()))
                .getOrDefault(run.id(), new RunLog.Facts(Map.of(), Map.of(), List.of()))
                .tags()
                .getOrDefault(MODEL_HISTORY, "[]");
        ArrayNode history = JSON.readTree(before) instanceof ArrayNode known ? known : JSON.createArrayNode();
        history.add(model);
        while (history.size() > 1 && history.toString().length() > MlflowLoggingApi.LONGEST_TAG) {
            history.remove(0);
        }
        if (history.toString().length() > MlflowLoggingApi.LONGEST_TAG) {
            throw MlflowError.invalid("Parameter 'model_json' is longer than " + MlflowLoggingApi.LONGEST_TAG
                    + " characters; leave signature and metadata out.");
        }
        log.log(teamId, run.id(), new Logged(List.of(), Map.of(), Map.of(MODEL_HISTORY, history.toString())));
    }
}
