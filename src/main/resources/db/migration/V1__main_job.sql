-- Portable SQL: H2 (MODE=PostgreSQL) and PostgreSQL >= 16. Times in facts are epoch milliseconds (UTC);
-- energy is whole microjoules, carbon whole micrograms. No IDENTITY columns: ids are made by the application.

-- platform -----------------------------------------------------------------------------------------------------
CREATE TABLE setting (
    name       VARCHAR(100) PRIMARY KEY,
    content    VARCHAR(4000) NOT NULL,
    changed_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);

-- teams --------------------------------------------------------------------------------------------------------
CREATE TABLE team (
    id         VARCHAR(32) PRIMARY KEY,
    name       VARCHAR(100) NOT NULL UNIQUE,
    created_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);
CREATE TABLE app_user (
    id            VARCHAR(32) PRIMARY KEY,
    username      VARCHAR(100) NOT NULL UNIQUE,
    password_hash VARCHAR(200) NOT NULL,
    role          VARCHAR(20) NOT NULL,
    created_at    TIMESTAMP(6) WITH TIME ZONE NOT NULL
);
CREATE TABLE api_token (
    id           VARCHAR(32) PRIMARY KEY,
    team_id      VARCHAR(32) NOT NULL REFERENCES team (id),
    name         VARCHAR(100) NOT NULL,
    token_hash   VARCHAR(64) NOT NULL UNIQUE,
    created_at   TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    last_used_at TIMESTAMP(6) WITH TIME ZONE,
    revoked_at   TIMESTAMP(6) WITH TIME ZONE
);

-- experiments --------------------------------------------------------------------------------------------------
CREATE TABLE project (
    id         VARCHAR(32) PRIMARY KEY,
    team_id    VARCHAR(32) NOT NULL REFERENCES team (id),
    name       VARCHAR(200) NOT NULL,
    created_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    UNIQUE (team_id, name)
);
CREATE TABLE experiment (
    id         VARCHAR(32) PRIMARY KEY,
    project_id VARCHAR(32) NOT NULL REFERENCES project (id),
    name       VARCHAR(200) NOT NULL,
    created_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    UNIQUE (project_id, name)
);
CREATE TABLE run (
    id            VARCHAR(32) PRIMARY KEY,
    team_id       VARCHAR(32) NOT NULL REFERENCES team (id),
    experiment_id VARCHAR(32) NOT NULL REFERENCES experiment (id),
    parent_id     VARCHAR(32) REFERENCES run (id),
    external_id   VARCHAR(200),
    name          VARCHAR(200) NOT NULL,
    status        VARCHAR(20) NOT NULL,
    synthetic     BOOLEAN NOT NULL,
    started_at    TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    ended_at      TIMESTAMP(6) WITH TIME ZONE,
    created_at    TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    UNIQUE (experiment_id, external_id)
);
CREATE INDEX run_by_team_start ON run (team_id, started_at DESC, id);
CREATE INDEX run_by_experiment_start ON run (experiment_id, started_at DESC, id);
CREATE INDEX run_by_parent ON run (parent_id);
CREATE TABLE attempt (
    id         VARCHAR(32) PRIMARY KEY,
    run_id     VARCHAR(32) NOT NULL REFERENCES run (id),
    number     INTEGER NOT NULL,
    status     VARCHAR(20) NOT NULL,
    started_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    ended_at   TIMESTAMP(6) WITH TIME ZONE,
    UNIQUE (run_id, number)
);
-- A member is a claim on a node: one process or rank from start to end, on the devices it names (none: the whole node).
CREATE TABLE member (
    id         VARCHAR(32) PRIMARY KEY,
    run_id     VARCHAR(32) NOT NULL REFERENCES run (id),
    attempt_id VARCHAR(32) NOT NULL REFERENCES attempt (id),
    node_id    VARCHAR(64) NOT NULL,
    boot_id    VARCHAR(64) NOT NULL,
    rank_no    INTEGER NOT NULL,
    pid        BIGINT,
    devices    VARCHAR(4000) NOT NULL,
    tracked    BOOLEAN NOT NULL,
    start_ms   BIGINT NOT NULL,
    end_ms     BIGINT
);
CREATE INDEX member_by_run ON member (run_id);
CREATE INDEX member_by_node_end ON member (node_id, end_ms, start_ms);
CREATE TABLE run_param (
    run_id  VARCHAR(32) NOT NULL REFERENCES run (id),
    name    VARCHAR(250) NOT NULL,
    content VARCHAR(6000) NOT NULL,
    PRIMARY KEY (run_id, name)
);
CREATE TABLE run_tag (
    run_id  VARCHAR(32) NOT NULL REFERENCES run (id),
    name    VARCHAR(250) NOT NULL,
    content VARCHAR(6000) NOT NULL,
    PRIMARY KEY (run_id, name)
);
CREATE TABLE run_metric (
    run_id VARCHAR(32) NOT NULL REFERENCES run (id),
    name   VARCHAR(250) NOT NULL,
    step   BIGINT NOT NULL,
    at_ms  BIGINT NOT NULL,
    amount DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (run_id, name, step, at_ms)
);

