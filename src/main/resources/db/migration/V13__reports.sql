-- reports: a report is made once and kept as it was; every format is written from its content.
CREATE TABLE report (
    id          VARCHAR(32) PRIMARY KEY,
    standard    VARCHAR(20) NOT NULL,
    team_id     VARCHAR(32) REFERENCES team (id), -- NULL = the organisation
    project_id  VARCHAR(32) REFERENCES project (id), -- NULL = the whole team
    from_ms     BIGINT NOT NULL, -- UTC hours, [from, to)
    to_ms       BIGINT NOT NULL,
    options     VARCHAR(4000) NOT NULL, -- a JSON object with sorted keys
    state       VARCHAR(10) NOT NULL, -- WAITING, MAKING, READY, FAILED, CANCELLED
    done_ppm    INTEGER NOT NULL,
    outcome     VARCHAR(1000), -- why it failed
    asked_by    VARCHAR(32) NOT NULL, -- a user
    asked_ms    BIGINT NOT NULL,
    touched_ms  BIGINT NOT NULL, -- when it was last worked on
    content     TEXT, -- JSON
    sha256      VARCHAR(64) -- of the content
);
CREATE INDEX report_by_state ON report (state, asked_ms);
CREATE INDEX report_by_time ON report (asked_ms);
