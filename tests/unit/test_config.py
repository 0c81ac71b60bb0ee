"""Wrong configuration: one line for each fault, with the key, the file and what would be right; never a secret."""

import os
import re
import sqlite3
import tomllib
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from bot.config import Config, Http, ModelEntry, load
from bot.config_faults import UNFORESEEN
from bot.errors import ConfigurationError
from bot.storage.files import places

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
PASTED = "sk-abcdefsecretabcdef0123456789abcdef"
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
        ("[quota]\nbudget = '-1'", "quota.budget: must be an amount of CNY in quotes, zero or more"),
        ("[quota]\ntimezone = 'Mars/Olympus'", "quota.timezone: must be the name of a time zone"),
        ("[quota]\nperiod = 'year'", "quota.period: must be 'day', 'week' or 'month'"),
        ("[quota]\nimages_per_job = 5", "quota.images_per_job"),
        ("[dashscope]\nresult_hosts = []", "dashscope.result_hosts"),
        ("[dashscope]\nresult_hosts = ['https://x']", "dashscope.result_hosts"),
        ("[storage]\ndatabase = 'postgres://x'", "storage.database: must be a path"),
        ("[storage]\nkeep_prompts_days = -1", "storage.keep_prompts_days: must be 0 or more"),
        ("[models.'my-model']\nahead = 1", "is not built in: it needs a price"),
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
        ("[storage]\nkeep_images_days = 36501", "storage.keep_images_days: must be 36500 or less"),
        ("[queue]\nlongest_wait = 1000000001", "queue.longest_wait: must be 1000000000 or less"),
        ("[models.'wanx2.1-t2i-turbo']\nfree_tier_days = 99999", "free_tier_days: must be 36500 or less"),
        ("[discord]\noperator_channel = 9223372036854775808", "operator_channel: must be 9223372036854775807 or less"),
        ("[servers]\nallowed = [9223372036854775808]", "servers.allowed: must be a list of server ids"),
    ],
)
def test_a_wrong_value_is_named_with_its_key_and_file(tmp_path, text, words):
    (fault,) = faults_of(tmp_path, text, {"DISCORD_TOKEN": "t"} if "sk-sp" in text else SECRETS)
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


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("DATABASE_URL", "sqlite:///a.db?mode=rw", "storage.database: must be sqlite:///relative"),
        ("DATABASE_URL", "postgres://me:pw@host/db", "storage.database: must be a path"),
        ("DASHSCOPE_API_KEY", "sk-sp-0123", "dashscope.api_key: is a plan key"),
        ("DASHSCOPE_HTTP_BASE_URL", "https://x.example/compatible-mode/v1", "dashscope.base_url: is the compatible"),
    ],
)
def test_a_wrong_variable_is_blamed_and_not_the_file(tmp_path, variable, value, words):
    (fault,) = faults_of(tmp_path, "", {**SECRETS, variable: value})
    assert fault.startswith(f"{variable}, from the environment: {words}")


