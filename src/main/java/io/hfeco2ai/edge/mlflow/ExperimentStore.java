package io.hfeco2ai.edge.mlflow;

import io.hfeco2ai.experiments.Experiments;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The numbers MLflow knows experiments by, and what else only MLflow says of them. Each experiment of a team has one. */
@Repository
class ExperimentStore {

    static final String ACTIVE = "active";
    static final String DELETED = "deleted";
    private static final long DEFAULT_NUMBER = 0;
    private static final String DEFAULT_NAME = "Default";

    static final String FROM = " FROM mlflow_experiment x JOIN experiment e ON e.id = x.experiment_id"
            + " JOIN project p ON p.id = e.project_id";
    static final String SELECT = "SELECT x.number, x.experiment_id, p.name, e.name, x.artifact_location, x.lifecycle,"
            + " x.created_ms, x.updated_ms" + FROM;

    /** @param artifactLocation null: this server keeps the artifacts */
    record Row(
            long number,
            String experimentId,
            ExperimentName name,
            @Nullable String artifactLocation,
            String lifecycle,
            long createdMs,
            long updatedMs) {

        boolean active() {
            return lifecycle.equals(ACTIVE);
        }

        String artifactRoot() {
            return artifactRoot(number, artifactLocation);
        }

        static String artifactRoot(long number, @Nullable String location) {
            return location == null ? "mlflow-artifacts:/" + number : location;
        }
    }

    private final JdbcClient jdbc;
    private final Experiments experiments;
    private final Clock clock;

    ExperimentStore(JdbcClient jdbc, Experiments experiments, Clock clock) {
        this.jdbc = jdbc;
        this.experiments = experiments;
        this.clock = clock;
    }

    /** @param id as the client has it: a number as text */
    Row get(String teamId, String id) {
        return find(teamId, id).orElseThrow(() -> MlflowError.notThere("No Experiment with id=" + id + " exists"));
    }

    private Optional<Row> find(String teamId, String id) {
        if (!id.matches("\\d{1,18}")) {
            return Optional.empty();
        }
        long number = Long.parseLong(id);
        Optional<Row> found = jdbc.sql(SELECT + " WHERE x.team_id = ? AND x.number = ?")
                .params(teamId, number)
                .query(ExperimentStore::row)
                .optional();
        if (found.isEmpty() && number == DEFAULT_NUMBER) {
            return Optional.of(defaultOf(teamId));
        }
        return found;
    }

    private Row defaultOf(String teamId) {
        String experimentId = experiments.openExperiment(teamId, ExperimentName.DEFAULT_PROJECT, DEFAULT_NAME);
        insert(teamId, DEFAULT_NUMBER, experimentId, null, clock.millis());
        return byExperiment(teamId, experimentId);
    }

    Optional<Row> named(String teamId, String name) {
        if (name.equals(DEFAULT_NAME)) {
            return find(teamId, String.valueOf(DEFAULT_NUMBER));
        }
        ExperimentName wanted = ExperimentName.of(name);
        return jdbc.sql("SELECT e.id FROM experiment e JOIN project p ON p.id = e.project_id"
                        + " WHERE p.team_id = ? AND p.name = ? AND e.name = ?")
                .params(teamId, wanted.project().strip(), wanted.experiment().strip())
                .query(String.class)
                .optional()
                .map(id -> byExperiment(teamId, id));
    }

    /** The experiment gets its number here, if it has none. */
    Row byExperiment(String teamId, String experimentId) {
        return jdbc.sql(SELECT + " WHERE x.experiment_id = ?")
                .param(experimentId)
                .query(ExperimentStore::row)
                .optional()
                .orElseGet(() -> {
                    insert(teamId, nextNumber(), experimentId, null, createdMs(experimentId));
                    return byExperiment(teamId, experimentId);
                });
    }

    Row create(String teamId, String name, @Nullable String location, Map<String, String> tags) {
        ExperimentName wanted = ExperimentName.of(name);
        String experimentId = experiments.openExperiment(teamId, wanted.project(), wanted.experiment());
        insert(teamId, nextNumber(), experimentId, location, clock.millis());
        tags.forEach((key, content) -> tag(experimentId, key, content));
        return byExperiment(teamId, experimentId);
    }

