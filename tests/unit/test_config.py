"""Wrong configuration: one line for each fault, with the key, the file and what would be right; never a secret."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from bot.config import Config, Http, load
from bot.config_faults import UNFORESEEN
from bot.config_models import ModelEntry, Rewriting
from bot.errors import ConfigurationError
from tests.support.configuration import SECRETS, faults_of

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
OPTIONAL = {"http": Http, "rewriting": Rewriting}
"""Tables that are not there unless somebody writes them."""

PASTED = "sk-abcdefsecretabcdef0123456789abcdef"


def test_the_example_loads_and_holds_every_default():
    assert load(EXAMPLE, {}, needs_secrets=False).model_dump(exclude={"models"}) == Config().model_dump(
        exclude={"models"}
    )
    example = load(EXAMPLE, {}, needs_secrets=False)
    assert example.catalogue() == Config().catalogue()


@pytest.mark.parametrize(("host", "images"), [("dashscope", 500), ("dashscope-intl", 0)])
def test_the_example_assumes_no_free_tier_where_there_is_none(tmp_path, host, images):
    text = EXAMPLE.read_text(encoding="utf-8").replace("# free_tier_started", "free_tier_started")
    file = tmp_path / "config.toml"
    file.write_text(text.replace('= "https://dashscope.', f'= "https://{host}.'), encoding="utf-8")
    tier = load(file, SECRETS).catalogue()["wanx2.1-t2i-turbo"].free_tier
    assert tier is not None
    assert tier.images == images


def test_the_example_names_every_key():
    text = EXAMPLE.read_text(encoding="utf-8")
    everything = tomllib.loads(re.sub(r"(?m)^# ((\[(?:http|rewriting)\]|\w+ = ).*)$", r"\1", text))
    (model,) = everything.pop("models").values()
    assert set(model) == set(ModelEntry.model_fields)
    assert set(everything.pop("http")) == set(Http.model_fields)
    assert Rewriting.model_validate(everything.pop("rewriting")) == Rewriting()
    defaults = Config()
    assert {name: set(section) for name, section in everything.items()} == {
        name: set(type(getattr(defaults, name)).model_fields) for name in everything
    }
    assert set(everything) == set(Config.model_fields) - {"models", *OPTIONAL}


def test_each_key_of_the_example_has_a_line_of_meaning():
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for before, line in pairwise(lines):
        if re.match(r"(# )?\w+ = ", line):
            assert before.startswith("# "), line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[discord]\napi_url = 'http://example.com'", "discord.api_url: must begin with https://"),
        (
            "[discord]\ngateway_url = 'https://example.com'",
            "discord.gateway_url: must be a URL that begins with wss://",
        ),
        ("[discord]\nsync_commands = 'often'", "discord.sync_commands"),
        ("[servers]\nallowed = 'all'", "servers.allowed: must be a list of server ids"),
        ("[servers]\npool = 20.5", "servers.pool: must be an amount of CNY in quotes"),
        ("[quota]\nbudget = '-1'", "quota.budget: must be an amount of CNY in quotes, zero or more"),
        ("[quota]\ntimezone = 'Mars/Olympus'", "quota.timezone: must be the name of a time zone"),
        ("[quota]\nperiod = 'year'", "quota.period: must be 'day', 'week' or 'month'"),
        ("[quota]\nimages_per_job = 11", "quota.images_per_job: must be 10 or less"),
        ("[dashscope]\nresult_hosts = []", "dashscope.result_hosts"),
        ("[dashscope]\nresult_hosts = ['https://x']", "dashscope.result_hosts"),
        ("[storage]\ndatabase = 'postgres://x'", "storage.database: must be a path"),
        ("[storage]\nkeep_prompts_days = -1", "storage.keep_prompts_days: must be 0 or more"),
        ("[models.'my-model']\nahead = 1", "is not built in: it needs a price"),
        ("[models.'Wan2.7-Image']\nprice = '0.2'", "must be written as it is built in: wan2.7-image"),
        ("[quota]\nbudget = '0.0000001'", "zero or more, with six decimals at most, such as"),
        (
            "[models.'wanx2.1-t2i-tubro']",
            "is not built in: it needs a price, unless wanx2.1-t2i-turbo is meant",
        ),
        (
            "[rewriting]\nmodel = 'qwen plus'",
            'rewriting.model: must be the name of a text model, such as "qwen3.7-flash"',
        ),
        (
            "[rewriting]\nmodel = 'qwen-image-3.0'\nprice_in = '1'\nprice_out = '1'",
            'rewriting.model: is a model that makes pictures; name a text model, such as "qwen3.7-flash"',
        ),
        (
            "[rewriting]\nmodel = 'qwen-plus'\nprice_in = '0.8'",
            "rewriting.model: is not qwen3.7-flash, whose prices are built in; set price_in and price_out beside it",
        ),
        ("[rewriting]\ndaily = 0", "rewriting.daily: must be 1 or more"),
        (
            f"[models.'wan2.6-t2i']\ncreate_rate = 1{'0' * 400}",
            'models."wan2.6-t2i".create_rate: must be creates per second, a number up to 50',
        ),
        ("[http]\nbind = '8080'", "http.bind: must be host:port"),
        ("[http]\nbind = '127.0.0.1:99999'", "http.bind: must be host:port"),
        ("[models.'my model']\nprice = '1'", 'models."my model": must be a model\'s name'),
        ("[models.'wanx2.1-t2i-turbo']\nahead = 99", 'models."wanx2.1-t2i-turbo".ahead: must be 10 or less'),
        ("[quota]\nbudget = '1e999999999999'", "quota.budget: must be an amount of CNY in quotes"),
        ("[quota]\ncooldown = true", "quota.cooldown: must be a whole number"),
        ("[quota]\ncooldown = '5'", "quota.cooldown: must be a whole number, without quotes"),
        ("[storage]\nimages = ''", "storage.images: must be the path of a folder"),
        ("[storage]\ndatabase = 'sqlite:///'", "storage.database: must be a path"),
        ('[storage]\ndatabase = "a\\u0000b"', "storage.database: must be a path"),
        (f'[storage]\ndatabase = "data/{"星" * 81}.db"', "storage.database: must be a path"),
        ("[dashscope]\nbase_url = 'https://[x'", "dashscope.base_url: must be a URL"),
        ("[dashscope]\nbase_url = 'https://x:port'", "dashscope.base_url: must be a URL"),
        ('[dashscope]\nbase_url = "https://x\\u200b.example"', "dashscope.base_url: must be a URL"),
        (
            "[dashscope]\nbase_url = 'https://x.example?key=1'",
            "must be a URL without user, password, query and fragment",
        ),
        ("[unknown]\nx = 1", "unknown: is a key that is not known here"),
        ("[discord", "is not valid TOML"),
        ("[dashscope]\napi_key = 'sk-sp-0123'", "dashscope.api_key: is a plan key (sk-sp-...)"),
        ("[dashscope]\napi_key = 'LTAI0123'", "dashscope.api_key: is the id of an access key (LTAI...)"),
        ("[dashscope]\napi_key = 'MTk4.Cl2FMQ.ZnCjm1'", "dashscope.api_key: has a bot token's three parts; are"),
        ("[discord]\ntoken = 'sk-0123'", "discord.token: is an API key by its beginning (sk-...); are the bot"),
        (
            "[models.wanx2.1-t2i-turbo]\nprice = '0.2'",
            "models.wanx2: must be in quotes, since its name has a dot",
        ),
        ("[models.wan9.1-t2i]\nprice = '0.2'", "models.wan9: must be in quotes, since its name has a dot"),
        ("[models.'wan2.6-t2i'.more]", 'models."wan2.6-t2i".more: is a key that is not known here'),
        ("[models.wan9.1-t2i]", "models.wan9: must be in quotes, since its name has a dot"),
        (
            "[dashscope]\nbase_url = 'https://dashscope-intl.aliyuncs.com/'",
            "dashscope.base_url: must end with /api/v1; config.example.toml has each region's address",
        ),
        (
            "[dashscope]\nbase_url = 'https://dashscope-intl.aliyuncs.com/api/v1/services'",
            "dashscope.base_url: must end with /api/v1; config.example.toml has each region's address",
        ),
        ("[models.mine]\nprice = '1'\nfree-tier = 1", "models.mine.free-tier: is a key that is not known here"),
        ("[models.mine]\nprice = '1'\n'Max Side' = 1", 'models.mine."Max Side": is a key that is not known here'),
        ("[models.mine]\nprice = '1'\nkey9 = 1", "models.mine: has a key that is not known here"),
        (
            "[dashscope]\nbase_url = 'https://dashscope.aliyuncs.com/compatible-mode/v1'",
            "dashscope.base_url: is the compatible-mode address",
        ),
        ("[storage]\ndatabase = 'sqlite:///a.db?mode=rw'", "sqlite:////absolute, without anything from ? or # on"),
        ("[storage]\ndatabase = 'sqlite:////a.db#x'", "storage.database: must be sqlite:///relative"),
        ("[storage]\ndatabase = ':memory:'", "storage.database: must be a path"),
        ("[storage]\ndatabase = 'sqlite:/a.db'", "storage.database: must be a path"),
        ("[storage]\ndatabase = 'file:a.db'", "storage.database: must be a path"),
        ("[storage]\ndatabase = '~nobody-is-called-so/a.db'", "storage.database: begins with ~, and there is no such"),
        ("[storage]\nimages = '~nobody-is-called-so/a'", "storage.images: begins with ~, and there is no such home"),
        (
            "[models.mine]\nprice = '1'\nprotocol = 'sync'",
            "'text-to-image', 'image-to-image', 'image-edit', 'image-generation' or 'multimodal-generation'",
        ),
        (
            "[models.mine]\nprice = '1'\nprotocol = 'image-to-image'",
            "models.mine.pictures: must be 1 or more for a model that only edits",
        ),
        ("[models.'wan2.6-image']\nprotocol = 'image-to-image'", 'as "image-generation" or "multimodal-generation"'),
        ("[models.'wan2.5-i2i-preview']\nprotocol = 'text-to-image'", 'this model only as "image-to-image"'),
        ("[models.'wan2.5-i2i-preview']\nprotocol = 'image-edit'", 'this model only as "image-to-image"'),
        ("[models.mine]\nprice = '1'\nprotocol = 'image-edit'", '"image-edit" is for built-in models'),
        (
            "[models.'wan2.5-i2i-preview']\nremoves_watermarks = true",
            'models."wan2.5-i2i-preview".removes_watermarks: is for wanx2.1-imageedit alone',
        ),
        (
            "[models.'qwen-image-2.0']\nprotocol = 'image-generation'",
            'models."qwen-image-2.0".protocol: the service has this model only as "multimodal-generation"',
        ),
        ("[models.'wan2.6-t2i']\nprotocol = 'text-to-image'", 'as "image-generation" or "multimodal-generation"'),
        (
            "[models.'qwen-image-3.0-pro']\nprice = '0.3'\nprice_input = '0.02'",
            "price: is a part of what this model costs; set price_large beside it",
        ),
        ("[models.'qwen-image-3.0']\nprice = '0.3'", "what this model costs; set price_input beside it"),
        ("[models.'z-image-turbo']\nprice_input = '0.1'", "price_input: this model takes no pictures in"),
        ("[models.'wan2.7-image']\nboxes = 3", 'models."wan2.7-image".boxes: must be 2 or less'),
        ("[models.'wan2.7-image']\nboxes = -1", 'models."wan2.7-image".boxes: must be 0 or more'),
        ("[models.'wan2.7-image']\nboxes = true", 'models."wan2.7-image".boxes: must be'),
        (
            "[models.'wanx2.1-imageedit']\nboxes = 1",
            'models."wanx2.1-imageedit".boxes: is for models that take pictures in and are asked by a message',
        ),
        ("[models.'wan2.6-t2i']\nboxes = 1", 'models."wan2.6-t2i".boxes: is for models that take pictures in'),
        ("[models.mine]\nprice = '1'\nboxes = 1", "models.mine.boxes: is for models that take pictures in"),
        ("[models.'z-image-turbo']\nprice = '0.11'", "this model costs; set price_rewritten beside it"),
        ("[models.'z-image-turbo']\nprice_large = '0.5'", "price_rewritten: can't stand beside price_large"),
        ("[storage]\nkeep_images_days = 36501", "storage.keep_images_days: must be 36500 or less"),
        ("[queue]\nlongest_wait = 1000000001", "queue.longest_wait: must be 1000000000 or less"),
        (
            "[models.mine]\nprice = '1'\nlarge_above = 1000000\nprice_large = '0.5'",
            "price_large: must be as much as price, or more",
        ),
        ("[models.mine]\nprice = '1'\nprice_rewritten = '0.5'", "price_rewritten: must be as much as price, or more"),
        ("[models.mine]\nprice = '1'\nprice_large = 2.5", "mine.price_large: must be an amount of CNY in quotes"),
        ("[models.mine]\nprice = '1'\nlarge_above = 9", "large_above: says from when on price_large counts, and there"),
        (
            "[models.mine]\nprice = '1'\nprice_large = '2'\nlarge_above = 0",
            "large_above: must be 1 or more",
        ),
        (
            "[models.mine]\nprice = '1'\nlarge_above = 1000000\nprice_large = '2'\nprice_rewritten = '2'",
            "can't stand beside price_large",
        ),
        ("[models.'wan2.7-image']\nprice_rewritten = '2'", "price_rewritten: this model does not rewrite prompts"),
        ("[models.mine]\nprice = '1'\ncreate_rate = 0.01", "models.mine.create_rate: must be creates per second, a"),
        ("[models.mine]\nprice = '1'\ncreate_rate = 51", "models.mine.create_rate: must be creates per second, a"),
        ("[models.mine]\nprice = '1'\ncreate_rate = true", "models.mine.create_rate: must be creates per second, a"),
        ("[models.mine]\nprice = '1'\ncreate_rate = '0/min'", 'or per minute in quotes, from "1/min" to "3000/min"'),
        ("[models.mine]\nprice = '1'\ncreate_rate = '5/h'", 'or per minute in quotes, from "1/min" to "3000/min"'),
        ("[models.'wanx2.1-t2i-turbo']\nfree_tier_days = 99999", "free_tier_days: must be 36500 or less"),
        (
            "[models.'wanx2.1-t2i-turbo']\nfree_tier_started = 9999-12-31",
            "free_tier_started: must be a day from the year 2015 to 2100",
        ),
        (
            "[models.'wanx2.1-t2i-turbo']\nfree_tier_started = 0001-01-01",
            "free_tier_started: must be a day from the year 2015 to 2100",
        ),
        ("[discord]\noperator_channel = 9223372036854775808", "operator_channel: must be 9223372036854775807 or less"),
        ("[servers]\nallowed = [9223372036854775808]", "servers.allowed: must be a list of server ids"),
    ],
)
def test_a_wrong_value_is_named_with_its_key_and_file(tmp_path, text, words):
    written = {"api_key =": "DASHSCOPE_API_KEY", "token =": "DISCORD_TOKEN"}
    in_file = {variable for key, variable in written.items() if key in text}
    (fault,) = faults_of(tmp_path, text, {name: value for name, value in SECRETS.items() if name not in in_file})
    assert fault.startswith(f"{tmp_path}/config.toml: ")
    assert words in fault


def test_all_faults_are_named_at_once(tmp_path):
    text = """
        [dashscope]
        base_url = 'http://x.example'
        [models.'my model']
        price = '1'
        [models.mine]
        ahead = 1
        [models.'wanx2.1-t2i-turbo']
        ahead = 99
        [models.yours]
        ahead = 2
    """
    faults = faults_of(tmp_path, text, {"PORT": "http"})
    assert [fault.partition(": ")[2].partition(":")[0].partition(" is")[0] for fault in faults] == [
        "dashscope.base_url",
        'models."wanx2.1-t2i-turbo".ahead',
        "must be a number from 1 to 65535",
        "discord.token",
        "dashscope.api_key",
    ]
    faults = faults_of(tmp_path, text.replace("ahead = 99", "ahead = 9"), SECRETS)
    assert [fault.partition(": ")[2].partition(" ")[0] for fault in faults] == [
        "dashscope.base_url:",
        'models."my',
        "models.mine",
        "models.yours",
    ]


WRONG = [
    f'"{PASTED}"', f'["{PASTED}"]', f'{{"{PASTED}" = "{PASTED}"}}', f'[{{toke = "{PASTED}"}}]', '""', "[]", "{}",
    "true", "-1", "-1.5", "nan", "inf", "99999999999999999999999", "1979-05-27", "1979-05-27T07:32:00Z",
]  # fmt: skip
"""What may stand where something else should, and most of all a key in the wrong place."""

SECTIONS = {name: type(getattr(Config(), name)) for name in Config.model_fields if name not in {"models", *OPTIONAL}}
KEYS = [
    *(f"{name}.{key}" for name, section in {**SECTIONS, **OPTIONAL}.items() for key in section.model_fields),
    *(f'models."wanx2.1-t2i-turbo".{key}' for key in ModelEntry.model_fields),
]


@pytest.mark.parametrize(
    "key", [*KEYS, *SECTIONS, *OPTIONAL, "models", 'models."wanx2.1-t2i-turbo"', "unknown", f'"{PASTED}"']
)
def test_whatever_stands_there_is_taken_or_refused_in_our_words_without_being_shown(tmp_path, key):
    file, refused = tmp_path / "config.toml", 0
    for value in WRONG:
        file.write_text(f"{key} = {value}", encoding="utf-8")
        try:
            load(file, {}, needs_secrets=False)
        except ConfigurationError as error:
            refused += 1
            for fault in error.faults:
                assert PASTED not in fault
                assert UNFORESEEN not in fault
                assert re.fullmatch(
                    r"config\.toml: (\S+: )?(must|has|is) [^\n]+", fault.removeprefix(f"{tmp_path}/")
                ), fault
    assert refused >= len(WRONG) // 3


@pytest.mark.parametrize("section", [*SECTIONS, *OPTIONAL])
@pytest.mark.parametrize("value", [f"'{PASTED}'", f"['{PASTED}']", "5"])
def test_a_section_that_is_no_table_is_told_how_it_is_written(tmp_path, section, value):
    more = {**SECRETS, "PORT": "80"}
    assert faults_of(tmp_path, f"{section} = {value}", more) == [
        f"{tmp_path}/config.toml: {section}: must be a table: [{section}] on a line of its own, and its keys below"
    ]


@pytest.mark.parametrize("around", ["\r", "\n", "\r\n", " ", "\t", "\u00a0", "\u3000"])
def test_what_was_copied_along_around_a_value_is_dropped(tmp_path, around):
    file = tmp_path / "config.toml"
    escaped = "".join(f"\\u{ord(character):04x}" for character in around)
    for token in ("of-the-file", f"{escaped}of-the-file{escaped}"):
        file.write_text(f'[discord]\ntoken = "{token}"\napi_url = "https://x.example{escaped}"', encoding="utf-8")
        loaded = load(
            file, {"DASHSCOPE_API_KEY": f"{around}sk-key{around}", "PORT": f"80{around}", "DISCORD_TOKEN": around}
        )
        assert loaded.discord.token.get_secret_value() == "of-the-file"
        assert loaded.discord.api_url == "https://x.example"
        assert loaded.dashscope.api_key.get_secret_value() == "sk-key"
        assert loaded.http is not None
        assert loaded.http.bind == "0.0.0.0:80"


@pytest.mark.parametrize(
    "within", ["\r", "\n", " ", "\0", "\x1b", "\x7f", "\u00a0", "\u200b", "\ufeff", '"', "'", "\\", "é", "\udcff"]
)
def test_a_secret_with_what_none_has_is_refused_and_not_shown(tmp_path, within):
    file = tmp_path / "config.toml"
    file.write_text("")
    for variable, key in (("DISCORD_TOKEN", "discord.token"), ("DASHSCOPE_API_KEY", "dashscope.api_key")):
        (fault,) = faults_of(tmp_path, "", {**SECRETS, variable: f"sk-{within}secret"})
        assert fault.startswith(f"{variable}, from the environment: {key}: ")
        assert "copy it anew" in fault or "must be text in UTF-8" in fault
        assert "secret" not in fault.partition(key)[2]
    if within.isascii():
        (fault,) = faults_of(
            tmp_path, f'[discord]\ntoken = "sk-\\u{ord(within):04x}secret"', {"DASHSCOPE_API_KEY": "k"}
        )
        assert fault.startswith(f"{tmp_path}/config.toml: discord.token: has a blank")


def test_each_fault_has_its_own_line(tmp_path):
    assert len(faults_of(tmp_path, "[quota]\nperiod = 'year'\nbudget = 1.5\n[discord]\nx = 1")) == 3


@pytest.mark.parametrize(
    "text",
    [
        "[discord]\ntoken = ['sk-secret']",
        "[discord]\ntoken = 'sk-secret'\ntoke = 'sk-secret'",
        "[dashscope]\napi_key = 5\napikey = 'sk-secret'",
        "[dashscope]\napi_key = 'sk-secret'\nbase_url = 'ftp://me:sk-secret@host'",
    ],
)
def test_a_secret_is_never_shown(tmp_path, text):
    assert "sk-secret" not in "".join(faults_of(tmp_path, text, {"DISCORD_TOKEN": ""}))
