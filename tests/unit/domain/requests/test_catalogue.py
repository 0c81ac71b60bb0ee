from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.pictures.inputs import HandedIn, InputPicture
from bot.domain.pictures.raster import PIXEL_CAP
from bot.domain.requests.catalogue import BUILT_IN, fit_for, taking_pictures
from bot.domain.requests.edits import Function
from bot.domain.requests.model import FreeTier, Model, Protocol
from bot.domain.requests.prices import price_of, price_range
from bot.domain.requests.request import Options, check
from bot.domain.requests.sizes import (
    EDITS_TO_1280,
    EDITS_TO_2048,
    PIXELS_TO_1440,
    PIXELS_TO_2048,
    PIXELS_TO_4096,
    QWEN_1K,
    QWEN_2K,
    SIDES_TO_1440,
    Size,
    SizeRule,
)
from bot.domain.requests.vendor_regions import FREE_TIER_IMAGES

HANDED_IN = HandedIn("https://cdn/cat.png", "cat.png", 9)


@pytest.mark.parametrize("text", ["1024*768", "1024x768", "1024X768", "1024×768", " 1024 * 768 "])
def test_a_size_is_read_however_people_type_it(text: str):
    assert Size.parse(text) == Size(1024, 768)
    assert str(Size.parse(text)) == "1024*768"


@pytest.mark.parametrize("text", ["", "1024", "1024*", "a*b", "1024*768*3", "-1*5", "100000*1", "1024,768", "１０*５"])
def test_what_is_no_size_is_refused(text: str):
    with pytest.raises(ValueError, match="is not a size"):
        Size.parse(text)


@pytest.mark.parametrize("model", BUILT_IN.values(), ids=BUILT_IN)
def test_every_preset_is_admitted_by_its_own_rule_and_has_its_ratio(model: Model):
    assert model.sizes.default == next(iter(model.sizes.presets.values()))
    for ratio, size in model.sizes.presets.items():
        assert model.sizes.admits(size), (model.name, ratio)
        wide, high = (int(part) for part in ratio.split(":"))
        assert size.width * high == size.height * wide


@pytest.mark.parametrize(
    ("rule", "size", "is_admitted"),
    [
        (SIDES_TO_1440, Size(512, 512), True),
        (SIDES_TO_1440, Size(511, 512), False),
        (SIDES_TO_1440, Size(512, 511), False),
        (SIDES_TO_1440, Size(1440, 1440), True),
        (SIDES_TO_1440, Size(1441, 1440), False),
        (SIDES_TO_1440, Size(512, 1440), True),
        (SIDES_TO_1440, Size(1440, 512), True),
        (SIDES_TO_1440, Size(512, 1441), False),
        (SIDES_TO_1440, Size(0, 0), False),
        (PIXELS_TO_1440, Size(1280, 1280), True),
        (PIXELS_TO_1440, Size(1280, 1279), False),
        (PIXELS_TO_1440, Size(1440, 1440), True),
        (PIXELS_TO_1440, Size(1440, 1441), False),
        (PIXELS_TO_1440, Size(2560, 640), True),
        (PIXELS_TO_1440, Size(640, 2560), True),
        (PIXELS_TO_1440, Size(2561, 640), False),
        (PIXELS_TO_1440, Size(1024, 1024), False),
        (PIXELS_TO_1440, Size(2880, 720), True),
        (PIXELS_TO_1440, Size(2881, 719), False),
        (PIXELS_TO_2048, Size(768, 768), True),
        (PIXELS_TO_2048, Size(768, 767), False),
        (PIXELS_TO_2048, Size(2048, 2048), True),
        (PIXELS_TO_2048, Size(2049, 2048), False),
        (PIXELS_TO_2048, Size(272, 2176), True),
        (PIXELS_TO_2048, Size(272, 2177), False),
        (PIXELS_TO_2048, Size(5792, 724), True),
        (PIXELS_TO_2048, Size(271, 2168), False),
        (PIXELS_TO_4096, Size(4096, 4096), True),
        (PIXELS_TO_4096, Size(4096, 4097), False),
        (PIXELS_TO_4096, Size(1448, 11584), True),
        (PIXELS_TO_4096, Size(11585, 1448), False),
        (PIXELS_TO_4096, Size(768, 768), True),
        (QWEN_2K, Size(512, 512), True),
        (QWEN_2K, Size(511, 512), False),
        (QWEN_2K, Size(2048, 2049), False),
        (QWEN_2K, Size(182, 1456), True),
        (QWEN_2K, Size(182, 1457), False),
        (QWEN_1K, Size(724, 5792), True),
        (EDITS_TO_2048, Size(768, 768), True),
        (EDITS_TO_2048, Size(767, 768), False),
        (EDITS_TO_2048, Size(2048, 2048), True),
        (EDITS_TO_2048, Size(2048, 2049), False),
        (EDITS_TO_2048, Size(384, 1536), True),
        (EDITS_TO_2048, Size(4096, 1024), True),
        (EDITS_TO_2048, Size(4096, 1023), False),
        (EDITS_TO_1280, Size(768, 768), True),
        (EDITS_TO_1280, Size(767, 768), False),
        (EDITS_TO_1280, Size(1280, 1280), True),
        (EDITS_TO_1280, Size(1280, 1281), False),
        (EDITS_TO_1280, Size(640, 2560), True),
        (EDITS_TO_1280, Size(639, 2560), False),
    ],
)
def test_a_size_is_admitted_exactly_within_the_rule(rule: SizeRule, size: Size, is_admitted: bool):
    assert rule.admits(size) is is_admitted


