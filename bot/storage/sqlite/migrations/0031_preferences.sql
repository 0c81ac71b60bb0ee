-- In which language a member is spoken to; NULL: their client's.
ALTER TABLE preferences ADD COLUMN language TEXT;

-- What members decided for their requests in one server. NULL: nothing, so that what the server says holds.
CREATE TABLE server_preferences (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    server_id  INTEGER NOT NULL,
    model      TEXT,
    size       TEXT,
    count      INTEGER CHECK (count > 0),
    enhance    TEXT,
    private    INTEGER CHECK (private IN (0, 1)),
    told       TEXT CHECK (told IN ('not', 'ping', 'direct')),
    PRIMARY KEY (account_id, server_id)
) STRICT, WITHOUT ROWID;
