-- ledger: what each project spent in each hour, derived from the entries; replaced whole from the queue spend_dirty --------
-- *_facility_uj and *_ug cover only *_facility_part_uj and *_priced_uj of the energy. Made-up data is left out.
CREATE TABLE spend_hour (
    project_id                VARCHAR(32) NOT NULL,
    hour_ms                   BIGINT NOT NULL,
    posted_uj                 BIGINT NOT NULL,
    posted_facility_uj        BIGINT NOT NULL,
    posted_facility_part_uj   BIGINT NOT NULL,
    posted_ug                 BIGINT NOT NULL,
    posted_priced_uj          BIGINT NOT NULL,
    posted_observed_ms        BIGINT NOT NULL,
    provisional_uj            BIGINT NOT NULL,
    provisional_facility_uj   BIGINT NOT NULL,
    provisional_facility_part_uj BIGINT NOT NULL,
    provisional_ug            BIGINT NOT NULL,
    provisional_priced_uj     BIGINT NOT NULL,
    provisional_observed_ms   BIGINT NOT NULL,
    PRIMARY KEY (project_id, hour_ms)
);
-- Append-only for whoever books, so that a mark made while the job sums is not lost with those it sums.
CREATE TABLE spend_dirty (
    id         VARCHAR(32) PRIMARY KEY,
    project_id VARCHAR(32) NOT NULL,
    hour_ms    BIGINT NOT NULL
);
INSERT INTO spend_dirty (id, project_id, hour_ms)
SELECT 'v5-' || CAST(ROW_NUMBER() OVER (ORDER BY p, h) AS VARCHAR(20)), p, h
FROM (SELECT DISTINCT x.project_id AS p, e.hour_ms AS h
      FROM entry e JOIN run r ON r.id = e.run_id JOIN experiment x ON x.id = r.experiment_id) AS spent;

-- budgets ------------------------------------------------------------------------------------------------------
-- unit KG_CO2E or KWH; energy_basis, what a kWh counts: DEVICES or FACILITY; period_kind MONTH, QUARTER, YEAR or CUSTOM,
-- which has one period until last_day; amounts are in the unit.
CREATE TABLE budget (
    id           VARCHAR(32) PRIMARY KEY,
    team_id      VARCHAR(32) NOT NULL REFERENCES team (id),
    project_id   VARCHAR(32) REFERENCES project (id),
    parent_id    VARCHAR(32) REFERENCES budget (id),
    name         VARCHAR(200) NOT NULL,
    unit         VARCHAR(10) NOT NULL,
    energy_basis VARCHAR(10) NOT NULL,
    accounting   VARCHAR(10) NOT NULL, -- LOCATION
    period_kind  VARCHAR(10) NOT NULL,
    first_day    DATE NOT NULL,
    last_day     DATE, -- inclusive, CUSTOM only
    limit_amount NUMERIC(18, 6) NOT NULL,
    carry_over   VARCHAR(10) NOT NULL, -- NONE, UNUSED, BOTH
    thresholds   VARCHAR(100) NOT NULL, -- percent, ascending: 80,95
    on_exceeded  VARCHAR(10) NOT NULL, -- WARN, STOP
    state        VARCHAR(10) NOT NULL, -- DRAFT, ACTIVE, CLOSED
    created_at   TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    version      BIGINT NOT NULL
);
CREATE INDEX budget_by_team ON budget (team_id, project_id);
CREATE INDEX budget_by_parent ON budget (parent_id);
CREATE TABLE budget_period (
    id                 VARCHAR(32) PRIMARY KEY,
    budget_id          VARCHAR(32) NOT NULL REFERENCES budget (id),
    number             INTEGER NOT NULL, -- from 1
    from_ms            BIGINT NOT NULL, -- UTC hours
    to_ms              BIGINT NOT NULL,
    zone               VARCHAR(60) NOT NULL,
    limit_amount       NUMERIC(18, 6) NOT NULL,
    carried_amount     NUMERIC(18, 6) NOT NULL, -- comes on top, may be negative
    state              VARCHAR(10) NOT NULL, -- OPEN, CLOSED
    posted_amount      NUMERIC(28, 9) NOT NULL,
    provisional_amount NUMERIC(28, 9) NOT NULL,
    uncounted_uj       NUMERIC(28, 0) NOT NULL, -- energy without the price or the PUE that the budget counts with
    original_amount    NUMERIC(28, 9), -- what it was when it closed
    closed_ms          BIGINT,
    refreshed_ms       BIGINT NOT NULL,
    outlook            VARCHAR(4000), -- JSON, of the moment outlook_ms
    outlook_ms         BIGINT,
    UNIQUE (budget_id, number)
);
CREATE INDEX budget_period_by_state ON budget_period (state, to_ms);
CREATE TABLE budget_change (
    budget_id VARCHAR(32) NOT NULL REFERENCES budget (id),
    number    INTEGER NOT NULL,
    at_ms     BIGINT NOT NULL,
    actor_id  VARCHAR(32) NOT NULL, -- a person's id, '' = the application itself
    what      VARCHAR(60) NOT NULL,
    details   VARCHAR(4000) NOT NULL, -- lines "field: before -> after"
    PRIMARY KEY (budget_id, number)
);
