"""What a member asks for: checked, held, queued, canceled."""
