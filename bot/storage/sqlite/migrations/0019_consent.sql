-- Whose pictures a job edits, where they are another member's; NULL: its own member's, or it edits none.
ALTER TABLE jobs ADD COLUMN pictures_of INTEGER REFERENCES accounts (id);

CREATE INDEX jobs_by_owner_of_pictures ON jobs (pictures_of) WHERE pictures_of IS NOT NULL;

-- A card whose pictures somebody wants to edit is found by its message.
CREATE INDEX jobs_by_message ON jobs (message_id) WHERE message_id <> 0;

-- Whether pictures of others may be edited, where their owners have not said no.
ALTER TABLE settings ADD COLUMN edits_others INTEGER NOT NULL DEFAULT 0;

-- What members decided for themselves, in all servers. NULL: nothing, so that the default holds.
CREATE TABLE preferences (
    account_id      INTEGER PRIMARY KEY REFERENCES accounts (id),
    others_may_edit INTEGER CHECK (others_may_edit IN (0, 1))
) STRICT;

-- What the form is about that somebody has opened on a message; all ids are Discord's.
CREATE TABLE open_edits (
    id           INTEGER PRIMARY KEY,  -- the interaction's that opened it
    server_id    INTEGER NOT NULL,
    channel_id   INTEGER NOT NULL,
    message_id   INTEGER NOT NULL,
    author_id    INTEGER NOT NULL,     -- 0: a card of this bot, whose member its job names
    member_id    INTEGER NOT NULL,     -- who has opened it
    is_ephemeral INTEGER NOT NULL,
    pictures     TEXT    NOT NULL,     -- JSON: where each can be fetched, its file's name and size
    expires_ms   INTEGER NOT NULL
) STRICT;

CREATE INDEX open_edits_of_member ON open_edits (member_id);

-- A member's "no" outlasts their being forgotten, as what binds them does.
DROP TRIGGER block_is_lifted_everywhere;

CREATE TABLE carried_anew (
    hash      BLOB    NOT NULL,
    server_id INTEGER NOT NULL,             -- 0: all, of a preference
    kind      TEXT    NOT NULL CHECK (kind IN ('allowance', 'budget', 'block', 'strike', 'rule', 'request',
        'preference')),
    reference INTEGER NOT NULL DEFAULT 0,   -- of a block: the case; of a strike: the job
    period    TEXT    NOT NULL DEFAULT '',  -- of allowance and budget
    field     TEXT    NOT NULL DEFAULT '',  -- of a rule and a preference
    used      INTEGER NOT NULL DEFAULT 0,   -- images or micro-yuan; of a rule or a preference: the value; of a request: when it was made
    until_ms  INTEGER NOT NULL,             -- 0: for good
    PRIMARY KEY (hash, server_id, kind, reference, period, field)
) STRICT, WITHOUT ROWID;

INSERT INTO carried_anew (hash, server_id, kind, reference, period, field, used, until_ms)
SELECT hash, server_id, kind, reference, period, field, used, until_ms FROM carried;

DROP TABLE carried;
ALTER TABLE carried_anew RENAME TO carried;

CREATE INDEX carried_until ON carried (until_ms) WHERE until_ms > 0;

CREATE TRIGGER block_is_lifted_everywhere AFTER DELETE ON blocks BEGIN
    DELETE FROM carried WHERE kind = 'block' AND reference = OLD.case_id;
    DELETE FROM blocks WHERE server_id = OLD.server_id AND case_id = OLD.case_id;
END;
