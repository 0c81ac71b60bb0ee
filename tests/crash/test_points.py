"""Killed at any named point and started again, the bot loses nothing, and does nothing twice."""

import asyncio
import contextlib
import os
import random

import pytest

from simulation.judging.judge import inspect, pings
from tests.crash.edits import EDITING
from tests.crash.galleries import SHOWING
from tests.crash.points import POINTS, Point
from tests.crash.references import KEEPING
from tests.crash.stage import CUT_UPLOADS, Stage, open_stage

EVERY = "EVERY_POINT"
"""Set, as `make crash` does, the bot is killed at all points; otherwise at a sample, which takes a minute or two."""

SAMPLE = [
    *random.Random(812).sample(POINTS, 10),
    *random.Random(812).sample(EDITING, 2),
    random.Random(812).choice(KEEPING),
    random.Random(812).choice(SHOWING),
]
CHOSEN = [point for point in (*POINTS, *EDITING, *KEEPING, *SHOWING) if os.environ.get(EVERY) or point in SAMPLE]


@pytest.mark.slow
@pytest.mark.untraced
@pytest.mark.filterwarnings(CUT_UPLOADS)
@pytest.mark.parametrize("point", CHOSEN, ids=str)
async def test_a_kill_loses_nothing(tmp_path, point: Point):
    async with open_stage(tmp_path, point.config) as stage:
        point.trouble(stage)
        acting = asyncio.create_task(act(stage, point), name="members")
        try:
            for death in point.deaths:
                await stage.die(death)
                if death is point.deaths[0]:
                    point.relief(stage)
            await stage.start_fresh()
            await acting
            await stage.all_is_done(lambda: point.enough(stage))
            await stage.all_has_landed()
            await stage.end()
        finally:
            acting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await acting
        found = inspect(stage)
        assert set(found.states) <= point.ends | {"void"}
        if point.pings is not None:
            assert len(pings(stage)) == point.pings


async def act(stage: Stage, point: Point) -> None:
    await stage.discord.until(lambda: stage.discord.connected)
    await point.act(stage)
