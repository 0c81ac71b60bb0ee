-- Cards that stayed behind when their pictures were sent elsewhere, to a reply that only their member sees.
CREATE TABLE old_cards (
    job_id     INTEGER PRIMARY KEY REFERENCES jobs (id),
    channel_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    is_settled INTEGER NOT NULL DEFAULT 0   -- it says so, or is gone
) STRICT;

-- Discord said that the message is there no more.
ALTER TABLE jobs ADD COLUMN message_gone INTEGER NOT NULL DEFAULT 0;
