"""What admins decided."""
