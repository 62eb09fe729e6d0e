-- edge.cloud: which bills were brought in, and how much of each could be turned into energy.
CREATE TABLE cloud_import (
    id             VARCHAR(32) PRIMARY KEY,
    team_id        VARCHAR(32) NOT NULL REFERENCES team (id),
    sha256         VARCHAR(64) NOT NULL, -- of the file
    imported_ms    BIGINT NOT NULL,
    done_ms        BIGINT, -- null = it broke off; the same file goes on with it
    imported_by    VARCHAR(32) NOT NULL, -- user id
    utilisation    INTEGER NOT NULL, -- percent that was assumed
    from_ms        BIGINT, -- of what is covered; null = nothing is
    to_ms          BIGINT,
    lines          INTEGER NOT NULL, -- of use
    covered_lines  INTEGER NOT NULL,
    cost           NUMERIC(20, 4), -- of those lines, in the bill's currency; null = the bill says none
    covered_cost   NUMERIC(20, 4),
    currency       VARCHAR(10) NOT NULL, -- empty = not said, or several
    instance_hours NUMERIC(20, 4) NOT NULL, -- covered
    energy_uj      BIGINT NOT NULL,
    UNIQUE (team_id, sha256)
);
