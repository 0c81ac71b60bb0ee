"""What the stand-in knows: people, servers, messages."""
