"""People at their clients."""
