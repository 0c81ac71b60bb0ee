-- Pictures that come in with a request may be billed, each at "input_price". "inputs" are those that are: they are held and
-- checked with the images. What the vendor billed of them stands in "billed_inputs".
ALTER TABLE holds ADD COLUMN inputs INTEGER NOT NULL DEFAULT 0;
ALTER TABLE holds ADD COLUMN input_price INTEGER NOT NULL DEFAULT 0;
ALTER TABLE holds ADD COLUMN billed_inputs INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER hold_keeps_its_inputs BEFORE UPDATE OF inputs, input_price ON holds BEGIN
    SELECT RAISE(ABORT, 'what a hold was made for is never changed');
END;

-- What the open holds may still cost for them, without reading a row of holds.
CREATE INDEX holds_open_inputs ON holds (model, input_price, inputs) WHERE outcome IS NULL AND inputs > 0;

-- How many pictures that came in the vendor reports as billed; NULL where it does not say.
ALTER TABLE jobs ADD COLUMN reported_inputs INTEGER;

-- Some models draw six images at once, and a series has up to ten; until now a request had four at most.
ALTER TABLE jobs RENAME COLUMN count TO count_to_four;
ALTER TABLE jobs ADD COLUMN count INTEGER NOT NULL DEFAULT 1 CHECK (count BETWEEN 1 AND 10);
UPDATE jobs SET count = count_to_four;
ALTER TABLE jobs DROP COLUMN count_to_four;

-- Whether a job's images are a series: then "count" is the most that it may have, and the service picks how many.
ALTER TABLE jobs ADD COLUMN is_series INTEGER NOT NULL DEFAULT 0 CHECK (is_series IN (0, 1));
