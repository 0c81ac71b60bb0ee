-- The request that left a member with less than a fifth of what a period gives them, and at least one picture: its result
-- says so, once a period. The bucket is that of their free images.
CREATE TABLE nearly_out (
    bucket_id INTEGER PRIMARY KEY REFERENCES buckets (id),
    job_id    INTEGER NOT NULL UNIQUE REFERENCES jobs (id)
) STRICT;
