import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.books.bill import Bill, CapUse, ModelBill, ServerUse, TierLeft
from bot.domain.books.usage_report import DayUsage, MemberModelUsage, Usage
from bot.domain.jobs.job import Job
from bot.domain.requests.catalogue import BUILT_IN, Catalogue
from bot.domain.requests.model import FreeTier
from bot.domain.time.periods import Period, PeriodKind, period_at
from bot.errors import OverQuota
from bot.storage.books.doubtful_costs import SqliteDoubtfulCosts
from bot.storage.books.reports import SqliteReports
from tests.support.failures import failure_of
from tests.support.ledger import DAY_MS, ZONE, Books, make_terms
from tests.support.moments import set_clock
from tests.support.service import make_policy

TURBO, PLUS = BUILT_IN["wanx2.1-t2i-turbo"], BUILT_IN["wanx2.1-t2i-plus"]
CATALOGUE: Catalogue = {TURBO.name: TURBO, PLUS.name: PLUS}
EVER = Period("ever", 0, 2**53)
NEW_YORK, SHANGHAI = ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai")


@pytest.fixture
def reports(books: Books) -> SqliteReports:
    return SqliteReports(books.database, books.clock)


def at(books: Books, moment: datetime) -> None:
    set_clock(books.clock, moment)


async def make(books: Books, count: int = 1, *, fetched: int | None = None, free: int = 10, **who: int | str) -> Job:
    """A job that is settled with ``fetched`` of its images."""
    terms = make_terms(books.clock.now_ms(), CATALOGUE, free=free, budget=10_000_000)
    job = await books.submit(terms, count=count, **who)  # type: ignore[arg-type]
    await books.bring_to_settled(job, made=count, fetched=count if fetched is None else fetched, tier=None)
    return job


async def doubt(books: Books, model: str = TURBO.name, images: int = 2, catalogue: Catalogue = CATALOGUE) -> Job:
    """A job that failed in doubt: whether the vendor bills it nobody knows."""
    job = await books.submit(make_terms(books.clock.now_ms(), catalogue), count=images, model=model)
    await books.bring_to_submitting(job)
    await books.jobs.doubt(job.id, "timeout")
    await books.jobs.fail(job.id, failure_of("in_doubt"), doubtful_images=images)
    return job


# -- one server


async def test_use_is_summed_by_member_and_model_and_only_of_the_server_that_asks(books: Books, reports: SqliteReports):
    await make(books, 2, member_id=501)
    await make(books, 3, fetched=2, member_id=501)
    await make(books, 4, member_id=501, model=PLUS.name, free=0)
    await make(books, 1, member_id=502)
    await make(books, 4, member_id=501, server_id=2)
    await make(books, 4, fetched=0, member_id=503)
    report = await reports.usage(1, EVER, ZONE)
    assert sorted(report.rows, key=lambda row: (row.account_id, row.model)) == [
        MemberModelUsage(1, 501, PLUS.name, Usage(1, 4, 0, 4 * PLUS.price_micros, list_micros=4 * PLUS.price_micros)),
        MemberModelUsage(1, 501, TURBO.name, Usage(2, 4, 4, 0, list_micros=4 * TURBO.price_micros)),
        MemberModelUsage(2, 502, TURBO.name, Usage(1, 1, 1, 0, list_micros=TURBO.price_micros)),
    ]
    assert (await reports.usage(2, EVER, ZONE)).total == Usage(1, 4, 4, 0, list_micros=4 * TURBO.price_micros)
    assert (await reports.usage(3, EVER, ZONE)).rows == ()


async def test_what_was_given_back_is_summed_beside_the_charge_of_the_same_jobs(books: Books, reports: SqliteReports):
    whole = await make(books, 3, free=1)
    await books.servers.refund(books.act(), whole.id)
    # Of four pictures one file is lost before Discord has them, then the rest is given back too; of two one is lost.
    for count, is_refunded in ((4, True), (2, False)):
        partly = await make(books, count, free=0, model=PLUS.name)
        await books.jobs.lose_pictures(partly.id, [0])
        if is_refunded:
            await books.servers.refund(books.act(), partly.id)
    await make(books, 2, free=0)
    elsewhere = await make(books, 1, server_id=2)
    await books.servers.refund(books.act(server_id=2), elsewhere.id)
    report = await reports.usage(1, EVER, ZONE)
    price, plus = TURBO.price_micros, PLUS.price_micros
    assert {row.model: row.usage for row in report.rows} == {
        TURBO.name: Usage(2, 5, 1, 4 * price, 1, 2 * price, 5 * price),
        PLUS.name: Usage(2, 6, 0, 6 * plus, 0, 5 * plus, 6 * plus),
    }
    assert report.total == report.rows[0].usage + report.rows[1].usage
    assert report.by_member()[0].usage == report.total
    month = await reports.month(1, EVER, ZONE)
    assert (month.total, month.pool_micros) == (report.total, None)
    assert (await reports.month(3, EVER, ZONE)).total == Usage()


