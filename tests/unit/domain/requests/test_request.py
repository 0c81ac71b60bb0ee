from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pictures.inputs import HandedIn
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import NEGATIVE_PROMPT_MAX, SEED_MAX, Model
from bot.domain.requests.request import ImageRequest, Options, check
from bot.domain.requests.sizes import Size
from bot.errors import InvalidRequest

TURBO, WAN27 = "wanx2.1-t2i-turbo", "wan2.7-image"
QWEN, Z, WAN26 = "qwen-image-2.0", "z-image-turbo", "wan2.6-image"
SIX = [name for name in BUILT_IN if name.startswith("qwen-")]
DRAWING = [name for name, model in BUILT_IN.items() if not model.edits_only]


INVISIBLE = (
    *("\u200b", "\u200b \u2060", "\u00ad", "\u3164", "\u115f\ufe0f", "\u2800", "\U000e0061", "\x07", "\u202e"),
    *("\u3000", "\u2800\U0001d159", "\ue000"),
)


HANDED_IN = (HandedIn("https://cdn/cat.png", "cat.png", 9),)


def checked(options: Options, drawn_seed: int = 7) -> ImageRequest:
    return check(options, BUILT_IN, drawn_seed=drawn_seed)


def test_what_the_member_left_out_is_filled_in():
    assert checked(Options("  a cat ")) == ImageRequest("a cat", "", TURBO, Size(1024, 1024), 1, 7, True, False, False)


def test_what_the_member_gave_is_kept():
    options = Options("a cat", " blurry ", "wan2.5-t2i-preview", "16:9", 4, 99, False, True, True)
    assert checked(options) == ImageRequest(
        "a cat", "blurry", "wan2.5-t2i-preview", Size(1728, 972), 4, 99, False, True, True
    )
    assert checked(Options("a cat", size="1440x512")).size == Size(1440, 512)


@pytest.mark.parametrize(
    ("options", "key", "values"),
    [
        (Options("a cat", model="dall-e"), "invalid-model", {"model": "dall-e", "models": ", ".join(DRAWING)}),
        (Options("a cat", model="WAN2.7-images"), "invalid-model-near", {"near": WAN27}),
        (Options("a cat", model=WAN26), "invalid-edits-only", {"model": WAN26}),
        (Options("  "), "invalid-prompt-empty", {}),
        (Options("\0\ud83d"), "invalid-prompt-empty", {}),
        *((Options(text), "invalid-prompt-empty", {}) for text in INVISIBLE),
        (Options("x" * 801), "invalid-prompt-long", {"length": 801, "limit": 800, "model": TURBO}),
        (
            Options("a", "x" * (NEGATIVE_PROMPT_MAX + 1)),
            "invalid-negative-prompt-long",
            {"length": NEGATIVE_PROMPT_MAX + 1, "limit": NEGATIVE_PROMPT_MAX},
        ),
        (Options("a", "blurry", model=WAN27), "invalid-negative-prompt", {"model": WAN27}),
        (Options("a", model=WAN27, prompt_extend=True), "invalid-prompt-extend", {"model": WAN27}),
        (Options("a", "blurry", model=Z), "invalid-negative-prompt", {"model": Z}),
        (Options("a", model=Z, count=2), "invalid-count", {"value": 2, "least": 1, "most": 1, "model": Z}),
        (Options("a", model=Z, count=0), "invalid-count", {"value": 0, "able": 0}),
        (Options("a", model=Z, watermark=True), "invalid-watermark", {"model": Z}),
        (Options("花" * 1301, model=QWEN), "invalid-prompt-tokens", {"length": 1301, "limit": 1300, "model": QWEN}),
        (Options("a", model=QWEN, count=7), "invalid-count", {"value": 7, "least": 1, "most": 6, "model": QWEN}),
        (Options("a", model=QWEN, size="300*2500"), "invalid-size-ratio", {"max_ratio": 8}),
        (Options("a", size="huge"), "invalid-size-form", {"size": "huge", "default": "1024*1024"}),
        (Options("a", size="511*512"), "invalid-size-range", {"size": "511*512", "min_side": 512, "max_side": 1440}),
        (Options("a", model=WAN27, size="300*2500"), "invalid-size-ratio", {"size": "300*2500", "max_ratio": 8}),
        (Options("a", model="wan2.6-t2i", size="600*2800"), "invalid-size-ratio", {"max_ratio": 4}),
        (Options("a", model=WAN27, size="200*2000"), "invalid-size-range", {"min_side": 272}),
        (Options("a", model=WAN27, series=True, count=11), "invalid-count", {"value": 11, "least": 1, "most": 10}),
        (Options("a", model=TURBO, series=True), "invalid-series", {"models": "wan2.7-image, wan2.7-image-pro"}),
        (Options("a", count=0), "invalid-count", {"value": 0, "least": 1, "most": 4}),
        (Options("a", count=5), "invalid-count", {"least": 1, "most": 4, "model": TURBO, "models": ", ".join(SIX)}),
        (Options("a", seed=-1), "invalid-seed", {"value": -1, "least": 0, "most": SEED_MAX}),
        (Options("a", seed=SEED_MAX + 1), "invalid-seed", {"value": SEED_MAX + 1, "most": SEED_MAX}),
        (Options("a", seed=SEED_MAX, count=2), "invalid-seed", {"value": SEED_MAX, "most": SEED_MAX - 1}),
    ],
)
def test_what_cannot_be_drawn_is_refused_saying_what_would_do(options: Options, key: str, values: dict[str, object]):
    with pytest.raises(InvalidRequest) as refusal:
        checked(options)
    assert refusal.value.key == key
    assert {name: refusal.value.values[name] for name in values} == values


