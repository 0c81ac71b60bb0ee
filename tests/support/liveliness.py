"""What of a shown text would be more than letters to Discord's client, by its rules rather than by our escaping."""

import re
import unicodedata

_ESCAPED = re.compile(r"\\[^0-9A-Za-z\s]")
_LIVE = re.compile(
    r"""
    [*_~`|<>\[\]]                                        # pairs, mentions, quotes, links
    | @(?=everyone|here)
    | ://
    | :(?:[a-z]|[\w+-]{2,}):                                      # emoji by name
    | ^[^\S\n]*\ufeff?(?:\#{1,3}|-\#|[-+]|\d+[.)])[^\S\n]   # headings, small print, lists
    | [\u202a-\u202e\u2066-\u2069\u2028\u2029]
    | [\x00-\x08\x0b-\x1f\x7f-\x9f]
    """,
    re.VERBOSE | re.MULTILINE,
)
_TOWER = 5


def living(text: str) -> str:
    """Return the first part of a text that Discord would not show as plain letters in its field; empty if none."""
    found = _LIVE.search(_ESCAPED.sub("\u25a1", text))
    return found[0] if found else _tower(text)


def _tower(text: str) -> str:
    marks = ""
    for character in text:
        marks = marks + character if unicodedata.category(character) in {"Mn", "Me"} else ""
        if len(marks) == _TOWER:
            return marks
    return ""
