"""A job and its states, its lane, the vendor's task and the messages beside it."""
