-- What a member's quota did not cover, to be asked for otherwise by a button; the newest of each member in a server.
CREATE TABLE declined_requests (
    id         INTEGER PRIMARY KEY,  -- the interaction's that asked for it
    server_id  INTEGER NOT NULL,
    member_id  INTEGER NOT NULL,     -- the Discord id of who asked
    options    TEXT    NOT NULL,     -- JSON: as they were typed
    expires_ms INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX declined_requests_of_member ON declined_requests (member_id, server_id);
