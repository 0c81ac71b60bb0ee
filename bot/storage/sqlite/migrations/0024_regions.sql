-- Which fields of the grid over its last picture are to change: bit k is the field k, row by row; 0: nobody chose any.
ALTER TABLE jobs ADD COLUMN region INTEGER NOT NULL DEFAULT 0 CHECK (region BETWEEN 0 AND 65535);
