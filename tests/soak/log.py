"""What the bot's log may hold after two hours of bad weather."""

import re

ENTRY = re.compile(r"^(?=\d{4}-\d\d-\d\d )", re.MULTILINE)

EXCUSED = (
    # discord.py's own word for a gateway that can't be reached.
    r"discord\.client: Attempting a reconnect in",
)
"""Entries that may come with a traceback."""


def unexplained(log: str) -> str:
    """Return the entries that have a traceback or a reference, and no excuse."""
    return "".join(entry for entry in ENTRY.split(log) if _is_alarming(entry) and not _is_excused(entry))


def _is_alarming(entry: str) -> bool:
    return "Traceback" in entry or "reference " in entry


def _is_excused(entry: str) -> bool:
    return any(re.search(pattern, entry) for pattern in EXCUSED)
