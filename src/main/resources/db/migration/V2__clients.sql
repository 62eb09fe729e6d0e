-- What other tools' clients report: who reported a run, which runs are one, nodes known by reports only.

-- experiments --------------------------------------------------------------------------------------------------
ALTER TABLE project ALTER COLUMN name SET DATA TYPE VARCHAR(500);
ALTER TABLE experiment ALTER COLUMN name SET DATA TYPE VARCHAR(500);
ALTER TABLE run_tag ALTER COLUMN content SET DATA TYPE VARCHAR(8000);
ALTER TABLE run ADD COLUMN client VARCHAR(100); -- mlflow/3.1.0, codecarbon/3.3.0…; null: not said
-- The same execution, told by another client too: its claims count for the run it is joined into.
ALTER TABLE run ADD COLUMN joined_id VARCHAR(32) REFERENCES run (id);
ALTER TABLE run ADD COLUMN join_reason VARCHAR(100);
ALTER TABLE run ADD COLUMN join_cut BOOLEAN DEFAULT FALSE NOT NULL; -- a person said that it is one of its own
CREATE INDEX run_by_joined ON run (joined_id);

-- metering -----------------------------------------------------------------------------------------------------
-- TRUE: only known by what other tools reported; no sensor of ours was ever heard from it.
ALTER TABLE node ADD COLUMN reported BOOLEAN DEFAULT FALSE NOT NULL;
-- Power as another tool read it. Energy is the trapezoid between neighbours, computed with the hour.
CREATE TABLE power_point (
    series_id BIGINT NOT NULL,
    at_ms     BIGINT NOT NULL,
    watts     DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (series_id, at_ms)
);
-- Derived: what each source said of a node's hour, and how much of it counts (law 8).
CREATE TABLE hour_source (
    node_id     VARCHAR(64) NOT NULL,
    hour_ms     BIGINT NOT NULL,
    series_id   BIGINT NOT NULL,
    reported_uj BIGINT NOT NULL,
    counted_uj  BIGINT NOT NULL,
    PRIMARY KEY (node_id, hour_ms, series_id)
);

-- ledger -------------------------------------------------------------------------------------------------------
-- Another tool's own figures, kept beside ours and never totalled with them. at_ms: when the tool said so.
CREATE TABLE reported_carbon (
    run_id       VARCHAR(32) NOT NULL,
    source       VARCHAR(100) NOT NULL,
    at_ms        BIGINT NOT NULL,
    energy_uj    BIGINT NOT NULL,
    emissions_ug BIGINT NOT NULL,
    PRIMARY KEY (run_id, source, at_ms)
);
