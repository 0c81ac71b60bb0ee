"""The operator's commands, as processes, beside a bot that runs and without one."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bot import operator_cli
from bot.config import load
from bot.domain.jobs.job import Job, JobState
from bot.domain.requests.catalogue import BUILT_IN
from bot.errors import ConfigurationError
from bot.operator_cli import Word
from bot.service.vendor.in_doubt import LISTED_MS
from bot.storage.files.instance import only_instance
from bot.storage.sqlite import database
from bot.storage.sqlite.database import migrations
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.faults import Fault
from tests.support.failures import failure_of
from tests.support.ledger import Books, make_terms, open_books
from tests.support.moments import NOON
from tests.support.operator_commands import command, write_config
from tests.support.service import Service, open_service, open_vendor

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
CATALOGUE = {TURBO.name: TURBO}


@pytest.fixture
async def books(tmp_path: Path) -> AsyncGenerator[Books]:
    """A database that a bot has open."""
    write_config(tmp_path)
    opened = await open_books(tmp_path / "imagine.db")
    yield opened
    await opened.close()


@asynccontextmanager
async def world(folder: Path) -> AsyncGenerator[tuple[Service, DashScopeStandIn]]:
    """A bot's service at work, in real time, over the vendor's stand-in."""
    clock = SandboxClock()
    async with open_vendor(clock) as vendor:
        write_config(folder, vendor.base_url)
        async with open_service(folder, clock, base_url=vendor.base_url, result_host=vendor.result_host) as service:
            await service.start()
            yield service, vendor


async def doubtful(books: Books, server_id: int = 1, *, is_open: bool = False) -> Job:
    job = await books.submit(make_terms(books.clock.now_ms(), CATALOGUE), count=2, server_id=server_id)
    await books.jobs.acknowledge(job.id, 7)
    books.clock.advance(1)
    assert (await books.lanes.claim(TURBO)).job is not None
    in_doubt = await books.jobs.doubt(job.id, "timeout")
    if not is_open:
        in_doubt = await books.jobs.fail(job.id, failure_of("in_doubt"), doubtful_images=2)
    assert in_doubt is not None
    return in_doubt


# -- jobs


async def test_doubts_are_listed_and_resolved_beside_a_bot(books: Books, tmp_path: Path):
    assert await command(tmp_path, "jobs", "in-doubt") == (0, "Nothing is in doubt.\n", "")
    await doubtful(books, server_id=7)
    waiting = await doubtful(books, server_id=8, is_open=True)
    code, listed, _ = await command(tmp_path, "jobs", "in-doubt")
    lines = [line.split() for line in listed.splitlines()]
    assert code == 0
    assert [line[:5] for line in lines[1:3]] == [
        ["#1", "7", TURBO.name, "2", "failed"],
        ["#1", "8", TURBO.name, "2", "in_doubt"],
    ]
    assert [line[-1] for line in lines[1:3]] == ["0.28", "0.28"]
    assert listed.endswith("0.56 CNY are doubtful.\n")
    billed = ("jobs", "resolve", "1", "--server", "7", "--billed", "1")
    assert await command(tmp_path, *billed) == (0, "Job #1 of server 7: the vendor billed 1 image.\n", "")
    again = "Job #1 of server 7: the vendor billed 1 image, as the ledger says already.\n"
    assert await command(tmp_path, *billed) == (0, again, "")
    released = "Job #1 of server 8: the vendor billed 0 images.\n"
    assert await command(tmp_path, "jobs", "resolve", str(waiting.id), "--not-billed") == (0, released, "")
    assert await command(tmp_path, "jobs", "in-doubt") == (0, "Nothing is in doubt.\n", "")
    assert await books.rows("SELECT used, held FROM buckets WHERE kind = 'cap'") == [(TURBO.price_micros, 0)]
    assert (await command(tmp_path, "ledger", "verify", "--offline"))[0] == 0


@pytest.mark.parametrize("billed", [(), ("--billed", "1", "--not-billed"), ("--billed", "many"), ("--billed", "3")])
async def test_a_wrong_word_on_the_command_line_exits_with_2(books: Books, tmp_path: Path, billed: tuple[str, ...]):
    await doubtful(books)
    code, out, errors = await command(tmp_path, "jobs", "resolve", "1", *billed)
    assert (code, out, "--billed" in errors) == (2, "", True)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (Word("1", 3, server_id=7), "the job asked for 2 images, not 3"),
        (Word("1", 0), "is a job in several servers (7, 8): give --server"),
        (Word("3", 0), "is no job that is or was in doubt"),
        (Word("1", 0, server_id=9), "is no job that is or was in doubt"),
        (Word(str(10**30), 0), "is no job that is or was in doubt"),
        (Word("1", 1, server_id=7, task_id="task-1002"), "belongs to job #2 of server 7"),
        (Word("task-1", 1), "give the model of task task-1, one of wanx2.1-t2i-turbo"),
        (Word("task-1", 1, model="dall-e"), "give the model of task task-1"),
        (Word("task-1002", 1, model=TURBO.name), "belongs to job #2 of server 7"),
    ],
)
async def test_a_wrong_word_is_said_in_a_sentence_and_changes_nothing(
    books: Books, tmp_path: Path, word: Word, said: str
):
    await doubtful(books, server_id=7)
    await doubtful(books, server_id=8)
    done = await books.submit(make_terms(books.clock.now_ms(), CATALOGUE), server_id=7)
    await books.bring_to_settled(done, made=1, fetched=1, tier=None)
    rows = await books.rows("SELECT count(*) FROM ledger")
    config = load(tmp_path / "config.toml", {}, needs_secrets=False)
    with pytest.raises(ConfigurationError) as refused:
        await operator_cli.resolve(config, books.clock, word)
    assert len(refused.value.faults) == 1
    assert said in refused.value.faults[0]
    assert await books.rows("SELECT count(*) FROM ledger") == rows


async def test_a_job_is_named_as_the_list_names_it_and_what_no_task_is_called_is_not_booked(
    books: Books, tmp_path: Path
):
    await doubtful(books)
    for odd in ("", "a\nb", "# 1", "../1", "１"):
        code, out, errors = await command(tmp_path, "jobs", "resolve", odd, "--billed", "1", "--model", TURBO.name)
        assert (code, out) == (2, "")
        assert "is neither a job's number or id nor the id of a task" in " ".join(errors.split())
    code, out, _ = await command(tmp_path, "jobs", "resolve", "#1", "--not-billed")
    assert (code, out.startswith("Job #1 of server")) == (0, True)
    assert await books.rows("SELECT used FROM buckets WHERE kind = 'cap'") == [(0,)]


async def test_a_task_of_no_job_is_booked(books: Books, tmp_path: Path):
    book = ("jobs", "resolve", "task-1", "--billed", "2", "--model", TURBO.name)
    assert await command(tmp_path, *book) == (0, "Task task-1: 2 images are booked.\n", "")
    assert await command(tmp_path, *book) == (0, "Task task-1: 2 images are booked.\n", "")
    for other, said in (("1", "is booked with 2 images already; nothing was changed"), ("13", "12 images at most")):
        again = ("jobs", "resolve", "task-1", "--billed", other, "--model", TURBO.name)
        code, _, errors = await command(tmp_path, *again)
        assert (code, said in errors) == (2, True)
    assert await books.rows("SELECT used FROM buckets WHERE kind = 'cap'") == [(2 * TURBO.price_micros,)]


async def test_a_task_that_is_in_the_books_for_no_job_is_not_booked_a_second_time_for_one(books: Books, tmp_path: Path):
    await doubtful(books)
    assert (await command(tmp_path, "jobs", "resolve", "task-1", "--billed", "2", "--model", TURBO.name))[0] == 0
    of_job = ("jobs", "resolve", "1", "--billed", "2", "--task", "task-1")
    code, out, errors = await command(tmp_path, *of_job)
    assert (code, out) == (2, "")
    assert "task-1 is in the books with 2 images already, and not for this job" in " ".join(errors.split())
    # The operator's month and the test's are two.
    cap = "SELECT sum(used), sum(held) FROM buckets WHERE kind = 'cap'"
    assert await books.rows(cap) == [(2 * TURBO.price_micros, 2 * TURBO.price_micros)]
    assert (await command(tmp_path, "jobs", "resolve", "1", "--not-billed"))[0] == 0
    assert await books.rows(cap) == [(2 * TURBO.price_micros, 0)]


# -- ledger verify


async def test_verify_is_clean_beside_a_bot_and_names_what_the_vendor_bills_beyond(tmp_path: Path):
    async with world(tmp_path) as (service, vendor):
        await service.until(await service.ask(count=2), JobState.DELIVERING)
        code, out, errors = await command(tmp_path, "ledger", "verify")
        assert (code, out) == (0, "")
        assert errors.endswith("hold were compared, and 1 task with the vendor. All agree.\n")
        vendor.faults.add("create", Fault(cut=True, when="after"))
        vendor.faults.add("list", Fault(status=500), times=1000)
        job = await service.ask()
        await service.until(job, JobState.IN_DOUBT)
        service.clock.advance(LISTED_MS / 1000)
        await service.until(job, JobState.FAILED)
        vendor.faults.clear()
        lost = list(vendor.tasks)[-1]
        await vendor.until(lambda: vendor.tasks[lost].end_ms is not None)
        code, out, _ = await command(tmp_path, "ledger", "verify")
        assert code == 1
        advice = out.strip().rpartition(": ")[2]
        assert advice == f"jobs resolve 2 --server 1 --billed 1 --task {lost}"
        assert (await command(tmp_path, *advice.split()))[0] == 0
        assert (await command(tmp_path, "ledger", "verify"))[0] == 0
        cost = await service.rows("SELECT used, held FROM buckets WHERE kind = 'cap'")
        assert cost == [(sum(line.images for line in vendor.bill()) * TURBO.price_micros, 0)]


async def test_verify_names_a_falsified_row_in_one_line(books: Books, tmp_path: Path):
    job = await books.submit(make_terms(books.clock.now_ms(), CATALOGUE))
    await books.bring_to_settled(job, made=1, fetched=1, tier=None)
    await books.close()
    with closing(sqlite3.connect(tmp_path / "imagine.db", isolation_level=None)) as conn:
        (trigger,) = conn.execute("SELECT sql FROM sqlite_schema WHERE name = 'ledger_is_never_changed'").fetchone()
        conn.execute("DROP TRIGGER ledger_is_never_changed")
        conn.execute("UPDATE ledger SET used_delta = 70000 WHERE kind = 'cost'")
        conn.execute("UPDATE buckets SET used = 70000 WHERE kind = 'cap'")
        conn.execute(trigger)
    code, out, errors = await command(tmp_path, "ledger", "verify", "--offline")
    assert (code, out) == (1, "job #1 of server 1: cost: the rows make 70000, its hold says 140000\n")
    assert errors.endswith("the vendor was not asked.\n")


async def test_verify_says_so_if_the_vendor_cannot_be_asked(books: Books, tmp_path: Path):
    async with open_vendor(SandboxClock()) as vendor:
        write_config(tmp_path, vendor.base_url)
        vendor.faults.add("list", Fault(status=401, body=b'{"code":"InvalidApiKey","message":"no","request_id":"r"}'))
        code, out, _ = await command(tmp_path, "ledger", "verify")
    assert (code, out) == (1, "the image service could not be asked to the end: InvalidApiKey\n")


async def test_verify_needs_a_key_only_to_ask_the_vendor(books: Books, tmp_path: Path):
    (tmp_path / "config.toml").write_text(f'[storage]\ndatabase = "{tmp_path}/imagine.db"')
    code, out, errors = await command(tmp_path, "ledger", "verify")
    assert (code, out) == (2, "")
    assert "dashscope.api_key: is empty; fill it in, or give --offline" in errors
    assert (await command(tmp_path, "ledger", "verify", "--offline"))[0] == 0


# -- backup


async def test_a_backup_beside_a_bot_is_whole_and_replaces_nothing_unasked(books: Books, tmp_path: Path):
    await books.submit(make_terms(books.clock.now_ms(), CATALOGUE))
    target = tmp_path / "copy.db"
    code, out, errors = await command(tmp_path, "backup", str(target))
    assert (code, errors) == (0, "")
    assert out == f"{target}: {target.stat().st_size} bytes.\n"
    await books.submit(make_terms(books.clock.now_ms(), CATALOGUE))
    before = target.read_bytes()
    code, out, errors = await command(tmp_path, "backup", str(target))
    assert (code, out, "or --force to replace it" in errors) == (2, "", True)
    assert target.read_bytes() == before
    assert (await command(tmp_path, "backup", str(target), "--force"))[0] == 0
    with closing(sqlite3.connect(target)) as conn:
        assert conn.execute("SELECT count(*) FROM jobs").fetchone()[0] == 2
        assert conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("imagine.db", "is the database itself"),
        ("images", "must be a file in a folder that exists"),
        ("no/copy.db", "must be a file in a folder that exists"),
        ("other.db", "other.db-wal lies beside it"),
        ("imagine.db-wal", "belongs to the database"),
        ("imagine.db.lock", "belongs to the database"),
        ("imagine.db.key", "belongs to the database"),
        ("config.toml", "is the configuration"),
        ("images/copy.db", "lies among the pictures"),
        ("pipe", "must be an ordinary file"),
    ],
)
async def test_a_backup_is_never_written_where_it_would_do_harm(books: Books, tmp_path: Path, target: str, said: str):
    await books.submit(make_terms(books.clock.now_ms(), CATALOGUE))
    await asyncio.to_thread((tmp_path / "images").mkdir)
    await asyncio.to_thread((tmp_path / "other.db-wal").touch)
    await asyncio.to_thread(os.mkfifo, tmp_path / "pipe")
    code, out, errors = await command(tmp_path, "backup", str(tmp_path / target), "--force")
    assert (code, out) == (2, "")
    assert said in errors
    assert await books.rows("SELECT count(*) FROM jobs") == [(1,)]


@pytest.mark.parametrize(
    "arguments",
    [
        ("backup", "copy.db"),
        ("jobs", "in-doubt"),
        ("jobs", "resolve", "1", "--not-billed"),
        ("ledger", "verify"),
        ("report",),
    ],
)
async def test_without_a_database_nothing_is_made(tmp_path: Path, arguments: tuple[str, ...]):
    write_config(tmp_path)
    code, out, errors = await command(tmp_path, *arguments)
    assert (code, out) == (2, "")
    assert "there is no database" in errors
    assert [path.name for path in await asyncio.to_thread(lambda: list(tmp_path.iterdir()))] == ["config.toml"]


@pytest.fixture
async def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of the program before this one."""
    write_config(tmp_path)
    known = migrations()
    with monkeypatch.context() as patched:
        patched.setattr(database, "migrations", lambda: {n: one for n, one in known.items() if n < len(known)})
        await (await open_books(tmp_path / "imagine.db")).close()
    return tmp_path


