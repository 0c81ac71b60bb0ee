-- A price may depend on what is asked for and on what the vendor reports. "price" is the most that an image can cost as it
-- was asked for, which is held; beside it stands what one of either area costs, and what the vendor billed in the end.
ALTER TABLE holds ADD COLUMN small_price INTEGER NOT NULL DEFAULT 0;
ALTER TABLE holds ADD COLUMN large_price INTEGER NOT NULL DEFAULT 0;
ALTER TABLE holds ADD COLUMN billed_price INTEGER NOT NULL DEFAULT 0;

-- Until now any image of a model cost the same.
DROP TRIGGER hold_is_resolved_once;
UPDATE holds SET small_price = price, large_price = price, billed_price = iif(outcome = 'settled', price, 0);
CREATE TRIGGER hold_is_resolved_once BEFORE UPDATE ON holds WHEN OLD.outcome IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'this hold is resolved already');
END;
CREATE TRIGGER hold_keeps_its_prices BEFORE UPDATE OF small_price, large_price ON holds BEGIN
    SELECT RAISE(ABORT, 'what a hold was made for is never changed');
END;

-- How the vendor counts the area of a job's images; '' where it does not say.
ALTER TABLE jobs ADD COLUMN billed_area TEXT NOT NULL DEFAULT '' CHECK (billed_area IN ('', 'small', 'large'));
