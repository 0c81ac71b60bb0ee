"""Jobs, from the request to the last word, and their lanes."""
