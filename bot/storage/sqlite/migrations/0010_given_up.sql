-- What earlier versions gave up because Discord could not be reached for some minutes waits for it again, as it would now.

-- Pictures that are kept, and whose message nobody took away.
CREATE TEMP TABLE waits_again AS
SELECT id, server_id FROM jobs WHERE state = 'undelivered' AND failure = 'unreachable' AND deleted_ms = 0
    AND EXISTS (SELECT 1 FROM images WHERE job_id = jobs.id AND path <> '')
    AND NOT EXISTS (SELECT 1 FROM audit WHERE job_id = jobs.id AND act = 'job.removal_intent');
INSERT INTO audit (at_ms, server_id, act, job_id)
SELECT 1000 * CAST(strftime('%s', 'now') AS INTEGER), server_id, 'job.delivering', id FROM waits_again;
UPDATE jobs SET state = 'delivering', failure = '', version = version + 1 WHERE id IN (SELECT id FROM waits_again);
DROP TABLE waits_again;

-- Appeals that no moderator saw, and answers that no member did; other words are too old to be of use.
UPDATE outbox SET done_ms = 0, outcome = '', attempts = 0, next_ms = 0
WHERE outcome = 'given up: later' AND kind IN ('appeal', 'appeal-answer');
