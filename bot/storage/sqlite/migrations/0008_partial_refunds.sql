-- A job can be refunded in parts: for pictures that were lost before they were delivered, later for the rest of them.
-- What must hold is that all refunds together give back no more than was charged.
DROP TRIGGER ledger_refunds_once;
CREATE TRIGGER ledger_refunds_what_was_charged BEFORE INSERT ON ledger WHEN NEW.kind = 'refund' AND NOT EXISTS (
    SELECT 1 FROM holds
    WHERE job_id = NEW.job_id AND NEW.used_delta <= 0 AND NEW.granted_delta >= 0
        AND charged_free >= -NEW.used_delta
            - (SELECT coalesce(sum(used_delta), 0) FROM ledger WHERE job_id = NEW.job_id AND kind = 'refund')
        AND charged_micros >= NEW.granted_delta
            + (SELECT coalesce(sum(granted_delta), 0) FROM ledger WHERE job_id = NEW.job_id AND kind = 'refund')
) BEGIN
    SELECT RAISE(ABORT, 'refunds give back no more than was charged');
END;
