"""Cases, removals and rules for prompts, as messages."""
