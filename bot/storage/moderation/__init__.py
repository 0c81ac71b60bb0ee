"""Cases, blocks, appeals and rules for prompts."""