def test_every_built_in_model_has_a_known_free_tier_and_a_price():
    assert set(FREE_TIER_IMAGES) == set(BUILT_IN)
    assert all(model.price_micros > 0 and model.free_tier is None for model in BUILT_IN.values())
    assert all(name == model.name for name, model in BUILT_IN.items())


def test_every_built_in_model_is_drawn_as_the_vendor_documents():
    by_protocol = {
        protocol: {name for name, model in BUILT_IN.items() if model.protocol is protocol} for protocol in Protocol
    }
    newer = {"wan2.6-t2i", "wan2.6-image", "wan2.7-image", "wan2.7-image-pro", "qwen-image-3.0", "qwen-image-3.0-pro"}
    older, newer_qwen = ("qwen-image-2.0", "qwen-image-2.0-pro"), ("qwen-image-2.1-turbo", "qwen-image-2.1-pro")
    synchronous = {*older, *newer_qwen, "z-image-turbo"}
    assert by_protocol[Protocol.IMAGE_GENERATION] == newer
    assert by_protocol[Protocol.MULTIMODAL] == synchronous
    assert by_protocol[Protocol.IMAGE_TO_IMAGE] == {"wan2.5-i2i-preview"}
    assert by_protocol[Protocol.IMAGE_EDIT] == {"wanx2.1-imageedit"}
    assert BUILT_IN["wanx2.1-imageedit"].functions == set(Function) - {Function.UNMARK}
    # The only ones whose price varies, and who a new version of the program does not switch on by itself.
    assert {name: price_range(model) for name, model in BUILT_IN.items() if len(set(price_range(model))) > 1} == {
        "qwen-image-3.0-pro": (250_000, 500_000),
        "z-image-turbo": (100_000, 200_000),
    }
    assert {name for name, model in BUILT_IN.items() if not model.is_offered} == {
        *synchronous,
        "wan2.6-image",
        "wan2.5-i2i-preview",
        "wanx2.1-imageedit",
        "qwen-image-3.0",
        "qwen-image-3.0-pro",
    }
    # A series would be billed as up to twelve pictures: it is asked for by name alone.
    assert {name for name, model in BUILT_IN.items() if model.series} == {"wan2.7-image", "wan2.7-image-pro"}
    assert all(model.drawing_series() == model for model in BUILT_IN.values() if model.series is None)
    series = {name: model.fixed.get("enable_sequential") for name, model in BUILT_IN.items()}
    assert {name for name, told in series.items() if told is False} == {"wan2.7-image", "wan2.7-image-pro"}
    # With interleaving it would write texts, and draw as many pictures as it likes.
    assert BUILT_IN["wan2.6-image"].fixed == {"enable_interleave": False}
    assert len(BUILT_IN) <= 25  # in one menu of Discord's


