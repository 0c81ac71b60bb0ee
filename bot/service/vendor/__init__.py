"""What happens at the image service: from the queue to the pictures."""
