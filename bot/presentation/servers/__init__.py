"""Settings and quotas, as messages."""
