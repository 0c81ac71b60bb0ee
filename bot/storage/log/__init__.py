"""What moderators search."""
