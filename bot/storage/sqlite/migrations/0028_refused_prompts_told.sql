-- The last prompt of those that an entry of the feed counts, until the log channel has been told, and the rule that it broke.
ALTER TABLE refusal_tallies ADD COLUMN prompt TEXT NOT NULL DEFAULT '';
ALTER TABLE refusal_tallies ADD COLUMN rule_id INTEGER NOT NULL DEFAULT 0;
CREATE INDEX refusal_tallies_with_prompt ON refusal_tallies (last_ms) WHERE prompt <> '';
