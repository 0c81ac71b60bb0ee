-- Named sets of pictures that members keep to edit by, for themselves or for everybody in a server.
CREATE TABLE reference_sets (
    id         INTEGER PRIMARY KEY,  -- the interaction's that added it
    server_id  INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id),  -- who added it
    is_shared  INTEGER NOT NULL CHECK (is_shared IN (0, 1)),
    name       TEXT    NOT NULL,
    name_key   TEXT    NOT NULL,  -- the name without regard to case
    used_ms    INTEGER NOT NULL   -- when it was last used, or added
) STRICT;

CREATE UNIQUE INDEX reference_sets_own ON reference_sets (server_id, account_id, name_key) WHERE NOT is_shared;
CREATE UNIQUE INDEX reference_sets_shared ON reference_sets (server_id, name_key) WHERE is_shared;
CREATE INDEX reference_sets_by_account ON reference_sets (account_id);

-- Their pictures, in the order in which they are sent.
CREATE TABLE reference_pictures (
    set_id       INTEGER NOT NULL REFERENCES reference_sets (id),
    ordinal      INTEGER NOT NULL,
    path         TEXT    NOT NULL UNIQUE,
    size_bytes   INTEGER NOT NULL,
    width        INTEGER NOT NULL,
    height       INTEGER NOT NULL,
    is_scaled    INTEGER NOT NULL,
    is_flattened INTEGER NOT NULL,
    PRIMARY KEY (set_id, ordinal)
) STRICT, WITHOUT ROWID;
