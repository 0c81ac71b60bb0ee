from pathlib import Path

import pytest

from benchmarks import ledger
from benchmarks.books import Scale, build
from bot.storage.books.verification import SqliteBooks
from bot.storage.sqlite.database import Database

SMALL = ["--rows", "2000", "--members", "1200", "--pairs", "4"]
NO_BOUND, NOT_TO_BE_MET = "1e9", "0"


async def test_the_books_of_a_benchmark_are_as_large_as_wanted_and_agree_with_themselves(tmp_path: Path):
    build(tmp_path / "books.db", Scale(ledger_rows=2000, members=1200, open_jobs=7))
    async with await Database.open(tmp_path / "books.db") as database:
        books = SqliteBooks(database)
        assert await books.differences() == []
        _, rows, _ = await books.size()
        assert 2000 <= rows <= 2010
        found = await database.read(
            lambda conn: conn.execute(
                "SELECT (SELECT count(*) FROM members), (SELECT count(*) FROM servers),"
                " (SELECT count(*) FROM holds WHERE outcome IS NULL)"
            ).fetchone()
        )
        assert tuple(found) == (1200, 2, 7)


def test_the_quota_check_is_measured_and_leaves_nothing(capsys: pytest.CaptureFixture[str]):
    assert ledger.main([*SMALL, "--most", NO_BOUND]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "small", "large", "quota check of a request", "reading what is left",
    ]  # fmt: skip
    assert all("books verified" in line for line in lines[:2])
    assert all("ratio" in line for line in lines[2:])


def test_a_check_that_grew_too_slow_is_a_failure():
    assert ledger.main([*SMALL, "--most", NOT_TO_BE_MET]) == 1


def test_a_run_that_was_timed_changed_nothing(tmp_path: Path):
    path, scale = tmp_path / "books.db", Scale(500, 50, open_jobs=3)
    build(path, scale)
    subject = ledger.Subject(path, scale)
    try:
        before = subject.size()
        assert subject.check_quota() > 0
        assert subject.read_standing() > 0
        assert subject.size() == before
    finally:
        subject.close()
