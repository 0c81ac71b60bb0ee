"""An hour in which threads close, the bot is put out of a server and back, and addresses die or answer oddly."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence

import pytest

from sandbox.dashscope import Outcome
from sandbox.dashscope.pictures.oddities import ODD_ANSWERS
from sandbox.discord import Actor, ClientRefused, InteractionFailed
from sandbox.discord.state.guilds import Guild
from simulation.judging.judge import inspect, is_told_directly
from tests.crash.stage import CUT_UPLOADS
from tests.soak.log import unexplained
from tests.soak.members import MODELS
from tests.soak.pace import SCALE
from tests.soak.stage import SEED, Soak, open_soak

HOUR_S = 3600
SETTLED_WITHIN_S = 3 * HOUR_S
"""A card that Discord refuses is tried again each hour; a token that is dead by then costs one more round."""

MEMBERS, STRANGERS = 6, 3
LEAST_JOBS = 100
THREADS = ("talk", "sketches", "late")
PLACES = ("general", *THREADS)
PAUSE_S = 150.0
LATE = "late "
LATE_S = 16 * 60
"""How long what is asked for late takes: its request's token is dead by then."""
LATE_SHARE = 0.06

ODD_CHANCE = 0.25
"""Of a download; an address is asked ten times before it is given up."""


@pytest.mark.slow
@pytest.mark.filterwarnings(CUT_UPLOADS)
@pytest.mark.timeout(900)
async def test_an_hour_of_bad_days_leaves_every_job_final_every_member_told_and_clean_books(tmp_path):
    print(f"\nSOAK_SEED={SEED}")  # noqa: T201 - what it takes to see the same days again
    people = [f"member{index}" for index in range(MEMBERS)]
    async with open_soak(tmp_path, people) as soak:
        other = soak.discord.add_guild("Elsewhere", owner=soak.discord.application_owner)
        strangers = [other.add_member(f"stranger{index}").user.name for index in range(STRANGERS)]
        for name in THREADS:
            soak.guild.add_thread(name)
        await soak.start_fresh()
        weather = soak.vendor.faults.weather(ODD_CHANCE, {"result": list(ODD_ANSWERS.values())}, seed=SEED)
        soak.vendor.outcome_for(lambda order: order.prompt.startswith(LATE), Outcome(service_s=LATE_S), times=10_000)
        days = BadDays(soak, other, random.Random(SEED))
        asking = [
            *[(soak.member(name), PLACES) for name in people],
            *[(soak.discord.member(name, other), ("general",)) for name in strangers],
        ]
        await days.pass_by(asking, HOUR_S)
        soak.brighten()
        await soak.all_is_done(within_s=SETTLED_WITHIN_S / SCALE)
        verified = await soak.verify()
        await soak.end()
        print(soak.summary(), days.happened)  # noqa: T201 - what a failure is read by
        found = inspect(soak, unexpected=unexplained(soak.log))
        assert verified == (0, "")
        # Each card shows its job's last word, now that all is as it was. It was bad enough:
        assert len([state for state in found.states if state != "void"]) >= LEAST_JOBS
        assert weather.struck["result"] >= LEAST_JOBS / 10
        assert min(days.happened.values()) > 0, days.happened
        assert {"delivered", "undelivered"} <= set(found.states)
        assert [row for row in found.jobs if row["state"] == "undelivered" and is_told_directly(soak, row)]
        assert soak.discord.identified > days.happened["resume address dead"]


class BadDays:
    """What happens to two servers while people ask.

    Attributes:
        happened: how often each of it did.
    """

    def __init__(self, soak: Soak, other: Guild, dice: random.Random) -> None:
        self._soak, self._other, self._dice = soak, other, dice
        self.happened = dict.fromkeys(("thread closed", "thread locked", "kicked", "resume address dead"), 0)

    async def pass_by(self, asking: Sequence[tuple[Actor, Sequence[str]]], until_s: float) -> None:
        """Let people ask until the clock shows ``until_s``; then all is as it was."""
        acts: list[Callable[[], Awaitable[None]]] = [self._close, self._reopen, self._kick, self._strand]
        beside = [asyncio.ensure_future(self._again_and_again(act)) for act in acts]
        try:
            async with asyncio.TaskGroup() as group:
                for who, places in asking:
                    group.create_task(self._ask(who, places, until_s))
        finally:
            for task in beside:
                task.cancel()
            for outcome in await asyncio.gather(*beside, return_exceptions=True):
                if isinstance(outcome, Exception):
                    raise outcome
            self._soak.discord.gateway.resume_down = False
            for name in THREADS:
                self._soak.guild.change_thread(name, archived=False, locked=False)
            if not self._other.bot_inside:
                self._other.add_bot()

    async def _ask(self, who: Actor, places: Sequence[str], until_s: float) -> None:
        dice = random.Random(self._dice.random())
        while True:
            await self._soak.clock.sleep(dice.expovariate(1 / PAUSE_S))
            if self._soak.clock.monotonic() >= until_s:
                return
            # No two prompts are the same: the bill is held against them.
            prompt = f"{LATE if dice.random() < LATE_SHARE else ''}{who.user.name} {len(self._soak.asked)}"
            options = {"model": dice.choice(MODELS), "private": dice.random() < 0.2}
            # Nobody can ask in a locked thread, nor where the bot is not.
            with contextlib.suppress(ClientRefused, InteractionFailed):
                used = await self._soak.ask(who, prompt, channel=dice.choice(places), **options)
                await used.response()

    async def _again_and_again(self, act: Callable[[], Awaitable[None]]) -> None:
        while True:
            await act()

    async def _pause(self, mean_s: float) -> None:
        await self._soak.clock.sleep(self._dice.uniform(0.5, 1.5) * mean_s)

    async def _close(self) -> None:
        await self._pause(100)
        locked = self._dice.random() < 0.5
        self._soak.guild.archive(self._dice.choice(THREADS), locked=locked)
        self.happened["thread locked" if locked else "thread closed"] += 1

    async def _reopen(self) -> None:
        await self._pause(300)
        self._soak.guild.change_thread(self._dice.choice(THREADS), archived=False, locked=False)

    async def _kick(self) -> None:
        await self._pause(400)
        self._other.remove_bot()
        self.happened["kicked"] += 1
        await self._pause(300)
        self._other.add_bot()

    async def _strand(self) -> None:
        await self._pause(500)
        self._soak.discord.gateway.resume_down = True
        self._soak.discord.drop_gateway(resumable=True)
        self.happened["resume address dead"] += 1
        await self._pause(100)
        self._soak.discord.gateway.resume_down = False
