package io.hfeco2ai.edge.mlflow;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.hfeco2ai.experiments.Experiments.Metric;
import io.hfeco2ai.experiments.RunLog.Facts;
import io.hfeco2ai.experiments.RunLog.MetricPoint;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What clients get, field by field as MLflow's protocol has it. Times are epoch milliseconds. What is null is left out. */
final class Answers {

    /** {} */
    static final Map<String, Object> NOTHING = Map.of();

    private Answers() {}

    record Entry(String key, String value) {

        static List<Entry> of(Map<String, String> entries) {
            return entries.entrySet().stream()
                    .map(entry -> new Entry(entry.getKey(), entry.getValue()))
                    .toList();
        }
    }

    record MetricAnswer(String key, double value, long timestamp, long step) {

        static MetricAnswer of(Metric metric) {
            return new MetricAnswer(metric.name(), metric.amount(), metric.at().toEpochMilli(), metric.step());
        }

        static MetricAnswer of(MetricPoint point) {
            return new MetricAnswer(point.name(), point.amount(), point.atMs(), point.step());
        }
    }

    record RunMetricAnswer(String key, double value, long timestamp, long step, String runId) {}

    record Experiment(
            String experimentId,
            String name,
            String artifactLocation,
            String lifecycleStage,
            long creationTime,
            long lastUpdateTime,
            List<Entry> tags) {}

    record RunInfo(
            String runId,
            String runUuid,
            String runName,
            String experimentId,
            String userId,
            String status,
            long startTime,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long endTime,

            String artifactUri,
            String lifecycleStage) {}

    record RunData(List<MetricAnswer> metrics, List<Entry> params, List<Entry> tags) {

        static RunData of(Facts facts) {
            return new RunData(
                    facts.metrics().stream().map(MetricAnswer::of).toList(),
                    Entry.of(facts.params()),
                    Entry.of(facts.tags()));
        }
    }

    record Dataset(
            String name,
            String digest,
            String sourceType,
            String source,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String schema,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String profile) {}

    record DatasetInput(List<Entry> tags, Dataset dataset) {}

    record ModelInput(String modelId) {}

    record ModelOutput(String modelId, long step) {}

    record RunInputs(List<DatasetInput> datasetInputs, List<ModelInput> modelInputs) {}

    record RunOutputs(List<ModelOutput> modelOutputs) {}

    record Run(RunInfo info, RunData data, RunInputs inputs, RunOutputs outputs) {}

    record RunAnswer(Run run) {}

    record RunInfoAnswer(RunInfo runInfo) {}

    record ExperimentAnswer(Experiment experiment) {}

    record ExperimentIdAnswer(String experimentId) {}

    record Experiments(
            List<Experiment> experiments,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String nextPageToken) {}

    record Runs(
            List<Run> runs,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String nextPageToken) {}

    record History(
            List<MetricAnswer> metrics,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String nextPageToken) {}

    record BulkHistory(List<RunMetricAnswer> metrics) {}

    /** @param fileSize in bytes; null for a folder */
    record ArtifactFile(
            String path,
            @JsonProperty("is_dir") boolean dir,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long fileSize) {}

    record Artifacts(
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String rootUri,

            List<ArtifactFile> files) {}

    record ModelInfo(
            String modelId,
            String experimentId,
            String name,
            long creationTimestampMs,
            long lastUpdatedTimestampMs,
            String artifactUri,
            String status,
            String modelType,
            String sourceRunId,
            String statusMessage,
            List<Entry> tags) {}

    record ModelMetricAnswer(
            String key,
            double value,
            long timestamp,
            long step,
            String modelId,
            String runId,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String datasetName,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String datasetDigest) {}

    record ModelData(List<Entry> params, List<ModelMetricAnswer> metrics) {}

    record Model(ModelInfo info, ModelData data) {}

    record ModelAnswer(Model model) {}

    record Models(
            List<Model> models,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String nextPageToken) {}
}
