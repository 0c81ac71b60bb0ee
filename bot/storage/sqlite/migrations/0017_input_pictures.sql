-- Pictures that came in with a request, in the order in which they are sent.
CREATE TABLE input_pictures (
    job_id       INTEGER NOT NULL REFERENCES jobs (id),
    ordinal      INTEGER NOT NULL,
    path         TEXT    NOT NULL,  -- '' once it is erased
    size_bytes   INTEGER NOT NULL,
    width        INTEGER NOT NULL,
    height       INTEGER NOT NULL,
    is_scaled    INTEGER NOT NULL,
    is_flattened INTEGER NOT NULL,
    PRIMARY KEY (job_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX input_pictures_kept ON input_pictures (path) WHERE path <> '';

-- Files that are about to be written for a request which is not taken yet. What is still here at a start, a run left
-- that was killed meanwhile.
CREATE TABLE incoming_files (
    path TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
