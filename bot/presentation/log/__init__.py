"""The moderators' log: searches, files, and the feed."""
