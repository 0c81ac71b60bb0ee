"""One SQLite file: opened, migrated, watched, copied."""
