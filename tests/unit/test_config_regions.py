"""Prices by region: those of Beijing and Singapore are known, of anywhere else the operator has to say them."""

from pathlib import Path

import pytest

from bot.config import Config, load
from bot.config_regions import region_of
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.prices import price_range
from bot.domain.requests.vendor_regions import SINGAPORE, VendorRegion
from tests.support.configuration import SECRETS, faults_of
from tests.support.operator_commands import command

ABROAD = "[dashscope]\nbase_url = 'https://dashscope-intl.aliyuncs.com/api/v1'\n"
VIRGINIA = "[dashscope]\nbase_url = 'https://dashscope-us.aliyuncs.com/api/v1'\n"


def loaded(folder: Path, text: str) -> Config:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, SECRETS)


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("dashscope.aliyuncs.com", VendorRegion.BEIJING),
        ("llm-x1.cn-beijing.maas.aliyuncs.com", VendorRegion.BEIJING),
        ("DASHSCOPE-INTL.aliyuncs.com", VendorRegion.SINGAPORE),
        ("llm-x1.ap-southeast-1.maas.aliyuncs.com", VendorRegion.SINGAPORE),
        ("dashscope-us.aliyuncs.com", VendorRegion.UNKNOWN),
        ("cn-hongkong.dashscope.aliyuncs.com", VendorRegion.UNKNOWN),
        ("llm-x1.eu-central-1.maas.aliyuncs.com", VendorRegion.UNKNOWN),
        ("ap-southeast-1.maas.aliyuncs.com.example", VendorRegion.UNKNOWN),
        ("my-gateway.example", VendorRegion.UNKNOWN),
        ("127.0.0.1:8080", VendorRegion.BEIJING),
    ],
)
def test_the_host_of_the_address_names_the_region(host: str, region: VendorRegion):
    assert region_of(f"https://{host}/api/v1") is region


def test_singapore_has_its_own_prices_and_leaves_out_what_it_does_not_have(tmp_path: Path):
    config = loaded(tmp_path, ABROAD + "".join(f"[models.'{name}']\n" for name in SINGAPORE))
    catalogue = config.catalogue()
    assert config.remarks() == ["Off, since what they cost at your base_url is not known here: wanx2.0-t2i-turbo."]
    assert set(catalogue) == set(SINGAPORE) == set(BUILT_IN) - {"wanx2.0-t2i-turbo", "wanx2.1-imageedit"}
    pro, z = catalogue["qwen-image-3.0-pro"], catalogue["z-image-turbo"]
    assert (price_range(pro), pro.input_price_micros) == ((299_768, 562_065), 22_483)
    assert price_range(z) == (110_089, 220_177)
    assert catalogue["wanx2.1-t2i-turbo"].price_micros == 183_481
    # As many parts as in Beijing, and none cheaper.
    for name, model in catalogue.items():
        home = BUILT_IN[name]
        for here, there in (
            (home.price_micros, model.price_micros),
            (home.large_price_micros, model.large_price_micros),
            (home.rewritten_price_micros, model.rewritten_price_micros),
            (home.input_price_micros, model.input_price_micros),
        ):
            assert (here is None) is (there is None)
            assert (here or 0) <= (there or 0)


def test_beijing_leaves_nothing_out(tmp_path: Path):
    assert loaded(tmp_path, "").remarks() == []


def test_the_free_tier_is_beijings_unless_the_operator_says_otherwise(tmp_path: Path):
    began = "[models.'wan2.7-image']\nfree_tier_started = 2026-11-01\n"
    tiers = [loaded(tmp_path, text).catalogue()["wan2.7-image"].free_tier for text in (began, ABROAD + began)]
    assert [tier.images if tier else None for tier in tiers] == [50, 0]
    own = loaded(tmp_path, f"{ABROAD}{began}free_tier = 7\n").catalogue()["wan2.7-image"].free_tier
    assert own is not None
    assert own.images == 7


