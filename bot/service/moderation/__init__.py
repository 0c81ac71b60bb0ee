"""What a server's moderators do and read."""
