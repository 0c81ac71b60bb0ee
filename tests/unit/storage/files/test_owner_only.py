"""Who may read what the bot keeps: its owner, and whose files and folders are left as they are."""

import logging
import os
import stat
import tempfile
from pathlib import Path

import pytest

from bot.errors import StorageDamaged, StorageUnavailable
from bot.storage.files import member_key, owner_only
from bot.storage.files.instance import only_instance
from bot.storage.sqlite.database import Database
from sandbox.clock import SandboxClock

MAKE = "CREATE TABLE notes (text TEXT NOT NULL)"


@pytest.fixture(autouse=True)
def open_umask():
    """Let whatever is made without a thought be readable by everybody, as on a stock machine."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    return made


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def made(path: Path, content: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o644)
    return path


async def write_something(path: Path) -> None:
    async with await Database.open(path) as database:
        await database.write(lambda conn: conn.execute(MAKE).rowcount)
        await database.write(lambda conn: member_key.hash_of(conn, 1))
        beside = sorted(path.parent.glob("imagine.db*"))
        assert [file.name for file in beside][:4] == [
            "imagine.db",
            "imagine.db-shm",
            "imagine.db-wal",
            "imagine.db.key",
        ]
        assert {file.name: mode(file) for file in beside if mode(file) != 0o600} == {}


def test_folders_that_are_made_on_the_way_are_for_their_owner_alone_too(folder: Path):
    folder.chmod(0o755)
    owner_only.make_folder(folder / "a" / "b" / "c")
    assert [mode(folder / part) for part in ("", "a", "a/b", "a/b/c")] == [0o755, 0o700, 0o700, 0o700]


async def test_a_fresh_database_its_folder_and_all_beside_it_are_for_their_owner_alone(tmp_path: Path):
    path = tmp_path / "new" / "data" / "imagine.db"
    async with only_instance(path, SandboxClock(scale=0)):
        assert mode(path.parent) == 0o700
        await write_something(path)
        assert mode(path.with_name("imagine.db.lock")) == 0o600


async def test_what_exists_is_closed_too_while_another_program_uses_it(folder: Path):
    path = folder / "imagine.db"
    names = ["", "-wal", "-shm", ".lock", ".key"]
    files = [path.with_name(path.name + ending) for ending in names]
    made(files[3])
    made(files[4], b"k" * 32)
    async with await Database.open(path) as other:
        await other.write(lambda conn: conn.execute("CREATE TABLE one (x)").rowcount)
        for file in files:
            file.chmod(0o644)
        await write_something(path)
        assert [mode(file) for file in files] == [0o600] * 5


def test_folders_of_the_bot_alone_are_closed_with_all_pictures(folder: Path, caplog: pytest.LogCaptureFixture):
    images = folder / "images"
    picture, other = made(images / "5" / "812-0.png"), made(images / "5" / "notes.txt")
    made(images / ".fetch-x.part")
    made(folder / "imagine.db")
    made(folder / ".imagine.db-litestream" / "generation")
    owner_only.close_folders(folder / "imagine.db", images)
    assert [mode(one) for one in (folder, images, images / "5")] == [0o700] * 3
    assert (mode(picture), mode(other)) == (0o600, 0o644)
    assert caplog.records == []


@pytest.mark.parametrize("kind", ["holds other files", "sticky", "working directory", "above it", "home"])
def test_a_folder_that_others_may_use_stays_as_it_is_and_the_log_says_so(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, kind: str
):
    inner = folder / "imagine.db-inner"
    if kind == "holds other files":
        made(folder / "report.txt")
    elif kind == "sticky":
        folder.chmod(0o1777)
    elif kind == "home":
        monkeypatch.setenv("HOME", str(folder))
    else:
        inner.mkdir()
        monkeypatch.chdir(folder if kind == "working directory" else inner)
    before = mode(folder)
    owner_only.close_folders(folder / "imagine.db", folder / "images")
    assert mode(folder) == before
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert str(folder) in caplog.text


def test_a_folder_of_pictures_that_holds_other_files_stays_open_and_its_pictures_are_closed(tmp_path: Path):
    images = tmp_path / "shared"
    picture, other = made(images / "5" / "812-0.png"), made(images / "holiday.jpg")
    owner_only.close_folders(tmp_path / "imagine.db", images)
    assert (mode(images), mode(images / "5"), mode(picture), mode(other)) == (0o755, 0o700, 0o600, 0o644)


def test_links_are_neither_followed_nor_closed(folder: Path):
    images = folder / "images"
    outside = made(folder / "outside" / "812-0.png")
    made(images / "5" / "1-0.png")
    (images / "6").symlink_to(outside.parent)
    (images / "5" / "2-0.png").symlink_to(outside)
    owner_only.close_folders(folder / "imagine.db", images)
    assert (mode(outside), mode(outside.parent)) == (0o644, 0o755)


def test_a_folder_of_another_user_stays_as_it_is(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    owner_only.close_folders(folder / "imagine.db", folder / "images")
    assert mode(folder) == 0o755
    assert "another user" in caplog.text


def test_tmp_itself_is_never_touched(caplog: pytest.LogCaptureFixture):
    tmp = Path(tempfile.gettempdir())
    before = mode(tmp)
    owner_only.close_folders(tmp / "imagine.db", tmp / "no-such-folder-of-images")
    assert mode(tmp) == before
    assert str(tmp) in caplog.text


async def test_a_folder_in_the_place_of_the_database_is_refused_and_left_as_it_is(folder: Path):
    with pytest.raises(StorageUnavailable, match=r"data is a folder; storage.database must name a file"):
        await Database.open(folder)
    assert mode(folder) == 0o755


async def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(folder: Path):
    other = made(folder / "letter.txt", b"not a database" * 100)
    with pytest.raises(StorageDamaged):
        await Database.open(other)
    assert mode(other) == 0o644
