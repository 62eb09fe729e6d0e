-- ledger: what the posted entries of a node and UTC month add up to, so that a year is read in its months.
-- Derived: made again from the entries at any time. A row for each chain; its links after summed_no are not in the sums yet.
CREATE TABLE entry_month (
    node_id     VARCHAR(64) NOT NULL,
    chain_month VARCHAR(7) NOT NULL,
    summed_no   BIGINT NOT NULL, -- 0 = none
    PRIMARY KEY (node_id, chain_month)
);
CREATE INDEX entry_month_by_month ON entry_month (chain_month, node_id);
INSERT INTO entry_month (node_id, chain_month, summed_no)
    SELECT DISTINCT node_id, chain_month, 0 FROM entry WHERE chain_month IS NOT NULL;
-- No posted entry can be overlooked: its month is there.
ALTER TABLE entry ADD CONSTRAINT entry_in_month FOREIGN KEY (node_id, chain_month)
    REFERENCES entry_month (node_id, chain_month);

CREATE TABLE entry_month_sum (
    node_id               VARCHAR(64) NOT NULL,
    chain_month           VARCHAR(7) NOT NULL,
    sum_no                INTEGER NOT NULL,
    run_id                VARCHAR(32) NOT NULL, -- the key of an entry without its uncertainty; '' = unattributed
    device_kind           VARCHAR(10) NOT NULL,
    share_key             VARCHAR(20) NOT NULL,
    quality               VARCHAR(10) NOT NULL,
    boundary              VARCHAR(10) NOT NULL,
    origin                VARCHAR(100) NOT NULL,
    synthetic             BOOLEAN NOT NULL,
    pue                   NUMERIC(6, 4),
    factor_id             VARCHAR(32) REFERENCES factor (id),
    method_version        VARCHAR(40) NOT NULL,
    market_method         VARCHAR(20),
    market_factor_id      VARCHAR(32) REFERENCES factor (id),
    certified_ppm         INTEGER,
    certificate_factor_id VARCHAR(32) REFERENCES factor (id),
    wue                   NUMERIC(8, 4),
    energy_uj             BIGINT NOT NULL,
    facility_uj           BIGINT,
    location_ug           BIGINT,
    priced_uj             BIGINT NOT NULL,
    expected_ms           BIGINT NOT NULL,
    observed_ms           BIGINT NOT NULL,
    market_ug             BIGINT,
    water_ul              BIGINT,
    energy_ppm            NUMERIC(38, 0) NOT NULL, -- the sum of energy_uj times uncertainty_ppm
    location_ppm          NUMERIC(38, 0), -- the sum of location_ug times uncertainty_ppm
    entries               BIGINT NOT NULL,
    first_hour_ms         BIGINT NOT NULL,
    last_hour_ms          BIGINT NOT NULL,
    hours                 BYTEA, -- location_ug hour by hour: hours since 1970 (4 bytes) and micrograms (8 bytes)
    PRIMARY KEY (node_id, chain_month, sum_no),
    FOREIGN KEY (node_id, chain_month) REFERENCES entry_month (node_id, chain_month)
);
CREATE INDEX entry_month_sum_by_month ON entry_month_sum (chain_month, node_id);
