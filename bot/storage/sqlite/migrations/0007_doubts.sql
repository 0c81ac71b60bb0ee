-- The vendor's time when the job was claimed, so that a correction of our clock moves nothing; 0: not known.
ALTER TABLE jobs ADD COLUMN vendor_claimed_ms INTEGER NOT NULL DEFAULT 0;

-- Whether the job's task takes one of the lane's places at the vendor: not once the vendor says that it has ended, or
-- has not known it for some minutes.
ALTER TABLE jobs ADD COLUMN takes_place INTEGER NOT NULL DEFAULT 1 CHECK (takes_place IN (0, 1));
