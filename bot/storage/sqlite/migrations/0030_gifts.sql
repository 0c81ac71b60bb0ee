-- What an admin gives is added to what was granted, or taken off what was used, and never the other way round. Of a
-- period that is given anew no more comes back than was used.
CREATE TRIGGER ledger_grants_only_give BEFORE INSERT ON ledger WHEN NEW.kind = 'grant' AND (
    NEW.held_delta <> 0 OR NEW.granted_delta < 0 OR NEW.used_delta > 0
    OR NEW.used_delta < -(SELECT max(0, used) FROM buckets WHERE id = NEW.bucket_id)
) BEGIN
    SELECT RAISE(ABORT, 'a grant only gives, and no more than was used');
END;
