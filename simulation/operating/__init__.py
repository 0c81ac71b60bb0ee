"""The operator, who does what docs/operating.md says: starts the bot again, makes copies, checks the books."""
