-- Whether moderators have put a spoiler over a job's pictures.
ALTER TABLE jobs ADD COLUMN is_covered INTEGER NOT NULL DEFAULT 0 CHECK (is_covered IN (0, 1));

-- To cover pictures, and to take that off again, are cases, too.
DROP TRIGGER case_is_never_changed;
ALTER TABLE cases RENAME COLUMN kind TO kind_before;
ALTER TABLE cases ADD COLUMN kind TEXT NOT NULL DEFAULT 'block' CHECK (kind IN (
    'block', 'pause', 'unblock', 'remove', 'cover', 'uncover', 'rule-added', 'rule-removed', 'strikes-set'));
UPDATE cases SET kind = kind_before;
ALTER TABLE cases DROP COLUMN kind_before;
CREATE TRIGGER case_is_never_changed BEFORE UPDATE ON cases BEGIN
    SELECT RAISE(ABORT, 'cases are never changed: write a note');
END;
