"""Wrong configuration: one line for each fault, with the key, the file and what would be right; never a secret."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from bot.config import Config, Http, ModelEntry, load
from bot.errors import ConfigurationError

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
SECRETS = {"DISCORD_TOKEN": "token-of-the-test", "DASHSCOPE_API_KEY": "sk-of-the-test"}


def faults_of(tmp_path: Path, text: str, environment: dict[str, str] | None = None) -> list[str]:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as raised:
        load(file, SECRETS if environment is None else environment)
    return list(raised.value.faults)


def test_the_example_loads_and_holds_every_default():
    assert load(EXAMPLE, {}, needs_secrets=False).model_dump(exclude={"models"}) == Config().model_dump(
        exclude={"models"}
    )
    (entry,) = load(EXAMPLE, {}, needs_secrets=False).models.values()
    assert entry.free_tier == 500


def test_the_example_names_every_key():
    text = EXAMPLE.read_text(encoding="utf-8")
    everything = tomllib.loads(re.sub(r"(?m)^# ((\[http\]|\w+ = ).*)$", r"\1", text))
    (model,) = everything.pop("models").values()
    assert set(model) == set(ModelEntry.model_fields)
    assert set(everything.pop("http")) == set(Http.model_fields)
    defaults = Config()
    assert {name: set(section) for name, section in everything.items()} == {
        name: set(type(getattr(defaults, name)).model_fields) for name in everything
    }
    assert set(everything) == set(Config.model_fields) - {"models", "http"}


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
        ("[quota]\nbudget = '-1'", "quota.budget: '-1' is not an amount of zero or more"),
        ("[quota]\ntimezone = 'Mars/Olympus'", "quota.timezone: must be the name of a time zone"),
        ("[quota]\nperiod = 'year'", "quota.period: Input should be 'day', 'week' or 'month', not 'year'"),
        ("[quota]\nimages_per_job = 5", "quota.images_per_job"),
        ("[dashscope]\nresult_hosts = []", "dashscope.result_hosts"),
        ("[dashscope]\nresult_hosts = ['https://x']", "dashscope.result_hosts"),
        ("[storage]\ndatabase = 'postgres://x'", "storage: database must be a path"),
        ("[storage]\nkeep_prompts_days = -1", "storage.keep_prompts_days: Input should be greater than or equal to 0"),
        ("[models.'my-model']\nahead = 1", "is not built in: it needs a price"),
        ("[http]\nbind = '8080'", "http.bind: must be host:port"),
        ("[http]\nbind = '127.0.0.1:99999'", "http.bind: must be host:port"),
        ("[unknown]\nx = 1", "unknown: is no key that is known here"),
        ("[discord", "is not valid TOML"),
    ],
)
def test_a_wrong_value_is_named_with_its_key_and_file(tmp_path, text, words):
    (fault,) = faults_of(tmp_path, text)
    assert fault.startswith(f"{tmp_path}/config.toml: ")
    assert words in fault


def test_each_fault_has_its_own_line(tmp_path):
    assert len(faults_of(tmp_path, "[quota]\nperiod = 'year'\nbudget = 1.5\n[discord]\nx = 1")) == 3


def test_missing_secrets_are_named_with_their_variables(tmp_path):
    faults = faults_of(tmp_path, "", {})
    assert "DISCORD_TOKEN" in faults[0]
    assert "DASHSCOPE_API_KEY" in faults[1]


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


def test_the_environment_wins_where_custom_demands_it(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("[storage]\ndatabase = 'a.db'\n[http]\nbind = '127.0.0.1:1'")
    more = {"DATABASE_URL": "sqlite:////srv/b.db", "DASHSCOPE_HTTP_BASE_URL": "https://x.example/api/v1/", "PORT": "5"}
    config = load(file, {**SECRETS, **more})
    assert config.discord.token.get_secret_value() == SECRETS["DISCORD_TOKEN"]
    assert config.dashscope.api_key.get_secret_value() == SECRETS["DASHSCOPE_API_KEY"]
    assert str(config.storage.file) == "/srv/b.db"
    assert config.dashscope.base_url == "https://x.example/api/v1"
    assert config.http is not None
    assert config.http.bind == "0.0.0.0:5"


def test_a_file_that_is_not_there_says_what_to_do(tmp_path):
    with pytest.raises(ConfigurationError, match=r"copy config\.example\.toml"):
        load(tmp_path / "config.toml", SECRETS)


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
