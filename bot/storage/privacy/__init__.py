"""What is kept about a member, exported or erased."""
