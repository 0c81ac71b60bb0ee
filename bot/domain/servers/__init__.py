"""What a server's admins and the operator decide."""
