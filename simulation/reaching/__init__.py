"""What there is to reach in a simulated day, and what of it one has reached."""
