"""Cases, and rules for prompts."""
