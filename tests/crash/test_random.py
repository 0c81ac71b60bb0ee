"""Killed again and again at any time while members ask, the bot loses nothing, and does nothing twice."""

import asyncio
import os
import random

import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.sizes import Size
from sandbox.discord import InteractionFailed
from sandbox.discord.rules.errors import ClientRefused
from simulation.judging.judge import inspect
from tests.crash.stage import CUT_UPLOADS, Stage, open_stage

JOBS = 210
MEMBERS = 12
KILLS = 10
SEED = int(os.environ.get("CRASH_SEED") or random.SystemRandom().randrange(10**6))

# At ten times the wall's pace Discord's tokens would seem dead after a minute and a half; and the big ones draw slowly.
SCALE = 5
MODELS = [name for name, model in BUILT_IN.items() if model.is_offered and model.sizes.admits(Size(512, 512))]
MARKERS = ["", "", "", "", "", "", "", "[fail] ", "[refuse] ", "[partial] "]

COUNT = "SELECT count(*) FROM jobs WHERE state <> 'void'"
CONFIG = {
    "quota": {"free_images": 1000, "active_jobs": 50, "operator_cap": "none"},
    "queue": {"ping_after": 20},
}


@pytest.mark.slow
@pytest.mark.untraced
@pytest.mark.filterwarnings(CUT_UPLOADS)
@pytest.mark.timeout(400)
async def test_kills_at_random_times_lose_nothing(tmp_path):
    print(f"\nCRASH_SEED={SEED}")  # noqa: T201 - what it takes to see the same again
    drawn = random.Random(SEED)
    async with open_stage(tmp_path, CONFIG, scale=SCALE, service_s=(1.0, 4.0)) as stage:
        # They count by the wall's seconds, and the bot's go five times as fast.
        stage.discord.rate_limits = False
        people = [f"member{index}" for index in range(MEMBERS)]
        for name in people:
            stage.guild.add_member(name)
        await stage.start_fresh()
        members = [asyncio.create_task(asks(stage, name, random.Random(drawn.random())), name=name) for name in people]
        for _ in range(KILLS):
            await asyncio.sleep(drawn.uniform(0.2, 3.0))
            await stage.kill()
            await asyncio.sleep(drawn.choice((0.0, 0.0, 1.0)))
            await stage.start_fresh()
        await asyncio.gather(*members)
        await stage.all_is_done(within_s=200)
        await stage.end()
        found = inspect(stage)
        assert len([state for state in found.states if state != "void"]) >= JOBS - MEMBERS
        assert {"delivered", "failed"} <= set(found.states)


async def asks(stage: Stage, name: str, drawn: random.Random) -> None:
    """Ask for one picture after the other; whoever gets no answer asks again."""
    who = stage.member(name)
    number = 0
    while stage.rows(COUNT)[0][0] < JOBS:
        number += 1
        used = await stage.ask(
            who,
            f"{drawn.choice(MARKERS)}{name} {number}",
            model=drawn.choice(MODELS),
            count=drawn.choice((1, 1, 2, 3)),
            private=drawn.random() < 0.2,
        )
        try:
            await used.response()
        except InteractionFailed:
            continue
        await asyncio.sleep(drawn.uniform(0.1, 1.0))
        cancel = drawn.random() < 0.15 and used.message and [one for one in used.message.buttons if not one.disabled]
        if cancel and stage.discord.connected and used.message and cancel[0].label == "Cancel":
            try:
                await who.press(used.message, "Cancel")
            except ClientRefused:
                continue
