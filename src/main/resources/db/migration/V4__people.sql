-- teams: people, their roles, invitations; what a token is for and until when ------------------------------------
-- app_user.role is the role in the organisation: ADMIN, AUDITOR or USER. Who signs in elsewhere has no password here.
ALTER TABLE app_user ALTER COLUMN password_hash DROP NOT NULL;
ALTER TABLE app_user ADD COLUMN display_name VARCHAR(100);
ALTER TABLE app_user ADD COLUMN email VARCHAR(254);
ALTER TABLE app_user ADD COLUMN language VARCHAR(10);
ALTER TABLE app_user ADD COLUMN theme VARCHAR(10);
ALTER TABLE app_user ADD COLUMN time_zone VARCHAR(60);
ALTER TABLE app_user ADD COLUMN issuer VARCHAR(300);
ALTER TABLE app_user ADD COLUMN subject VARCHAR(300);
ALTER TABLE app_user ADD COLUMN disabled_at TIMESTAMP(6) WITH TIME ZONE;
ALTER TABLE app_user ADD CONSTRAINT app_user_elsewhere UNIQUE (issuer, subject);
CREATE TABLE membership (
    team_id VARCHAR(32) NOT NULL REFERENCES team (id),
    user_id VARCHAR(32) NOT NULL REFERENCES app_user (id),
    role    VARCHAR(10) NOT NULL, -- VIEWER, MEMBER, LEAD
    since   TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    PRIMARY KEY (team_id, user_id)
);
CREATE INDEX membership_by_user ON membership (user_id);
CREATE TABLE invitation (
    id          VARCHAR(32) PRIMARY KEY,
    user_id     VARCHAR(32) NOT NULL REFERENCES app_user (id),
    secret_hash VARCHAR(64) NOT NULL UNIQUE,
    created_at  TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    expires_at  TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    used_at     TIMESTAMP(6) WITH TIME ZONE
);
CREATE INDEX invitation_by_user ON invitation (user_id);
-- purpose: CLIENT (runs and energy), AGENT (a node's energy), READ (figures only).
ALTER TABLE api_token ADD COLUMN purpose VARCHAR(10) DEFAULT 'CLIENT' NOT NULL;
ALTER TABLE api_token ADD COLUMN expires_at TIMESTAMP(6) WITH TIME ZONE;
ALTER TABLE api_token ADD COLUMN created_by VARCHAR(32) REFERENCES app_user (id);

-- The team whose agent measures the node: nobody else's token adds energy to it. NULL: no agent ever has.
ALTER TABLE node ADD COLUMN agent_team_id VARCHAR(32) REFERENCES team (id);

-- audit: append-only, hash-chained; ids of persons only ------------------------------------------------------------
CREATE TABLE audit_event (
    no           BIGINT PRIMARY KEY, -- from 1, without holes
    at_ms        BIGINT NOT NULL,
    actor_kind   VARCHAR(10) NOT NULL, -- USER, TOKEN, SYSTEM, NOBODY
    actor_id     VARCHAR(32) NOT NULL, -- '' = none
    action       VARCHAR(60) NOT NULL,
    subject_kind VARCHAR(30) NOT NULL,
    subject_id   VARCHAR(100) NOT NULL,
    team_id      VARCHAR(32) NOT NULL, -- '' = none
    details      VARCHAR(4000) NOT NULL, -- a JSON object with sorted keys
    prev_hash    VARCHAR(64) NOT NULL,
    hash         VARCHAR(64) NOT NULL
);
CREATE INDEX audit_event_by_team ON audit_event (team_id, no);
CREATE INDEX audit_event_by_subject ON audit_event (subject_kind, subject_id, no);
