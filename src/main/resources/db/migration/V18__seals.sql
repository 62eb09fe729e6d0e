-- metering: intervals that are older than the retention of raw data, compressed and hashed, by series and UTC day of their
-- start. What arrives late for a sealed day is sealed as a further part; a part never changes.
CREATE TABLE interval_seal (
    series_id      BIGINT NOT NULL REFERENCES series (id),
    day_ms         BIGINT NOT NULL, -- start of the UTC day
    part_no        INTEGER NOT NULL,
    intervals      INTEGER NOT NULL,
    first_start_ms BIGINT NOT NULL,
    last_end_ms    BIGINT NOT NULL,
    sha256         VARCHAR(64) NOT NULL, -- of the text before compression
    content        BYTEA NOT NULL, -- gzip of the text that docs/evidence.md describes
    sealed_ms      BIGINT NOT NULL,
    listed_ms      BIGINT, -- when the audit trail took its hash; null = not yet
    PRIMARY KEY (series_id, day_ms, part_no)
);
CREATE INDEX interval_seal_by_listing ON interval_seal (listed_ms);
-- No sealed interval of the series starts later; null = none is sealed.
ALTER TABLE series ADD COLUMN sealed_start_ms BIGINT;
