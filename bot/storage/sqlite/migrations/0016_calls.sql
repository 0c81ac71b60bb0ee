-- Whether a job's create is answered with its pictures. Nobody can be asked for such an answer once it is lost, whatever
-- the configuration says by then of how the model is asked.
ALTER TABLE jobs ADD COLUMN is_call INTEGER NOT NULL DEFAULT 0 CHECK (is_call IN (0, 1));
