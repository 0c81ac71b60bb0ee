"""What all that people see is made of. Knows no room beside it."""
