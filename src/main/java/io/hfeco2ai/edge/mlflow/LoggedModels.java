package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.edge.mlflow.Answers.Entry;
import io.hfeco2ai.edge.mlflow.Answers.Model;
import io.hfeco2ai.edge.mlflow.Answers.ModelData;
import io.hfeco2ai.edge.mlflow.Answers.ModelInfo;
import io.hfeco2ai.edge.mlflow.Answers.ModelInput;
import io.hfeco2ai.edge.mlflow.Answers.ModelMetricAnswer;
import io.hfeco2ai.edge.mlflow.Answers.ModelOutput;
import io.hfeco2ai.edge.mlflow.LogBatchReader.ModelPoint;
import io.hfeco2ai.platform.Ids;
import io.hfeco2ai.platform.rows.Records;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The models that runs made and used, as 3.x clients log them. A registry of versions and stages this is not. */
@Repository
class LoggedModels {

    private static final int PER_QUERY = 500;
    private static final String SELECT =
            "SELECT l.id, x.number, x.artifact_location, l.name, l.model_type, l.source_run_id, l.status,"
                    + " l.status_message, l.created_ms, l.updated_ms FROM mlflow_model l"
                    + " JOIN mlflow_experiment x ON x.experiment_id = l.experiment_id WHERE x.team_id = :team";

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;
    private final Clock clock;

    LoggedModels(JdbcTemplate batches, Clock clock) {
        this.batches = batches;
        this.jdbc = JdbcClient.create(batches);
        this.clock = clock;
    }

    @Transactional
    String create(
            ExperimentStore.Row experiment,
            String name,
            String modelType,
            String sourceRunId,
            Map<String, String> params,
            Map<String, String> tags) {
        String id = "m-" + Ids.next();
        jdbc.sql("INSERT INTO mlflow_model (id, experiment_id, name, model_type, source_run_id, status, status_message,"
                        + " created_ms, updated_ms) VALUES (?, ?, ?, ?, ?, 'LOGGED_MODEL_PENDING', '', ?, ?)")
                .params(id, experiment.experimentId(), name, modelType, sourceRunId, clock.millis(), clock.millis())
                .update();
        put(id, "param", params);
        put(id, "tag", tags);
        return id;
    }

    private record Row(String id, ModelInfo info) {}

    Model get(String teamId, String id) {
        List<Row> found = jdbc.sql(SELECT + " AND l.id = :id")
                .param("team", teamId)
                .param("id", id)
                .query(LoggedModels::row)
                .list();
        if (found.isEmpty()) {
            throw MlflowError.notThere("Logged model with ID '" + id + "' not found.");
        }
        return models(found).get(0);
    }

    /** All of the experiments, the newest first. */
    List<Model> of(String teamId, List<Long> experiments) {
        return experiments.isEmpty()
                ? List.of()
                : models(jdbc.sql(SELECT + " AND x.number IN (:experiments) ORDER BY l.created_ms DESC, l.id DESC")
                        .param("team", teamId)
                        .param("experiments", experiments)
                        .query(LoggedModels::row)
                        .list());
    }

