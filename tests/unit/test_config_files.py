"""Where configuration comes from, and the places it names: files, folders and the environment."""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.config import load
from bot.errors import ConfigurationError
from bot.storage.files import places
from tests.support.configuration import SECRETS, faults_of


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
        ("pipe", "images", ["storage.database: is no ordinary file"]),
        ("foreign.db", "images", ["storage.database: is another program's database; give the bot a file of its own"]),
        ("a.db", "a.db/b", ["storage.images: is the database's file; it must be a folder of its own"]),
    ],
)
def test_places_that_can_not_be_are_named_and_nothing_is_made(tmp_path, database, images, faults):
    (tmp_path / "folder").mkdir()
    (tmp_path / "images").mkdir()
    os.mkfifo(tmp_path / "pipe")
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


def test_missing_secrets_are_named_with_their_variables(tmp_path):
    faults = faults_of(tmp_path, "", {})
    assert "DISCORD_TOKEN" in faults[0]
    assert "DASHSCOPE_API_KEY" in faults[1]


def test_the_environment_wins_where_custom_demands_it(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("[storage]\ndatabase = 'a.db'\n[http]\nbind = '127.0.0.1:1'\n[models.mine]\nprice = '1'")
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
