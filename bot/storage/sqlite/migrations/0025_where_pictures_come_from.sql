-- The job whose card the pictures are of that another edits; NULL: they are of no card, or it edits none.
ALTER TABLE jobs ADD COLUMN pictures_from INTEGER REFERENCES jobs (id);

-- It is of a set that is kept, and not handed in with the request.
ALTER TABLE input_pictures ADD COLUMN is_kept INTEGER NOT NULL DEFAULT 0 CHECK (is_kept IN (0, 1));
