import io
import re
import zlib

import pytest
from PIL import Image

from bot.domain.pictures.names import ENDINGS
from bot.domain.pictures.raster import FORMATS, PIXEL_CAP, coloured, measured
from bot.errors import NotAPicture
from sandbox.dashscope.pictures.oddities import SIZE, chunk, odd_pictures, of_16_bits, plain, with_chunks


@pytest.mark.parametrize("odd", odd_pictures())
def test_whatever_a_picture_carries_its_pixels_decide(odd: str):
    data = odd_pictures()[odd]
    kind = "WEBP" if "WebP" in odd else "JPEG" if "JPEG" in odd else "PNG"
    assert measured(io.BytesIO(data)) == (FORMATS[kind], *SIZE)
    image = coloured(io.BytesIO(data))
    assert (image.mode, image.size) == ("RGB", SIZE)
    if "16 bits" not in odd:
        assert image.getpixel((5, 5)) == pytest.approx((200, 30, 60), abs=4)


def test_a_file_has_an_ending_for_each_format():
    assert set(FORMATS.values()) == set(ENDINGS)


@pytest.mark.parametrize("colours", [0, 2, 4, 6])
def test_16_bits_become_8_without_a_loss_of_light_or_shade(colours: int):
    image = coloured(io.BytesIO(of_16_bits(colours, (256, 2))))
    reds = [image.getpixel((x, 0))[0] for x in range(256)]  # pyright: ignore[reportIndexIssue, reportOptionalSubscript]
    assert reds == sorted(reds)
    assert min(reds) == 0
    assert len(set(reds)) >= 250


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        plain()[:40],
        plain()[:8],
        plain(kind="GIF"),
        plain(kind="JPEG")[:200],
        plain(kind="WEBP")[:30],
        b"\xff\xd8",
        plain().replace(b"IDAT", b"IDAU"),
        with_chunks(plain(), chunk(b"IDAT", b"\x00")),
        with_chunks(plain(), b"\xff\xff\xff\xfftEXt"),
    ],
)
def test_what_no_viewer_would_show_whole_is_no_picture(data: bytes):
    for look in (measured, coloured):
        with pytest.raises(NotAPicture, match="not a picture"):
            look(io.BytesIO(data))


@pytest.mark.parametrize(
    "data", [plain()[:-12], plain()[:-4], plain()[:-1], plain()[:-4] + bytes(4), plain() + b"more"]
)
def test_how_a_file_ends_after_its_pixels_does_not_matter(data: bytes):
    assert measured(io.BytesIO(data)) == (".png", *SIZE)


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_a_file_whose_last_pixels_are_missing_is_no_picture(kept: float):
    whole = Image.open(io.BytesIO(plain(noise=True)))
    out = io.BytesIO()
    # Pillow writes several chunks of pixels; each of them is whole.
    whole.resize((1024, 1024)).save(out, "PNG")
    data = out.getvalue()
    starts = [match.start() - 4 for match in re.finditer(b"IDAT", data)]
    assert len(starts) > 5
    with pytest.raises(NotAPicture):
        measured(io.BytesIO(data[: starts[int(len(starts) * kept)]]))


def test_one_wrong_bit_among_the_pixels_is_noticed():
    data = bytearray(plain(noise=True))
    data[len(data) // 2] ^= 1
    with pytest.raises(NotAPicture):
        measured(io.BytesIO(data))


def test_more_pixels_than_any_model_makes_are_too_many_in_every_format():
    for kind in ("PNG", "JPEG"):
        out = io.BytesIO()
        Image.new("L", (8000, PIXEL_CAP // 8000 + 1)).save(out, kind)
        with pytest.raises(NotAPicture, match="too large"):
            measured(out)


def test_nothing_but_pixels_is_unpacked():
    bomb = chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(100 * 1024 * 1024)))
    assert measured(io.BytesIO(with_chunks(plain(), bomb))) == (".png", *SIZE)
