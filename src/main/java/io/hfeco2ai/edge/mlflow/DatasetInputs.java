package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.edge.mlflow.Answers.Dataset;
import io.hfeco2ai.edge.mlflow.Answers.DatasetInput;
import io.hfeco2ai.edge.mlflow.Answers.Entry;
import io.hfeco2ai.platform.Ids;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The datasets that runs were trained and tested on: a name and a digest, unique in the experiment. */
@Repository
class DatasetInputs {

    private static final int RUNS_PER_QUERY = 500;
    private static final int MOST = 1_000;
    private static final int LONGEST_NAME = 500;
    private static final int LONGEST_DIGEST = 36;
    private static final int LONGEST_SOURCE = 65_535;
    private static final int LONGEST_SCHEMA = 1_048_575;
    private static final int LONGEST_PROFILE = 16_777_215;
    private static final int LONGEST_TAG = 500;

    private final JdbcClient jdbc;

    DatasetInputs(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param inputs {tags, dataset{name, digest, source_type, source, schema, profile}} */
    @Transactional
    void keep(RunStore.Row run, List<Body> inputs) {
        if (inputs.size() > MOST) {
            throw MlflowError.invalid("A run takes at most " + MOST + " datasets in one call.");
        }
        for (Body input : inputs) {
            Body dataset = input.optionalObject("dataset");
            if (dataset == null) {
                throw MlflowError.missing(input.at("dataset"));
            }
            String id = dataset(run.experimentId(), dataset);
            jdbc.sql("INSERT INTO mlflow_input (run_id, dataset_id) VALUES (?, ?) ON CONFLICT DO NOTHING")
                    .params(run.id(), id)
                    .update();
            input.entries("tags", LONGEST_TAG)
                    .forEach((key, content) -> jdbc.sql(
                                    "INSERT INTO mlflow_input_tag (run_id, dataset_id, name, content)"
                                            + " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
                            .params(run.id(), id, key, content)
                            .update());
        }
    }

    private String dataset(String experimentId, Body dataset) {
        String name = limited(dataset, "name", LONGEST_NAME);
        String digest = limited(dataset, "digest", LONGEST_DIGEST);
        String schema = dataset.optionalText("schema");
        String profile = dataset.optionalText("profile");
        if ((schema != null && schema.length() > LONGEST_SCHEMA)
                || (profile != null && profile.length() > LONGEST_PROFILE)) {
            throw MlflowError.invalid("The schema or profile of dataset " + name + " is too long.");
        }
        jdbc.sql("INSERT INTO mlflow_dataset (id, experiment_id, name, digest, source_type, source, schema_json,"
                        + " profile_json) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
                .param(Ids.next())
                .param(experimentId)
                .param(name)
                .param(digest)
                .param(limited(dataset, "source_type", LONGEST_NAME))
                .param(limited(dataset, "source", LONGEST_SOURCE))
                .param(schema)
                .param(profile)
                .update();
        return jdbc.sql("SELECT id FROM mlflow_dataset WHERE experiment_id = ? AND name = ? AND digest = ?")
                .params(experimentId, name, digest)
                .query(String.class)
                .single();
    }

    private static String limited(Body dataset, String field, int longest) {
        String text = dataset.text(field);
        if (text.length() > longest) {
            throw MlflowError.invalid(
                    "'" + dataset.at(field) + "' exceeds the maximum length of " + longest + " characters.");
        }
        return text;
    }

    private record Found(String runId, String datasetId, Dataset dataset) {}

    Map<String, List<DatasetInput>> of(Collection<String> runIds) {
        Map<String, List<DatasetInput>> inputs = new HashMap<>();
        List<String> ids = new ArrayList<>(runIds);
        for (int from = 0; from < ids.size(); from += RUNS_PER_QUERY) {
            part(ids.subList(from, Math.min(ids.size(), from + RUNS_PER_QUERY)), inputs);
        }
        return inputs;
    }

    private void part(List<String> runIds, Map<String, List<DatasetInput>> inputs) {
        List<Found> found = jdbc.sql("SELECT f.run_id, d.id, d.name, d.digest, d.source_type, d.source, d.schema_json,"
                        + " d.profile_json FROM mlflow_input f JOIN mlflow_dataset d ON d.id = f.dataset_id"
                        + " WHERE f.run_id IN (:runs) ORDER BY d.name, d.digest")
                .param("runs", runIds)
                .query((row, number) -> new Found(
                        row.getString(1),
                        row.getString(2),
                        new Dataset(
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                row.getString(6),
                                row.getString(7),
                                row.getString(8))))
                .list();
        if (found.isEmpty()) {
            return;
        }
        Map<String, Map<String, String>> tags = new HashMap<>();
        jdbc.sql("SELECT run_id, dataset_id, name, content FROM mlflow_input_tag WHERE run_id IN (:runs) ORDER BY name")
                .param("runs", runIds)
                .query(row -> {
                    tags.computeIfAbsent(row.getString(1) + row.getString(2), key -> new LinkedHashMap<>())
                            .put(row.getString(3), row.getString(4));
                });
        found.forEach(each -> inputs.computeIfAbsent(each.runId(), run -> new ArrayList<>())
                .add(new DatasetInput(
                        Entry.of(tags.getOrDefault(each.runId() + each.datasetId(), Map.of())), each.dataset())));
    }
}
