"""What Discord accepts and refuses."""
