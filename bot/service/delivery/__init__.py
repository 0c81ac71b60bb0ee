"""Pictures that were made: told as delivered, or removed."""
