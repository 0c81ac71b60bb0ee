"""What a server's admins do and read."""
