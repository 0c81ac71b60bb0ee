from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.act import Act
from bot.domain.books.bill import Bill
from bot.domain.servers.settings import Calendar, Settings
from bot.domain.time.periods import PeriodKind
from bot.errors import MemberError
from bot.service.requests.quotas import Quotas
from bot.service.servers.administration import Administration
from bot.service.servers.reporting import Reporting
from bot.storage.books.reports import SqliteReports
from bot.storage.servers.servers import SqliteServers
from tests.support.ledger import DAY_MS, Books, make_terms, open_books
from tests.support.moments import set_clock
from tests.support.service import CATALOGUE, TURBO, Service, make_policy

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
SERVER = 1


@pytest.fixture
async def books(tmp_path):
    opened = await open_books(tmp_path / "imagine.db")
    yield opened
    await opened.close()


@pytest.fixture
def servers(books: Books) -> SqliteServers:
    return SqliteServers(books.database, books.clock)


def reporting_of(books: Books, **policy: object) -> Reporting:
    return Reporting(
        reports=SqliteReports(books.database, books.clock),
        servers=SqliteServers(books.database, books.clock),
        policy=make_policy(catalogue=CATALOGUE, **policy),
        clock=books.clock,
    )


def at(books: Books, moment: datetime) -> None:
    set_clock(books.clock, moment)


async def make(books: Books, server_id: int = SERVER) -> None:
    job = await books.submit(make_terms(books.clock.now_ms(), CATALOGUE), server_id=server_id)
    await books.bring_to_settled(job, made=1, fetched=1, tier=None)


async def set_calendar(servers: SqliteServers, change: Callable[[Settings], Settings]) -> None:
    settings = await servers.settings(SERVER)
    act = Act(hash(settings) & 2**62 - 1, SERVER, 9, "settings.period")
    await servers.change_settings(act, change)


# -- one server


@pytest.mark.parametrize("zone", [SHANGHAI, NEW_YORK])
@pytest.mark.parametrize(
    ("kind", "current", "previous", "earlier"),
    [
        (PeriodKind.DAY, ("2026-11-02", 1), ("2026-11-01", 1), "2026-10-31"),
        (PeriodKind.WEEK, ("2026-W45", 7), ("2026-W44", 7), "2026-W44"),
        (PeriodKind.MONTH, ("2026-11", 30), ("2026-10", 31), "2026-10"),
    ],
)
async def test_periods_are_the_servers_own_also_where_the_clocks_change(books, zone, kind, current, previous, earlier):
    reporting = reporting_of(books, period=kind, zone=zone)
    at(books, datetime(2026, 11, 1, 12, tzinfo=zone))
    await make(books)
    at(books, datetime(2026, 11, 2, 0, tzinfo=zone))
    await make(books)
    at(books, datetime(2026, 11, 2, 23, tzinfo=zone))
    await make(books, server_id=2)
    for which, (key, days) in ((None, current), (" Current", current), ("previous", previous)):
        report = await reporting.server(SERVER, which)
        assert (report.period.key, len(report.every_day()), report.zone) == (key, days, zone)
        in_november = {PeriodKind.DAY: 1, PeriodKind.WEEK: 1, PeriodKind.MONTH: 2 if which != "previous" else 0}
        assert report.total.images == in_november[kind]
    assert (await reporting.server(SERVER, "2026-11-02")).period.key == current[0]
    assert (await reporting.server(SERVER, "2026-10-31")).period.key == earlier


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        *(("report-no-period", typed) for typed in ("last", "2026-13", "2026-13-01", "2026-11-", "2014-12-31", "-")),
        *(("report-period-to-come", typed) for typed in ("2026-11-03", "2026-12", "2027年1月", "9999-12-31")),
    ],
)
async def test_what_names_no_period_that_has_begun_is_refused_with_what_would_do(books, key, typed):
    at(books, datetime(2026, 11, 2, 23, 59, tzinfo=SHANGHAI))
    with pytest.raises(MemberError) as refused:
        await reporting_of(books).server(SERVER, typed)
    assert refused.value.key == key
    assert refused.value.values == {"typed": typed, "example": "2026-11-02", "month": "2026-11"}


@pytest.mark.parametrize("kind", PeriodKind)
async def test_a_calendar_month_can_be_named_whatever_the_servers_periods_are(books, kind):
    reporting = reporting_of(books, period=kind)
    at(books, datetime(2026, 10, 31, 23, 59, tzinfo=SHANGHAI))
    await make(books)
    at(books, datetime(2026, 11, 2, 12, tzinfo=SHANGHAI))
    await make(books)
    for typed in ("2026-10", "2026/10", " 2026年10月 ", "２０２６－１０"):
        report = await reporting.server(SERVER, typed)
        assert (report.first_day, report.last_day) == (date(2026, 10, 1), date(2026, 10, 31))
        assert report.total.images == 1
    assert (await reporting.server(SERVER, "2026-11")).last_day == date(2026, 11, 30)


