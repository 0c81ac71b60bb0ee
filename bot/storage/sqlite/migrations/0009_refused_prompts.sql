-- Prompts that were refused for what they say, by a server's rules or by the image service: too many of them within a
-- short time make their member wait. Rows go soon after they count no more.
CREATE TABLE refused_prompts (
    id         INTEGER PRIMARY KEY,
    server_id  INTEGER NOT NULL,
    account_id INTEGER REFERENCES accounts (id),
    hash       BLOB,  -- in the account's place once its member was forgotten, so that forgetting ends no wait
    at_ms      INTEGER NOT NULL,
    CHECK ((account_id IS NULL) <> (hash IS NULL))
) STRICT;

CREATE INDEX refused_prompts_by_account ON refused_prompts (account_id, server_id, at_ms) WHERE account_id IS NOT NULL;
CREATE INDEX refused_prompts_by_hash ON refused_prompts (hash) WHERE hash IS NOT NULL;
CREATE INDEX refused_prompts_by_time ON refused_prompts (at_ms);

-- One member's prompts that broke a server's rules, told in one entry of its feed that counts them.
CREATE TABLE refusal_tallies (
    id         INTEGER PRIMARY KEY,
    server_id  INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    since_ms   INTEGER NOT NULL,              -- the first
    last_ms    INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    reason     TEXT    NOT NULL,              -- the last one's key
    until_ms   INTEGER NOT NULL DEFAULT 0,    -- when the member may ask again; 0: they need not wait
    channel_id INTEGER NOT NULL DEFAULT 0,    -- of the entry; 0: it is not there yet
    message_id INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX refusal_tallies_by_account ON refusal_tallies (account_id, server_id, id);

-- What waits to be told, one row for each refusal until now, becomes one row for each member.
INSERT INTO refusal_tallies (server_id, account_id, since_ms, last_ms, count, reason)
SELECT feed, json_extract(content, '$.account_id'), min(created_ms), max(created_ms), count(*),
    min(json_extract(content, '$.reason'))
FROM outbox WHERE kind = 'feed-refused' AND done_ms = 0 AND feed > 0 GROUP BY 1, 2;
DELETE FROM outbox WHERE kind = 'feed-refused' AND done_ms = 0 AND feed > 0;
INSERT INTO outbox (kind, content, created_ms, feed)
SELECT 'feed-refused', json_object('tally_id', id), since_ms, server_id FROM refusal_tallies;

-- Who else than moderators may read the log channel, as its admins agreed to when they chose it.
ALTER TABLE settings ADD COLUMN log_exposure TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(log_exposure));

-- By what a question about a price can be changed once it is answered: the token of the request that it answers, which
-- outlives the question by a few minutes.
ALTER TABLE drafts ADD COLUMN application_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE drafts ADD COLUMN token TEXT NOT NULL DEFAULT '';