    private List<Model> models(List<Row> rows) {
        List<Model> models = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += PER_QUERY) {
            List<Row> part = rows.subList(from, Math.min(rows.size(), from + PER_QUERY));
            List<String> ids = part.stream().map(Row::id).toList();
            var params = texts(ids, "param");
            var tags = texts(ids, "tag");
            var metrics = metrics(ids);
            part.forEach(row -> models.add(new Model(
                    tagged(row.info(), Entry.of(tags.getOrDefault(row.id(), Map.of()))),
                    new ModelData(
                            Entry.of(params.getOrDefault(row.id(), Map.of())),
                            metrics.getOrDefault(row.id(), List.of())))));
        }
        return models;
    }

    private static ModelInfo tagged(ModelInfo info, List<Entry> tags) {
        return new ModelInfo(
                info.modelId(),
                info.experimentId(),
                info.name(),
                info.creationTimestampMs(),
                info.lastUpdatedTimestampMs(),
                info.artifactUri(),
                info.status(),
                info.modelType(),
                info.sourceRunId(),
                info.statusMessage(),
                tags);
    }

    private Map<String, Map<String, String>> texts(List<String> ids, String kind) {
        Map<String, Map<String, String>> texts = new HashMap<>();
        jdbc.sql("SELECT model_id, name, content FROM mlflow_model_text WHERE model_id IN (:ids) AND kind = :kind"
                        + " ORDER BY name")
                .param("ids", ids)
                .param("kind", kind)
                .query(row -> {
                    texts.computeIfAbsent(row.getString(1), id -> new LinkedHashMap<>())
                            .put(row.getString(2), row.getString(3));
                });
        return texts;
    }

    /** The last of each run, name and dataset. */
    private Map<String, List<ModelMetricAnswer>> metrics(List<String> ids) {
        Map<String, List<ModelMetricAnswer>> metrics = new HashMap<>();
        jdbc.sql("SELECT model_id, run_id, name, step, at_ms, amount, dataset_name, dataset_digest FROM (SELECT p.*,"
                        + " ROW_NUMBER() OVER (PARTITION BY model_id, run_id, name, dataset_name, dataset_digest"
                        + " ORDER BY step DESC, at_ms DESC, amount DESC) AS place FROM mlflow_model_metric p"
                        + " WHERE model_id IN (:ids)) AS ranked WHERE place = 1 ORDER BY model_id, name, at_ms")
                .param("ids", ids)
                .query(row -> {
                    metrics.computeIfAbsent(row.getString(1), id -> new ArrayList<>())
                            .add(new ModelMetricAnswer(
                                    row.getString(3),
                                    row.getDouble(6),
                                    row.getLong(5),
                                    row.getLong(4),
                                    row.getString(1),
                                    row.getString(2),
                                    row.getString(7),
                                    row.getString(8)));
                });
        return metrics;
    }

    /** @param kind param or tag; what is there already gets the new content */
    @Transactional
    void put(String id, String kind, Map<String, String> texts) {
        texts.forEach((name, content) -> {
            jdbc.sql("DELETE FROM mlflow_model_text WHERE model_id = ? AND kind = ? AND name = ?")
                    .params(id, kind, name)
                    .update();
            jdbc.sql("INSERT INTO mlflow_model_text (model_id, kind, name, content) VALUES (?, ?, ?, ?)")
                    .params(id, kind, name, content)
                    .update();
        });
        jdbc.sql("UPDATE mlflow_model SET updated_ms = ? WHERE id = ?")
                .params(clock.millis(), id)
                .update();
    }

    boolean removeTag(String id, String name) {
        return jdbc.sql("DELETE FROM mlflow_model_text WHERE model_id = ? AND kind = 'tag' AND name = ?")
                        .params(id, name)
                        .update()
                > 0;
    }

    void status(String id, String status, String message) {
        jdbc.sql("UPDATE mlflow_model SET status = ?, status_message = ?, updated_ms = ? WHERE id = ?")
                .params(status, message, clock.millis(), id)
                .update();
    }

    @Transactional
    void delete(String id) {
        for (String table : List.of("mlflow_model_text", "mlflow_model_metric", "mlflow_run_model")) {
            jdbc.sql("DELETE FROM " + table + " WHERE model_id = ?").param(id).update();
        }
        jdbc.sql("DELETE FROM mlflow_model WHERE id = ?").param(id).update();
    }

    void mustKnow(String teamId, List<ModelPoint> points) {
        points.stream().map(ModelPoint::modelId).distinct().forEach(id -> get(teamId, id));
    }

    void keep(String runId, List<ModelPoint> points) {
        if (!points.isEmpty()) {
            batches.batchUpdate(
                    "INSERT INTO mlflow_model_metric (model_id, run_id, name, step, at_ms, amount, dataset_name,"
                            + " dataset_digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    points.stream().map(each -> row(runId, each)).toList());
        }
    }

    private static @Nullable Object[] row(String runId, ModelPoint each) {
        return new @Nullable Object[] {
            each.modelId(),
            runId,
            each.point().name(),
            each.point().step(),
            each.point().atMs(),
            each.point().amount(),
            each.datasetName(),
            each.datasetDigest()
        };
    }

    void use(String teamId, RunStore.Row run, List<Body> models) {
        link(teamId, run, models, "input");
    }

    void made(String teamId, RunStore.Row run, List<Body> models) {
        link(teamId, run, models, "output");
    }

    private void link(String teamId, RunStore.Row run, List<Body> models, String role) {
        for (Body model : models) {
            Long step = model.optionalWhole("step");
            String id = get(teamId, model.text("model_id")).info().modelId();
            jdbc.sql("INSERT INTO mlflow_run_model (run_id, model_id, role, step) VALUES (?, ?, ?, ?)"
                            + " ON CONFLICT DO NOTHING")
                    .params(run.id(), id, role, step == null ? 0 : step)
                    .update();
        }
    }

    private record Link(String runId, String modelId, String role, long step) {}

    Map<String, List<ModelInput>> inputs(Collection<String> runIds) {
        Map<String, List<ModelInput>> inputs = new HashMap<>();
        links(runIds, "input")
                .forEach(link -> inputs.computeIfAbsent(link.runId(), run -> new ArrayList<>())
                        .add(new ModelInput(link.modelId())));
        return inputs;
    }

    Map<String, List<ModelOutput>> outputs(Collection<String> runIds) {
        Map<String, List<ModelOutput>> outputs = new HashMap<>();
        links(runIds, "output")
                .forEach(link -> outputs.computeIfAbsent(link.runId(), run -> new ArrayList<>())
                        .add(new ModelOutput(link.modelId(), link.step())));
        return outputs;
    }

    private List<Link> links(Collection<String> runIds, String role) {
        List<Link> links = new ArrayList<>();
        List<String> ids = new ArrayList<>(runIds);
        for (int from = 0; from < ids.size(); from += PER_QUERY) {
            links.addAll(jdbc.sql("SELECT run_id, model_id, role, step FROM mlflow_run_model WHERE run_id IN (:runs)"
                            + " AND role = :role ORDER BY run_id, step, model_id")
                    .param("runs", ids.subList(from, Math.min(ids.size(), from + PER_QUERY)))
                    .param("role", role)
                    .query(Records.of(Link.class))
                    .list());
        }
        return links;
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        String id = row.getString(1);
        long experiment = row.getLong(2);
        return new Row(
                id,
                new ModelInfo(
                        id,
                        String.valueOf(experiment),
                        row.getString(4),
                        row.getLong(9),
                        row.getLong(10),
                        ExperimentStore.Row.artifactRoot(experiment, row.getString(3)) + "/models/" + id + "/artifacts",
                        row.getString(7),
                        row.getString(5),
                        row.getString(6),
                        row.getString(8),
                        List.of()));
    }
}
