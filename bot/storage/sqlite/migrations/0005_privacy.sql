-- What is erased, what is left to be erased outside the database, and what must outlast a member who was forgotten.

-- When the prompts, pictures and links of a job were erased; 0: they are here.
ALTER TABLE jobs ADD COLUMN erased_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX jobs_to_erase ON jobs (created_ms) WHERE erased_ms = 0;

-- What is one member's own is found without reading everybody's.
CREATE INDEX refusals_by_actor ON audit (actor_id, id) WHERE act = 'request.refused';
CREATE INDEX buckets_by_owner ON buckets (owner, kind);

-- Kept pictures that no row names any more: the files go after the commit, also if the program dies in between.
CREATE TABLE leftover_files (
    path TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Messages of the bot with a forgotten member's pictures, until they are deleted or it is clear that they can't be.
CREATE TABLE leftover_messages (
    message_id       INTEGER PRIMARY KEY,
    channel_id       INTEGER NOT NULL,
    application_id   INTEGER NOT NULL,
    token            TEXT    NOT NULL,
    token_expires_ms INTEGER NOT NULL,
    attempts         INTEGER NOT NULL DEFAULT 0,
    next_ms          INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX leftover_messages_due ON leftover_messages (next_ms, message_id);

-- What outlasts a forgotten member, under a hash that nobody can compute without the key beside this file. When the
-- member comes back it is moved to their new account; when its time is over it is deleted.
CREATE TABLE carried (
    hash      BLOB    NOT NULL,
    server_id INTEGER NOT NULL,
    kind      TEXT    NOT NULL CHECK (kind IN ('allowance', 'budget', 'block', 'strike')),
    reference INTEGER NOT NULL DEFAULT 0,   -- of a block: the case; of a strike: the job
    period    TEXT    NOT NULL DEFAULT '',  -- of allowance and budget
    used      INTEGER NOT NULL DEFAULT 0,   -- of allowance and budget: images or micro-yuan
    until_ms  INTEGER NOT NULL,             -- 0: for good
    PRIMARY KEY (hash, server_id, kind, reference, period)
) STRICT, WITHOUT ROWID;

CREATE INDEX carried_until ON carried (until_ms) WHERE until_ms > 0;

-- A forgotten member's block stands twice once they have come back: under the old account, which its case names, and
-- under the new one. Whoever lifts or replaces either lifts both.
CREATE TRIGGER block_is_lifted_everywhere AFTER DELETE ON blocks BEGIN
    DELETE FROM carried WHERE kind = 'block' AND reference = OLD.case_id;
    DELETE FROM blocks WHERE server_id = OLD.server_id AND case_id = OLD.case_id;
END;

-- An open appeal outlasts its member; what they wrote does not outlast the decision.
CREATE TRIGGER appeal_of_a_forgotten_member_is_emptied AFTER UPDATE OF state ON appeals
WHEN NEW.state <> 'open' AND NOT EXISTS (SELECT 1 FROM members WHERE account_id = NEW.account_id)
BEGIN
    UPDATE appeals SET text = '', locale = '' WHERE id = NEW.id;
END;

-- Erased text can outlast its row in unused parts of the file until the file is written anew. One row.
CREATE TABLE scrubs (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    wanted_ms INTEGER NOT NULL,  -- the last erasure
    tried_ms  INTEGER NOT NULL,
    done_ms   INTEGER NOT NULL
) STRICT;

INSERT INTO scrubs VALUES (1, 0, 0, 0);
