"""A job's message: from its first response to its pictures."""
