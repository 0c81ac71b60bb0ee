"""Discord's faults, each lived through by one job."""

import asyncio

from aiohttp import web

from sandbox.dashscope import Outcome
from sandbox.faults import Fault
from tests.support.faults import EDITS, Row, Trial, counted, denied, recover, slow_down
from tests.support.world import World

UNREACHABLE = Fault(status=500, body=b'{"message": "500: Internal Server Error", "code": 0}')
TOO_LARGE = denied(413, 40005, "Request entity too large")
PERMISSION = denied(403, 50013, "Missing Permissions")

LATE_S = 4
"""More than the three seconds that Discord gives to the first answer."""

OUTAGE_S = 3 * 3600
STEP_S = 60
"""By this the bot's clock moves on at a time while it waits for Discord to come back: by less than an upload may take,
so that each attempt reaches Discord."""

MOST_EDITS = 20
MOST_IN_OUTAGE = 100
"""Eight in the first ten minutes, then one in every few."""


async def edits(world: World) -> list[Row]:
    return [
        await _brings_pictures(world, "429 with its own retry-after", slow_down(0.2)),
        await _brings_pictures(world, "500", UNREACHABLE),
        await _brings_pictures(world, "413, the picture is too large", TOO_LARGE),
        await _without_pictures(world, "413, the picture is too large even as JPEG", TOO_LARGE),
        await _without_pictures(world, "403, files may not be attached any more", PERMISSION),
        await _away_for_hours(world),
        await _deleted(world),
    ]


async def _brings_pictures(world: World, what: str, fault: Fault) -> Row:
    trial = Trial(world)
    _plan(world, fault, times=1)
    await trial.ask()
    await trial.ends("delivered")
    tries = len(trial.told_discord(*EDITS, with_files=True))
    assert tries == 2
    recover(world)
    return trial.row(what, counted(tries, "upload"))


async def _without_pictures(world: World, what: str, fault: Fault) -> Row:
    trial = Trial(world)
    _plan(world, fault, times=MOST_EDITS)
    await trial.ask()
    await trial.ends("undelivered")
    tries = len(trial.told_discord(*EDITS, with_files=True))
    assert 1 <= tries < MOST_EDITS
    recover(world)
    return trial.row(what, counted(tries, "upload"))


async def _away_for_hours(world: World) -> Row:
    trial = Trial(world)
    _plan(world, UNREACHABLE, times=10 * MOST_IN_OUTAGE)
    await trial.ask()
    await trial.is_("delivering")
    for _ in range(OUTAGE_S // STEP_S):
        world.clock.advance(STEP_S)
        await asyncio.sleep(0.05)
    assert trial.job()["state"] == "delivering"
    assert uploads(trial) <= MOST_IN_OUTAGE
    recover(world)
    # Nothing tells the bot that Discord is back: it looks again by itself.
    await trial.ends("delivered")
    return trial.row("500 for three hours", f"at most {MOST_IN_OUTAGE} uploads")


def uploads(trial: Trial) -> int:
    return len(trial.told_discord(*EDITS, with_files=True))


async def _deleted(world: World) -> Row:
    trial = Trial(world)
    world.vendor.next_outcome(Outcome(service_s=8))
    message = (await trial.ask()).message
    await trial.is_("running")
    assert message is not None
    world.member("mod").delete(message)
    await trial.ends("undelivered")
    assert uploads(trial) <= 1
    return trial.row("a moderator deletes the message before the picture comes", counted(uploads(trial), "upload"))


def _plan(world: World, fault: Fault, *, times: int) -> None:
    for operation in EDITS:
        world.discord.faults.add(operation, fault, times=times, matches=_has_files)


def _has_files(request: web.Request) -> bool:
    return request.content_type == "multipart/form-data"


async def interactions(world: World) -> list[Row]:
    return [
        await _throttled(world),
        await _twice(world),
        await _answered_late(world),
        await _heard_late(world),
        await _dropped(world, "the gateway drops, and lets the session resume", resumable=True),
        await _dropped(world, "the gateway drops, and the session is gone", resumable=False),
    ]


async def _throttled(world: World) -> Row:
    trial = Trial(world)
    world.discord.faults.add("callback", slow_down(0.2))
    await trial.ask()
    await trial.ends("delivered")
    assert len(trial.told_discord("callback")) == 2
    return trial.row("the first answer: 429 with its own retry-after", "2 first answers")


async def _twice(world: World) -> Row:
    trial = Trial(world)
    before = world.vendor.creates
    used = await trial.send()
    await used.response()
    trial.message = used.message
    world.discord.redeliver(used)
    await trial.ends("delivered")
    assert world.vendor.creates == before + 1
    return trial.row("the same interaction comes twice", "1 job, 1 create")


async def _answered_late(world: World) -> Row:
    trial = Trial(world)
    gate = world.discord.faults.gate("callback")
    used = await trial.send()
    await gate.reached.wait()
    world.discord_clock.advance(LATE_S)
    await used.acknowledged.wait()
    gate.open()
    await trial.ends("void")
    assert len(trial.told_discord("callback")) == 1
    return trial.row("the first answer comes after 3 s: 404, Unknown interaction (10062)", "1 first answer, 0 creates")


async def _heard_late(world: World) -> Row:
    trial = Trial(world)
    resumed = world.discord.resumed
    world.discord.drop_gateway(cut=True)
    used = await trial.send()
    world.discord_clock.advance(LATE_S)
    await used.acknowledged.wait()
    await world.discord.until(lambda: world.discord.resumed > resumed)
    await trial.ends("void")
    assert len(trial.told_discord("callback")) == 1
    return trial.row("the interaction itself comes after 3 s, when the gateway resumes", "1 first answer, 0 creates")


async def _dropped(world: World, what: str, *, resumable: bool) -> Row:
    trial = Trial(world)
    world.vendor.next_outcome(Outcome(service_s=8))
    await trial.ask()
    before = (world.discord.resumed, world.discord.identified)
    world.discord.drop_gateway(resumable=resumable, cut=True)
    expected = (before[0] + resumable, before[1] + (not resumable))
    await world.discord.until(lambda: (world.discord.resumed, world.discord.identified) == expected)
    await trial.ends("delivered")
    after = Trial(world)
    await after.ask()
    await after.ends("delivered")
    return trial.row(f"{what}; the next request is heard again", "1 resume" if resumable else "1 new session")