def test_what_is_offered_where_large_pictures_cost_more_is_the_cheaper_half():
    pro = BUILT_IN["qwen-image-3.0-pro"]
    assert {price_of(pro, size, rewrites=True).asked for size in pro.sizes.presets.values()} == {250_000}


def test_what_is_offered_for_a_model_can_be_decoded():
    assert all(model.sizes.max_pixels <= PIXEL_CAP for model in BUILT_IN.values())


def test_a_free_tier_ends_at_midnight_in_beijing():
    tier = FreeTier(500, date(2026, 11, 1), 180)
    assert datetime.fromtimestamp(tier.expires_ms / 1000, UTC) == datetime(2027, 4, 29, 16, tzinfo=UTC)
    assert tier.key == "2026-11-01"


EDITED_PIXELS = {
    "wan2.7-image": 2048 * 2048,
    "wan2.7-image-pro": 2048 * 2048,
    "qwen-image-2.0": 1024 * 1024,
    "qwen-image-2.0-pro": 1024 * 1024,
    "qwen-image-2.1-turbo": 1024 * 1024,
    "qwen-image-2.1-pro": 1024 * 1024,
    "qwen-image-3.0": 1024 * 1024,
    "qwen-image-3.0-pro": 1024 * 1024,
    "wan2.6-image": 1024 * 1024,
    "wan2.5-i2i-preview": 1280 * 1280,
}
"""What the vendor draws of a picture by itself, by its pages on each; wan2.7 is the default."""


def edited(model: Model, width: int, height: int) -> Size:
    """Return the size of what is drawn of a picture."""
    handed_in = InputPicture("a.png", 9, width, height, is_scaled=False, is_flattened=False)
    request = check(Options("let it snow", model=model.name, handed_in=(HANDED_IN,)), BUILT_IN, drawn_seed=7)
    return request.with_pictures((handed_in,), model).size


@given(st.integers(1, 8000), st.integers(1, 8000))
@example(1, 8000)
@example(8000, 1)
def test_what_is_edited_has_a_size_that_its_model_draws_in_the_ratio_of_its_picture(width: int, height: int):
    for model in (BUILT_IN[name] for name in EDITED_PIXELS):
        size = edited(model, width, height)
        assert model.sizes.admits(size)
        assert 0.9 * EDITED_PIXELS[model.name] <= size.width * size.height <= EDITED_PIXELS[model.name]
        assert size.width % 16 == size.height % 16 == 0
        assert (size.width >= size.height) is (width >= height) or size.width == size.height
        # Sides are rounded to 16 pixels, which of a short one is much.
        ratio = min(max(width, height) / min(width, height), model.sizes.max_ratio)
        assert max(size.width, size.height) / min(size.width, size.height) == pytest.approx(ratio, rel=0.05)


def test_what_draws_from_words_and_what_edits_are_told_apart():
    words, edits = (fit_for(BUILT_IN, takes_pictures=takes) for takes in (False, True))
    assert set(BUILT_IN) - set(words) == {name for name, model in BUILT_IN.items() if model.edits_only}
    assert list(edits) == list(taking_pictures(BUILT_IN))
    assert next(iter(edits)) == "wan2.7-image"


def test_the_models_that_take_pictures_in_are_those_whose_size_of_an_edit_is_known():
    by_words = [name for name, model in taking_pictures(BUILT_IN).items() if not model.functions]
    assert by_words == list(EDITED_PIXELS)
