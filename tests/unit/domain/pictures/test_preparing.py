import base64
import io
import tracemalloc
import zlib
from dataclasses import replace

import pytest
from PIL import Image

from bot.domain.pictures.inputs import (
    DATA_URI_MAX_BYTES,
    MEDIA_TYPES,
    InputPicture,
    PictureRule,
    SentPicture,
    data_uri_bytes,
)
from bot.domain.pictures.metadata import Metadata, metadata_of, turned
from bot.domain.pictures.preparing import check_weight, prepare
from bot.domain.requests.catalogue import BUILT_IN
from bot.errors import InvalidRequest
from bot.presentation.kit.answers import refusal_text
from bot.presentation.kit.texts import Texts
from sandbox.dashscope.pictures.oddities import chunk, srgb, with_chunks
from tests.support.handed_in import FILES, REFUSED, SCRIPT, SIZE, TAKEN, drawn, held, jpeg, png, saved, see_through

TEXTS = Texts.load()


def rule() -> PictureRule:
    found = BUILT_IN["wan2.7-image"].pictures
    assert found is not None
    return found


def decoded(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image


def test_there_are_at_least_sixty_odd_files():
    assert len(FILES) >= 60


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_a_picture_is_taken_and_sent_as_a_plain_one(name: str):
    case = TAKEN[name]
    made = prepare(case.make(), rule(), "cat.png")
    assert (made.ending, made.width, made.height) == (case.ending, *case.size)
    assert (made.is_scaled, made.is_flattened) == (case.scaled, case.flattened)
    image = decoded(made.data)
    assert (image.mode, image.size) == ("RGB", case.size)
    assert f"image/{(image.format or '').lower()}" == MEDIA_TYPES[made.ending]
    assert data_uri_bytes(made.ending, len(made.data)) <= DATA_URI_MAX_BYTES
    assert SCRIPT not in made.data
    assert b"Exif" not in made.data


@pytest.mark.parametrize("size", [(16, 16), (4000, 20), (20, 4000), (6000, 6000)])
def test_where_the_vendor_names_no_measures_any_are_taken(size: tuple[int, int]):
    limits = BUILT_IN["qwen-image-2.0"].pictures
    assert limits is not None
    made = prepare(png(size), limits, "cat.png")
    assert (made.width, made.height) == size
    with pytest.raises(InvalidRequest, match="picture-pixels"):
        prepare(png((8000, 5001)), limits, "cat.png")


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_none_or_would_not_do_is_refused_in_a_sentence(name: str):
    with pytest.raises(InvalidRequest) as refused:
        prepare(REFUSED[name].make(), rule(), "cat.png")
    assert refused.value.key == REFUSED[name].gets
    for locale in ("en-US", "zh-CN"):
        assert "cat.png" in refusal_text(TEXTS, locale, refused.value)


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [
        (1, (5, 5)),
        (2, (395, 5)),
        (3, (395, 295)),
        (4, (5, 295)),
        (5, (5, 5)),
        (6, (295, 5)),
        (7, (295, 395)),
        (8, (5, 395)),
    ],
)
def test_a_photo_is_turned_as_its_camera_was_held(orientation: int, corner: tuple[int, int]):
    image = decoded(prepare(held(orientation), rule(), "cat.jpg").data)
    assert image.getpixel(corner) == pytest.approx((220, 40, 40), abs=12)


def test_a_note_that_is_no_such_note_turns_nothing():
    image = drawn()
    assert turned(image, Metadata(exif=b"no note")) is image


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_see_through_becomes_white(kind: str):
    image = decoded(prepare(see_through("RGBA", kind), rule(), "cat.png").data)
    assert image.getpixel((350, 250)) == (255, 255, 255)
    assert image.getpixel((5, 5)) == (220, 40, 40)


def test_a_picture_without_loss_stays_without_loss():
    made = prepare(png(), rule(), "cat.png")
    assert decoded(made.data).tobytes() == drawn().tobytes()


def test_a_jpeg_is_compressed_as_it_was():
    first = prepare(jpeg(quality=30), rule(), "cat.jpg")
    again = prepare(first.data, rule(), "cat.jpg")
    assert first.data == again.data
    assert len(first.data) == pytest.approx(len(jpeg(quality=30)), rel=0.1)


