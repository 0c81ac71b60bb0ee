-- What moderators do: every act is a numbered case, and nobody changes a case.

CREATE TABLE cases (
    id         INTEGER PRIMARY KEY,
    server_id  INTEGER NOT NULL,
    number     INTEGER NOT NULL,  -- what people call it in this server
    kind       TEXT    NOT NULL CHECK (kind IN (
        'block', 'pause', 'unblock', 'remove', 'rule-added', 'rule-removed', 'strikes-set')),
    account_id INTEGER REFERENCES accounts (id),  -- whom it concerns; NULL: nobody in particular
    actor_id   INTEGER REFERENCES accounts (id),  -- NULL: the program itself
    job_id     INTEGER REFERENCES jobs (id),
    reason     TEXT    NOT NULL,
    at_ms      INTEGER NOT NULL,
    until_ms   INTEGER NOT NULL DEFAULT 0,        -- of a block or pause; 0: for good
    UNIQUE (server_id, number)
) STRICT;

CREATE INDEX cases_by_account ON cases (account_id, id) WHERE account_id IS NOT NULL;
CREATE TRIGGER case_is_never_changed BEFORE UPDATE ON cases BEGIN
    SELECT RAISE(ABORT, 'cases are never changed: write a note');
END;
CREATE TRIGGER case_is_never_deleted BEFORE DELETE ON cases BEGIN
    SELECT RAISE(ABORT, 'cases are never deleted: write a note');
END;

CREATE TABLE case_notes (
    id       INTEGER PRIMARY KEY,
    case_id  INTEGER NOT NULL REFERENCES cases (id),
    at_ms    INTEGER NOT NULL,
    actor_id INTEGER REFERENCES accounts (id),
    text     TEXT    NOT NULL
) STRICT;

CREATE INDEX case_notes_by_case ON case_notes (case_id, id);
CREATE TRIGGER case_note_is_never_changed BEFORE UPDATE ON case_notes BEGIN
    SELECT RAISE(ABORT, 'notes are never changed: write another');
END;
CREATE TRIGGER case_note_is_never_deleted BEFORE DELETE ON case_notes BEGIN
    SELECT RAISE(ABORT, 'notes are never deleted: write another');
END;

-- Who may not ask for pictures now; why, by whom and since when says the case.
CREATE TABLE blocks (
    server_id  INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    until_ms   INTEGER NOT NULL,  -- 0: for good
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    PRIMARY KEY (server_id, account_id)
) STRICT, WITHOUT ROWID;

-- A prompt that the image service refused for what it says.
CREATE TABLE strikes (
    job_id     INTEGER PRIMARY KEY REFERENCES jobs (id),
    server_id  INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    at_ms      INTEGER NOT NULL
) STRICT;

CREATE INDEX strikes_by_account ON strikes (server_id, account_id, at_ms);

CREATE TABLE moderation_settings (
    server_id     INTEGER PRIMARY KEY,
    strikes       INTEGER NOT NULL DEFAULT 3 CHECK (strikes >= 0),  -- within a day pause a member; 0: none do
    rules_version INTEGER NOT NULL DEFAULT 0                        -- raised by each change of the rules for prompts
) STRICT;

CREATE TABLE prompt_rules (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,  -- the audit names it for ever: never given twice
    server_id INTEGER NOT NULL,
    kind      TEXT    NOT NULL CHECK (kind IN ('word', 'pattern')),
    text      TEXT    NOT NULL,
    UNIQUE (server_id, kind, text)
) STRICT;

-- A blocked member's objection to a case.
CREATE TABLE appeals (
    id         INTEGER PRIMARY KEY,
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    account_id INTEGER NOT NULL REFERENCES accounts (id),  -- not the case's, of who was forgotten and came back
    at_ms      INTEGER NOT NULL,
    text       TEXT    NOT NULL,
    locale     TEXT    NOT NULL,  -- the member's, for the answer
    state      TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'rejected')),
    decided_ms INTEGER NOT NULL DEFAULT 0,
    decided_by INTEGER REFERENCES accounts (id)
) STRICT;

CREATE INDEX appeals_by_case ON appeals (case_id, id);
CREATE INDEX appeals_by_account ON appeals (account_id);
CREATE UNIQUE INDEX appeals_open ON appeals (case_id) WHERE state = 'open';

-- Removals that were begun, of which those cut short are ended at a start, also where no file is kept any more.
CREATE INDEX audit_removals ON audit (job_id) WHERE act = 'job.removal_intent';

-- Questions whether pictures are to be removed, with the reason that a custom id has no room for.
CREATE TABLE removal_questions (
    id        INTEGER PRIMARY KEY,  -- the interaction's that asked
    server_id INTEGER NOT NULL,
    job_id    INTEGER NOT NULL REFERENCES jobs (id),
    reason    TEXT    NOT NULL,
    at_ms     INTEGER NOT NULL
) STRICT;