    /** Experiments that other clients made are seen by MLflow too. */
    void numberAll(String teamId) {
        find(teamId, String.valueOf(DEFAULT_NUMBER));
        jdbc.sql("SELECT e.id FROM experiment e JOIN project p ON p.id = e.project_id"
                        + " LEFT JOIN mlflow_experiment x ON x.experiment_id = e.id"
                        + " WHERE p.team_id = ? AND x.number IS NULL ORDER BY e.created_at, e.id")
                .param(teamId)
                .query(String.class)
                .list()
                .forEach(id -> byExperiment(teamId, id));
    }

    private void insert(String teamId, long number, String experimentId, @Nullable String location, long createdMs) {
        jdbc.sql("INSERT INTO mlflow_experiment (team_id, number, experiment_id, artifact_location, lifecycle,"
                        + " created_ms, updated_ms) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
                .param(teamId)
                .param(number)
                .param(experimentId)
                .param(location)
                .param(ACTIVE)
                .param(createdMs)
                .param(createdMs)
                .update();
    }

    private long nextNumber() {
        return jdbc.sql("SELECT NEXTVAL('mlflow_number')").query(Long.class).single();
    }

    private long createdMs(String experimentId) {
        return jdbc.sql("SELECT created_at FROM experiment WHERE id = ?")
                .param(experimentId)
                .query(OffsetDateTime.class)
                .single()
                .toInstant()
                .toEpochMilli();
    }

    void tag(String experimentId, String key, String content) {
        int there = jdbc.sql("UPDATE mlflow_experiment_tag SET content = ? WHERE experiment_id = ? AND name = ?")
                .params(content, experimentId, key)
                .update();
        if (there == 0) {
            jdbc.sql("INSERT INTO mlflow_experiment_tag (experiment_id, name, content) VALUES (?, ?, ?)"
                            + " ON CONFLICT DO NOTHING")
                    .params(experimentId, key, content)
                    .update();
        }
        touch(experimentId);
    }

    boolean removeTag(String experimentId, String key) {
        touch(experimentId);
        return jdbc.sql("DELETE FROM mlflow_experiment_tag WHERE experiment_id = ? AND name = ?")
                        .params(experimentId, key)
                        .update()
                > 0;
    }

    Map<String, Map<String, String>> tags(Collection<String> experimentIds) {
        Map<String, Map<String, String>> tags = new LinkedHashMap<>();
        List<String> ids = new ArrayList<>(experimentIds);
        for (int from = 0; from < ids.size(); from += 500) {
            jdbc.sql("SELECT experiment_id, name, content FROM mlflow_experiment_tag WHERE experiment_id IN (:ids)"
                            + " ORDER BY name")
                    .param("ids", ids.subList(from, Math.min(ids.size(), from + 500)))
                    .query(row -> {
                        tags.computeIfAbsent(row.getString(1), id -> new LinkedHashMap<>())
                                .put(row.getString(2), row.getString(3));
                    });
        }
        return tags;
    }

    private void touch(String experimentId) {
        jdbc.sql("UPDATE mlflow_experiment SET updated_ms = ? WHERE experiment_id = ?")
                .params(clock.millis(), experimentId)
                .update();
    }

    void lifecycle(String experimentId, String lifecycle) {
        jdbc.sql("UPDATE mlflow_experiment SET lifecycle = ?, updated_ms = ? WHERE experiment_id = ?")
                .params(lifecycle, clock.millis(), experimentId)
                .update();
    }

    void rename(String teamId, Row row, String name) {
        ExperimentName wanted = ExperimentName.of(name);
        experiments.renameExperiment(teamId, row.experimentId(), wanted.project(), wanted.experiment());
        touch(row.experimentId());
    }

    static Row row(ResultSet row, int number) throws SQLException {
        return new Row(
                row.getLong(1),
                row.getString(2),
                new ExperimentName(row.getString(3), row.getString(4)),
                row.getString(5),
                row.getString(6),
                row.getLong(7),
                row.getLong(8));
    }
}