def schema(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "imagine.db")) as conn:
        return conn.execute("PRAGMA user_version").fetchone()[0]


@pytest.mark.parametrize(
    "arguments",
    [("jobs", "in-doubt"), ("jobs", "resolve", "1", "--not-billed"), ("ledger", "verify", "--offline"), ("report",)],
)
async def test_what_may_work_beside_an_older_bot_never_migrates_its_database(older: Path, arguments: tuple[str, ...]):
    before = schema(older)
    code, out, errors = await command(older, *arguments)
    assert (code, out) == (1, "")
    assert f"the database has schema {before}, this program needs {before + 1}" in errors
    assert "bot migrate" in errors
    assert schema(older) == before


async def test_a_database_is_not_migrated_while_a_bot_has_it(older: Path):
    before, clock = schema(older), SandboxClock()
    async with only_instance(older / "imagine.db", clock):
        code, _, errors = await command(older, "migrate")
        assert (code, errors) == (1, f"another bot is running on {older}/imagine.db\n")
        assert schema(older) == before
    assert (await command(older, "migrate"))[0] == 0
    assert schema(older) == before + 1
    assert (await command(older, "ledger", "verify", "--offline"))[0] == 0


async def test_a_database_of_the_environment_that_is_not_there_is_blamed_on_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_config(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "elsewhere.db")
    code, _, errors = await command(tmp_path, "report")
    assert code == 2
    assert errors.startswith("DATABASE_URL, from the environment: storage.database: there is no database elsewhere.db")


