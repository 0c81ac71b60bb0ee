"""Prices that depend on what is asked for and on what the vendor reports: held at most, settled by the report."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.jobs.job import Job
from bot.domain.jobs.vendor_task import CreatedTask, Picture, TaskReport, TaskResult, TaskStatus
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import AreaTier
from bot.domain.requests.quota import Refund
from bot.domain.requests.sizes import Size
from bot.domain.time.periods import PeriodKind, period_at
from bot.errors import OverQuota
from bot.storage.books.reports import SqliteReports
from bot.storage.books.verification import SqliteBooks
from bot.storage.ledger import holds
from tests.support.ledger import Books, make_new_job, make_terms, open_books
from tests.support.service import make_policy

SMALL, LARGE = 250_000, 500_000
MODEL = replace(BUILT_IN["wan2.7-image"], price_micros=SMALL, large_price_micros=LARGE)
CATALOGUE = {MODEL.name: MODEL}
SIZES = {AreaTier.SMALL: Size(1024, 1024), AreaTier.LARGE: Size(2048, 2048)}


@pytest.fixture
async def books(tmp_path: Path):
    opened = await open_books(tmp_path / "imagine.db")
    yield opened
    await opened.close()


async def ask(books: Books, area: AreaTier, count: int, **limits: Any) -> Job:
    new_job = make_new_job(books.next_id(), 1, 1, MODEL.name, count)
    new_job = replace(new_job, request=replace(new_job.request, size=SIZES[area]))
    return await books.jobs.submit(new_job, make_terms(books.clock.now_ms(), CATALOGUE, **limits))


async def settle(books: Books, job: Job, reported: AreaTier | None, made: int) -> None:
    await books.bring_to_submitting(job)
    await books.jobs.record_task(job.id, CreatedTask(f"task-{job.id}", "r"))
    results = (TaskResult(url="https://x/"),) * made
    report = TaskReport(f"task-{job.id}", TaskStatus.SUCCEEDED, results, image_count=made, area=reported)
    await books.jobs.record_results(job.id, report)
    for ordinal in range(made):
        await books.jobs.keep_image(job.id, ordinal, Picture(f"{job.id}-{ordinal}.png", 1, 1024, 1024))
    await books.jobs.settle(job.id, None)


async def used(books: Books) -> dict[str, int]:
    assert await SqliteBooks(books.database).differences() == []
    return dict(await books.rows("SELECT kind, used FROM buckets WHERE kind IN ('budget', 'pool', 'cap')"))


@pytest.mark.parametrize(
    ("asked", "reported", "charged", "billed"),
    [
        (AreaTier.SMALL, AreaTier.SMALL, SMALL, SMALL),
        (AreaTier.LARGE, AreaTier.LARGE, LARGE, LARGE),
        (AreaTier.LARGE, AreaTier.SMALL, SMALL, SMALL),
        (AreaTier.SMALL, AreaTier.LARGE, SMALL, LARGE),  # nobody is charged more than was held
        (AreaTier.SMALL, None, SMALL, SMALL),
        (AreaTier.LARGE, None, LARGE, LARGE),
    ],
)
async def test_charge_and_cost_follow_the_area_that_the_vendor_reports(
    books: Books, asked: AreaTier, reported: AreaTier | None, charged: int, billed: int
):
    job = await ask(books, asked, 3, free=1, budget=2_000_000)
    await settle(books, job, reported, made=2)
    assert await used(books) == {"budget": charged, "pool": 2 * charged, "cap": 2 * billed}
    now_ms = books.clock.now_ms()
    month = period_at(PeriodKind.MONTH, ZoneInfo("UTC"), now_ms)
    bill = await SqliteReports(books.database, books.clock).bill(month, month, make_policy(catalogue=CATALOGUE))
    assert [server.list_micros for server in bill.servers] == [2 * charged]
    await books.grant(1, 1, 1)  # which makes an account of the admin
    back = await books.database.write(
        lambda conn: holds.refund(conn, job.id, now_ms=now_ms, actor_id=job.account_id + 1, reason="a gift")
    )
    assert back == Refund(1, charged)


async def test_a_lost_picture_is_given_back_at_what_it_was_charged_though_more_was_held(books: Books):
    job = await ask(books, AreaTier.LARGE, 2, free=0, budget=2 * LARGE)
    await settle(books, job, AreaTier.SMALL, made=2)
    left = await books.jobs.lose_pictures(job.id, [0])
    assert left is not None
    assert left.given_back == Refund(0, SMALL)


async def test_the_most_that_a_request_can_cost_is_what_limits_hold(books: Books):
    with pytest.raises(OverQuota) as refused:
        await ask(books, AreaTier.LARGE, 2, free=0, budget=2 * SMALL)
    assert (refused.value.values["price"], refused.value.values["affordable"]) == (LARGE, 1)
    with pytest.raises(OverQuota, match="over-cap"):
        await ask(books, AreaTier.LARGE, 2, cap=2 * LARGE - 1)
    with pytest.raises(OverQuota, match="over-pool"):
        await ask(books, AreaTier.LARGE, 2, pool=2 * LARGE - 1)
    job = await ask(books, AreaTier.SMALL, 2, free=0, budget=2 * SMALL, cap=2 * SMALL, pool=2 * SMALL)
    await settle(books, job, AreaTier.SMALL, made=2)
    assert await used(books) == {"budget": 2 * SMALL, "pool": 2 * SMALL, "cap": 2 * SMALL}


async def test_a_doubt_keeps_room_for_what_was_asked_for(books: Books):
    job = await ask(books, AreaTier.LARGE, 2)
    await books.bring_to_submitting(job)
    await books.database.write(lambda conn: holds.void(conn, job.id, now_ms=1, doubtful_images=2))
    assert await books.rows("SELECT held FROM buckets WHERE kind = 'cap'") == [(2 * LARGE,)]


async def test_prices_of_a_hold_never_change(books: Books):
    job = await ask(books, AreaTier.LARGE, 1)
    for column in ("small_price", "large_price"):
        with pytest.raises(Exception, match="never changed"):
            await books.database.write(
                lambda conn, column=column: conn.execute(f"UPDATE holds SET {column} = 1 WHERE job_id = ?", (job.id,))
            )


async def test_the_books_disagree_where_a_price_was_altered(books: Books):
    job = await ask(books, AreaTier.LARGE, 1)
    await settle(books, job, AreaTier.LARGE, made=1)
    await books.database.write(lambda conn: conn.execute("DROP TRIGGER hold_is_resolved_once").rowcount)
    await books.database.write(lambda conn: conn.execute("UPDATE holds SET billed_price = 1").rowcount)
    found = " ".join(await SqliteBooks(books.database).differences())
    assert "pool charged: the rows make 500000, its hold says 1" in found
    assert "images billed at a price: the rows make 1, its hold says 500000" in found
