package io.hfeco2ai.edge.mlflow;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Runs with what MLflow alone knows of them. It reads what the module experiments keeps, and changes it only by its door. */
@Repository
class RunStore {

    static final String FROM = " FROM run r LEFT JOIN mlflow_run m ON m.run_id = r.id"
            + " LEFT JOIN mlflow_experiment x ON x.experiment_id = r.experiment_id";
    static final String SELECT = "SELECT r.id, r.experiment_id, x.number, x.artifact_location, r.name,"
            + " COALESCE(m.user_id, ''), r.status, r.started_at, r.ended_at, COALESCE(m.lifecycle, 'active')";

    /** @param number of the experiment; null: it has none yet */
    record Row(
            String id,
            String experimentId,
            @Nullable Long number,
            @Nullable String artifactLocation,
            String name,
            String userId,
            String status,
            long startMs,
            @Nullable Long endMs,
            String lifecycle) {

        boolean active() {
            return lifecycle.equals(ExperimentStore.ACTIVE);
        }

        boolean running() {
            return status.equals("RUNNING");
        }
    }

    private final JdbcClient jdbc;
    private final ExperimentStore experiments;

    RunStore(JdbcClient jdbc, ExperimentStore experiments) {
        this.jdbc = jdbc;
        this.experiments = experiments;
    }

    Row get(String teamId, String runId) {
        Row row = find(teamId, runId).orElseThrow(() -> MlflowError.notThere("Run '" + runId + "' not found"));
        if (row.number() == null) {
            experiments.byExperiment(teamId, row.experimentId());
            return get(teamId, runId);
        }
        return row;
    }

    private Optional<Row> find(String teamId, String runId) {
        return jdbc.sql(SELECT + FROM + " WHERE r.id = ? AND r.team_id = ?")
                .params(runId, teamId)
                .query(RunStore::row)
                .optional();
    }

    /** Whose lifecycle stage is not active takes nothing in. */
    Row active(String teamId, String runId) {
        Row row = get(teamId, runId);
        mustBe(row, true);
        return row;
    }

    static void mustBe(Row row, boolean active) {
        if (row.active() != active) {
            throw MlflowError.invalid("The run " + row.id() + " must be in the '"
                    + (active ? ExperimentStore.ACTIVE : ExperimentStore.DELETED) + "' state. Current state is "
                    + row.lifecycle() + ".");
        }
    }

    void made(String runId, String userId) {
        jdbc.sql("INSERT INTO mlflow_run (run_id, user_id, lifecycle) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
                .params(runId, userId, ExperimentStore.ACTIVE)
                .update();
    }

    void lifecycle(String runId, String lifecycle) {
        made(runId, "");
        jdbc.sql("UPDATE mlflow_run SET lifecycle = ? WHERE run_id = ?")
                .params(lifecycle, runId)
                .update();
    }

    void lifecycleOfAll(String experimentId, String lifecycle) {
        jdbc.sql("INSERT INTO mlflow_run (run_id, user_id, lifecycle) SELECT r.id, '', ? FROM run r"
                        + " LEFT JOIN mlflow_run m ON m.run_id = r.id WHERE r.experiment_id = ? AND m.run_id IS NULL"
                        + " ON CONFLICT DO NOTHING")
                .params(lifecycle, experimentId)
                .update();
        jdbc.sql("UPDATE mlflow_run SET lifecycle = ? WHERE run_id IN (SELECT id FROM run WHERE experiment_id = ?)")
                .params(lifecycle, experimentId)
                .update();
    }

    static Row row(ResultSet row, int rowNumber) throws SQLException {
        OffsetDateTime end = row.getObject(9, OffsetDateTime.class);
        return new Row(
                row.getString(1),
                row.getString(2),
                row.getObject(3, Long.class),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getObject(8, OffsetDateTime.class).toInstant().toEpochMilli(),
                end == null ? null : end.toInstant().toEpochMilli(),
                row.getString(10));
    }
}
