-- Which pictures members keep as favourites.
CREATE TABLE stars (
    job_id     INTEGER NOT NULL REFERENCES jobs (id),
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    server_id  INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL,
    PRIMARY KEY (job_id, account_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX stars_of_server ON stars (server_id, job_id);
CREATE INDEX stars_of_member ON stars (account_id, server_id);

-- Where what many like is shown, and from how many stars of others on; 0: nowhere.
ALTER TABLE settings ADD COLUMN gallery_channel INTEGER NOT NULL DEFAULT 0;
ALTER TABLE settings ADD COLUMN gallery_stars INTEGER NOT NULL DEFAULT 3 CHECK (gallery_stars > 0);

-- Whether a member's pictures may be shown there; NULL: they said nothing, so they are not.
ALTER TABLE server_preferences ADD COLUMN shown_in_gallery INTEGER CHECK (shown_in_gallery IN (0, 1));

-- What is shown there; message 0: it is about to be posted.
CREATE TABLE gallery_posts (
    job_id     INTEGER PRIMARY KEY REFERENCES jobs (id),
    channel_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX gallery_posts_by_message ON gallery_posts (message_id) WHERE message_id <> 0;
