"""What the stand-in draws, and what oddities it draws them with."""