async def test_what_is_held_or_voided_is_no_use(books: Books, reports: SqliteReports):
    await books.queue(make_terms(books.clock.now_ms(), CATALOGUE))
    await doubt(books)
    assert (await reports.usage(1, EVER, ZONE)).rows == ()


async def test_a_forgotten_member_keeps_their_figures_without_an_id(books: Books, reports: SqliteReports):
    await make(books, 2)
    await books.database.write(lambda conn: conn.execute("DELETE FROM members").rowcount)
    used = Usage(1, 2, 2, 0, list_micros=2 * TURBO.price_micros)
    assert (await reports.usage(1, EVER, ZONE)).rows == (MemberModelUsage(1, 0, TURBO.name, used),)


@pytest.mark.parametrize("kind", PeriodKind)
@pytest.mark.parametrize("zone", [SHANGHAI, NEW_YORK])
async def test_a_period_has_what_was_held_within_it_whenever_it_was_settled(
    books: Books, reports: SqliteReports, kind: PeriodKind, zone: ZoneInfo
):
    # A day on which New York's clocks change.
    at(books, datetime(2026, 11, 1, 12, tzinfo=UTC))
    period = period_at(kind, zone, books.clock.now_ms())
    for moment_ms in (period.start_ms - 1, period.start_ms, period.end_ms - 1, period.end_ms):
        at(books, datetime.fromtimestamp(moment_ms / 1000, UTC))
        job = await books.submit(make_terms(books.clock.now_ms(), CATALOGUE))
        books.clock.advance(3600)
        await books.bring_to_settled(job, made=1, fetched=1, tier=None)
    made = await books.rows("SELECT made_ms - created_ms FROM holds JOIN jobs ON jobs.id = job_id")
    assert made == [(0,)] * 4
    report = await reports.usage(1, period, zone)
    assert report.total.images == 2
    assert {day.day for day in report.days} == {report.first_day, report.last_day}


async def test_days_are_those_of_the_zone_across_daylight_saving(books: Books, reports: SqliteReports):
    for moment in (
        datetime(2026, 3, 8, 0, 0, tzinfo=NEW_YORK),
        datetime(2026, 3, 8, 23, 59, tzinfo=NEW_YORK),
        datetime(2026, 3, 9, 0, 0, tzinfo=NEW_YORK),
        datetime(2026, 11, 1, 0, 0, tzinfo=NEW_YORK),
        datetime(2026, 11, 1, 23, 59, tzinfo=NEW_YORK),
        datetime(2026, 11, 2, 0, 0, tzinfo=NEW_YORK),
    ):
        at(books, moment)
        await make(books, 2, free=1, member_id=books.next_id())
    assert (await reports.usage(1, EVER, NEW_YORK)).days == (
        DayUsage(date(2026, 3, 8), 4, 2),
        DayUsage(date(2026, 3, 9), 2, 1),
        DayUsage(date(2026, 11, 1), 4, 2),
        DayUsage(date(2026, 11, 2), 2, 1),
    )
    assert [day.day for day in (await reports.usage(1, EVER, SHANGHAI)).days] == [
        date(2026, 3, 8),
        date(2026, 3, 9),
        date(2026, 11, 1),
        date(2026, 11, 2),
    ]


async def test_refusals_are_counted_by_their_reason(books: Books, reports: SqliteReports):
    start_ms = books.clock.now_ms()
    for server_id in (1, 1, 2):
        with pytest.raises(OverQuota):
            await books.submit(make_terms(books.clock.now_ms(), CATALOGUE, free=0), server_id=server_id)
    await books.jobs.record_refusal(1, 1, "prompt-breaks-word")
    await books.database.write(
        lambda conn: (
            conn.execute(
                "INSERT INTO audit (at_ms, server_id, act) VALUES (?, 1, 'request.refused')", (start_ms,)
            ).rowcount
        )
    )
    books.clock.advance(1)
    await books.jobs.record_refusal(1, 1, "over-pool")
    period = Period("then", start_ms, start_ms + 1000)
    assert (await reports.usage(1, period, ZONE)).refused == {"over-quota": 2, "prompt-breaks-word": 1, "": 1}
    assert (await reports.usage(3, period, ZONE)).refused == {}


# -- the operator


def tiered(books: Books, images: int) -> tuple[FreeTier, Catalogue]:
    started = datetime.fromtimestamp(books.clock.now_ms() / 1000, UTC).date()
    tier = FreeTier(images, started, 180)
    return tier, {TURBO.name: replace(TURBO, free_tier=tier), PLUS.name: PLUS}


async def test_a_free_tier_that_has_not_begun_is_not_in_the_bill(books: Books, reports: SqliteReports):
    tier, _ = tiered(books, 3)
    later = replace(tier, started=tier.started + timedelta(days=1))
    month = period_at(PeriodKind.MONTH, ZONE, books.clock.now_ms())
    policy = make_policy(catalogue={TURBO.name: replace(TURBO, free_tier=later)})
    assert (await reports.bill(EVER, month, policy)).tiers == ()
    books.clock.advance(24 * 3600)
    assert (await reports.bill(EVER, month, policy)).tiers == (TierLeft(TURBO.name, 3, later.expires_ms),)


