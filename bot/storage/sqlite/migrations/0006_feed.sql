-- What a server's admins decide about the feed of its log channel, and about where pictures may be asked for.
ALTER TABLE settings ADD COLUMN previews TEXT NOT NULL DEFAULT 'spoiler' CHECK (previews IN ('show', 'spoiler', 'none'));
ALTER TABLE settings ADD COLUMN age_restricted_only INTEGER NOT NULL DEFAULT 0;

-- The server to whose feed a message belongs, 0: to none. Feeds are worked off apart from all others.
ALTER TABLE outbox ADD COLUMN feed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_feeds ON outbox (feed, id) WHERE done_ms = 0 AND feed > 0;

-- Where a feed has a job: its entry changes with the job, and loses its previews when the pictures are removed.
CREATE TABLE feed (
    job_id     INTEGER PRIMARY KEY REFERENCES jobs (id),
    channel_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL
) STRICT;
