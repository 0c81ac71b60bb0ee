import io
import json
import struct
import tracemalloc
import zlib

import pytest
from PIL import Image

from bot.domain.pictures.metadata import PROFILE_CAP_BYTES, SEGMENT_CAP_BYTES, Metadata, metadata_of
from sandbox.dashscope.pictures.oddities import (
    LABEL,
    XMP,
    chunk,
    labelled,
    odd_pictures,
    plain,
    profile_chunk,
    srgb,
    text_chunk,
)
from sandbox.dashscope.pictures.oddities import with_chunks as put

ASCII = b"ASCII\x00\x00\x00"
USER_COMMENT = 0x9286


def of(data: bytes) -> Metadata:
    return metadata_of(io.BytesIO(data))


def user_comment(exif: bytes) -> bytes:
    tags = Image.Exif()
    tags.load(exif)
    return tags.get_ifd(0x8769).get(USER_COMMENT, b"")


def exif_with(comment: bytes | None = None) -> bytes:
    """Return what an eXIf chunk of a PNG holds."""
    tags = Image.Exif()
    tags[0x0131] = "a program"
    if comment is not None:
        tags.get_ifd(0x8769)[USER_COMMENT] = comment
    return tags.tobytes().removeprefix(b"Exif\x00\x00")


def test_a_png_s_labels_go_where_a_jpeg_has_them():
    found = of(labelled())
    assert user_comment(found.exif).startswith(ASCII)
    assert json.loads(user_comment(found.exif).removeprefix(ASCII)) == {"AIGC": json.loads(LABEL)}
    assert found.xmp.decode() == XMP
    assert found.profile == srgb()
    assert found.comment.decode() == f"Software: a sandbox\nAIGC: {LABEL}"


@pytest.mark.parametrize("where", ["tEXt", "zTXt", "iTXt", "iTXt packed", "at the end"])
def test_a_label_is_found_in_every_kind_of_text(where: str):
    label = b'{"Label":"1"}'
    texts = {
        "tEXt": chunk(b"tEXt", b"AIGC\x00" + label),
        "zTXt": chunk(b"zTXt", b"AIGC\x00\x00" + zlib.compress(label)),
        "iTXt": text_chunk("AIGC", label.decode()),
        "iTXt packed": text_chunk("AIGC", label.decode(), packed=True),
        "at the end": text_chunk("AIGC", label.decode()),
    }
    found = of(put(plain(), texts[where], at_end=where == "at the end"))
    assert user_comment(found.exif) == ASCII + b'{"AIGC": {"Label": "1"}}'


def test_a_user_comment_that_is_there_stays_and_the_label_stands_in_the_comment():
    taken = put(plain(), chunk(b"eXIf", exif_with(b"ASCII\x00\x00\x00taken")), text_chunk("AIGC", LABEL))
    assert user_comment(of(taken).exif) == b"ASCII\x00\x00\x00taken"
    assert LABEL in of(taken).comment.decode()
    free = put(plain(), chunk(b"eXIf", exif_with()), text_chunk("AIGC", LABEL))
    assert b"a program" in of(free).exif
    assert b"AIGC" in user_comment(of(free).exif)


def test_a_label_that_is_no_json_stands_in_the_comment():
    found = of(put(plain(), text_chunk("AIGC", "made by a machine")))
    assert (found.exif, found.comment) == (b"", b"AIGC: made by a machine")


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_other_formats_keep_what_they_have(kind: str):
    out = io.BytesIO()
    tags = Image.Exif()
    tags.load(b"Exif\x00\x00" + exif_with(ASCII + b"{}"))
    Image.new("RGB", (64, 48)).save(out, kind, exif=tags, xmp=XMP.encode(), icc_profile=srgb())
    found = metadata_of(out)
    assert (user_comment(found.exif), found.xmp.decode(), found.profile) == (ASCII + b"{}", XMP, srgb())
    assert found.exif.startswith(b"Exif\x00\x00")


def test_a_profile_for_grey_or_inks_would_be_wrong_for_red_green_and_blue():
    grey = srgb()[:16] + b"GRAY" + srgb()[20:]
    assert of(put(plain(), profile_chunk(grey))).profile == b""
    out = io.BytesIO()
    Image.new("CMYK", (64, 48)).save(out, "JPEG", icc_profile=srgb()[:16] + b"CMYK" + srgb()[20:])
    assert metadata_of(out).profile == b""


def test_what_only_says_that_it_is_a_profile_is_left_out():
    hidden = srgb()[:36] + b"<xml" + srgb()[40:]
    assert of(put(plain(), profile_chunk(hidden))).profile == b""


def test_nothing_above_its_bound_is_unpacked_or_carried():
    profile = srgb()[:40]
    for large in (
        profile_chunk(profile + bytes(PROFILE_CAP_BYTES)),
        chunk(b"iCCP", b"a\x00\x00" + bytes(PROFILE_CAP_BYTES)),
        text_chunk("Comment", "x" * (SEGMENT_CAP_BYTES + 1), packed=True),
        text_chunk("Comment", "x" * (SEGMENT_CAP_BYTES + 1)),
        chunk(b"eXIf", bytes(SEGMENT_CAP_BYTES + 1)),
    ):
        assert of(put(plain(), large)) == Metadata()
    many = put(plain(), *[text_chunk(f"text {n}", "x" * 40_000) for n in range(2)])
    assert of(many) == Metadata()


def test_what_would_unpack_to_more_than_its_bound_takes_no_memory():
    bomb = put(plain(), chunk(b"iCCP", b"a\x00\x00" + zlib.compress(bytes(100 * PROFILE_CAP_BYTES))))
    tracemalloc.start()
    try:
        assert of(bomb) == Metadata()
        assert tracemalloc.get_traced_memory()[1] < 10 * PROFILE_CAP_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("odd", odd_pictures())
def test_whatever_a_picture_carries_costs_no_copy(odd: str):
    found = of(odd_pictures()[odd])
    Image.new("RGB", (8, 8)).save(
        io.BytesIO(), "JPEG", exif=found.exif, xmp=found.xmp, comment=found.comment, icc_profile=found.profile
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        plain()[:-1],
        put(plain(), chunk(b"iCCP", b"a\x00\x00no zlib")),
        put(plain(), chunk(b"eXIf", b"II*\x00" + struct.pack("<I", 2**31)), text_chunk("AIGC", "{}")),
    ],
)
def test_what_cannot_be_read_is_left_out(data: bytes):
    assert of(data).profile == b""
