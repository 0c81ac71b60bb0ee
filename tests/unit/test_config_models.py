"""What the configuration changes and adds of models."""

from dataclasses import replace

import pytest

from bot.config import Config, load
from bot.domain.requests.catalogue import BUILT_IN, Protocol
from bot.errors import ConfigurationError
from tests.support.configuration import SECRETS


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
    assert catalogue["older"].sizes is BUILT_IN["wanx2.1-t2i-turbo"].sizes