def test_a_price_of_ones_own_counts_as_confirmed_wherever_it_is(tmp_path: Path):
    text = "[models.'wanx2.0-t2i-turbo']\nprice = '0.05'\n[models.mine]\nprice = '0.06'\n"
    abroad, elsewhere = (loaded(tmp_path, where + text).catalogue() for where in (ABROAD, VIRGINIA))
    assert [model.price_micros for model in elsewhere.values()] == [50_000, 60_000]
    assert abroad["wanx2.0-t2i-turbo"].price_micros == 50_000
    assert abroad["mine"].price_micros == 60_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            f"{ABROAD}[models.'wanx2.0-t2i-turbo']\n",
            'models."wanx2.0-t2i-turbo": Singapore has no such model, as far as is known here; set price to what your '
            "console shows, in CNY, or enabled = false",
        ),
        (
            f"{VIRGINIA}[models.'wan2.6-t2i']\nprice = '0.2'\n[models.'qwen-image-3.0-pro']\n",
            'models."qwen-image-3.0-pro": what it costs at dashscope-us.aliyuncs.com is not known here; set price, '
            "price_large, price_input to what your console shows, in CNY, or enabled = false",
        ),
        (
            f"{VIRGINIA}[models.'wan2.6-t2i']\nprice = '0.2'\n[models.'z-image-turbo']\nprompt_limit = 9\n",
            "set price, price_rewritten to what",
        ),
        (
            VIRGINIA,
            "models: what they cost at dashscope-us.aliyuncs.com is not known here; name each that members may use, "
            'such as [models."wan2.6-t2i"] with price = "0.20"',
        ),
        (
            ABROAD
            + "".join(f"[models.'{name}']\nenabled = false\n" for name in SINGAPORE if BUILT_IN[name].is_offered),
            "models: Singapore has none of those that stay enabled",
        ),
    ],
)
def test_a_model_without_a_price_there_is_refused_in_one_sentence(tmp_path: Path, text: str, words: str):
    (fault,) = faults_of(tmp_path, text)
    assert fault.startswith(f"{tmp_path}/config.toml: ")
    assert words in fault


@pytest.mark.parametrize(
    ("model", "key", "given", "price"),
    [
        ("qwen-image-3.0-pro", "price_large", "0.26", "0.299768"),
        ("wanx2.1-t2i-turbo", "large_above = 1000000\nprice_large", "0.15", "0.183481"),
        ("z-image-turbo", "price_rewritten", "0.105", "0.110089"),
    ],
)
def test_what_costs_more_is_held_to_the_price_of_its_region(
    tmp_path: Path, model: str, key: str, given: str, price: str
):
    table = f"[models.'{model}']\n{key} = '{given}'\n"
    loaded(tmp_path, table)
    (fault,) = faults_of(tmp_path, ABROAD + table)
    *_, named = key.split()
    assert f"{named}: must be as much as price, or more, which is {price} CNY in Singapore" in fault


@pytest.mark.parametrize(
    ("where", "host"), [(ABROAD, "dashscope-intl.aliyuncs.com"), (VIRGINIA, "dashscope-us.aliyuncs.com")]
)
@pytest.mark.parametrize("given", ["", "price_in = '0.3'\n"])
def test_rewriting_elsewhere_needs_prices_of_its_own(tmp_path: Path, where: str, host: str, given: str):
    text = f"{where}[models.'wan2.6-t2i']\nprice = '0.3'\n[rewriting]\n{given}"
    assert faults_of(tmp_path, text) == [
        f"{tmp_path}/config.toml: rewriting: what qwen3.7-flash costs at {host} is not known here; set price_in and "
        "price_out to what your console shows, in CNY per million tokens"
    ]
    loaded(tmp_path, f"{where}[models.'wan2.6-t2i']\nprice = '0.3'\n[rewriting]\nprice_in = '1'\nprice_out = '4'\n")


def test_rewriting_in_beijing_has_prices_built_in(tmp_path: Path):
    assert loaded(tmp_path, "[rewriting]\n").rewriting is not None


async def test_check_says_which_models_are_off_for_their_price(tmp_path: Path):
    file = tmp_path / "config.toml"
    file.write_text(f"[discord]\ntoken = 't'\n{ABROAD}api_key = 'sk-0'\n", encoding="utf-8")
    code, said, _ = await command(tmp_path, "check")
    assert code == 0
    assert "8 models" in said
    assert "Models, the default first: wanx2.1-t2i-turbo, wanx2.1-t2i-plus, wan2.2-t2i-flash," in said
    assert "free_tier" not in said
    assert "Off, since what they cost at your base_url is not known here: wanx2.0-t2i-turbo." in said
    priced = "[models.'wan2.6-t2i']\nprice = '0.2'\nfree_tier_started = 2026-11-01\n"
    file.write_text(f"[discord]\ntoken = 't'\n{VIRGINIA}api_key = 'sk-0'\n{priced}", encoding="utf-8")
    said = (await command(tmp_path, "check"))[1]
    assert ": 1 model, SQLite" in said
    assert "free_tier_started counts nothing where free_tier is 0, or not known here and not set: wan2.6-t2i." in said
    file.write_text(f"[discord]\ntoken = 't'\n{VIRGINIA}api_key = 'sk-0'\n", encoding="utf-8")
    for what in ("check", "run"):
        code, said, faults = await command(tmp_path, what)
        assert (code, said) == (2, "")
        assert "name each that members may use" in faults