async def test_the_month_of_the_pool_stands_beside_a_period_with_what_it_could_have_been(books, servers):
    reporting = reporting_of(books, pool_micros=20 * TURBO.price_micros)
    for month, day, pool in ((10, 5, 10), (11, 9, 4)):
        at(books, datetime(2026, month, day, tzinfo=SHANGHAI))
        micros = pool * TURBO.price_micros
        await set_calendar(servers, lambda settings, micros=micros: replace(settings, pool_micros=micros))
        terms = make_terms(books.clock.now_ms(), CATALOGUE, pool=20 * TURBO.price_micros)
        job = await books.submit(terms, server_id=SERVER, count=2)
        await books.bring_to_settled(job, made=2, fetched=2, tier=None)
    at(books, datetime(2026, 11, 10, tzinfo=SHANGHAI))
    now = (await reporting.server(SERVER)).month
    assert now is not None
    assert (now.month.key, now.total.images, now.pool_micros) == ("2026-11", 2, 4 * TURBO.price_micros)
    assert (now.total.list_micros, now.percent_of(now.total.list_micros)) == (2 * TURBO.price_micros, 50)
    # What an admin changes now is what applies in the month that runs, and nothing of what was.
    await set_calendar(servers, lambda settings: replace(settings, pool_micros=None))
    changed, october = await reporting.server(SERVER), await reporting.server(SERVER, "2026-10-05")
    assert changed.month is not None
    assert october.month is not None
    assert changed.month.pool_micros == 20 * TURBO.price_micros
    assert (october.month.month.key, october.month.pool_micros) == ("2026-10", 10 * TURBO.price_micros)
    september = (await reporting.server(SERVER, "2026-09")).month
    assert september is not None
    assert (september.total.images, september.percent_of(1)) == (0, None)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (PeriodKind.DAY, ["current", "previous", "2026-11", "2026-10", "2026-09", "2026-08", "2026-07", "2026-06"]),
        (PeriodKind.MONTH, ["current", "previous", "2026-09", "2026-08", "2026-07", "2026-06"]),
    ],
)
async def test_the_newest_periods_are_offered_and_first_the_one_that_is_typed(books, kind, names):
    reporting = reporting_of(books, period=kind)
    at(books, datetime(2026, 11, 2, 12, tzinfo=SHANGHAI))
    for typed in ("", "sometime", "2027-01"):
        assert [name for name, *_ in await reporting.offered(SERVER, typed)] == names
    first, second, *_ = await reporting.offered(SERVER, "2025-12")
    assert (first[0], first[1].key, second[0]) == ("2025-12", "2025-12", "current")


async def test_the_first_day_that_may_be_named_is_the_year_in_which_discord_began(books):
    report = await reporting_of(books, period=PeriodKind.DAY).server(SERVER, "2015-01-01")
    assert report.period.key == "2015-01-01"


async def test_a_servers_own_calendar_applies_and_periods_meet_where_it_changed(books, servers):
    reporting = reporting_of(books, period=PeriodKind.DAY)
    at(books, datetime(2026, 11, 10, 12, tzinfo=SHANGHAI))
    default = Calendar(PeriodKind.DAY, SHANGHAI.key)
    wanted = Calendar(PeriodKind.MONTH, NEW_YORK.key)
    now_ms = books.clock.now_ms()
    await set_calendar(servers, lambda settings: settings.with_calendar(wanted, default, now_ms))
    assert (await reporting.server(SERVER)).period.key == "2026-11-10"
    at(books, datetime(2026, 11, 12, tzinfo=SHANGHAI))
    current, previous = await reporting.server(SERVER), await reporting.server(SERVER, "previous")
    assert current.zone == NEW_YORK
    assert current.period.start_ms == datetime(2026, 11, 11, tzinfo=SHANGHAI).timestamp() * 1000
    assert previous.zone == SHANGHAI
    assert previous.period.end_ms == current.period.start_ms
    assert previous.period.end_ms - previous.period.start_ms == DAY_MS


async def test_before_a_calendar_whose_forerunner_is_forgotten_periods_end_where_it_begins(books, servers):
    at(books, datetime(2026, 11, 20, 12, tzinfo=SHANGHAI))
    since_ms = int(datetime(2026, 11, 11, tzinfo=SHANGHAI).timestamp() * 1000)
    calendar = Calendar(PeriodKind.MONTH, SHANGHAI.key, since_ms)
    await set_calendar(servers, lambda settings: replace(settings, calendar=calendar))
    reporting = reporting_of(books)
    current, previous = await reporting.server(SERVER), await reporting.server(SERVER, "previous")
    assert (current.first_day, current.last_day) == (date(2026, 11, 11), date(2026, 11, 30))
    assert (previous.first_day, previous.last_day) == (date(2026, 11, 1), date(2026, 11, 10))
    older = await reporting.server(SERVER, "2026-10-05")
    assert (older.first_day, older.last_day) == (date(2026, 10, 1), date(2026, 10, 31))


