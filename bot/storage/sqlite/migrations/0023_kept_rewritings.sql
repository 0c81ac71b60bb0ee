-- How many prompts a member had rewritten on a day outlasts their being forgotten on it, as what else binds them does.
DROP TRIGGER block_is_lifted_everywhere;

CREATE TABLE carried_anew (
    hash      BLOB    NOT NULL,
    server_id INTEGER NOT NULL,             -- 0: all, of a preference
    kind      TEXT    NOT NULL CHECK (kind IN ('allowance', 'budget', 'block', 'strike', 'rule', 'request',
        'preference', 'rewriting')),
    reference INTEGER NOT NULL DEFAULT 0,   -- of a block: the case; of a strike: the job
    period    TEXT    NOT NULL DEFAULT '',  -- of allowance and budget
    field     TEXT    NOT NULL DEFAULT '',  -- of a rule and a preference
    used      INTEGER NOT NULL DEFAULT 0,   -- images or micro-yuan; of a rule or a preference: the value; of a request: when it was made; of rewritings: how many
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
