"""What moderators look for, and the feed."""
