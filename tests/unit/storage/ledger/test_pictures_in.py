"""Pictures that come in and are billed: held with the images, settled by what the vendor reports of them."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.books.bill import ModelBill
from bot.domain.jobs.job import Charge, Job
from bot.domain.jobs.vendor_task import CreatedTask, Picture, TaskReport, TaskResult, TaskStatus
from bot.domain.pictures.inputs import InputPicture
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import FreeTier
from bot.domain.requests.quota import Refund
from bot.domain.time.periods import PeriodKind, period_at
from bot.errors import OverQuota, PriceNotAgreed
from bot.storage.books.doubtful_costs import SqliteDoubtfulCosts
from bot.storage.books.reports import SqliteReports
from bot.storage.books.verification import SqliteBooks
from bot.storage.ledger import holds
from tests.support.failures import failure_of
from tests.support.ledger import Books, make_new_job, make_terms, open_books
from tests.support.service import make_policy

IMAGE, INPUT = 180_000, 20_000
MODEL = BUILT_IN["qwen-image-3.0"]
BEGAN = date(2040, 2, 1)
USED = "SELECT kind, used FROM buckets WHERE kind IN ('budget', 'pool', 'tier', 'cap')"


@pytest.fixture
async def books(tmp_path: Path):
    opened = await open_books(tmp_path / "imagine.db")
    yield opened
    assert await SqliteBooks(opened.database).differences() == []
    await opened.close()


def handed_in(count: int) -> tuple[InputPicture, ...]:
    return tuple(InputPicture(f"in-{k}.png", 9, 800, 600, is_scaled=False, is_flattened=False) for k in range(count))


async def ask(
    books: Books, count: int, inputs: int, *, tier: FreeTier | None = None, may_pay: bool = True, **limits: Any
) -> Job:
    number = books.next_id()
    pictures = tuple(replace(one, path=f"{number}-{one.path}") for one in handed_in(inputs))
    new_job = make_new_job(number, 1, 1, MODEL.name, count, may_pay=may_pay)
    new_job = replace(new_job, request=replace(new_job.request, pictures=pictures))
    catalogue = {MODEL.name: replace(MODEL, free_tier=tier)}
    return await books.jobs.submit(new_job, make_terms(books.clock.now_ms(), catalogue, **limits))


async def settle(
    books: Books, job: Job, reported: int | None, *, made: int, tier: FreeTier | None = None
) -> Job | None:
    await books.bring_to_submitting(job)
    await books.jobs.record_task(job.id, CreatedTask(f"task-{job.id}", "r"))
    results = (TaskResult(url="https://x/"),) * made
    report = TaskReport(f"task-{job.id}", TaskStatus.SUCCEEDED, results, image_count=made, input_count=reported)
    await books.jobs.record_results(job.id, report)
    for ordinal in range(made):
        await books.jobs.keep_image(job.id, ordinal, Picture(f"{job.id}-{ordinal}.png", 1, 1024, 1024))
    return await books.jobs.settle(job.id, tier)


async def used(books: Books) -> dict[str, int]:
    return {kind: used for kind, used in await books.rows(USED) if used}


@pytest.mark.parametrize(
    ("reported", "charged", "billed"),
    [
        (3, 3, 3),
        (1, 1, 1),
        (0, 0, 0),
        (4, 3, 4),  # nobody is charged more than was held
        (None, 3, 3),  # the vendor says nothing of them: all of them cost something
    ],
)
async def test_charge_and_cost_follow_the_number_that_the_vendor_reports(
    books: Books, reported: int | None, charged: int, billed: int
):
    job = await settle(books, await ask(books, 3, 3, free=1, budget=2_000_000), reported, made=2)
    assert job is not None
    assert job.charged == Charge(2, 1, IMAGE + charged * INPUT, charged, charged * INPUT)
    assert await used(books) == {
        "budget": IMAGE + charged * INPUT,
        "pool": 2 * IMAGE + charged * INPUT,
        "cap": 2 * IMAGE + billed * INPUT,
    }


async def test_free_images_bring_along_for_nothing_what_came_in(books: Books):
    job = await settle(books, await ask(books, 2, 3, free=2), 3, made=2)
    assert job is not None
    assert job.charged == Charge(2, 2, 0)
    assert await used(books) == {"pool": 2 * IMAGE + 3 * INPUT, "cap": 2 * IMAGE + 3 * INPUT}


@pytest.mark.parametrize("reported", [0, None])
async def test_where_nothing_was_drawn_nothing_that_came_in_is_charged_or_billed(books: Books, reported: int | None):
    await settle(books, await ask(books, 1, 2, free=0, budget=2_000_000), reported, made=0)
    assert await used(books) == {}


async def test_all_that_comes_in_is_held_against_each_limit(books: Books):
    needed = 2 * IMAGE + 3 * INPUT
    with pytest.raises(OverQuota) as refused:
        await ask(books, 2, 3, free=0, budget=needed - 1)
    values = refused.value.values
    assert (values["price"], values["inputs"], values["inputs_paid"], values["affordable"]) == (
        IMAGE, 3, 3 * INPUT, 1,
    )  # fmt: skip
    with pytest.raises(OverQuota, match="over-pool"):
        await ask(books, 2, 3, pool=needed - 1)
    with pytest.raises(OverQuota, match="over-cap"):
        await ask(books, 2, 3, cap=needed - 1)
    await ask(books, 2, 3, free=0, budget=needed, pool=needed, cap=needed)
    with pytest.raises(OverQuota, match="over-cap"):
        await ask(books, 1, 1, cap=needed + IMAGE + INPUT - 1)


async def test_the_question_about_the_price_names_both_parts(books: Books):
    with pytest.raises(PriceNotAgreed) as question:
        await ask(books, 2, 3, free=0, budget=2_000_000, may_pay=False)
    values = question.value.values
    assert (values["paid"], values["inputs"], values["inputs_paid"]) == (2 * IMAGE + 3 * INPUT, 3, 3 * INPUT)


@pytest.mark.parametrize(("left", "cost"), [(10, 0), (5, 0), (4, IMAGE), (3, 2 * IMAGE), (1, 2 * IMAGE + 2 * INPUT)])
async def test_the_free_tier_counts_what_came_in_and_covers_it_first(books: Books, left: int, cost: int):
    tier = FreeTier(left, BEGAN, 180)
    job = await ask(books, 2, 3, tier=tier, cap=cost)
    await settle(books, job, 3, made=2, tier=tier)
    booked = {"pool": 2 * IMAGE + 3 * INPUT, "tier": min(left, 5), "cap": cost}
    assert await used(books) == {kind: figure for kind, figure in booked.items() if figure}


async def test_a_refund_and_a_lost_picture_give_back_what_was_charged_of_both_parts(books: Books):
    first = await ask(books, 2, 3, free=0, budget=2_000_000)
    await settle(books, first, 2, made=2)
    lost = await books.jobs.lose_pictures(first.id, [0])
    assert lost is not None
    assert lost.given_back == Refund(0, IMAGE)
    await books.grant(1, 1, 1)  # which makes an account of the admin
    back = await books.database.write(
        lambda conn: holds.refund(conn, first.id, now_ms=1, actor_id=first.account_id + 1, reason="a gift")
    )
    assert back == Refund(0, IMAGE + 2 * INPUT)


async def test_a_doubt_keeps_room_for_both_parts_until_the_operator_says_what_was_billed(books: Books):
    job = await ask(books, 2, 3)
    await books.bring_to_submitting(job)
    await books.jobs.doubt(job.id, "timeout")
    doubts = SqliteDoubtfulCosts(books.database, books.clock)
    assert [one.doubtful_micros for one in await doubts.unresolved()] == [2 * IMAGE + 3 * INPUT]
    await books.jobs.fail(job.id, failure_of("in_doubt"), doubtful_images=2)
    assert [one.doubtful_micros for one in await doubts.unresolved()] == [2 * IMAGE + 3 * INPUT]
    tier = FreeTier(4, BEGAN, 180)
    for billed, booked in ((2, {"tier": 4, "cap": IMAGE}), (1, {"tier": 4}), (0, {})):
        assert await doubts.resolve(job.id, billed, tier)
        assert await used(books) == booked


async def test_a_task_of_nobodys_is_booked_with_the_most_that_can_have_come_in(books: Books):
    month = period_at(PeriodKind.MONTH, ZoneInfo("UTC"), books.clock.now_ms())
    doubts = SqliteDoubtfulCosts(books.database, books.clock)
    tiered = replace(MODEL, free_tier=FreeTier(4, BEGAN, 180))
    await doubts.book("task-1", tiered, 2, month)
    assert await used(books) == {"tier": 4, "cap": IMAGE}
    await doubts.book("task-2", tiered, 0, month)
    assert await used(books) == {"tier": 4, "cap": IMAGE}


async def test_the_bill_counts_what_came_in(books: Books):
    await settle(books, await ask(books, 2, 3, free=0, budget=2_000_000), 3, made=2)
    month = period_at(PeriodKind.MONTH, ZoneInfo("UTC"), books.clock.now_ms())
    policy = make_policy(catalogue={MODEL.name: MODEL})
    bill = await SqliteReports(books.database, books.clock).bill(month, month, policy)
    total = 2 * IMAGE + 3 * INPUT
    assert bill.models == (ModelBill(MODEL.name, 2, 0, total, 0, total, inputs=3),)
    assert [server.list_micros for server in bill.servers] == [total]


async def test_what_was_held_for_what_came_in_never_changes_and_is_verified(books: Books):
    job = await ask(books, 2, 3)
    for column in ("inputs", "input_price"):
        with pytest.raises(Exception, match="never changed"):
            await books.database.write(
                lambda conn, column=column: conn.execute(f"UPDATE holds SET {column} = 1 WHERE job_id = ?", (job.id,))
            )


async def test_the_books_disagree_where_what_came_in_was_altered(tmp_path: Path):
    books = await open_books(tmp_path / "other.db")
    await settle(books, await ask(books, 2, 3, free=0, budget=2_000_000), 3, made=2)
    await books.database.write(lambda conn: conn.execute("DROP TRIGGER hold_is_resolved_once").rowcount)
    await books.database.write(lambda conn: conn.execute("UPDATE holds SET billed_inputs = 2").rowcount)
    found = " ".join(await SqliteBooks(books.database).differences())
    assert f"pool charged: the rows make {2 * IMAGE + 3 * INPUT}, its hold says {2 * IMAGE + 2 * INPUT}" in found
    assert f"images billed at a price: the rows make {2 * IMAGE + 2 * INPUT}" in found
    await books.close()
