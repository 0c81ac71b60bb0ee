"""The part of a picture that is to change, chosen by the fields of a grid over it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

SIDE = 4
"""Fields in a row and in a column: with as many buttons to a row, and one row more for what is done with them, all the
rows are taken that a message may have (components/reference.mdx)."""

FIELDS = SIDE * SIDE

MOST_BOXES = 2
"""That the image service takes for a picture, if the model takes any (the vendor's page on wan2.7)."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom: the pixels in two corners, both of which belong to it."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Fields that form a rectangle: columns and rows from 0, both ends within."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def bits(self) -> int:
        rows, columns = range(self.top, self.bottom + 1), range(self.left, self.right + 1)
        return sum(1 << (row * SIDE + column) for row in rows for column in columns)

    @property
    def name(self) -> str:
        """What people call it: its first field and its last."""
        first, last = field_name(self.top * SIDE + self.left), field_name(self.bottom * SIDE + self.right)
        return first if first == last else f"{first}–{last}"

    def box(self, width: int, height: int) -> Box:
        """Return which pixels of a picture of this width and height it covers."""
        lines = edges(width), edges(height)
        return lines[0][self.left], lines[1][self.top], lines[0][self.right + 1] - 1, lines[1][self.bottom + 1] - 1


@dataclass(frozen=True, slots=True)
class Region:
    """The fields that are chosen.

    Attributes:
        bits: bit k is the field k; they are counted from the upper left, row by row.
    """

    bits: int = 0

    def has(self, field: int) -> bool:
        """Whether a field is chosen."""
        return bool(self.bits >> field & 1)

    @property
    def rectangles(self) -> tuple[Rectangle, ...]:
        """The fewest rectangles that cover each chosen field once, and no other, the uppermost first."""
        return _rectangles(self.bits)

    @property
    def names(self) -> list[str]:
        """What people call the rectangles."""
        return [one.name for one in self.rectangles]

    def boxes(self, width: int, height: int) -> list[Box]:
        """Return which pixels of a picture the rectangles cover."""
        return [one.box(width, height) for one in self.rectangles]


def field_name(field: int) -> str:
    """Return what people call a field: a letter for its column and a number for its row, as in a spreadsheet."""
    row, column = divmod(field, SIDE)
    return f"{chr(ord('A') + column)}{row + 1}"


def field_of(name: str) -> int | None:
    """Return the field that people call so; None if there is none."""
    return next((field for field in range(FIELDS) if field_name(field) == name), None)


def edges(length: int) -> list[int]:
    """Return where the fields begin along a side of so many pixels, and where the last one ends."""
    return [length * k // SIDE for k in range(SIDE + 1)]


@cache
def _rectangles(bits: int) -> tuple[Rectangle, ...]:
    if not bits:
        return ()
    # The first field is the upper left corner of one of them, whichever they are.
    return min(((one, *_rectangles(bits & ~one.bits)) for one in _from_first(bits)), key=len)


def _from_first(bits: int) -> Iterator[Rectangle]:
    """Yield the rectangles of chosen fields alone whose upper left corner is the first of these."""
    top, left = divmod((bits & -bits).bit_length() - 1, SIDE)
    for right in range(left, SIDE):
        for bottom in range(top, SIDE):
            one = Rectangle(left, top, right, bottom)
            if not one.bits & ~bits:
                yield one
