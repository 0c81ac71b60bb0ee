"""Masks that are handed in: pure black and white, and as large as the picture is sent."""

import io
import random

import pytest
from PIL import Image

from bot.domain.pictures.inputs import Prepared, data_uri_bytes
from bot.domain.pictures.masks import MASK_URI_BYTES, prepare_mask
from bot.domain.pictures.preparing import prepare
from bot.domain.requests.catalogue import BUILT_IN
from bot.errors import InvalidRequest
from tests.support.handed_in import jpeg, noise, png, saved

RULE = BUILT_IN["wanx2.1-imageedit"].pictures
assert RULE is not None
SIZE = (640, 520)


def base(size: tuple[int, int] = SIZE, **more: int) -> Prepared:
    assert RULE is not None
    return prepare(png(size), RULE, "a.png", **more)


def painted(size: tuple[int, int] = SIZE, mode: str = "L", ground: int = 0, white: int = 255) -> Image.Image:
    image = Image.new("L", size, ground)
    image.paste(white, (0, 0, size[0] // 2, size[1]))
    return image.convert(mode)


def made(data: bytes, of: Prepared | None = None) -> Prepared:
    assert RULE is not None
    return prepare_mask(data, of or base(), RULE, "mask.png")


@pytest.mark.parametrize(
    "data",
    [
        saved(painted(), "PNG"),
        saved(painted(mode="RGB"), "JPEG"),
        saved(painted(mode="1"), "PNG"),
        saved(painted(mode="P"), "BMP"),
        saved(painted(ground=120, white=135), "PNG"),
    ],
)
def test_a_mask_is_black_and_white_whatever_it_was(data: bytes):
    mask = made(data)
    assert (mask.ending, mask.width, mask.height, mask.is_mask) == (".png", *SIZE, True)
    with Image.open(io.BytesIO(mask.data)) as image:
        assert image.mode == "L"
        assert {value for _, value in image.getcolors() or ()} == {0, 255}
        assert [image.getpixel((x, 9)) for x in (300, 340)] == [255, 0]


def test_what_is_see_through_counts_as_white():
    image = Image.new("RGBA", SIZE, (0, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, 320, 520))
    mask = made(saved(image, "PNG"))
    assert mask.is_flattened
    with Image.open(io.BytesIO(mask.data)) as sent:
        assert [sent.getpixel((x, 9)) for x in (300, 340)] == [255, 0]


def test_a_mask_is_made_smaller_with_its_picture():
    picture = saved(noise((1200, 1000)), "PNG")
    assert RULE is not None
    scaled = prepare(picture, RULE, "a.png", uri_bytes=200_000)
    assert scaled.is_scaled
    mask = made(saved(painted((1200, 1000)), "PNG"), scaled)
    assert (mask.width, mask.height, mask.is_scaled) == (scaled.width, scaled.height, True)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (saved(painted((520, 640)), "PNG"), "mask-size"),
        (saved(painted((641, 520)), "PNG"), "mask-size"),
        (saved(painted(white=0), "PNG"), "mask-black"),
        (saved(painted(white=127), "PNG"), "mask-black"),
        (jpeg((400, 300)), "picture-small"),
        (b"no picture", "picture-kind"),
    ],
)
def test_what_is_no_mask_of_that_picture_is_refused(data: bytes, key: str):
    with pytest.raises(InvalidRequest) as refused:
        made(data)
    assert refused.value.key == key


def test_a_photo_that_a_camera_turned_has_a_mask_as_people_see_it():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert RULE is not None
    turned = prepare(saved(painted((640, 520), "RGB"), "JPEG", exif=exif), RULE, "a.jpg")
    assert (turned.width, turned.height) == (520, 640)
    assert made(saved(painted((520, 640)), "PNG"), turned).width == 520


def test_the_largest_mask_fits_its_share_of_a_request():
    data = random.Random(7).randbytes(4096 * 4096)
    image = Image.frombytes("L", (4096, 4096), data)
    assert RULE is not None
    of = Prepared(b"", ".png", 4096, 4096, is_scaled=False, is_flattened=False, came_with=(4096, 4096))
    mask = prepare_mask(saved(image.point([0] * 128 + [255] * 128), "PNG"), of, RULE, "mask.png")
    assert data_uri_bytes(mask.ending, len(mask.data)) <= MASK_URI_BYTES
