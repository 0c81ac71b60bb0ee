import asyncio

from bot.domain.books.figures import Figures
from bot.domain.jobs.job import JobState
from bot.failure_kinds import Advice
from bot.service.upkeep.figures import EVERY_S, CurrentFigures
from sandbox.clock import SandboxClock
from tests.support.moments import NOON
from tests.support.service import PRICE, TURBO, make_policy, open_service, open_vendor


class Counted:
    """Reports that count how often they are asked, and answer when told to."""

    def __init__(self, reports) -> None:
        self._reports = reports
        self.asked = 0

    async def figures(self, terms) -> Figures:
        self.asked += 1
        return await self._reports.figures(terms)


async def test_many_who_ask_at_once_or_soon_again_share_one_reading(tmp_path):
    clock = SandboxClock(scale=0, start=NOON)
    async with (
        open_vendor(clock) as vendor,
        open_service(tmp_path, clock, base_url=vendor.base_url, result_host=vendor.result_host) as service,
    ):
        counted = Counted(service.stores.reports)
        figures = CurrentFigures(reports=counted, quotas=service.quotas, clock=clock)  # type: ignore[arg-type]
        first, *others = await asyncio.gather(*(figures.read() for _ in range(50)))
        assert counted.asked == 1
        assert all(one is first for one in others)
        clock.advance(EVERY_S - 1)
        assert await figures.read() is first
        clock.advance(1)
        assert await figures.read() is not first
        assert counted.asked == 2


async def test_open_holds_count_against_what_is_left_of_the_cap(tmp_path):
    clock = SandboxClock(scale=0, start=NOON)
    policy = make_policy(cap_micros=10 * PRICE)
    async with (
        open_vendor(clock) as vendor,
        open_service(
            tmp_path, clock, base_url=vendor.base_url, result_host=vendor.result_host, policy=policy
        ) as service,
    ):
        await service.ask(count=3)
        await service.lanes.stop(TURBO.name, "Arrearage", Advice.ARREARS)
        figures = await service.figures.read()
        assert figures.jobs == {(TURBO.name, JobState.QUEUED): 1}
        assert (figures.billed_micros, figures.open_micros, figures.left_micros) == (0, 3 * PRICE, 7 * PRICE)
        assert figures.stop_of(TURBO.name) == "Arrearage"
        assert figures.stop_of("another") == ""
