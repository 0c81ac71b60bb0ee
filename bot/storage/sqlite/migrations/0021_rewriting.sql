-- Prompts that a text model of the image service was asked to rewrite, each under the id of the interaction that asked for
-- it: what that may cost, and what it cost. As long as one is open, it counts with the most that it can cost. The texts are
-- not here.
CREATE TABLE rewritings (
    id              INTEGER PRIMARY KEY,
    server_id       INTEGER NOT NULL,
    account_id      INTEGER NOT NULL REFERENCES accounts (id),
    kind            TEXT    NOT NULL CHECK (kind IN ('translate', 'improve')),
    model           TEXT    NOT NULL,
    bucket_id       INTEGER NOT NULL REFERENCES buckets (id),  -- the cap of the month
    made_ms         INTEGER NOT NULL,
    most_micros     INTEGER NOT NULL CHECK (most_micros >= 0),
    outcome         TEXT CHECK (outcome IN ('settled', 'voided', 'doubtful')),
    tokens_in       INTEGER NOT NULL DEFAULT 0,
    tokens_out      INTEGER NOT NULL DEFAULT 0,
    cost_micros     INTEGER NOT NULL DEFAULT 0,
    doubtful_micros INTEGER NOT NULL DEFAULT 0   -- what the vendor may have billed without our knowing
) STRICT;

CREATE INDEX rewritings_by_member ON rewritings (account_id, server_id, made_ms);
CREATE INDEX rewritings_by_time ON rewritings (made_ms);
-- What the open ones may still cost, without reading a row of the table.
CREATE INDEX rewritings_open ON rewritings (id, most_micros) WHERE outcome IS NULL;

CREATE TRIGGER rewriting_is_resolved_once BEFORE UPDATE ON rewritings WHEN OLD.outcome IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'this rewriting is resolved already');
END;
CREATE TRIGGER rewriting_keeps_its_terms
BEFORE UPDATE OF id, server_id, account_id, kind, model, bucket_id, made_ms, most_micros ON rewritings BEGIN
    SELECT RAISE(ABORT, 'what a rewriting was made for is never changed');
END;
CREATE TRIGGER rewriting_is_never_deleted BEFORE DELETE ON rewritings BEGIN
    SELECT RAISE(ABORT, 'rewritings are never deleted');
END;

-- Of a row that is the cost of a rewriting.
ALTER TABLE ledger ADD COLUMN rewriting_id INTEGER REFERENCES rewritings (id);
CREATE INDEX ledger_by_rewriting ON ledger (rewriting_id, id) WHERE rewriting_id IS NOT NULL;

-- Prompts that were rewritten for their member to look at, as long as a button draws them.
CREATE TABLE prompt_offers (
    id         INTEGER PRIMARY KEY REFERENCES rewritings (id),
    server_id  INTEGER NOT NULL,
    member_id  INTEGER NOT NULL,  -- the Discord id
    kind       TEXT    NOT NULL,
    prompt     TEXT    NOT NULL,
    rewritten  TEXT    NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX prompt_offers_by_member ON prompt_offers (member_id);
CREATE INDEX prompt_offers_by_end ON prompt_offers (expires_ms);

-- What was to become of a job's prompt before it was drawn, the prompt as its member wrote it where another was drawn, and
-- why none was.
ALTER TABLE jobs ADD COLUMN enhance TEXT NOT NULL DEFAULT '' CHECK (enhance IN ('', 'translate', 'improve'));
ALTER TABLE jobs ADD COLUMN original_prompt TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN enhance_fault TEXT NOT NULL DEFAULT '';

ALTER TABLE settings ADD COLUMN enhance TEXT NOT NULL DEFAULT 'off' CHECK (enhance IN ('off', 'translate', 'improve'));
