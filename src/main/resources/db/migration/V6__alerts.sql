-- alerts: what deserves a person's attention, where it is told, and the outbox of what is still to be told ----------
CREATE TABLE alert_channel (
    id                 VARCHAR(32) PRIMARY KEY,
    team_id            VARCHAR(32) REFERENCES team (id), -- NULL: the organisation's
    name               VARCHAR(100) NOT NULL,
    kind               VARCHAR(20) NOT NULL, -- EMAIL, SLACK, TEAMS, WEBHOOK, ALERTMANAGER
    shown              VARCHAR(1000) NOT NULL, -- the addresses of an EMAIL, else the URL up to its host
    sealed_url         VARCHAR(4000), -- NULL for EMAIL
    sealed_key         VARCHAR(1000), -- what a WEBHOOK is signed with
    least_severity     VARCHAR(10) NOT NULL, -- INFO, WARNING, CRITICAL
    quiet_zone         VARCHAR(60), -- NULL: no quiet hours
    quiet_from_minute  INTEGER, -- of the day
    quiet_to_minute    INTEGER,
    critical_passes    BOOLEAN NOT NULL,
    escalations_only   BOOLEAN NOT NULL,
    escalate_minutes   INTEGER,
    escalate_to        VARCHAR(32) REFERENCES alert_channel (id),
    created_ms         BIGINT NOT NULL,
    removed_ms         BIGINT -- its deliveries stay readable
);
CREATE INDEX alert_channel_by_team ON alert_channel (team_id);
-- open_key says of what the alert is; it is set while the condition lasts, so that each is raised once.
CREATE TABLE alert (
    id                 VARCHAR(32) PRIMARY KEY,
    open_key           VARCHAR(300) UNIQUE, -- NULL: the condition is over
    scope              VARCHAR(200) NOT NULL, -- the beginning of open_key: a budget, or a kind of check
    kind               VARCHAR(30) NOT NULL,
    severity           VARCHAR(10) NOT NULL,
    team_id            VARCHAR(32) REFERENCES team (id), -- NULL: the organisation's
    leads_only         BOOLEAN NOT NULL,
    title              VARCHAR(400) NOT NULL,
    amount             VARCHAR(400) NOT NULL, -- how much, with its unit
    detail             VARCHAR(2000) NOT NULL,
    path               VARCHAR(300) NOT NULL, -- of the page that shows it
    covered_by         VARCHAR(32) REFERENCES alert (id), -- told with that one: a jump over several thresholds
    since_ms           BIGINT NOT NULL,
    raised_ms          BIGINT NOT NULL,
    acknowledged_ms    BIGINT,
    acknowledged_by    VARCHAR(32) REFERENCES app_user (id),
    snoozed_until_ms   BIGINT,
    snoozes            INTEGER NOT NULL,
    resolved_ms        BIGINT,
    resolved_by        VARCHAR(32) REFERENCES app_user (id) -- NULL: by itself
);
CREATE INDEX alert_by_team ON alert (team_id, resolved_ms, raised_ms);
CREATE INDEX alert_by_time ON alert (resolved_ms, raised_ms);
CREATE INDEX alert_by_scope ON alert (scope, open_key);
CREATE TABLE alert_delivery (
    id             VARCHAR(32) PRIMARY KEY, -- the same in each attempt: the receiver knows repeats by it
    alert_id       VARCHAR(32) REFERENCES alert (id), -- NULL: a test
    channel_id     VARCHAR(32) NOT NULL REFERENCES alert_channel (id),
    event          VARCHAR(10) NOT NULL, -- FIRING, RESOLVED, ESCALATED, REMINDER, TEST
    round_no       INTEGER NOT NULL, -- of the REMINDER, else 0
    state          VARCHAR(10) NOT NULL, -- WAITING, DELIVERED, FAILED
    created_ms     BIGINT NOT NULL,
    first_due_ms   BIGINT NOT NULL, -- later than created in quiet hours
    due_ms         BIGINT NOT NULL,
    attempts       INTEGER NOT NULL,
    lease_until_ms BIGINT NOT NULL,
    ended_ms       BIGINT,
    UNIQUE (alert_id, channel_id, event, round_no)
);
CREATE INDEX alert_delivery_due ON alert_delivery (state, due_ms);
CREATE INDEX alert_delivery_by_channel ON alert_delivery (channel_id, created_ms);
CREATE TABLE alert_attempt (
    delivery_id VARCHAR(32) NOT NULL REFERENCES alert_delivery (id),
    number      INTEGER NOT NULL,
    at_ms       BIGINT NOT NULL,
    took_ms     BIGINT NOT NULL,
    succeeded   BOOLEAN NOT NULL,
    outcome     VARCHAR(600) NOT NULL,
    PRIMARY KEY (delivery_id, number)
);
-- A check runs once per interval, whichever instance comes first.
CREATE TABLE alert_check (
    name    VARCHAR(30) PRIMARY KEY,
    last_ms BIGINT NOT NULL
);
