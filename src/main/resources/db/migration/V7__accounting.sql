-- grid: how the electricity of sites is bought -------------------------------------------------------------------
-- A contract says what a site's electricity emits in the market-based view; its value is a factor of method supplier.
CREATE TABLE contract (
    id           VARCHAR(32) PRIMARY KEY,
    site_id      VARCHAR(32) NOT NULL REFERENCES site (id),
    name         VARCHAR(200) NOT NULL,
    from_ms      BIGINT NOT NULL, -- UTC hours, [from, to)
    to_ms        BIGINT NOT NULL,
    factor_id    VARCHAR(32) NOT NULL REFERENCES factor (id),
    created_ms   BIGINT NOT NULL,
    withdrawn_ms BIGINT
);
CREATE INDEX contract_by_site ON contract (site_id, from_ms);
-- Certificates of origin (GO, REC, I-REC, or with a PPA): they count in the year of their vintage, in the zones of their
-- market, once the year's allocation is made.
CREATE TABLE certificate (
    id           VARCHAR(32) PRIMARY KEY,
    kind         VARCHAR(20) NOT NULL,
    tracking     VARCHAR(200) NOT NULL, -- registry and numbers
    zones        VARCHAR(1000) NOT NULL, -- codes with a blank between
    vintage      INTEGER NOT NULL, -- UTC year of generation
    volume_wh    BIGINT NOT NULL,
    factor_id    VARCHAR(32) NOT NULL REFERENCES factor (id), -- of method instrument
    site_id      VARCHAR(32) REFERENCES site (id), -- dedicated to it
    retired_on   DATE, -- only retired ones are allocated
    created_ms   BIGINT NOT NULL,
    withdrawn_ms BIGINT
);
-- What part of a site's electricity in a year is covered by certificates; made at the close of the year.
CREATE TABLE certificate_cover (
    site_id     VARCHAR(32) NOT NULL REFERENCES site (id),
    vintage     INTEGER NOT NULL,
    covered_ppm INTEGER NOT NULL,
    factor_id   VARCHAR(32) NOT NULL REFERENCES factor (id), -- the mean of the certificates
    made_ms     BIGINT NOT NULL,
    PRIMARY KEY (site_id, vintage)
);
-- Litres of water for each kilowatt-hour of IT energy; NULL: unknown again.
CREATE TABLE site_wue (
    site_id VARCHAR(32) NOT NULL REFERENCES site (id),
    from_ms BIGINT NOT NULL,
    wue     NUMERIC(8, 4),
    PRIMARY KEY (site_id, from_ms)
);

-- ledger -------------------------------------------------------------------------------------------------------
-- NULL in entries of method version 1, whose market-based figure is the location-based one: no contract was known then.
ALTER TABLE entry ADD COLUMN market_ug BIGINT;
ALTER TABLE entry ADD COLUMN market_method VARCHAR(20); -- SUPPLIER, RESIDUAL, GRID_AVERAGE: what is not certified
ALTER TABLE entry ADD COLUMN market_factor_id VARCHAR(32) REFERENCES factor (id);
ALTER TABLE entry ADD COLUMN certified_ppm INTEGER; -- the part that certificates cover
ALTER TABLE entry ADD COLUMN certificate_factor_id VARCHAR(32) REFERENCES factor (id);
ALTER TABLE entry ALTER COLUMN reason SET DATA TYPE VARCHAR(1000); -- as a restatement's
ALTER TABLE entry ADD COLUMN water_ul BIGINT; -- microlitres
ALTER TABLE entry ADD COLUMN wue NUMERIC(8, 4);

-- Posted hours of a site that are to be priced anew: worked off by node and month, from the cursor on.
CREATE TABLE reprice_request (
    id          VARCHAR(32) PRIMARY KEY,
    site_id     VARCHAR(32) NOT NULL REFERENCES site (id),
    from_ms     BIGINT NOT NULL,
    to_ms       BIGINT NOT NULL,
    after_node  VARCHAR(64) NOT NULL, -- done with the nodes up to this one; '' = none
    created_ms  BIGINT NOT NULL
);

-- Hours of a locked period change only by an approved restatement.
CREATE TABLE period_lock (
    id          VARCHAR(32) PRIMARY KEY,
    from_ms     BIGINT NOT NULL, -- UTC hours, [from, to)
    to_ms       BIGINT NOT NULL,
    locked_ms   BIGINT NOT NULL,
    locked_by   VARCHAR(32) NOT NULL,
    unlocked_ms BIGINT,
    unlocked_by VARCHAR(32)
);
-- What an hour of a locked period would change by; replaced by each recompute, gone once it is restated or no more.
CREATE TABLE held_change (
    node_id     VARCHAR(64) NOT NULL,
    hour_ms     BIGINT NOT NULL,
    reason      VARCHAR(200) NOT NULL,
    energy_uj   BIGINT NOT NULL,
    location_ug BIGINT NOT NULL,
    market_ug   BIGINT NOT NULL,
    digest      VARCHAR(64) NOT NULL, -- of all amounts, so that what is approved is what was shown
    detected_ms BIGINT NOT NULL,
    PRIMARY KEY (node_id, hour_ms)
);
CREATE INDEX held_change_by_hour ON held_change (hour_ms);
CREATE TABLE restatement (
    id          VARCHAR(32) PRIMARY KEY,
    lock_id     VARCHAR(32) NOT NULL REFERENCES period_lock (id),
    state       VARCHAR(12) NOT NULL, -- PROPOSED, APPROVED, DONE, REJECTED
    reason      VARCHAR(1000) NOT NULL,
    hours       BIGINT NOT NULL, -- as shown to who approves
    energy_uj   BIGINT NOT NULL,
    location_ug BIGINT NOT NULL,
    market_ug   BIGINT NOT NULL,
    proposed_ms BIGINT NOT NULL,
    proposed_by VARCHAR(32) NOT NULL,
    decided_ms  BIGINT,
    decided_by  VARCHAR(32)
);
CREATE TABLE restatement_hour (
    restatement_id VARCHAR(32) NOT NULL REFERENCES restatement (id),
    node_id        VARCHAR(64) NOT NULL,
    hour_ms        BIGINT NOT NULL,
    digest         VARCHAR(64) NOT NULL,
    PRIMARY KEY (restatement_id, node_id, hour_ms)
);

-- Greenhouse gases of making a node, shared out over its life.
CREATE TABLE node_embodied (
    node_id      VARCHAR(64) PRIMARY KEY,
    bought_on    DATE NOT NULL,
    life_months  INTEGER NOT NULL,
    embodied_ug  BIGINT NOT NULL, -- cradle to gate, CO2e
    source       VARCHAR(500) NOT NULL,
    changed_ms   BIGINT NOT NULL
);
