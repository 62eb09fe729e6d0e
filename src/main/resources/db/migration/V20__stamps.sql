-- audit: what time-stamping authorities (RFC 3161) answered to checkpoints of the trail, one a UTC day at most.
CREATE TABLE audit_stamp (
    stamped_on VARCHAR(10) NOT NULL PRIMARY KEY, -- the UTC day on which it was asked for, as 2026-11-24
    checkpoint VARCHAR(100) NOT NULL, -- number and hash of the trail's last row then; the stamp is of its SHA-256
    at_ms      BIGINT NOT NULL, -- the authority's time
    authority  VARCHAR(1000) NOT NULL, -- subject of the certificate that signed
    response   BYTEA NOT NULL -- TimeStampResp in DER
);
