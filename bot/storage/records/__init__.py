"""Who did what; members and files by number."""