@pytest.mark.parametrize(
    ("model", "limit"),
    [
        (TURBO, 800),
        ("wan2.2-t2i-flash", 500),
        ("wan2.5-t2i-preview", 2000),
        ("wan2.6-t2i", 2100),
        (WAN27, 5000),
        (QWEN, 1300),
        ("qwen-image-2.1-pro", 1300),
        ("qwen-image-3.0-pro", 4500),
        (Z, 800),
        (WAN26, 2000),
        ("wan2.5-i2i-preview", 2000),
    ],
)
def test_a_prompt_of_exactly_the_limit_is_taken(model: str, limit: int):
    handed_in = handed_in_to(BUILT_IN[model])
    assert len(checked(Options("花" * limit, model=model, handed_in=handed_in)).prompt) == limit
    with pytest.raises(InvalidRequest):
        checked(Options("花" * (limit + 1), model=model, handed_in=handed_in))


def handed_in_to(model: Model) -> tuple[HandedIn, ...]:
    """Return what somebody has to hand in for a model to draw."""
    return HANDED_IN if model.edits_only else ()


def test_who_names_no_model_gets_the_first_that_does_what_is_asked_for():
    catalogue = {name: BUILT_IN[name] for name in (WAN26, WAN27, TURBO)}
    assert check(Options("a cat"), catalogue, drawn_seed=7).model == WAN27
    assert check(Options("a cat", handed_in=HANDED_IN), catalogue, drawn_seed=7).model == WAN26


@pytest.mark.parametrize(
    ("options", "model", "key"),
    [
        (Options("a cat"), WAN26, "invalid-words-none"),
        (Options("a cat", model=WAN26), WAN26, "invalid-words-none"),
        (Options("a cat", handed_in=HANDED_IN), TURBO, "invalid-picture-none"),
    ],
)
def test_where_no_model_does_what_is_asked_for_that_is_said(options: Options, model: str, key: str):
    with pytest.raises(InvalidRequest) as refusal:
        check(options, {model: BUILT_IN[model]}, drawn_seed=7)
    assert refusal.value.key == key


@pytest.mark.parametrize("model", BUILT_IN.values(), ids=BUILT_IN)
def test_what_a_model_does_not_have_is_never_asked_of_it(model: Model):
    handed_in = handed_in_to(model)
    plain = checked(Options("a cat", model=model.name, handed_in=handed_in))
    rewrites = model.takes_rewriting and model.name != "z-image-turbo"  # where it doubles the price
    assert (plain.negative_prompt, plain.prompt_extend, plain.watermark) == ("", rewrites, False)
    # To say no to what there is not is no mistake.
    said_no = Options("a cat", model=model.name, prompt_extend=False, handed_in=handed_in)
    for nothing in (replace(said_no, negative_prompt=" ", prompt_extend=None), said_no):
        assert not checked(nothing).negative_prompt
    assert checked(said_no).prompt_extend is False


@pytest.mark.parametrize("text", INVISIBLE)
def test_a_negative_prompt_that_shows_nothing_is_none(text: str):
    assert checked(Options("a cat", text)).negative_prompt == ""


@pytest.mark.parametrize("text", [".", "\u0301", "🇦", "a\u200b", "\u200b血"])
def test_a_prompt_of_which_anything_shows_is_taken(text: str):
    assert checked(Options(text)).prompt == text


def test_half_a_surrogate_pair_and_nul_are_dropped():
    assert checked(Options("a\0b\ud83dc")).prompt == "abc"


@given(seed=st.integers(0, SEED_MAX), drawn=st.integers(0, SEED_MAX), count=st.integers(1, 4))
def test_the_last_image_has_a_seed_that_the_vendor_takes(seed: int, drawn: int, count: int):
    assert checked(Options("a", count=count), drawn).seed + count - 1 <= SEED_MAX
    if seed + count - 1 <= SEED_MAX:
        assert checked(Options("a", seed=seed, count=count)).seed == seed


@given(st.text(max_size=60))
def test_a_checked_prompt_can_be_stored_and_sent(text: str):
    request = checked(Options(f"a {text}", text))
    for prompt in (request.prompt, request.negative_prompt):
        assert prompt.encode().decode() == prompt == prompt.strip()
        assert "\0" not in prompt


def test_a_series_is_drawn_by_the_first_model_that_can_and_has_four_pictures_at_most_unasked():
    request = checked(Options("a", series=True))
    assert (request.model, request.count, request.is_series) == (WAN27, 4, True)
    assert not checked(Options("a", model=WAN27, series=False)).is_series
    ten = checked(Options("a", model=WAN27, series=True, count=10, seed=SEED_MAX - 9))
    assert (ten.count, ten.seed) == (10, SEED_MAX - 9)
    unable = {TURBO: BUILT_IN[TURBO]}
    with pytest.raises(InvalidRequest) as refusal:
        check(Options("a", series=True), unable, drawn_seed=7)
    assert refusal.value.key == "invalid-series-none"


def test_an_edit_takes_the_first_model_that_edits_though_it_does_nothing_else():
    edits_only = {name: BUILT_IN[name] for name in (WAN26, WAN27)}
    assert check(Options("a", handed_in=HANDED_IN), edits_only, drawn_seed=7).model == WAN26
