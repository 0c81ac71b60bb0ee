"""What must happen without anybody asking for it."""