-- metering: facts ----------------------------------------------------------------------------------------------
CREATE TABLE node (
    id                 VARCHAR(64) PRIMARY KEY,
    name               VARCHAR(200) NOT NULL,
    boot_id            VARCHAR(64) NOT NULL,
    cpu_model          VARCHAR(200),
    logical_cpus       INTEGER,
    memory_bytes       BIGINT,
    virtual_machine    BOOLEAN,
    synthetic          BOOLEAN NOT NULL,
    first_seen_ms      BIGINT NOT NULL,
    last_seen_ms       BIGINT NOT NULL,
    calibration        VARCHAR(200),
    calibrated_ms      BIGINT
);
CREATE TABLE device (
    id              BIGINT PRIMARY KEY,
    node_id         VARCHAR(64) NOT NULL REFERENCES node (id),
    device_key      VARCHAR(200) NOT NULL,
    kind            VARCHAR(10) NOT NULL,
    name            VARCHAR(200) NOT NULL,
    idle_watts      DOUBLE PRECISION,
    cap_watts       DOUBLE PRECISION,
    first_seen_ms   BIGINT NOT NULL,
    last_seen_ms    BIGINT NOT NULL,
    declared_off_ms BIGINT,
    UNIQUE (node_id, device_key)
);
CREATE TABLE series (
    id              BIGINT PRIMARY KEY,
    device_id       BIGINT NOT NULL REFERENCES device (id),
    boot_id         VARCHAR(64) NOT NULL,
    source          VARCHAR(100) NOT NULL,
    quality         VARCHAR(10) NOT NULL,
    boundary        VARCHAR(10) NOT NULL,
    origin          VARCHAR(100) NOT NULL,
    uncertainty_ppm INTEGER NOT NULL,
    idle_watts      DOUBLE PRECISION,
    max_length_ms   BIGINT NOT NULL,
    synthetic       BOOLEAN NOT NULL,
    UNIQUE (device_id, boot_id, source, quality, boundary, origin, uncertainty_ppm, idle_watts)
);
CREATE TABLE energy_interval (
    series_id   BIGINT NOT NULL,
    start_ms    BIGINT NOT NULL,
    end_ms      BIGINT NOT NULL,
    energy_uj   BIGINT NOT NULL,
    observed_ms BIGINT NOT NULL,
    seq         BIGINT NOT NULL,
    PRIMARY KEY (series_id, start_ms)
);
-- The part of a device's dynamic energy that a member's process tree caused.
CREATE TABLE usage_weight (
    member_id  VARCHAR(32) NOT NULL,
    device_id  BIGINT NOT NULL,
    start_ms   BIGINT NOT NULL,
    end_ms     BIGINT NOT NULL,
    weight_ppm INTEGER NOT NULL,
    PRIMARY KEY (member_id, device_id, start_ms)
);
CREATE TABLE dirty_hour (
    node_id         VARCHAR(64) NOT NULL,
    hour_ms         BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    first_marked_ms BIGINT NOT NULL,
    last_marked_ms  BIGINT NOT NULL,
    PRIMARY KEY (node_id, hour_ms)
);
CREATE INDEX dirty_hour_by_age ON dirty_hour (first_marked_ms);

-- Health writes it now and then, to know that writing works.
CREATE TABLE write_probe (
    id    INTEGER PRIMARY KEY,
    at_ms BIGINT NOT NULL
);

-- metering: derived from the facts, replaced whole by each recompute of (node, hour) -------------------------------
CREATE TABLE hour_sum (
    node_id         VARCHAR(64) NOT NULL,
    hour_ms         BIGINT NOT NULL,
    run_id          VARCHAR(32) NOT NULL, -- '' = unattributed
    device_kind     VARCHAR(10) NOT NULL,
    share_key       VARCHAR(20) NOT NULL,
    quality         VARCHAR(10) NOT NULL,
    boundary        VARCHAR(10) NOT NULL,
    origin          VARCHAR(100) NOT NULL,
    synthetic       BOOLEAN NOT NULL,
    energy_uj       BIGINT NOT NULL,
    uncertainty_ppm INTEGER NOT NULL,
    expected_ms     BIGINT NOT NULL,
    observed_ms     BIGINT NOT NULL,
    peak_watts      DOUBLE PRECISION,
    PRIMARY KEY (node_id, hour_ms, run_id, device_kind, share_key, quality, boundary, origin, synthetic)
);
CREATE INDEX hour_sum_by_run ON hour_sum (run_id, hour_ms);
CREATE TABLE hour_coverage (
    node_id     VARCHAR(64) NOT NULL,
    hour_ms     BIGINT NOT NULL,
    device_id   BIGINT NOT NULL,
    expected_ms BIGINT NOT NULL,
    observed_ms BIGINT NOT NULL,
    PRIMARY KEY (node_id, hour_ms, device_id)
);
-- Power over time: 360 big-endian float32 watts, one for each 10 s of the hour; NaN = nothing observed.
CREATE TABLE hour_profile (
    node_id     VARCHAR(64) NOT NULL,
    hour_ms     BIGINT NOT NULL,
    run_id      VARCHAR(32) NOT NULL, -- '' = the whole node
    device_kind VARCHAR(10) NOT NULL,
    watts       BYTEA NOT NULL,
    PRIMARY KEY (node_id, hour_ms, run_id, device_kind)
);
CREATE INDEX hour_profile_by_run ON hour_profile (run_id, hour_ms);

