"""What is told without having been asked."""
