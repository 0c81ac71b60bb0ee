"""Files beside the database: pictures, keys, the lock; readable by their owner alone."""
