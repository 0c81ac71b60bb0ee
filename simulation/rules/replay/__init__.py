"""The acts of a day one after the other, as the audit tells them, and what was so after each of them."""