async def test_the_bill_is_the_ledgers_by_model_and_server(books: Books, reports: SqliteReports):
    tier, catalogue = tiered(books, 3)
    terms = make_terms(books.clock.now_ms(), catalogue, free=2, budget=10_000_000)
    for member_id, server_id, model, tier_of in ((1, 1, TURBO, tier), (2, 2, TURBO, tier), (1, 1, PLUS, None)):
        job = await books.submit(terms, count=2, member_id=member_id, server_id=server_id, model=model.name)
        await books.bring_to_settled(job, made=2, fetched=1 if model is PLUS else 2, tier=tier_of)
    bill = await reports.bill(EVER, terms.month, make_policy(catalogue=catalogue, cap_micros=50_000_000))
    assert bill.models == (
        ModelBill(PLUS.name, 2, 0, 2 * PLUS.price_micros, 0, PLUS.price_micros),
        ModelBill(TURBO.name, 4, 3, TURBO.price_micros, 0, 0),
    )
    assert bill.servers == (
        ServerUse(1, 3, 2 * TURBO.price_micros + PLUS.price_micros, PLUS.price_micros),
        ServerUse(2, 2, 2 * TURBO.price_micros, 0),
    )
    assert bill.tiers == (TierLeft(TURBO.name, 0, tier.expires_ms),)
    assert bill.cap == CapUse(terms.month.key, bill.total.cost_micros, 0, 50_000_000)
    pools = await books.rows("SELECT server_id, used FROM buckets WHERE kind = 'pool' ORDER BY server_id")
    assert pools == [(server.server_id, server.list_micros) for server in bill.servers]


async def test_doubt_corrections_and_booked_tasks_belong_to_their_model_and_add_up_to_the_cap(
    books: Books, reports: SqliteReports
):
    tier, catalogue = tiered(books, 2)
    doubts, month = SqliteDoubtfulCosts(books.database, books.clock), make_terms(books.clock.now_ms(), catalogue).month
    await doubt(books, PLUS.name, 1)
    corrected = await doubt(books, TURBO.name, 4, catalogue)
    await doubts.resolve(corrected.id, 1, tier)
    await doubts.resolve(corrected.id, 3, tier)
    released = await doubt(books, TURBO.name, 2, catalogue)
    await doubts.resolve(released.id, 0, tier)
    await doubts.book("task-a", catalogue[TURBO.name], 1, month)
    await doubts.book("task-b", catalogue[PLUS.name], 2, month)
    owned = await doubt(books, PLUS.name, 1)
    await doubts.resolve(owned.id, 1, None, task_id="task-c")
    bill = await reports.bill(EVER, month, make_policy(catalogue=catalogue, cap_micros=None))
    assert bill.models == (
        ModelBill(PLUS.name, 3, 0, 3 * PLUS.price_micros, PLUS.price_micros),
        ModelBill(TURBO.name, 4, 2, 2 * TURBO.price_micros),
    )
    assert bill.cap == CapUse(month.key, bill.total.cost_micros, bill.total.doubtful_micros, None)
    assert bill.servers == ()


async def test_a_bill_has_only_its_period(books: Books, reports: SqliteReports):
    month = make_terms(books.clock.now_ms(), CATALOGUE).month
    doubts = SqliteDoubtfulCosts(books.database, books.clock)
    start_ms = books.clock.now_ms()
    await make(books)
    await doubt(books)
    await doubts.book("task-a", TURBO, 1, month)
    books.clock.advance(DAY_MS / 1000)
    policy = make_policy(catalogue=CATALOGUE)
    later = await reports.bill(Period("", books.clock.now_ms(), books.clock.now_ms() + 1), month, policy)
    assert later.is_empty
    assert later.tiers == ()
    then = await reports.bill(Period("", start_ms, start_ms + 1), month, policy)
    assert then.models == (ModelBill(TURBO.name, 2, 0, 2 * TURBO.price_micros, 2 * TURBO.price_micros),)
    assert later.cap == then.cap


async def test_the_word_is_written_once_however_many_write_it(books: Books, reports: SqliteReports):
    await make(books)
    month = make_terms(books.clock.now_ms(), CATALOGUE).month
    bill = await reports.bill(EVER, month, make_policy())
    assert not await reports.was_said("w1")
    assert sorted(await asyncio.gather(*(reports.say_once("w1", bill) for _ in range(3)))) == [False, False, True]
    assert await reports.was_said("w1")
    assert await reports.say_once("w2", bill)
    written = await books.rows("SELECT kind, json_extract(content, '$.bill') FROM outbox")
    assert [(kind, Bill.from_json(said)) for kind, said in written] == [("operator-report", bill)] * 2
