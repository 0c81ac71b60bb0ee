"""A job's message: from its first card to its pictures."""