async def test_a_report_after_an_admin_changed_the_calendar_is_the_one_that_quotas_count_by(books, servers):
    at(books, datetime(2026, 11, 10, 12, tzinfo=SHANGHAI))
    policy = make_policy(catalogue=CATALOGUE)
    quotas = Quotas(policy, books.jobs, books.clock)
    administration = Administration(servers=servers, jobs=books.jobs, quotas=quotas, policy=policy, clock=books.clock)
    await administration.change_calendar(Act(1, SERVER, 9, "settings.period"), PeriodKind.WEEK, None)
    at(books, datetime(2026, 11, 18, 12, tzinfo=SHANGHAI))
    calendar = administration.calendar(await servers.settings(SERVER))
    assert (await reporting_of(books).server(SERVER)).period == calendar.period_at(books.clock.now_ms())


# -- the operator


async def test_the_operators_month_is_in_the_operators_zone(books):
    reporting = reporting_of(books)
    at(books, datetime(2026, 11, 1, 0, tzinfo=SHANGHAI))
    await make(books)
    await make(books, server_id=2)
    november, october = await reporting.operator(), await reporting.operator(date(2026, 10, 31))
    assert (november.period.key, november.total.images, len(november.servers)) == ("2026-11", 2, 2)
    assert november.cap.cost_micros == 2 * TURBO.price_micros
    assert (october.period.key, october.is_empty, october.cap.cost_micros) == ("2026-10", True, 0)


async def words(books: Books) -> list[Bill]:
    rows = await books.rows("SELECT json_extract(content, '$.bill') FROM outbox WHERE kind = 'operator-report'")
    return [Bill.from_json(said) for (said,) in rows]


@pytest.mark.parametrize(
    ("zone", "monday"),
    # In New York the clocks change on the day before.
    [(SHANGHAI, date(2026, 11, 2)), (NEW_YORK, date(2026, 11, 2)), (NEW_YORK, date(2026, 3, 9))],
)
async def test_the_weekly_word_is_written_on_monday_at_nine_and_once_also_across_a_restart(books, zone, monday):
    morning_s = datetime(monday.year, monday.month, monday.day, 9, tzinfo=zone).timestamp()
    running = reporting_of(books, zone=zone)
    at(books, datetime.fromtimestamp(morning_s - 3 * DAY_MS / 1000, UTC))
    await make(books)
    for seconds, count in ((-2 * DAY_MS / 1000, 0), (-0.001, 0), (0, 1), (0.001, 1), (6 * DAY_MS / 1000, 1)):
        at(books, datetime.fromtimestamp(morning_s + seconds, UTC))
        for reporting in (running, running, reporting_of(books, zone=zone)):
            await reporting.say_weekly()
            assert len(await words(books)) == count
    (word,) = await words(books)
    last_week = datetime.fromtimestamp(morning_s - DAY_MS / 1000, UTC).astimezone(zone).isocalendar()
    assert word.period.key == f"{last_week.year}-W{last_week.week:02d}"
    assert word.total.images == 1
    assert word.zone == zone


async def test_a_word_that_was_missed_is_said_later_in_the_week_and_a_week_without_pictures_has_none(books):
    at(books, datetime(2026, 11, 7, 12, tzinfo=SHANGHAI))
    await make(books)
    at(books, datetime(2026, 11, 11, 12, tzinfo=SHANGHAI))
    reporting = reporting_of(books)
    await reporting.say_weekly()
    assert [word.period.key for word in await words(books)] == ["2026-W45"]
    at(books, datetime(2026, 11, 18, 12, tzinfo=SHANGHAI))
    await reporting.say_weekly()
    assert len(await words(books)) == 1
    await make(books)
    at(books, datetime(2026, 11, 23, 9, tzinfo=SHANGHAI))
    await reporting.say_weekly()
    assert [word.period.key for word in await words(books)] == ["2026-W45", "2026-W47"]


async def test_the_sweeper_says_the_word_and_forgets_price_offers_whose_time_is_over(service: Service, books: Books):
    at(books, datetime(2030, 11, 1, 12, tzinfo=SHANGHAI))
    service.clock.advance((books.clock.now_ms() - service.clock.now_ms()) / 1000)
    await make(books)
    now_ms = service.clock.now_ms()
    offer = "INSERT INTO drafts (id, server_id, member_id, request, paid, expires_ms) VALUES (?, 1, 1, '{}', 5, ?)"
    old, new = (1, now_ms - 1), (2, now_ms + 3_600_000)
    await service.database.write(lambda conn: conn.executemany(offer, (old, new)).rowcount)
    await service.sweeper.sweep()
    assert await service.rows("SELECT id FROM drafts") == [(2,)]
    assert await words(books) == []
    service.clock.advance(3 * DAY_MS / 1000)
    await service.sweeper.sweep()
    assert len(await words(books)) == 1
