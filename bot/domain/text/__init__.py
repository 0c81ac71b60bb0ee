"""How people read a text, and how its words are found again."""
