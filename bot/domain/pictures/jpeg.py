"""JPEG's structure, walked without decoding anything."""

import re
from collections.abc import Generator

MAGIC = b"\xff\xd8"
SCAN = 0xDA
"""The marker of a segment behind which the pixels of one scan stand."""

_END = 0xD9
_FILL = re.compile(rb"\xff*")
"""A marker may have any number of these before it."""

_NEXT = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
"""What ends a scan: 00 stands for a plain FF among the pixels, D0 to D7 only divide them."""


def segments(data: bytes) -> Generator[tuple[int, int, int]]:
    """Yield the marker of each segment, where it begins in the file, and where it ends; a scan's with its pixels.

    It stops where the file is none, or ends too early: then the last end lies behind the file.
    """
    at = _marker(data, len(MAGIC))
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != _END:
        marker, end = data[at + 1], at + 2 + max(2, int.from_bytes(data[at + 2 : at + 4]))
        if marker == SCAN:
            following = _NEXT.search(data, end)
            end = following.start() if following else len(data)
        yield marker, at, end
        at = _marker(data, end)


def end_of(data: bytes, after: int) -> int:
    """Return where the picture ends whose last segment ends at ``after``; 0: the file ends before it does."""
    at = _marker(data, after)
    return at + 2 if data[at : at + 2] == bytes((0xFF, _END)) else 0


def _marker(data: bytes, at: int) -> int:
    fill = _FILL.match(data, at)
    return max(at, fill.end() - 1) if fill else at
