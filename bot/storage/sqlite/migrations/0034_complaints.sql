-- That a member has reported a job's pictures to the moderators: once for each of both.
CREATE TABLE complaints (
    job_id     INTEGER NOT NULL REFERENCES jobs (id),
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    server_id  INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL,
    is_told    INTEGER NOT NULL CHECK (is_told IN (0, 1)),  -- in the log channel; what follows within an hour only counts
    PRIMARY KEY (job_id, account_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX complaints_by_account ON complaints (account_id, server_id, at_ms);

-- Which job an entry of the feed is about.
CREATE INDEX feed_by_message ON feed (message_id);
