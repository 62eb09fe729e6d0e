-- What MLflow clients tell: the history of metrics, and what only MLflow knows of experiments and runs.

-- experiments --------------------------------------------------------------------------------------------------
-- Metric points as they came, a row for each message: a line for each metric, name TAB step,at_ms,amount;… where step and
-- at_ms are the difference to the point before. The hash is of the points, so the same message again is the same row.
CREATE TABLE metric_chunk (
    run_id VARCHAR(32) NOT NULL REFERENCES run (id),
    hash   VARCHAR(32) NOT NULL,
    points VARCHAR(1000000) NOT NULL,
    PRIMARY KEY (run_id, hash)
);
-- The last of each metric: the highest step, of those the latest, of those the largest.
CREATE TABLE metric_last (
    run_id VARCHAR(32) NOT NULL REFERENCES run (id),
    name   VARCHAR(250) NOT NULL,
    step   BIGINT NOT NULL,
    at_ms  BIGINT NOT NULL,
    amount DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (run_id, name)
);
INSERT INTO metric_chunk (run_id, hash, points)
    SELECT run_id, LPAD(CAST(ROW_NUMBER() OVER (PARTITION BY run_id ORDER BY name, step, at_ms) AS VARCHAR(20)), 32, '0'),
        name || CHR(9) || step || ',' || at_ms || ',' || amount
    FROM run_metric;
INSERT INTO metric_last (run_id, name, step, at_ms, amount)
    SELECT run_id, name, step, at_ms, amount
    FROM (SELECT run_id, name, step, at_ms, amount,
            ROW_NUMBER() OVER (PARTITION BY run_id, name ORDER BY step DESC, at_ms DESC, amount DESC) AS place
          FROM run_metric) AS ranked
    WHERE place = 1;
DROP TABLE run_metric;
-- A run of Hugging Face's Trainer is named by its output folder.
ALTER TABLE run ALTER COLUMN name SET DATA TYPE VARCHAR(500);

-- edge.mlflow ---------------------------------------------------------------------------------------------------
CREATE SEQUENCE mlflow_number;
-- The number that MLflow knows an experiment by. 0 is each team's Default, the others are unique.
CREATE TABLE mlflow_experiment (
    team_id           VARCHAR(32) NOT NULL REFERENCES team (id),
    number            BIGINT NOT NULL,
    experiment_id     VARCHAR(32) NOT NULL UNIQUE REFERENCES experiment (id),
    artifact_location VARCHAR(2000), -- null: kept by this server
    lifecycle         VARCHAR(10) NOT NULL,
    created_ms        BIGINT NOT NULL,
    updated_ms        BIGINT NOT NULL,
    PRIMARY KEY (team_id, number)
);
CREATE TABLE mlflow_experiment_tag (
    experiment_id VARCHAR(32) NOT NULL REFERENCES experiment (id),
    name          VARCHAR(250) NOT NULL,
    content       VARCHAR(20000) NOT NULL,
    PRIMARY KEY (experiment_id, name)
);
-- A run that no MLflow client made has no row here: it is active.
CREATE TABLE mlflow_run (
    run_id    VARCHAR(32) PRIMARY KEY REFERENCES run (id),
    user_id   VARCHAR(256) NOT NULL,
    lifecycle VARCHAR(10) NOT NULL
);
CREATE TABLE mlflow_dataset (
    id            VARCHAR(32) PRIMARY KEY,
    experiment_id VARCHAR(32) NOT NULL REFERENCES experiment (id),
    name          VARCHAR(500) NOT NULL,
    digest        VARCHAR(36) NOT NULL,
    source_type   VARCHAR(500) NOT NULL,
    source        TEXT NOT NULL,
    schema_json   TEXT,
    profile_json  TEXT,
    UNIQUE (experiment_id, name, digest)
);
CREATE TABLE mlflow_input (
    run_id     VARCHAR(32) NOT NULL REFERENCES run (id),
    dataset_id VARCHAR(32) NOT NULL REFERENCES mlflow_dataset (id),
    PRIMARY KEY (run_id, dataset_id)
);
CREATE TABLE mlflow_input_tag (
    run_id     VARCHAR(32) NOT NULL,
    dataset_id VARCHAR(32) NOT NULL,
    name       VARCHAR(250) NOT NULL,
    content    VARCHAR(500) NOT NULL,
    PRIMARY KEY (run_id, dataset_id, name),
    FOREIGN KEY (run_id, dataset_id) REFERENCES mlflow_input (run_id, dataset_id)
);
CREATE TABLE mlflow_model (
    id             VARCHAR(36) PRIMARY KEY,
    experiment_id  VARCHAR(32) NOT NULL REFERENCES experiment (id),
    name           VARCHAR(500) NOT NULL,
    model_type     VARCHAR(500) NOT NULL,
    source_run_id  VARCHAR(64) NOT NULL,
    status         VARCHAR(30) NOT NULL,
    status_message VARCHAR(1000) NOT NULL,
    created_ms     BIGINT NOT NULL,
    updated_ms     BIGINT NOT NULL
);
CREATE INDEX mlflow_model_by_experiment ON mlflow_model (experiment_id, created_ms);
CREATE TABLE mlflow_model_text (
    model_id VARCHAR(36) NOT NULL REFERENCES mlflow_model (id),
    kind     VARCHAR(5) NOT NULL, -- param or tag
    name     VARCHAR(250) NOT NULL,
    content  VARCHAR(8000) NOT NULL,
    PRIMARY KEY (model_id, kind, name)
);
CREATE TABLE mlflow_model_metric (
    model_id       VARCHAR(36) NOT NULL REFERENCES mlflow_model (id),
    run_id         VARCHAR(32) NOT NULL REFERENCES run (id),
    name           VARCHAR(250) NOT NULL,
    step           BIGINT NOT NULL,
    at_ms          BIGINT NOT NULL,
    amount         DOUBLE PRECISION NOT NULL,
    dataset_name   VARCHAR(500),
    dataset_digest VARCHAR(36),
    PRIMARY KEY (model_id, run_id, name, step, at_ms, amount)
);
-- role: a model that the run made (output) or used (input).
CREATE TABLE mlflow_run_model (
    run_id   VARCHAR(32) NOT NULL REFERENCES run (id),
    model_id VARCHAR(36) NOT NULL REFERENCES mlflow_model (id),
    role     VARCHAR(6) NOT NULL,
    step     BIGINT NOT NULL,
    PRIMARY KEY (run_id, model_id, role)
);
