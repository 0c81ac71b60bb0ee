"""Regions of a picture: the rectangles are the chosen fields, no more and no less, down to the pixel."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pictures.region import FIELDS, SIDE, Box, Rectangle, Region, edges, field_name, field_of

regions = st.builds(Region, st.integers(0, 2**FIELDS - 1))
sides = st.integers(SIDE, 8000)


def region(*names: str) -> Region:
    return Region(sum(1 << k for k in range(FIELDS) if field_name(k) in names))


def place(pixel: int, length: int) -> int:
    """In which of the equal parts of a side a pixel lies, at its far end."""
    return (SIDE * (pixel + 1) - 1) // length


def pixels_of(box: Box) -> set[tuple[int, int]]:
    return {(x, y) for x in range(box[0], box[2] + 1) for y in range(box[1], box[3] + 1)}


@given(regions)
def test_rectangles_are_the_chosen_fields_each_once(chosen: Region):
    bits = [one.bits for one in chosen.rectangles]
    assert sum(bits) == chosen.bits
    assert all(not one & other for one, other in combinations(bits, 2))


@given(regions, st.integers(SIDE, 40), st.integers(SIDE, 40))
def test_boxes_hold_the_pixels_of_the_chosen_fields_and_no_other(chosen: Region, width: int, height: int):
    held = set[tuple[int, int]]().union(*map(pixels_of, chosen.boxes(width, height)))
    meant = {
        (x, y) for x in range(width) for y in range(height) if chosen.has(place(y, height) * SIDE + place(x, width))
    }
    assert held == meant


@given(sides, sides)
def test_fields_leave_no_pixel_out_and_share_none(width: int, height: int):
    boxes = [Rectangle(column, row, column, row).box(width, height) for row in range(SIDE) for column in range(SIDE)]
    assert sum((x2 - x1 + 1) * (y2 - y1 + 1) for x1, y1, x2, y2 in boxes) == width * height
    assert all(x1 >= 0 and x2 < width and y1 >= 0 and y2 < height for x1, y1, x2, y2 in boxes)


@given(st.integers(240, 8000))
def test_what_a_model_takes_has_boxes_with_two_corners_apart(length: int):
    assert min(end - start for start, end in pairwise(edges(length))) >= 60


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), []),
        (("A1",), ["A1"]),
        (("A1", "B1", "A2", "B2"), ["A1–B2"]),
        (("D4", "A1"), ["A1", "D4"]),
        (("A1", "A2", "B2"), ["A1", "A2–B2"]),
        (("A1", "B1", "C1", "B2"), ["A1–C1", "B2"]),
        (("B1", "A2", "B2", "C2", "B3"), ["B1", "A2–C2", "B3"]),
        (("A1", "B2", "C3", "D4"), ["A1", "B2", "C3", "D4"]),
    ],
)
def test_regions_are_named_by_as_few_rectangles_as_there_can_be(names: tuple[str, ...], said: list[str]):
    assert region(*names).names == said


def test_each_field_has_a_name_of_its_own():
    names = [field_name(field) for field in range(FIELDS)]
    assert (names[0], names[3], names[4], names[15]) == ("A1", "D1", "A2", "D4")
    assert [field_of(name) for name in names] == list(range(FIELDS))
    assert [field_of(name) for name in ("", "A", "A5", "E1", "a1", "A1 ")] == [None] * 6


@given(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1), st.integers(0, SIDE - 1), st.integers(0, SIDE - 1))
def test_a_rectangle_is_found_as_the_one_that_it_is(one: int, other: int, this: int, that: int):
    (left, right), (top, bottom) = sorted((one, other)), sorted((this, that))
    rectangle = Rectangle(left, top, right, bottom)
    assert Region(rectangle.bits).rectangles == (rectangle,)


def test_the_whole_picture_is_one_box():
    assert Region(2**FIELDS - 1).boxes(101, 57) == [(0, 0, 100, 56)]
