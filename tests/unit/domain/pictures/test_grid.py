"""The grid as it is shown, and masks that are made of chosen fields."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot.domain.pictures.grid import SHOWN_SIDE, mask_of, with_grid
from bot.domain.pictures.inputs import DATA_URI_MAX_BYTES, data_uri_bytes
from bot.domain.pictures.region import FIELDS, SIDE, Region, edges
from tests.support.handed_in import saved

regions = st.builds(Region, st.integers(0, 2**FIELDS - 1))


def brightness(image: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, int]:
    """The darkest and the brightest pixel of a part of a picture."""
    pixels = image.convert("L").crop(box).tobytes()
    return min(pixels), max(pixels)


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image


@settings(max_examples=30, deadline=None)
@given(regions, st.integers(240, 700), st.integers(240, 700))
def test_a_mask_is_white_in_the_chosen_fields_and_black_elsewhere(chosen: Region, width: int, height: int):
    mask = opened(mask_of(chosen, width, height))
    assert (mask.format, mask.mode, mask.size) == ("PNG", "L", (width, height))
    for field in range(FIELDS):
        row, column = divmod(field, SIDE)
        (left, right), (top, bottom) = edges(width)[column : column + 2], edges(height)[row : row + 2]
        extrema = mask.crop((left, top, right, bottom)).getextrema()
        assert extrema == ((255, 255) if chosen.has(field) else (0, 0))


def test_the_heaviest_mask_takes_next_to_nothing_of_what_one_request_may_have():
    chequered = Region(0b1010_0101_1010_0101)
    assert data_uri_bytes(".png", len(mask_of(chequered, 4096, 4096))) < DATA_URI_MAX_BYTES // 200


@pytest.mark.parametrize("size", [(2048, 1024), (1024, 2048), (240, 240), (240, 1920)])
@pytest.mark.parametrize("shade", [0, 128, 255])
def test_lines_are_seen_on_any_picture_which_is_shown_small(size: tuple[int, int], shade: int):
    plain = Image.new("RGB", size, (shade, shade, shade))
    shown = opened(with_grid(saved(plain, "PNG")))
    assert (shown.format, shown.mode) == ("JPEG", "RGB")
    assert max(shown.size) == min(max(size), SHOWN_SIDE)
    changed = ImageChops.difference(shown, plain.resize(shown.size))
    for x in edges(shown.width)[1:-1]:
        assert brightness(changed, (x - 2, 0, x + 3, shown.height))[1] > 100
    for y in edges(shown.height)[1:-1]:
        assert brightness(changed, (0, y - 2, shown.width, y + 3))[1] > 100


def test_each_field_bears_a_name_in_its_corner():
    shown = opened(with_grid(saved(Image.new("RGB", (800, 800), "red"), "PNG")))
    for field in range(FIELDS):
        row, column = divmod(field, SIDE)
        left, top = column * 200, row * 200
        darkest, brightest = brightness(shown, (left + 12, top + 12, left + 40, top + 30))
        assert darkest < 40
        assert brightest > 200


def test_a_profile_of_colours_is_kept():
    plain = Image.new("RGB", (300, 300), "red")
    out = io.BytesIO()
    plain.save(out, "PNG", icc_profile=b"profile")
    assert opened(with_grid(out.getvalue())).info["icc_profile"] == b"profile"