async def test_what_is_no_database_is_said_in_a_sentence(tmp_path: Path):
    write_config(tmp_path)
    await asyncio.to_thread((tmp_path / "imagine.db").write_bytes, b"not a database, though of some length" * 200)
    for arguments in (("backup", "copy.db"), ("jobs", "in-doubt"), ("ledger", "verify", "--offline")):
        code, out, errors = await command(tmp_path, *arguments)
        assert (code, out, len(errors.splitlines())) == (1, "", 1)


# -- report


async def test_the_operators_report_has_cost_charge_doubt_cap_tiers_and_servers(books: Books, tmp_path: Path):
    code, out, errors = await command(tmp_path, "report")
    assert (code, errors) == (0, "")
    assert "The vendor bills nothing: no pictures were made." in out
    with (tmp_path / "config.toml").open("a") as config:
        config.write(f'[models."{TURBO.name}"]\nfree_tier_started = 2026-01-01\nfree_tier_days = 9000\n')
    terms = make_terms(books.clock.now_ms(), CATALOGUE, free=1, budget=10_000_000)
    job = await books.submit(terms, count=3, server_id=7)
    await books.bring_to_settled(job, made=3, fetched=3, tier=None)
    await doubtful(books, server_id=8)
    month = f"{NOON:%Y-%m}"
    code, out, errors = await command(tmp_path, "report", "--month", month)
    assert (code, errors) == (0, "")
    assert out.startswith(f"Report of {month} (Asia/Shanghai). Amounts are in CNY.\n")
    lines = [line.split() for line in out.splitlines()]
    assert [TURBO.name, "3", "0", "0", "0.42", "0.28", "0.28"] in lines
    assert ["all", "models", "3", "0", "0", "0.42", "0.28", "0.28"] in lines
    assert [TURBO.name, "500", "2050-08-22", "16:00"] in lines
    assert ["7", "3", "0.42", "0.28"] in lines
    assert "Counted against the cap: 0.42, and 0.28 in doubt; the cap is 50.\n" in out
    code, before, _ = await command(tmp_path, "report", "--month", "2020-02")
    assert code == 0
    assert before.startswith("Report of 2020-02 (Asia/Shanghai). Amounts are in CNY.\n")
    assert "no pictures were made" in before


@pytest.mark.parametrize(
    ("option", "value"), [("--billed", "-1"), ("--billed", "9" * 20), ("--server", "9" * 20), ("--server", "0")]
)
async def test_a_number_beyond_all_bounds_is_refused_in_a_sentence(tmp_path: Path, option: str, value: str):
    write_config(tmp_path)
    code, _, errors = await command(tmp_path, "jobs", "resolve", "1", option, value)
    assert code == 2
    assert f"Invalid value for '{option}'" in errors


@pytest.mark.parametrize("month", ["now", "2026-13", "2026-11-01", "26-11", "0000-01", "0001-01", "9999-12"])
async def test_what_is_no_month_exits_with_2(books: Books, tmp_path: Path, month: str):
    code, out, errors = await command(tmp_path, "report", "--month", month)
    assert (code, out, len(errors.splitlines())) == (2, "", 1)
    assert "--month: must be a month such as 2026-11" in errors
