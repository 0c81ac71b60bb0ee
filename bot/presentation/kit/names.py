"""Names as people read them: of others in a picture or a table, in one line that nothing acts on; of time zones."""

import re
import unicodedata

LONGEST = 64
"""Characters kept of a name. Discord's own names have up to 32, those of servers up to 100."""

MARKS = 2
"""Combining marks kept on one character: enough for vowelled Arabic and Hebrew, too few to climb into other rows."""

_JOINERS = "\u200c\u200d"
_BLANK = re.compile(r"\s+")
_OFFSET_ZONE = re.compile(r"Etc/GMT(?P<sign>[+-])(?P<hours>[1-9]\d?)")


def on_one_line(name: str) -> str:
    """Return a name without control characters, direction marks and overrides, line breaks and towers of marks.

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


def zone_name(zone: str) -> str:
    """Return a time zone's name; one of a plain offset has the sign turned round in its own (POSIX)."""
    offset = _OFFSET_ZONE.fullmatch(zone)
    return f"UTC{'+' if offset['sign'] == '-' else '-'}{offset['hours']}" if offset else zone
