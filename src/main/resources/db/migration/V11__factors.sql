-- grid: factors by the hour and the month, in editions that price nothing before somebody adopts them ---------------
-- A factor is what identifies a value or a series: zone, method, basis, gas, source, edition, and the hours it is for.
-- With resolution HOUR its values stand in factor_hour, and g_per_kwh is their plain mean, for lists only.
ALTER TABLE factor ADD COLUMN resolution VARCHAR(5) DEFAULT 'YEAR' NOT NULL; -- HOUR, MONTH, YEAR
ALTER TABLE factor ADD COLUMN gwp VARCHAR(20); -- global warming potentials used, such as AR5; NULL: not said, or CO2 only
ALTER TABLE factor ADD COLUMN perspective VARCHAR(12); -- production or consumption; NULL: not said
ALTER TABLE factor ADD COLUMN retrieved_ms BIGINT;
ALTER TABLE factor ADD COLUMN edition_id VARCHAR(32); -- rows that came together and are adopted together; NULL: bundled
ALTER TABLE factor ADD COLUMN adopted_ms BIGINT DEFAULT 0; -- NULL: a candidate, which prices nothing; 0: since ever
CREATE INDEX factor_by_edition ON factor (edition_id);
CREATE TABLE factor_hour (
    factor_id VARCHAR(32) NOT NULL REFERENCES factor (id),
    hour_ms   BIGINT NOT NULL, -- start of a UTC hour
    g_per_kwh NUMERIC(18, 9) NOT NULL,
    estimated BOOLEAN NOT NULL, -- so the source says, or part of the hour's values were missing
    PRIMARY KEY (factor_id, hour_ms)
);
-- How a provider's series of a zone goes on.
CREATE TABLE factor_feed (
    provider    VARCHAR(40) NOT NULL,
    zone        VARCHAR(40) NOT NULL,
    factor_id   VARCHAR(32) REFERENCES factor (id), -- NULL: nothing came yet
    tried_ms    BIGINT NOT NULL,
    answered_ms BIGINT, -- last answer that could be used
    newest_ms   BIGINT, -- newest hour stored
    failures    INTEGER NOT NULL, -- since the last such answer
    retry_ms    BIGINT NOT NULL, -- not before
    problem     VARCHAR(500), -- in plain words
    stale_ms    BIGINT, -- since when it has been reported as stale
    PRIMARY KEY (provider, zone)
);
