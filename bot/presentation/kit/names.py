"""Names of others in a picture or a table: one line, no character that acts on the text around it."""

import re
import unicodedata

LONGEST = 64
"""Characters kept of a name. Discord's own names have up to 32, those of servers up to 100."""

MARKS = 2
"""Combining marks kept on one character: enough for vowelled Arabic and Hebrew, too few to climb into other rows."""

_JOINERS = "\u200c\u200d"
_BLANK = re.compile(r"\s+")


def on_one_line(name: str) -> str:
    """Give a name without control characters, direction marks and overrides, line breaks and towers of marks.

    The result may be empty.
    """
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", _BLANK.sub(" ", name)):
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks > MARKS or (category in {"Cc", "Cf", "Cs", "Co", "Cn"} and character not in _JOINERS):
            continue
        kept.append(character)
    return _BLANK.sub(" ", "".join(kept[:LONGEST])).strip(" " + _JOINERS)