def test_a_profile_of_colours_goes_along():
    assert decoded(prepare(jpeg(icc_profile=srgb()), rule(), "a.jpg").data).info["icc_profile"] == srgb()
    assert decoded(prepare(png(icc_profile=srgb()), rule(), "a.png").data).info["icc_profile"] == srgb()


def test_inks_and_grey_of_16_bits_keep_their_light():
    inks = decoded(prepare(saved(Image.new("CMYK", SIZE, (0, 0, 0, 0)), "JPEG"), rule(), "a.jpg").data)
    assert inks.getpixel((5, 5)) == (255, 255, 255)
    image = decoded(prepare(TAKEN["a grey PNG of 16 bits"].make(), rule(), "a.png").data)
    assert image.getpixel((399, 5)) == pytest.approx((249, 249, 249), abs=2)


def test_many_small_texts_that_unpack_to_much_are_left_packed():
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(60_000), 9))
    bomb = with_chunks(png(), text * 1000)
    tracemalloc.start()
    metadata_of(io.BytesIO(bomb))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 8 * 2**20
    assert prepare(bomb, rule(), "cat.png").data == prepare(png(), rule(), "cat.png").data


def test_a_comment_behind_a_fill_byte_does_not_go_along():
    data = jpeg()
    hidden = data[:2] + b"\xff\xff\xfe" + (2 + len(SCRIPT)).to_bytes(2) + SCRIPT + data[2:]
    assert SCRIPT not in prepare(hidden, rule(), "cat.jpg").data


def test_a_phones_photo_of_two_pictures_is_taken_with_a_fill_byte_too():
    two = saved(drawn(), "MPO", save_all=True, append_images=[drawn()])
    sent = prepare(two, rule(), "cat.jpg").data
    filled = two[: two.index(b"\xff\xe2")] + b"\xff" + two[two.index(b"\xff\xe2") :]
    assert prepare(filled, rule(), "cat.jpg").data == sent


def test_grey_of_16_bits_that_lets_something_through_is_sent_opaque():
    grey = Image.new("I;16", SIZE, 160)
    sent = prepare(saved(grey, "PNG", transparency=160), rule(), "cat.png").data
    assert not decoded(sent).has_transparency_data


def test_a_file_is_weighed_before_it_is_fetched():
    check_weight(rule().max_bytes, rule(), "cat.png")
    with pytest.raises(InvalidRequest) as refused:
        check_weight(rule().max_bytes + 1, rule(), "cat.png")
    assert refused.value.values == {"file": "cat.png", "size": "20.1", "limit": 20}


def test_what_has_less_room_is_made_smaller():
    detailed = FILES["a picture that is too detailed to be sent as it is"].make()
    alone, among = [prepare(detailed, rule(), "cat.png", uri_bytes=DATA_URI_MAX_BYTES // share) for share in (1, 3)]
    assert data_uri_bytes(among.ending, len(among.data)) <= DATA_URI_MAX_BYTES // 3
    assert (alone.is_scaled, among.is_scaled, among.width < alone.width) == (True, True, True)


def test_what_has_less_room_is_made_no_smaller_than_the_model_takes_it():
    detailed = saved(Image.effect_noise((1400, 1100), 90).convert("RGB"), "PNG")
    short = replace(rule(), min_side=1000)
    made = prepare(detailed, short, "cat.png", uri_bytes=DATA_URI_MAX_BYTES // 9)
    assert min(made.width, made.height) >= 1000
    assert data_uri_bytes(made.ending, len(made.data)) <= DATA_URI_MAX_BYTES // 9
    with pytest.raises(InvalidRequest) as refusal:
        prepare(detailed, short, "cat.png", uri_bytes=50_000)
    assert refusal.value.key == "picture-dense"


def test_a_data_uri_is_as_long_as_it_is_written():
    for data in (b"", b"1", b"12", b"123", b"1234"):
        uri = f"data:image/png;base64,{base64.b64encode(data).decode()}"
        assert data_uri_bytes(".png", len(data)) == len(uri)


def test_what_is_sent_is_shown_without_its_bytes():
    kept = InputPicture("1/2-in0-aa.jpg", 6, 8, 8, is_scaled=False, is_flattened=False)
    assert repr(SentPicture.of(kept, b"secret")) == "SentPicture(media_type='image/jpeg', is_mask=False)"
