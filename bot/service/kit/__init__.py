"""What the other rooms of the service share."""