def test_a_key_is_named_by_where_its_value_came_from(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("", encoding="utf-8")
    config = load(file, {**SECRETS, "DATABASE_URL": "a.db"})
    assert config.whence("storage", "database") == "DATABASE_URL, from the environment: storage.database"
    assert config.whence("storage", "images") == f"{file}: storage.images"


def test_a_file_may_be_called_what_a_url_may_not(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("[storage]\ndatabase = 'what?.db'", encoding="utf-8")
    assert load(file, SECRETS).storage.file == Path("what?.db")


def test_a_home_is_put_in_the_place_of_its_sign(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/bob")
    file = tmp_path / "config.toml"
    file.write_text("[storage]\ndatabase = 'sqlite:///~/a.db'\nimages = '~/pictures'", encoding="utf-8")
    storage = load(file, SECRETS).storage
    assert (storage.file, storage.images) == (Path("/home/bob/a.db"), Path("/home/bob/pictures"))


def placed(tmp_path: Path, database: str, images: str) -> list[str]:
    """What is said about places: without the file's name."""
    file = tmp_path / "config.toml"
    file.write_text(f"[storage]\ndatabase = '{database}'\nimages = '{images}'", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    try:
        load(file, SECRETS).check_places()
    except ConfigurationError as error:
        return [fault.removeprefix(f"{file}: ").replace(f"{tmp_path}", "...") for fault in error.faults]
    finally:
        assert sorted(tmp_path.rglob("*")) == before
    return []


@pytest.mark.parametrize(
    ("database", "images", "faults"),
    [
        ("new/a.db", "new/images", []),
        ("a.db", "images", []),
        ("folder", "file", ["storage.database: is a folder; it must be a file", "storage.images: is a file"]),
        ("file/a.db", "file/b", ["storage.database: can't be made: .../file is a file", "storage.images: can't be"]),
        ("file", "images", ["storage.database: is a file, and no database; if it was one, docs/operating.md"]),
        ("a.db", "a.db", ["storage.images: is the database's file; it must be a folder of its own"]),
        ("foreign.db", "images", ["storage.database: is another program's database; give the bot a file of its own"]),
        ("a.db", "a.db/b", ["storage.images: is the database's file; it must be a folder of its own"]),
    ],
)
def test_places_that_can_not_be_are_named_and_nothing_is_made(tmp_path, database, images, faults):
    (tmp_path / "folder").mkdir()
    (tmp_path / "images").mkdir()
    (tmp_path / "file").write_text("somebody's", encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "foreign.db")) as conn:
        conn.execute("CREATE TABLE orders (id INTEGER)")
    said = placed(tmp_path, f"{tmp_path}/{database}", f"{tmp_path}/{images}")
    assert len(said) == len(faults)
    assert all(one.startswith(fault) for one, fault in zip(said, faults, strict=True)), said


def test_a_place_that_can_not_even_be_looked_at_is_told_in_a_sentence():
    # As is one in a folder of somebody else's, which tests that run as root can enter.
    for look in (places.fault_of_file, places.fault_of_folder):
        assert look(Path("x" * 300)) == "can't be reached: file name too long"


def test_places_are_named_beside_all_else_that_is_wrong(tmp_path: Path):
    file = tmp_path / "config.toml"
    file.write_text(f"[storage]\nimages = '{file}'\n[dashscope]\nbase_url = 'ftp://x'", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigurationError) as raised:
        load(file, {"DATABASE_URL": f"sqlite:///{tmp_path}/folder"})
    assert [re.findall(r"\w+\.\w+(?=: |$)", fault)[-1] for fault in raised.value.faults] == [
        "dashscope.base_url",
        "discord.token",
        "dashscope.api_key",
        "storage.database",
        "storage.images",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_places_that_are_closed_to_this_user_are_named(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    said = placed(tmp_path, f"{closed}/a.db", f"{closed}/images")
    assert said == [
        f"storage.{key}: can't be made: this user may not write to .../closed" for key in ("database", "images")
    ]


WRONG = [
    f'"{PASTED}"', f'["{PASTED}"]', f'{{"{PASTED}" = "{PASTED}"}}', f'[{{toke = "{PASTED}"}}]', '""', "[]", "{}",
    "true", "-1", "-1.5", "nan", "inf", "99999999999999999999999", "1979-05-27", "1979-05-27T07:32:00Z",
]  # fmt: skip
"""What may stand where something else should, and most of all a key in the wrong place."""

SECTIONS = {name: type(getattr(Config(), name)) for name in Config.model_fields if name not in {"models", "http"}}
KEYS = [
    *(f"{name}.{key}" for name, section in {**SECTIONS, "http": Http}.items() for key in section.model_fields),
    *(f'models."wanx2.1-t2i-turbo".{key}' for key in ModelEntry.model_fields),
]


@pytest.mark.parametrize(
    "key", [*KEYS, *SECTIONS, "http", "models", 'models."wanx2.1-t2i-turbo"', "unknown", f'"{PASTED}"']
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


@pytest.mark.parametrize("section", [*SECTIONS, "http"])
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


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "8 0", "\u0663"])
def test_a_wrong_port_of_the_environment_is_named_as_that(tmp_path, port):
    assert faults_of(tmp_path, "", {**SECRETS, "PORT": port}) == [
        "PORT, from the environment: must be a number from 1 to 65535"
    ]


def test_a_wrong_address_of_the_environment_is_named_as_that(tmp_path):
    (fault,) = faults_of(tmp_path, "", {**SECRETS, "DASHSCOPE_HTTP_BASE_URL": "dashscope.aliyuncs.com"})
    assert fault.startswith("DASHSCOPE_HTTP_BASE_URL, from the environment: dashscope.base_url: must be a URL")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[discord]".encode("utf-16"), "is in UTF-16 (Windows calls it Unicode); save it as UTF-8"),
        ("[discord]".encode("utf-16-le"), "is in UTF-16"),
        ("# 北京".encode("gbk"), "is not text in UTF-8, but perhaps in GBK or ANSI; save it as UTF-8"),
        (b"[quota]\nfree_images = " + b"1" * 5000, "is not valid TOML"),
        (b"[quota]\nfree_images = " + b"[" * 100_000, "is not valid TOML"),
        (b"[quota]\nfree_images = 2026-13-45", "is not valid TOML"),
    ],
    ids=["UTF-16", "UTF-16 without a mark", "GBK", "a huge number", "a deep nest", "no such day"],
)
def test_a_file_that_can_not_be_read_is_one_sentence(tmp_path, content, words):
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError) as refused:
        load(file, SECRETS)
    (fault,) = refused.value.faults
    assert fault.startswith(f"{file}: {words}")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ConfigurationError, match="can't be read: Is a directory"):
        load(tmp_path, SECRETS)


def test_a_mark_at_the_files_beginning_does_no_harm(tmp_path):
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbf[quota]\r\nfree_images = 3\r\n")
    assert load(file, SECRETS).quota.free_images == 3


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
    assert config.whence("http", "bind") == "PORT, from the environment: http.bind"


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
