-- What the admins of a server decide, and who was told what about limits.

CREATE TABLE settings (
    server_id       INTEGER PRIMARY KEY,
    -- The calendar in force, and the one that takes over at next_since_ms; '' means the operator's, or none.
    period          TEXT    NOT NULL DEFAULT '' CHECK (period IN ('', 'day', 'week', 'month')),
    zone            TEXT    NOT NULL DEFAULT '',
    since_ms        INTEGER NOT NULL DEFAULT 0,
    next_period     TEXT    NOT NULL DEFAULT '' CHECK (next_period IN ('', 'day', 'week', 'month')),
    next_zone       TEXT    NOT NULL DEFAULT '',
    next_since_ms   INTEGER NOT NULL DEFAULT 0,
    pool_micros     INTEGER CHECK (pool_micros >= 0),  -- NULL: the operator's ceiling
    -- Lists are JSON arrays.
    channels        TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(channels)),
    models          TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(models)),
    posting         TEXT    NOT NULL DEFAULT 'free' CHECK (posting IN ('free', 'public', 'private')),
    admin_roles     TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(admin_roles)),
    moderator_roles TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(moderator_roles)),
    log_channel     INTEGER NOT NULL DEFAULT 0,
    confirms_paid   INTEGER NOT NULL DEFAULT 1
) STRICT;

-- A rule for a server (owner 0), a role (its id) or a member (the account's number); NULL leaves a field open.
CREATE TABLE rules (
    server_id      INTEGER NOT NULL,
    scope          TEXT    NOT NULL CHECK (scope IN ('server', 'role', 'member')),
    owner          INTEGER NOT NULL,
    free_images    INTEGER,
    budget_micros  INTEGER,
    images_per_job INTEGER,
    active_jobs    INTEGER,
    cooldown_s     INTEGER,
    PRIMARY KEY (server_id, scope, owner)
) STRICT, WITHOUT ROWID;

-- An interaction whose act is done: Discord may deliver it twice.
CREATE TABLE acts (
    interaction_id INTEGER PRIMARY KEY,
    at_ms          INTEGER NOT NULL
) STRICT;

-- Of which limits it was said that they are nearly, or entirely, used up: once each, since a bucket is of one period.
CREATE TABLE alarms (
    bucket_id INTEGER NOT NULL REFERENCES buckets (id),
    percent   INTEGER NOT NULL,
    at_ms     INTEGER NOT NULL,
    PRIMARY KEY (bucket_id, percent)
) STRICT, WITHOUT ROWID;

-- Requests that wait for their member to agree to the price; nothing is held for them.
CREATE TABLE drafts (
    id         INTEGER PRIMARY KEY,  -- the interaction's
    server_id  INTEGER NOT NULL,
    member_id  INTEGER NOT NULL,     -- Discord's id: there may be no account yet
    request    TEXT    NOT NULL CHECK (json_valid(request)),
    paid       INTEGER NOT NULL,     -- micro-yuan that the member was asked about
    expires_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX drafts_expire ON drafts (expires_ms);

-- What was greeted, or reported, and when: it is not to be repeated after a restart.
CREATE TABLE said (
    what  TEXT    PRIMARY KEY,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The member's roles that had a rule when the job was asked for, to tell later what is left.
ALTER TABLE jobs ADD COLUMN roles TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(roles));

-- One server's jobs by order, and of a period; what was refused in it; what was held in a month.
CREATE INDEX jobs_by_server ON jobs (server_id, id);
CREATE INDEX jobs_by_server_time ON jobs (server_id, created_ms);
CREATE INDEX audit_refusals ON audit (server_id, at_ms) WHERE act = 'request.refused';
CREATE INDEX holds_by_time ON holds (made_ms);

-- SQLite uses a partial index only where a statement repeats its condition word for word; the lanes' statements each ask
-- for some states only.
CREATE INDEX jobs_by_state ON jobs (state, model);
DROP INDEX jobs_by_lane;
DROP INDEX jobs_unfinished;
CREATE INDEX outbox_by_job ON outbox (job_id) WHERE job_id IS NOT NULL;

CREATE TRIGGER ledger_refunds_once BEFORE INSERT ON ledger WHEN NEW.kind = 'refund' AND EXISTS (
    SELECT 1 FROM ledger WHERE job_id = NEW.job_id AND bucket_id = NEW.bucket_id AND kind = 'refund'
) BEGIN
    SELECT RAISE(ABORT, 'this was refunded already');
END;
