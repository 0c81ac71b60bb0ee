"""What the configuration changes and adds of models."""

import math
from dataclasses import replace
from datetime import date

import pytest

from bot import config_faults
from bot.config import Config, load
from bot.config_traits import OURS
from bot.domain.requests.catalogue import BUILT_IN, WORDS_ALONE
from bot.domain.requests.model import Model, Protocol
from bot.errors import ConfigurationError
from tests.support.configuration import SECRETS, faults_of


def test_the_latest_free_tier_that_may_be_configured_has_an_end(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("[models.'wanx2.1-t2i-turbo']\nfree_tier_started = 2100-12-31\nfree_tier_days = 36500\n")
    tier = load(file, SECRETS).catalogue()["wanx2.1-t2i-turbo"].free_tier
    assert tier is not None
    assert tier.starts_ms < tier.expires_ms


def test_a_model_of_ones_own_and_a_changed_one(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(
        "[models.'mine']\nprice = '0.05'\nprompt_limit = 100\n"
        "[models.'wanx2.1-t2i-plus']\nenabled = false\n"
        "[models.'wanx2.1-t2i-turbo']\nfree_tier_started = 2026-11-01\nfree_tier_days = 90\nfree_tier_used = 7\n"
    )
    catalogue = load(file, SECRETS).catalogue()
    assert catalogue["mine"].price_micros == 50_000
    assert "wanx2.1-t2i-plus" not in catalogue
    tier = catalogue["wanx2.1-t2i-turbo"].free_tier
    assert tier is not None
    assert (tier.images, tier.days, tier.used_before) == (500, 90, 7)
    assert next(iter(catalogue)) == "wanx2.1-t2i-turbo"


def test_the_operator_says_how_many_rectangles_a_model_takes(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("[models.'wan2.7-image']\nboxes = 0\n[models.'qwen-image-2.0']\nboxes = 1\n")
    catalogue = load(file, SECRETS).catalogue()
    assert {name: model.boxes for name, model in catalogue.items() if model.boxes} == {
        "wan2.7-image-pro": 2,
        "qwen-image-2.0": 1,
    }


def test_a_price_may_depend_on_the_size_or_on_rewriting(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(
        "[models.'sized']\nprice = '0.25'\nprice_large = '0.5'\nlarge_above = 1000000\ncreate_rate = '5/min'\n"
        "[models.'wan2.6-t2i']\nprice = '0.2'\nprice_rewritten = '0.3'\ncreate_rate = 3\n"
    )
    catalogue = load(file, SECRETS).catalogue()
    sized, rewriting = catalogue["sized"], catalogue["wan2.6-t2i"]
    assert (sized.price_micros, sized.large_price_micros, sized.large_above) == (250_000, 500_000, 1_000_000)
    assert (rewriting.price_micros, rewriting.rewritten_price_micros) == (200_000, 300_000)
    assert (sized.create_rate, rewriting.create_rate) == (pytest.approx(5 / 60), 3)


def test_the_newest_models_are_off_until_a_table_names_them(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("[models.'z-image-turbo']\n[models.'qwen-image-2.0']\nenabled = false\n")
    catalogue = load(file, SECRETS).catalogue()
    assert list(catalogue) == [*(name for name, model in BUILT_IN.items() if model.is_offered), "z-image-turbo"]
    assert catalogue["z-image-turbo"] == BUILT_IN["z-image-turbo"]
    file.write_text("".join(f"[models.'{name}']\nenabled = false\n" for name in Config().catalogue()))
    with pytest.raises(ConfigurationError, match="at least one model must stay enabled"):
        load(file, SECRETS)


def test_a_model_may_be_asked_in_the_other_way_that_the_service_has(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("[models.'wan2.6-t2i']\nprotocol = 'multimodal-generation'\n")
    assert load(file, SECRETS).catalogue()["wan2.6-t2i"].protocol.is_synchronous


def test_a_model_of_ones_own_may_be_of_the_newer_protocol(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(
        "[models.'newest']\nprice = '0.05'\nprotocol = 'image-generation'\n[models.'mine']\nprice = '0.05'\n"
        "[models.'wan2.7-image']\nprice = '0.3'\n"
    )
    catalogue = load(file, SECRETS).catalogue()
    assert catalogue["newest"].protocol is Protocol.IMAGE_GENERATION
    assert catalogue["mine"].protocol is Protocol.TEXT_TO_IMAGE
    # What is not configured is as it is built in.
    assert catalogue["wan2.7-image"] == replace(BUILT_IN["wan2.7-image"], price_micros=300_000)


@pytest.mark.parametrize("protocol", ["image-generation", "multimodal-generation"])
def test_a_model_of_ones_own_is_asked_for_sizes_that_those_of_its_address_draw(tmp_path, protocol):
    file = tmp_path / "config.toml"
    file.write_text(f"[models.newest]\nprice = '0.05'\nprotocol = '{protocol}'\n[models.older]\nprice = '0.05'\n")
    catalogue = load(file, SECRETS).catalogue()
    of_its_address = [
        model for model in BUILT_IN.values() if model.protocol is not Protocol.TEXT_TO_IMAGE and not model.edits_only
    ]
    for model in of_its_address:
        assert all(model.sizes.admits(size) for size in catalogue["newest"].sizes.presets.values()), model.name
    assert catalogue["older"].sizes == BUILT_IN["wanx2.1-t2i-turbo"].sizes


def written(model: Model, name: str) -> str:
    """Return the table that says of a model of one's own all that is known of a built-in one."""
    sizes, series = model.sizes, model.series
    rewriting = ("on" if model.rewrites_unasked else "off") if model.takes_rewriting else "none"
    flags = {
        "counts_tokens": model.counts_word_pieces,
        "watermark": model.takes_watermark,
        "edits_only": model.edits_only,
        "series": series is not None,
    }
    own = {key: value for key, value in model.fixed.items() if series is None or key != "enable_sequential"}
    keys: dict[str, object] = {
        "protocol": f'"{model.protocol}"',
        "price": f'"{model.price_micros / 1e6}"',
        "prompt_limit": model.prompt_limit,
        "sizes": [str(size) for size in sizes.presets.values()],
        **{key: getattr(sizes, key) for key in ("min_side", "max_side", "min_pixels", "max_pixels", "max_ratio")},
        "images": model.images_max,
        "negative_prompt": model.negative_prompt_limit,
        "prompt_extend": f'"{rewriting}"',
        "parameters": "{" + ", ".join(f"{key} = {str(value).lower()}" for key, value in own.items()) + "}",
        "boxes": model.boxes,
        "pictures": model.pictures.most if model.pictures else 0,
        **{key: str(value).lower() for key, value in flags.items()},
    }
    if model.pictures is not None:
        keys["picture_megabytes"] = model.pictures.max_bytes // 1024 // 1024
        keys["picture_min_side"] = model.pictures.min_side
        for key in ("max_side", "max_ratio"):
            if getattr(model.pictures, key) != math.inf:
                keys[f"picture_{key}"] = getattr(model.pictures, key)
    if model.large_price_micros is not None:
        keys["price_large"] = f'"{model.large_price_micros / 1e6}"'
    if model.rewritten_price_micros is not None:
        keys["price_rewritten"] = f'"{model.rewritten_price_micros / 1e6}"'
    if model.input_price_micros is not None:
        keys["price_input"] = f'"{model.input_price_micros / 1e6}"'
    keys["create_rate"] = f'"{round(model.create_rate * 60)}/min"' if model.create_rate < 1 else model.create_rate
    keys["running_tasks"] = model.running_tasks
    return f"[models.'{name}']\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


@pytest.mark.parametrize("name", [name for name, model in BUILT_IN.items() if not model.functions])
def test_all_that_is_known_of_a_built_in_model_can_be_said_of_one_that_is_added(tmp_path, name):
    built_in = BUILT_IN[name]
    file = tmp_path / "config.toml"
    file.write_text(written(built_in, "mine"))
    mine = load(file, SECRETS).catalogue()["mine"]
    # What no key says: other ways to ask it, notes of the vendor's pages, and what follows from the pictures.
    pictures = replace(built_in.pictures, text_only=WORDS_ALONE, drawn_pixels=None) if built_in.pictures else None
    known = replace(
        built_in, name="mine", other_protocols=frozenset(), is_offered=True, prompt_note_above=None, pictures=pictures
    )
    if known.series is not None:
        # Drawn in the sizes that the model has else.
        known = replace(known, series=replace(known.series, sizes=known.sizes))
    assert mine == known
    assert list(mine.sizes.presets) == list(built_in.sizes.presets)


def test_a_built_in_model_may_be_told_to_be_less(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(
        "[models.'wan2.7-image']\nseries = false\npictures = 0\nboxes = 0\nimages = 1\nsizes = ['1024*1024']\n"
        "parameters = { thinking_mode = false }\ngoes_offline = 2027-03-31\n"
    )
    model = load(file, SECRETS).catalogue()["wan2.7-image"]
    assert (model.series, model.pictures, model.images_max, model.goes_offline) == (None, None, 1, date(2027, 3, 31))
    assert list(model.sizes.presets) == ["1:1"]
    assert model.fixed == {"enable_sequential": False, "thinking_mode": False}


def test_limits_may_leave_a_single_size(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(
        "[models.'wan2.7-image']\nsizes = ['1024*1024']\nmin_side = 1024\nmax_side = 1024\n"
        "min_pixels = 1048576\nmax_pixels = 1048576\npicture_min_side = 8000\n"
    )
    sizes = load(file, SECRETS).catalogue()["wan2.7-image"].drawing_series().sizes
    assert str(sizes.fitting(300, 700)) == "1024*1024"


def test_a_model_that_rewrites_unasked_costs_what_that_costs(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("[models.'z-image-turbo']\nprompt_extend = 'on'\n")
    model = load(file, SECRETS).catalogue()["z-image-turbo"]
    assert model.takes_rewriting
    assert model.rewrites_unasked


def test_a_size_without_a_plain_ratio_and_a_second_of_the_same_are_called_as_they_are(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("[models.'wan2.7-image']\nsizes = ['1024*1024', '2048*2048', '1023*767']\n")
    presets = load(file, SECRETS).catalogue()["wan2.7-image"].sizes.presets
    assert list(presets) == ["1:1", "2048*2048", "1023*767"]


LIMITS = "min_side 512, max_side 1440, min_pixels 262144, max_pixels 2073600, max_ratio 2.8125"


@pytest.mark.parametrize(
    ("name", "keys", "said"),
    [
        (
            "wanx2.1-t2i-turbo",
            "sizes = ['4096*4096']",
            f"sizes: 4096*4096 can't be within {LIMITS}; set other limits beside it",
        ),
        (
            "wanx2.1-t2i-turbo",
            "sizes = []",
            'sizes: must be a list of sizes in quotes, the default first, such as ["10',
        ),
        ("wanx2.1-t2i-turbo", "sizes = ['big']", "sizes: must be a list of sizes in quotes"),
        ("wanx2.1-t2i-turbo", "sizes = [['1024*1024']]", "sizes: must be a list of sizes in quotes"),
        ("wanx2.1-t2i-turbo", "min_side = 1500", "min_side: must be max_side, which is 1440, or less"),
        ("wanx2.1-t2i-turbo", "min_pixels = 3000000", "min_pixels: must be max_pixels, which is 2073600, or less"),
        ("wanx2.1-t2i-turbo", "max_side = 100", "max_side: must be min_side, which is 512, or more"),
        ("wanx2.1-t2i-turbo", "max_pixels = 1", "max_pixels: must be min_pixels, which is 262144, or more"),
        ("wanx2.1-t2i-turbo", "max_pixels = 300000", "max_pixels: 1024*1024, 1280*720, "),
        ("wanx2.1-t2i-turbo", "max_pixels = 300000", "; set sizes that can be beside it"),
        ("wan2.7-image-pro", "sizes = ['4096*4096']\nmin_pixels = 5000000", "sizes: within these limits it draws no"),
        ("wanx2.1-t2i-turbo", "price_large = '0.28'", "large_above: must be less than max_pixels, which is 2073600"),
        ("qwen-image-3.0-pro", "large_above = 4194304", "large_above: must be less than max_pixels, which is 4194304"),
        ("wanx2.1-t2i-turbo", "max_ratio = 0.5", "max_ratio: must be 1.0 or more"),
        ("wanx2.1-t2i-turbo", "images = 11", "images: must be 10 or less"),
        ("wanx2.1-t2i-turbo", "series = true", "series: is for models that are asked by a message"),
        ("wan2.6-image", "series = true", "series: is for models that draw from words, and this one only edits"),
        ("z-image-turbo", "edits_only = true", "edits_only: is for a model that takes pictures in; set pictures"),
        ("wanx2.1-t2i-turbo", "pictures = 2", 'pictures: must be 0 with protocol "text-to-image"'),
        ("wanx2.1-t2i-turbo", "picture_max_ratio = 2", "picture_max_ratio: is for a model that takes pictures in"),
        ("wanx2.1-t2i-turbo", "prompt_extend = 'yes'", "prompt_extend: must be 'on', 'off' or 'none'"),
        ("wanx2.1-t2i-turbo", "parameters = { n = 4 }", "parameters: must be a table of the service's own parameters"),
        ("wanx2.1-t2i-turbo", "parameters = { x = [1] }", "parameters: must be a table of the service's own"),
        ("wanx2.1-t2i-turbo", "picture_min_side = 9", "picture_min_side: is for a model that takes pictures in"),
        ("wanx2.1-t2i-turbo", "picture_max_side = 9", "picture_max_side: is for a model that takes pictures in"),
        ("wanx2.1-t2i-turbo", "picture_megabytes = 9", "picture_megabytes: is for a model that takes pictures in"),
        ("wan2.5-i2i-preview", "series = true", "series: is for models that are asked by a message"),
        ("wanx2.1-t2i-turbo", "min_side = 1100", "min_side: 1024*1024, 1280*720, "),
        ("wanx2.1-t2i-turbo", "max_ratio = 1.2", "max_ratio: 1280*720, "),
        ("wanx2.1-t2i-turbo", "max_ratio = inf", "max_ratio: must be a number"),
        ("wanx2.1-t2i-turbo", "min_side = 0", "min_side: must be 1 or more"),
        ("wanx2.1-t2i-turbo", "min_pixels = 0", "min_pixels: must be 1 or more"),
        ("wanx2.1-t2i-turbo", "max_pixels = 99999999", "max_pixels: must be 40000000 or less"),
        ("wanx2.1-t2i-turbo", "negative_prompt = -1", "negative_prompt: must be 0 or more"),
        ("wanx2.1-t2i-turbo", "parameters = { Style = 'a' }", "a name has small letters, digits and _"),
        ("wan2.7-image", "pictures = 10", "pictures: must be 9 or less"),
        (
            "wan2.7-image",
            "picture_min_side = 9000",
            "picture_min_side: must be picture_max_side, which is 8000, or less",
        ),
        ("wanx2.1-imageedit", "pictures = 2", "pictures: must be 1, since a function changes one"),
        ("wan2.6-image", "pictures = 0", "pictures: must be 1 or more for a model that only edits"),
        ("wan2.5-i2i-preview", "edits_only = false", 'edits_only: must be true with protocol "image-to-image"'),
    ],
)
def test_what_a_model_can_not_be_is_named(tmp_path, name, keys, said):
    (fault,) = faults_of(tmp_path, f"[models.'{name}']\n{keys}\n", SECRETS)
    assert f"{config_faults.written(('models', name))}." in fault
    assert said in fault


def test_a_series_keeps_to_the_sizes_and_limits_of_its_model(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(
        "[models.'wan2.7-image']\nsizes = ['1024*1024']\nmax_pixels = 1500000\n"
        "[models.'wan2.7-image-pro']\nsizes = ['4096*4096']\n"
    )
    catalogue = load(file, SECRETS).catalogue()
    drawn = catalogue["wan2.7-image"].drawing_series().sizes
    assert drawn == catalogue["wan2.7-image"].sizes
    # A series is never as large as that.
    pro = BUILT_IN["wan2.7-image-pro"].series
    assert pro is not None
    assert catalogue["wan2.7-image-pro"].drawing_series().sizes == pro.sizes


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("qwen-image-3.0-pro", "pictures = 0\nprice = '1'\nprice_large = '1'"),
        ("z-image-turbo", "prompt_extend = 'none'\nprice = '0.1'"),
        ("wan2.7-image", "pictures = 0"),
        ("qwen-image-3.0-pro", "max_pixels = 2250000\nprice = '0.3'\nprice_input = '0.02'\nprice_large = '0.5'"),
    ],
)
def test_what_is_taken_from_a_model_takes_its_prices_and_rectangles_along(tmp_path, name, keys):
    file = tmp_path / "config.toml"
    file.write_text(f"[models.'{name}']\n{keys}\n")
    model = load(file, SECRETS).catalogue()[name]
    assert not model.boxes


def test_what_is_to_be_known_of_models_and_is_no_fault_is_said(tmp_path):
    file = tmp_path / "config.toml"
    off = "".join(f"[models.'{name}']\nenabled = false\n" for name, model in BUILT_IN.items() if model.is_offered)
    file.write_text(
        off + "[models.'wan2.6-image']\nfree_tier_used = 3\n"
        "[models.'wan2.6-image-2']\nprice = '0.2'\nprotocol = 'image-generation'\npictures = 1\nedits_only = true\n"
        "free_tier_started = 2026-10-01\n"
    )
    assert load(file, SECRETS).remarks() == [
        "Added by your tables, by protocol: wan2.6-image-2 (image-generation).",
        "/imagine has no model, since these only edit: wan2.6-image, wan2.6-image-2.",
        "free_tier_started counts nothing where free_tier is 0, or not known here and not set: wan2.6-image-2.",
        "free_tier and free_tier_used count nothing without free_tier_started: wan2.6-image.",
    ]


@pytest.mark.parametrize("name", sorted(OURS))
def test_what_the_program_sets_itself_is_no_parameter_of_a_table(tmp_path, name):
    (fault,) = faults_of(tmp_path, f"[models.'wan2.7-image']\nparameters = {{ {name} = true }}\n", SECRETS)
    assert "parameters: must be a table of the service's own parameters" in fault


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [("x" * 100, True), ("x" * 101, False)],
)
def test_a_parameter_is_a_short_text(tmp_path, given, is_taken):
    text = f"[models.'wan2.7-image']\nparameters = {{ style = '{given}' }}\n"
    if is_taken:
        (tmp_path / "config.toml").write_text(text)
        model = load(tmp_path / "config.toml", SECRETS).catalogue()["wan2.7-image"]
        # A series takes it, too.
        assert model.fixed["style"] == model.drawing_series().fixed["style"] == given
    else:
        assert "up to 100 characters" in faults_of(tmp_path, text, SECRETS)[0]
