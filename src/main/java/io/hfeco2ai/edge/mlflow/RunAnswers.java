package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.edge.mlflow.Answers.Run;
import io.hfeco2ai.edge.mlflow.Answers.RunData;
import io.hfeco2ai.edge.mlflow.Answers.RunInfo;
import io.hfeco2ai.edge.mlflow.Answers.RunInputs;
import io.hfeco2ai.edge.mlflow.Answers.RunOutputs;
import io.hfeco2ai.experiments.RunLog;
import io.hfeco2ai.experiments.RunLog.Facts;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Puts together what a client gets of runs, a few queries for all of them. */
@Component
class RunAnswers {

    private final RunLog log;
    private final DatasetInputs inputs;
    private final LoggedModels models;

    RunAnswers(RunLog log, DatasetInputs inputs, LoggedModels models) {
        this.log = log;
        this.inputs = inputs;
        this.models = models;
    }

    Run of(RunStore.Row row) {
        return of(List.of(row)).get(0);
    }

    List<Run> of(List<RunStore.Row> rows) {
        List<String> ids = rows.stream().map(RunStore.Row::id).toList();
        Map<String, Facts> facts = log.facts(ids);
        var datasets = inputs.of(ids);
        var used = models.inputs(ids);
        var made = models.outputs(ids);
        return rows.stream()
                .map(row -> new Run(
                        info(row),
                        RunData.of(facts.getOrDefault(row.id(), new Facts(Map.of(), Map.of(), List.of()))),
                        new RunInputs(
                                datasets.getOrDefault(row.id(), List.of()), used.getOrDefault(row.id(), List.of())),
                        new RunOutputs(made.getOrDefault(row.id(), List.of()))))
                .toList();
    }

    static RunInfo info(RunStore.Row row) {
        long number = Objects.requireNonNull(row.number(), "an experiment that is shown has its number");
        return new RunInfo(
                row.id(),
                row.id(),
                row.name(),
                String.valueOf(number),
                row.userId(),
                row.status(),
                row.startMs(),
                row.endMs(),
                artifactUri(row),
                row.lifecycle());
    }

    static String artifactUri(RunStore.Row row) {
        long number = Objects.requireNonNull(row.number(), "an experiment that is shown has its number");
        return ExperimentStore.Row.artifactRoot(number, row.artifactLocation()) + "/" + row.id() + "/artifacts";
    }
}
