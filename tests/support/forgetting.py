"""What tests of erasing share: a member with a history, and looking for them in every byte of the database."""

import sqlite3
from collections.abc import Awaitable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.jobs.job import Job, JobState
from bot.domain.jobs.vendor_task import CreatedTask, Picture, TaskReport, TaskResult, TaskStatus
from bot.domain.privacy import Forgotten
from bot.domain.requests.quota import Terms
from bot.errors import MemberError
from bot.storage.jobs.transitions import transition
from bot.storage.privacy.privacy import SqlitePrivacy
from tests.support.ledger import Books, make_new_job

MEMBER = 876_543_210_987_654_321
"""A Discord id whose eight bytes and digits occur nowhere by chance."""

SECRET = "Nightingale"
"""In every text that the member wrote, and in what the image service made of it."""


async def make_job(
    books: Books,
    terms: Terms,
    *,
    member_id: int = MEMBER,
    server_id: int = 1,
    count: int = 1,
    text: str = SECRET,
    roles: Iterable[int] = (),
) -> Job:
    """Bring a request through to its delivery."""
    model = next(iter(terms.catalogue))
    new_job = make_new_job(books.next_id(), server_id, member_id, model, count, roles=roles)
    new_job = replace(new_job, request=replace(new_job.request, prompt=f"{text} sings", negative_prompt=f"no {text}"))
    job = await books.jobs.submit(new_job, terms)
    await books.jobs.acknowledge(job.id, job.id + 5_000_000)
    now_ms = books.clock.now_ms()
    await books.database.write(lambda conn: transition(conn, job.id, JobState.SUBMITTING, now_ms))
    await books.jobs.record_task(job.id, CreatedTask(f"task-{job.id}", "request"))
    result = TaskResult(url=f"https://x/{text}", orig_prompt=f"{text} sings", actual_prompt=f"a {text} that sings")
    report = TaskReport(f"task-{job.id}", TaskStatus.SUCCEEDED, (result,) * count, image_count=count)
    await books.jobs.record_results(job.id, report)
    for ordinal in range(count):
        await books.jobs.keep_image(job.id, ordinal, Picture(f"{server_id}/{job.id}-{ordinal}.png", 9, 64, 48))
    await books.jobs.settle(job.id, None)
    ready = await books.jobs.get(job.id)
    assert ready is not None
    delivered = await books.jobs.record_delivery(job.id, {0: 77}, version=ready.version, ping=False)
    assert delivered is not None
    return delivered


def privacy_of(books: Books) -> SqlitePrivacy:
    return SqlitePrivacy(books.database, books.clock)


async def forget(books: Books, terms: Terms, member_id: int = MEMBER) -> Forgotten | None:
    """Forget a member by an interaction of their own."""
    return await privacy_of(books).forget(books.next_id(), member_id, terms)


async def refusal_of(request: Awaitable[object]) -> str:
    """Return the key of the refusal that a request meets."""
    with pytest.raises(MemberError) as refused:
        await request
    return refused.value.key


def columns_with(conn: sqlite3.Connection, *wanted: str | int) -> list[str]:
    """Name every column of every table that has one of the values, or a text that contains it."""
    found: list[str] = []
    # What a virtual table keeps is in the tables behind it.
    tables = conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
    for (table,) in tables.fetchall():
        for column in [row[1] for row in conn.execute(f"PRAGMA table_info({table})")]:
            for value in wanted:
                query = f'SELECT count(*) FROM "{table}" WHERE instr(CAST("{column}" AS TEXT), ?)'
                if conn.execute(query, (str(value),)).fetchone()[0]:
                    found.append(f"{table}.{column}: {value}")
    return found


def traces(file: Path, member_id: int = MEMBER, text: str = SECRET) -> dict[str, int]:
    """Count a member's id, as SQLite stores it and in digits, and a text in the database's files, gaps included."""
    content = b"".join(path.read_bytes() for path in (file, file.with_name(file.name + "-wal")) if path.exists())
    needles = {"id": member_id.to_bytes(8, "big"), "digits": str(member_id).encode(), "text": text.encode()}
    return {name: count for name, needle in needles.items() if (count := content.count(needle))}
