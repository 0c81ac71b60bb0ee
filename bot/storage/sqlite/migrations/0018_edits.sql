-- What is done to the pictures that came in, by models that have functions: JSON, '' where words alone say it.
ALTER TABLE jobs ADD COLUMN edit TEXT NOT NULL DEFAULT '';

-- It is no picture, but says by its white what of the picture before it is to change.
ALTER TABLE input_pictures ADD COLUMN is_mask INTEGER NOT NULL DEFAULT 0;
