"""Whether each model is still offered is asked at the start and once a day; only a clear answer changes anything."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.jobs.job import JobState
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.rewriting import RewritingTerms
from bot.errors import Unavailable
from bot.failure_kinds import Advice
from bot.service.vendor.listing_check import AGAIN_S, EVERY_S, ListingCheck
from sandbox.clock import ShiftedClock
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.dashscope.refusals import MODEL_NOT_FOUND
from sandbox.dashscope.wire import BEIJING
from sandbox.faults import Fault
from sandbox.weather import page, told
from tests.integration.service.conftest import Reopen
from tests.support.moments import NOON
from tests.support.service import PLUS, TURBO, FailureLog, Service, make_policy, mend, spoil

DAY_S = 24 * 3600
MANY = 10**6
NEWER, NEWER_PRO = BUILT_IN["wan2.7-image"], BUILT_IN["wan2.7-image-pro"]


def in_days(days: float, service: Service) -> str:
    """Return when that is, as the vendor writes times."""
    moment = datetime.fromtimestamp(service.clock.now_ms() / 1000, BEIJING) + timedelta(days=days)
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def asked(vendor: DashScopeStandIn) -> list[str]:
    """Return the models that were asked after, in order."""
    return [request.path for request in vendor.requests if request.operation == "models"]


async def look(service: Service, *, after_s: float = 0.0) -> None:
    """Ask once, after a while."""
    service.clock.advance(after_s)
    await service.listing_check.look()


async def notices(service: Service) -> list[tuple[str, object]]:
    return [(notice.kind, notice.content["model"]) for notice in await service.outbox.waiting()]


async def state(service: Service) -> list[object]:
    """Return all that an answer may change."""
    tables = ("lanes", "said", "outbox", "jobs")
    return [await service.rows(f"SELECT * FROM {table}") for table in tables]


class Waits(ShiftedClock):
    """The clock of the check alone, which tells when it begins to wait, and for how long."""

    def __init__(self, clock: ShiftedClock) -> None:
        super().__init__(clock)
        self.begun: asyncio.Queue[float] = asyncio.Queue()

    async def sleep(self, seconds: float) -> None:
        self.begun.put_nowait(seconds)
        await super().sleep(seconds)


@asynccontextmanager
async def begun(service: Service) -> AsyncIterator[Waits]:
    """Let a check ask by itself meanwhile, and tell of its waits."""
    clock = Waits(service.machine)
    check = ListingCheck(
        vendor=service.vendor,
        lanes=service.lanes,
        model_list=service.stores.model_list,
        catalogue=service.policy.catalogue,
        changes=service.changes,
        clock=clock,
        alarm=service.alarm,
    )
    check.start()
    yield clock
    await check.stop()


@pytest.fixture
async def waits(service: Service) -> AsyncIterator[Waits]:
    async with begun(service) as clock:
        yield clock


async def test_each_model_is_asked_after_at_the_start_and_once_a_day(
    service: Service, vendor: DashScopeStandIn, waits: Waits
):
    for day in range(1, 4):
        wait_s = await waits.begun.get()
        assert wait_s == pytest.approx(EVERY_S, abs=600)
        assert len(asked(vendor)) == 2 * day
        service.clock.advance(wait_s)


async def test_one_model_is_asked_after_at_a_time_and_nothing_waits_for_the_answers(
    service: Service, vendor: DashScopeStandIn
):
    gate = vendor.faults.gate("models")
    service.listing_check.start()
    await service.start()
    await gate.reached.wait()
    assert len(asked(vendor)) == 0
    await service.until(await service.ask(), JobState.DELIVERING)
    gate.open()
    await vendor.until(lambda: len(asked(vendor)) == 2)


async def test_a_model_that_is_absent_is_refused_and_another_becomes_the_default(
    service: Service, vendor: DashScopeStandIn
):
    vendor.unlisted.add(TURBO.name)
    assert list(await service.submitter.models(1)) == [TURBO.name, PLUS.name]
    await look(service)
    assert list(await service.lanes.stops()) == [TURBO.name]
    (notice,) = await service.outbox.waiting()
    assert (notice.kind, notice.content) == (
        "lane-stopped",
        {"model": TURBO.name, "code": "not_offered", "advice": Advice.MODEL},
    )
    with pytest.raises(Unavailable, match="lane-stopped"):
        await service.ask(model=TURBO.name)
    assert (await service.ask()).request.model == PLUS.name
    assert list(await service.submitter.models(1)) == [PLUS.name, TURBO.name]


async def test_of_a_text_model_that_goes_the_operator_hears_once_each_time_and_nothing_is_stopped(
    reopen: Reopen, vendor: DashScopeStandIn
):
    terms = RewritingTerms("qwen3.7-flash", 200_000, 800_000, 20)
    async with reopen(make_policy(rewriting=terms)) as service:
        vendor.offline_times[terms.model] = in_days(20, service)
        await look(service)
        assert await notices(service) == [("model-retires", terms.model)]
        vendor.unlisted.add(terms.model)
        for _ in range(2):
            await look(service, after_s=DAY_S)
        assert await notices(service) == [("model-retires", terms.model), ("text-model-gone", terms.model)]
        assert await service.lanes.stops() == {}
        vendor.unlisted.clear()
        await look(service, after_s=DAY_S)
        vendor.unlisted.add(terms.model)
        await look(service, after_s=DAY_S)
        assert (await notices(service)).count(("text-model-gone", terms.model)) == 2


async def test_the_default_moves_on_for_who_hands_a_picture_in_and_where_models_are_chosen(
    reopen: Reopen, vendor: DashScopeStandIn
):
    catalogue = {model.name: model for model in (TURBO, NEWER, PLUS, NEWER_PRO)}
    async with reopen(make_policy(catalogue=catalogue)) as service:
        allowed = frozenset({TURBO.name, NEWER.name, NEWER_PRO.name})
        await service.servers.change_settings(
            service.act("settings.models"), lambda settings: replace(settings, models=allowed)
        )
        vendor.unlisted.update({TURBO.name, NEWER.name})
        await look(service)
        assert list(await service.submitter.models(1)) == [NEWER_PRO.name, TURBO.name, NEWER.name]
        assert list(await service.submitter.models(1, take_pictures=True)) == [NEWER_PRO.name, NEWER.name]
        assert (await service.ask(size="1024*1024")).request.model == NEWER_PRO.name
        vendor.unlisted.add(NEWER_PRO.name)
        await look(service, after_s=EVERY_S + 1)
        # Where none is left the first is as good as any, and its lane is due for a probe.
        assert (await service.ask()).request.model == TURBO.name
        with pytest.raises(Unavailable, match="lane-stopped"):
            await service.ask(member_id=2)


async def test_a_lane_that_is_stopped_for_another_reason_stays_the_default(service: Service):
    await service.lanes.stop(TURBO.name, "AllocationQuota.FreeTierOnly", Advice.FREE_TIER)
    await look(service)
    assert list(await service.submitter.models(1)) == [TURBO.name, PLUS.name]


NO_ANSWERS: dict[str, Fault] = {
    "cut": Fault(cut=True),
    "short": Fault(truncate_to=40),
    "page": page(200),
    "502": page(502),
    "throttled": told(429, "Throttling.RateQuota"),
    "no key": told(401, "InvalidApiKey"),
    "no such address": told(404, "NotFound"),
    "empty": Fault(status=200),
    "no list": Fault(status=200, body=b'{"request_id":"r","output":{}}'),
    "half a list": Fault(status=200, body=b'{"request_id":"r","output":{"total":3,"models":[]}}'),
}


@pytest.mark.parametrize("fault", NO_ANSWERS.values(), ids=NO_ANSWERS)
async def test_without_a_clear_answer_nothing_changes(service: Service, vendor: DashScopeStandIn, fault: Fault):
    await look(service)
    vendor.unlisted.add(PLUS.name)
    await look(service, after_s=EVERY_S + 1)
    before = await state(service)
    vendor.unlisted.add(TURBO.name)
    vendor.unlisted.discard(PLUS.name)
    vendor.offline_times[TURBO.name] = in_days(10, service)
    vendor.faults.add("models", fault, times=MANY)
    await look(service, after_s=EVERY_S + 1)
    assert await state(service) == before
    assert list(await service.submitter.models(1)) == [TURBO.name, PLUS.name]


async def test_whoever_gave_no_answer_is_asked_again_in_an_hour_and_the_others_the_next_day(
    reopen: Reopen, vendor: DashScopeStandIn
):
    vendor.faults.add("models", page(503), times=2, matches=lambda request: request.query["model"] == TURBO.name)
    async with reopen() as service, begun(service) as waits:
        for questions, longest_s in ((2, AGAIN_S), (3, AGAIN_S), (4, EVERY_S - 2 * AGAIN_S), (5, 2 * AGAIN_S)):
            wait_s = await waits.begun.get()
            assert wait_s == pytest.approx(longest_s, abs=600)
            assert len(asked(vendor)) == questions
            service.clock.advance(wait_s)


async def test_an_end_is_told_once_though_it_is_read_daily_and_after_restarts_and_once_more_at_the_last(
    reopen: Reopen, vendor: DashScopeStandIn
):
    told_after: list[int] = []
    for day in range(0, 34, 2):
        async with reopen() as service:
            if not day:
                vendor.offline_times[TURBO.name] = in_days(32.5, service)
            await look(service)
            await look(service, after_s=EVERY_S + 1)
            told_after.append(len(await service.outbox.waiting()))
            service.clock.advance(EVERY_S - 1)
    # On the days 0 and 1 it is more than thirty days ahead; at the end less than three, and then over.
    assert told_after == [0, *[1] * 14, 2, 2]
    async with reopen() as service:
        assert await notices(service) == [("model-retires", TURBO.name)] * 2
        (first, _) = await service.outbox.waiting()
        assert first.content["day"] == (NOON + timedelta(days=32.5)).astimezone(BEIJING).date().isoformat()
        assert await service.lanes.stops() == {}


async def test_an_end_that_the_configuration_names_is_told_though_no_list_is_to_be_had(
    reopen: Reopen, vendor: DashScopeStandIn
):
    vendor.faults.add("models", told(404, "NotFound"), times=MANY)
    ending = replace(BUILT_IN[TURBO.name], goes_offline=(NOON + timedelta(days=10)).astimezone(BEIJING).date())
    async with reopen(make_policy(catalogue={TURBO.name: ending, PLUS.name: PLUS})) as service:
        for _ in range(3):
            await look(service, after_s=EVERY_S + 1)
        assert await notices(service) == [("model-retires", TURBO.name)]
        assert await service.lanes.stops() == {}


@pytest.mark.parametrize("said", ["soon", None, 0, "1999-01-01", [], in_days])
async def test_an_end_that_cannot_be_read_or_is_over_or_far_is_not_told(
    service: Service, vendor: DashScopeStandIn, said: object | Callable[[float, Service], str]
):
    vendor.offline_times[TURBO.name] = in_days(-1, service) if said is in_days else said
    vendor.offline_times[PLUS.name] = in_days(30.1, service)
    await look(service)
    assert await service.outbox.waiting() == []


@pytest.mark.parametrize("days", [-400, -40, -1, 1, 40, 400])
async def test_a_clock_that_is_set_makes_no_end_come_near_or_be_over(
    service: Service, vendor: DashScopeStandIn, days: int
):
    vendor.offline_times = {TURBO.name: in_days(20, service), PLUS.name: in_days(60, service)}
    service.machine.ahead_s = days * DAY_S
    await look(service)
    assert await notices(service) == [("model-retires", TURBO.name)]


@pytest.mark.parametrize("days", [-400, 400])
async def test_a_clock_that_is_set_neither_hastens_nor_delays_the_next_question(
    service: Service, vendor: DashScopeStandIn, waits: Waits, days: int
):
    for questions in (2, 4, 6):
        wait_s = await waits.begun.get()
        assert wait_s == pytest.approx(EVERY_S, abs=600)
        assert len(asked(vendor)) == questions
        service.machine.ahead_s += days * DAY_S
        service.clock.advance(wait_s)


async def test_where_the_vendors_time_is_not_known_an_end_waits_for_it(service: Service, vendor: DashScopeStandIn):
    vendor.offline_times[TURBO.name] = in_days(20, service)
    service.machine.ahead_s = 40 * DAY_S
    # The answer's own date is not believed before another confirms it; aiohttp asks twice by itself.
    vendor.faults.add("list", Fault(cut=True), times=2)
    await look(service)
    assert await service.outbox.waiting() == []
    await look(service, after_s=AGAIN_S + 1)
    assert await notices(service) == [("model-retires", TURBO.name)]


async def test_a_model_that_comes_back_is_open_and_the_default_again(service: Service, vendor: DashScopeStandIn):
    await service.start()
    vendor.unlisted.add(TURBO.name)
    await look(service)
    vendor.unlisted.clear()
    await look(service, after_s=EVERY_S + 1)
    assert await service.lanes.stops() == {}
    assert list(await service.submitter.models(1)) == [TURBO.name, PLUS.name]
    assert await notices(service) == [("lane-stopped", TURBO.name), ("lane-reopened", TURBO.name)]
    job = await service.ask()
    assert (await service.until(job, JobState.DELIVERING)).request.model == TURBO.name


async def test_who_waits_when_it_goes_is_told_and_is_served_when_it_is_back(service: Service, vendor: DashScopeStandIn):
    job = await service.ask()
    vendor.unlisted.add(TURBO.name)
    before = service.told_jobs.count(job.id)
    await look(service)
    assert (await service.until(job, JobState.QUEUED)).lane_stopped
    assert service.told_jobs.count(job.id) == before + 1
    vendor.unlisted.clear()
    await look(service, after_s=EVERY_S + 1)
    assert not (await service.until(job, JobState.QUEUED)).lane_stopped
    assert service.told_jobs.count(job.id) == before + 2
    await service.start()
    await service.until(job, JobState.DELIVERING)


async def test_a_model_that_draws_although_it_is_not_listed_opens_by_its_probe_and_stays_open(
    reopen: Reopen, vendor: DashScopeStandIn
):
    vendor.unlisted.add(TURBO.name)
    async with reopen() as service:
        await service.start()
        await look(service)
        service.clock.advance(61)
        probe = await service.ask(model=TURBO.name)
        await service.until(probe, JobState.DELIVERING)
        assert await service.lanes.stops() == {}
        assert list(await service.submitter.models(1)) == [TURBO.name, PLUS.name]
    for _ in range(3):
        async with reopen() as service:
            await look(service)
            assert await service.lanes.stops() == {}
            assert await notices(service) == [("lane-stopped", TURBO.name), ("lane-reopened", TURBO.name)]
            service.clock.advance(EVERY_S)


async def test_a_model_whose_probe_is_refused_is_nobodys_default(service: Service, vendor: DashScopeStandIn):
    vendor.unlisted.add(TURBO.name)
    vendor.outcome_for(lambda order: order.model.name == TURBO.name, Outcome(refuse=MODEL_NOT_FOUND))
    await service.start()
    await look(service)
    service.clock.advance(61)
    probe = await service.ask(model=TURBO.name)
    await vendor.until(lambda: any(request.operation == "create" for request in vendor.requests))
    await service.until(probe, lambda job: job.state is JobState.QUEUED and job.version > probe.version)
    assert (await service.ask(member_id=2)).request.model == PLUS.name
    assert await notices(service) == [("lane-stopped", TURBO.name)]


async def test_what_cannot_be_written_of_one_model_costs_the_others_nothing_and_is_tried_again(
    service: Service, vendor: DashScopeStandIn, failures: FailureLog
):
    vendor.unlisted.update({TURBO.name, PLUS.name})
    await spoil(service.database, f"BEFORE INSERT ON said WHEN NEW.what = 'unlisted {TURBO.name}'")
    await look(service)
    assert "asking whether" in await failures.first()
    assert list(await service.lanes.stops()) == [PLUS.name]
    await mend(service.database)
    await look(service, after_s=AGAIN_S + 1)
    assert set(await service.lanes.stops()) == {TURBO.name, PLUS.name}
    assert len(asked(vendor)) == 3


async def test_a_job_of_an_absent_model_that_waits_too_long_gets_back_what_was_held(
    service: Service, vendor: DashScopeStandIn
):
    job = await service.ask()
    vendor.unlisted.add(TURBO.name)
    await look(service)
    await service.sweeper.sweep()
    service.clock.advance(3700)
    await service.sweeper.sweep()
    assert (await service.until(job, JobState.EXPIRED)).failure == "lane_stopped"
