"""What members take along or have erased."""