-- grid ---------------------------------------------------------------------------------------------------------
CREATE TABLE factor (
    id        VARCHAR(32) PRIMARY KEY,
    zone      VARCHAR(40) NOT NULL,
    from_ms   BIGINT NOT NULL,
    to_ms     BIGINT NOT NULL,
    g_per_kwh NUMERIC(12, 4) NOT NULL,
    method    VARCHAR(20) NOT NULL,
    basis     VARCHAR(20) NOT NULL,
    gas       VARCHAR(20) NOT NULL,
    source    VARCHAR(200) NOT NULL,
    edition   VARCHAR(100) NOT NULL,
    licence   VARCHAR(100) NOT NULL,
    url       VARCHAR(500) NOT NULL
);
CREATE INDEX factor_by_zone ON factor (zone, from_ms);
CREATE TABLE site (
    id         VARCHAR(32) PRIMARY KEY,
    name       VARCHAR(200) NOT NULL UNIQUE,
    operator   VARCHAR(20) NOT NULL,
    created_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);
CREATE TABLE site_zone (
    site_id VARCHAR(32) NOT NULL REFERENCES site (id),
    from_ms BIGINT NOT NULL,
    zone    VARCHAR(40) NOT NULL,
    PRIMARY KEY (site_id, from_ms)
);
CREATE TABLE site_pue (
    site_id VARCHAR(32) NOT NULL REFERENCES site (id),
    from_ms BIGINT NOT NULL,
    pue     NUMERIC(6, 4),
    PRIMARY KEY (site_id, from_ms)
);
CREATE TABLE node_site (
    node_id VARCHAR(64) NOT NULL,
    from_ms BIGINT NOT NULL,
    site_id VARCHAR(32) NOT NULL REFERENCES site (id),
    PRIMARY KEY (node_id, from_ms)
);

-- ledger -------------------------------------------------------------------------------------------------------
-- state: PROVISIONAL rows are replaced by each recompute; POSTED and ADJUSTMENT rows never change and carry the
-- hash chain of their node and month.
CREATE TABLE entry (
    id              BIGINT PRIMARY KEY,
    state           VARCHAR(12) NOT NULL,
    node_id         VARCHAR(64) NOT NULL,
    hour_ms         BIGINT NOT NULL,
    run_id          VARCHAR(32) NOT NULL, -- '' = unattributed
    device_kind     VARCHAR(10) NOT NULL,
    share_key       VARCHAR(20) NOT NULL,
    quality         VARCHAR(10) NOT NULL,
    boundary        VARCHAR(10) NOT NULL,
    origin          VARCHAR(100) NOT NULL,
    synthetic       BOOLEAN NOT NULL,
    energy_uj       BIGINT NOT NULL,
    facility_uj     BIGINT,
    location_ug     BIGINT,
    priced_uj       BIGINT NOT NULL, -- the part of energy_uj that location_ug covers
    pue             NUMERIC(6, 4),
    factor_id       VARCHAR(32) REFERENCES factor (id),
    uncertainty_ppm INTEGER NOT NULL,
    expected_ms     BIGINT NOT NULL,
    observed_ms     BIGINT NOT NULL,
    method_version  VARCHAR(40) NOT NULL,
    reason          VARCHAR(200),
    recorded_ms     BIGINT NOT NULL,
    chain_month     VARCHAR(7),
    chain_no        BIGINT,
    prev_hash       VARCHAR(64),
    hash            VARCHAR(64),
    UNIQUE (node_id, chain_month, chain_no)
);
CREATE INDEX entry_by_run ON entry (run_id, hour_ms);
CREATE INDEX entry_by_hour ON entry (hour_ms, node_id);
CREATE INDEX entry_by_node ON entry (node_id, hour_ms);
CREATE INDEX entry_by_state ON entry (state, hour_ms);
