"""What members live through, told in the terminal: both stand-ins, the bot, and no key at all."""
