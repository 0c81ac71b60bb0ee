-- Timestamps are milliseconds since the epoch, UTC; 0 means "not yet". Money is micro-yuan.

-- A member's number. The ledger, jobs and audit carry it, so that forgetting the person erases one row of members.
CREATE TABLE accounts (
    id         INTEGER PRIMARY KEY,
    created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
    discord_id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL UNIQUE REFERENCES accounts (id)
) STRICT;

CREATE TABLE servers (
    id          INTEGER PRIMARY KEY,
    last_number INTEGER NOT NULL  -- the newest job number given in this server
) STRICT;

CREATE TABLE jobs (
    id                 INTEGER PRIMARY KEY,  -- the Discord interaction's id
    number             INTEGER NOT NULL,
    server_id          INTEGER NOT NULL REFERENCES servers (id),
    account_id         INTEGER NOT NULL REFERENCES accounts (id),
    state              TEXT    NOT NULL CHECK (state IN (
        'held', 'queued', 'submitting', 'in_doubt', 'pending', 'running', 'fetching', 'delivering', 'undelivered',
        'delivered', 'failed', 'canceled', 'expired', 'void')),
    version            INTEGER NOT NULL DEFAULT 1,
    shown              INTEGER NOT NULL DEFAULT 0,
    -- the request
    prompt             TEXT    NOT NULL,
    negative_prompt    TEXT    NOT NULL,
    model              TEXT    NOT NULL,
    size               TEXT    NOT NULL,
    count              INTEGER NOT NULL CHECK (count BETWEEN 1 AND 4),
    seed               INTEGER NOT NULL,
    prompt_extend      INTEGER NOT NULL,
    watermark          INTEGER NOT NULL,
    private            INTEGER NOT NULL,
    -- where the reply is
    application_id     INTEGER NOT NULL,
    channel_id         INTEGER NOT NULL,
    token              TEXT    NOT NULL,     -- the interaction's; wiped when it is dead
    token_expires_ms   INTEGER NOT NULL,
    message_id         INTEGER NOT NULL DEFAULT 0,
    attachment_limit   INTEGER NOT NULL,
    locale             TEXT    NOT NULL,
    can_post           INTEGER NOT NULL,
    -- what became of it
    task_id            TEXT    NOT NULL DEFAULT '',
    adopted            INTEGER NOT NULL DEFAULT 0,  -- the task was found in the vendor's list: confirm it
    doubt              TEXT    NOT NULL DEFAULT '',  -- why the last create was in doubt: 'crash' or what was answered
    failure            TEXT    NOT NULL DEFAULT '',
    failure_request_id TEXT    NOT NULL DEFAULT '',
    attempts           INTEGER NOT NULL DEFAULT 0,  -- creates answered with an error of the service itself
    billed             INTEGER NOT NULL DEFAULT 0,  -- the vendor's usage.image_count
    cancel_wished_ms   INTEGER NOT NULL DEFAULT 0,
    cancel_refused     INTEGER NOT NULL DEFAULT 0,
    created_ms         INTEGER NOT NULL,
    queued_ms          INTEGER NOT NULL DEFAULT 0,
    claimed_ms         INTEGER NOT NULL DEFAULT 0,
    submitted_ms       INTEGER NOT NULL DEFAULT 0,
    started_ms         INTEGER NOT NULL DEFAULT 0,
    ready_ms           INTEGER NOT NULL DEFAULT 0,
    ended_ms           INTEGER NOT NULL DEFAULT 0,
    deleted_ms         INTEGER NOT NULL DEFAULT 0,
    UNIQUE (server_id, number)
) STRICT;

CREATE INDEX jobs_by_lane ON jobs (model, state)
    WHERE state IN ('held', 'queued', 'submitting', 'in_doubt', 'pending', 'running', 'fetching');
CREATE INDEX jobs_active ON jobs (account_id, server_id, state)
    WHERE state IN ('held', 'queued', 'submitting', 'in_doubt', 'pending', 'running', 'fetching');
CREATE INDEX jobs_unfinished ON jobs (state)
    WHERE state NOT IN ('delivered', 'failed', 'canceled', 'expired', 'void');
