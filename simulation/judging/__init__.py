"""What must be true after any crash, in a simulation or of real processes."""
