-- What moderators find in the log, and how.

-- The tokens of every prompt by its job's id, and of the job's server, member and model: the program makes them (see
-- bot/storage/search.py). No text is kept here; what is found is read from the job itself.
CREATE VIRTUAL TABLE log_words USING fts5 (
    tokens, content = '', columnsize = 0, detail = none, tokenize = 'ascii'
);

-- Whether a job is in the index: 0 not yet, 1 it is, 2 it was taken out for good. Only what is in it can be taken out.
ALTER TABLE jobs ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0 CHECK (indexed IN (0, 1, 2));
CREATE INDEX jobs_not_indexed ON jobs (id) WHERE indexed = 0;

-- The vendor's word for the create that was taken: its support asks for it.
ALTER TABLE jobs ADD COLUMN request_id TEXT NOT NULL DEFAULT '';

-- What ended otherwise than most jobs do, or has not ended, is found without reading those that were delivered.
CREATE INDEX jobs_by_outcome ON jobs (server_id, state, id) WHERE state <> 'delivered';
CREATE INDEX refusals_by_id ON audit (server_id, id) WHERE act = 'request.refused';

-- Searches whose pages are turned: a button has no room for what was looked for.
CREATE TABLE searches (
    id         INTEGER PRIMARY KEY,  -- the interaction's
    server_id  INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id),  -- of the moderator, who alone may turn the pages
    search     TEXT    NOT NULL CHECK (json_valid(search)),
    at_ms      INTEGER NOT NULL
) STRICT;

CREATE INDEX searches_expire ON searches (at_ms);
