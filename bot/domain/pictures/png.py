"""The chunks of a PNG, read without unpacking any."""

import io
from collections.abc import Iterator
from typing import BinaryIO

from bot.errors import NotAPicture

MAGIC = b"\x89PNG\r\n\x1a\n"
END = b"\0\0\0\0IEND\xae\x42\x60\x82"
"""The chunk that every PNG ends with."""


def is_png(file: BinaryIO) -> bool:
    """Whether a file begins as a PNG does."""
    file.seek(0)
    return file.read(len(MAGIC)) == MAGIC


def chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Go to each chunk before the end of the picture; yield its name and its length, with the file at its data.

    Raises:
        NotAPicture: if the file ends within one.
    """
    size_bytes = file.seek(0, io.SEEK_END)
    at = len(MAGIC)
    # Every viewer shows a picture that lacks its end, or a part of it.
    while at < size_bytes:
        file.seek(at)
        length, kind = int.from_bytes(file.read(4)), file.read(4)
        if kind == b"IEND":
            return
        at += 12 + length
        if at > size_bytes:
            raise NotAPicture("not a picture")
        yield kind, length