CREATE INDEX jobs_by_member ON jobs (server_id, account_id, id);
CREATE INDEX jobs_unshown ON jobs (id) WHERE version > shown;
CREATE INDEX jobs_with_token ON jobs (token_expires_ms) WHERE token <> '';
CREATE UNIQUE INDEX jobs_by_task ON jobs (task_id) WHERE task_id <> '';
CREATE INDEX jobs_by_duration ON jobs (model, ready_ms) WHERE ready_ms > 0;

-- Tasks that were adopted for a job and turned out not to be its own.
CREATE TABLE foreign_tasks (
    job_id  INTEGER NOT NULL REFERENCES jobs (id),
    task_id TEXT    NOT NULL,
    PRIMARY KEY (job_id, task_id)
) STRICT, WITHOUT ROWID;

-- Tasks that no job owns and whose cost the operator booked.
CREATE TABLE booked_tasks (
    task_id TEXT    PRIMARY KEY,
    at_ms   INTEGER NOT NULL,
    job_id  INTEGER REFERENCES jobs (id),  -- the doubtful job that it was; NULL: nobody's
    model   TEXT    NOT NULL,
    images  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE images (
    job_id        INTEGER NOT NULL REFERENCES jobs (id),
    ordinal       INTEGER NOT NULL,
    url           TEXT    NOT NULL,  -- the signed URL until it was fetched: a secret for a day
    code          TEXT    NOT NULL DEFAULT '',
    orig_prompt   TEXT,
    actual_prompt TEXT,
    path          TEXT    NOT NULL DEFAULT '',
    size_bytes    INTEGER NOT NULL DEFAULT 0,
    width         INTEGER NOT NULL DEFAULT 0,
    height        INTEGER NOT NULL DEFAULT 0,
    attachment_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE INDEX images_kept ON images (job_id) WHERE path <> '';

-- A lane is one model of the API key. The row '*' speaks for the whole account.
CREATE TABLE lanes (
    model           TEXT    PRIMARY KEY,
    claims          INTEGER NOT NULL DEFAULT 0,  -- counts turns
    next_create_ms  INTEGER NOT NULL DEFAULT 0,  -- no create may leave before
    no_ahead_until  INTEGER NOT NULL DEFAULT 0,  -- an account that answers 429 to a task ahead gets none
    stopped_ms      INTEGER NOT NULL DEFAULT 0,  -- 0: open
    stop_code       TEXT    NOT NULL DEFAULT '',
    probe_ms        INTEGER NOT NULL DEFAULT 0,  -- when a stopped lane is tried again
    probes          INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE turns (
    model      TEXT    NOT NULL,
    account_id INTEGER NOT NULL,
    turn       INTEGER NOT NULL,  -- lanes.claims when this member was served last
    previous   INTEGER NOT NULL,  -- the turn before, given back if the vendor took nothing
    PRIMARY KEY (model, account_id)
) STRICT, WITHOUT ROWID;

-- A limit and how far it is used. Its figures move only by the trigger below, from rows of the ledger.
CREATE TABLE buckets (
    id          INTEGER PRIMARY KEY,
    kind        TEXT    NOT NULL CHECK (kind IN ('allowance', 'budget', 'credit', 'pool', 'cap', 'tier')),
    server_id   INTEGER NOT NULL,  -- 0: the operator's
    owner       TEXT    NOT NULL,  -- an account's number; a model for 'tier'; '' for pool and cap
    period      TEXT    NOT NULL,  -- '' for credit
    used        INTEGER NOT NULL DEFAULT 0,
    held        INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
    granted     INTEGER NOT NULL DEFAULT 0,  -- credit only: its limit
    UNIQUE (kind, server_id, owner, period)
) STRICT;

CREATE TABLE holds (
    job_id          INTEGER PRIMARY KEY REFERENCES jobs (id),
    made_ms         INTEGER NOT NULL,
    model           TEXT    NOT NULL,
    images          INTEGER NOT NULL CHECK (images > 0),
    price           INTEGER NOT NULL,
    free_images     INTEGER NOT NULL,
    budget          INTEGER NOT NULL,
    credit          INTEGER NOT NULL,
    outcome         TEXT CHECK (outcome IN ('settled', 'voided', 'expired')),
    resolved_ms     INTEGER NOT NULL DEFAULT 0,
    charged_images  INTEGER NOT NULL DEFAULT 0,
    charged_free    INTEGER NOT NULL DEFAULT 0,
    charged_micros  INTEGER NOT NULL DEFAULT 0,
    billed_images   INTEGER NOT NULL DEFAULT 0,
    billed_free     INTEGER NOT NULL DEFAULT 0,
    cost_micros     INTEGER NOT NULL DEFAULT 0,
    doubtful_micros INTEGER NOT NULL DEFAULT 0   -- what the vendor may have billed without our knowing
) STRICT;

-- What the open holds may still cost, without reading a row of holds.
CREATE INDEX holds_open ON holds (model, price, images) WHERE outcome IS NULL;

CREATE TABLE legs (
    job_id     INTEGER NOT NULL REFERENCES holds (job_id),
    bucket_id  INTEGER NOT NULL REFERENCES buckets (id),
    held       INTEGER NOT NULL CHECK (held >= 0),
    settled    INTEGER CHECK (settled BETWEEN 0 AND held),
    limit_then INTEGER,  -- what the bucket was checked against; NULL: counted, not limited
    PRIMARY KEY (job_id, bucket_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
    id            INTEGER PRIMARY KEY,
    at_ms         INTEGER NOT NULL,
    kind          TEXT    NOT NULL CHECK (kind IN (
        'hold', 'settle', 'void', 'expire', 'cost', 'doubt', 'grant', 'refund', 'correction')),
    bucket_id     INTEGER NOT NULL REFERENCES buckets (id),
    job_id        INTEGER REFERENCES jobs (id),
    used_delta    INTEGER NOT NULL,
    held_delta    INTEGER NOT NULL,
    granted_delta INTEGER NOT NULL DEFAULT 0,
    actor_id      INTEGER REFERENCES accounts (id),  -- NULL: the program itself
    reason        TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX ledger_by_bucket ON ledger (bucket_id, id);
CREATE INDEX ledger_by_job ON ledger (job_id, id) WHERE job_id IS NOT NULL;

CREATE TRIGGER ledger_moves_its_bucket AFTER INSERT ON ledger BEGIN
    UPDATE buckets
    SET used = used + NEW.used_delta, held = held + NEW.held_delta, granted = granted + NEW.granted_delta
    WHERE id = NEW.bucket_id;
END;
CREATE TRIGGER ledger_is_never_changed BEFORE UPDATE ON ledger BEGIN
    SELECT RAISE(ABORT, 'ledger rows are never changed: write a correction');
END;
CREATE TRIGGER ledger_is_never_deleted BEFORE DELETE ON ledger BEGIN
    SELECT RAISE(ABORT, 'ledger rows are never deleted: write a correction');
END;

CREATE TRIGGER hold_is_resolved_once BEFORE UPDATE ON holds WHEN OLD.outcome IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'this hold is resolved already');
END;
CREATE TRIGGER hold_keeps_its_terms BEFORE UPDATE OF job_id, made_ms, model, images, price, free_images, budget, credit ON holds
BEGIN
    SELECT RAISE(ABORT, 'what a hold was made for is never changed');
END;
CREATE TRIGGER hold_is_never_deleted BEFORE DELETE ON holds BEGIN
    SELECT RAISE(ABORT, 'holds are never deleted');
END;

-- Who did what and when. Holds no prompt text.
CREATE TABLE audit (
    id         INTEGER PRIMARY KEY,
    at_ms      INTEGER NOT NULL,
    server_id  INTEGER NOT NULL,
    actor_id   INTEGER REFERENCES accounts (id),  -- NULL: the program itself
    act        TEXT    NOT NULL,
    job_id     INTEGER,
    detail     TEXT    NOT NULL DEFAULT '{}' CHECK (json_valid(detail))
) STRICT;

CREATE INDEX audit_by_job ON audit (job_id, id) WHERE job_id IS NOT NULL;
CREATE INDEX audit_by_server ON audit (server_id, id);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'audit rows are never changed');
END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'audit rows are never deleted');
END;

-- Messages, beside the job's own reply, that a change causes; written in the change's transaction.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    kind       TEXT    NOT NULL,
    job_id     INTEGER REFERENCES jobs (id),
    content    TEXT    NOT NULL DEFAULT '{}' CHECK (json_valid(content)),
    created_ms INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_ms    INTEGER NOT NULL DEFAULT 0,
    done_ms    INTEGER NOT NULL DEFAULT 0,
    outcome    TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX outbox_waiting ON outbox (next_ms, id) WHERE done_ms = 0;
