"""Discord's faults, each lived through by one job."""

import asyncio

from aiohttp import web

from sandbox.dashscope import Outcome
from sandbox.discord.http.requests import BODY
from sandbox.faults import Fault
from tests.support.faults import EDITS, RATE, Row, Trial, counted, denied, recover, slow_down
from tests.support.world import World

UNREACHABLE = Fault(status=500, body=b'{"message": "500: Internal Server Error", "code": 0}')
TOO_LARGE = denied(413, 40005, "Request entity too large")
PERMISSION = denied(403, 50013, "Missing Permissions")
BAD_WORDS = denied(400, 240000, "Message blocked by harmful links filter")
THREAD_CLOSED = denied(400, 50083, "Thread is archived")
OLD_MESSAGE = denied(400, 30046, "Maximum number of edits to messages older than 1 hour reached. Try again later.")

LATE_S = 4
"""More than the three seconds that Discord gives to the first answer."""

OUTAGE_S = 3 * 3600
STEP_S = 60
"""By this the bot's clock moves on at a time while it waits for Discord to come back: by less than an upload may take,
so that each attempt reaches Discord."""

LATE_TOKEN_S = 16 * 60
"""An interaction's token lives for 15 minutes."""

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
        await _too_often(world),
        await _wordless(world),
        await _away_for_hours(world),
        await _deleted(world),
        await _closed(world),
        await _locked(world),
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


async def _too_often(world: World) -> Row:
    trial = Trial(world)
    _plan(world, OLD_MESSAGE, times=2)
    await trial.ask()
    await trial.ends("delivered")
    assert uploads(trial) == 3
    recover(world)
    return trial.row("400, too many edits of a message that is older than an hour (30046), twice", "3 uploads")


async def _wordless(world: World) -> Row:
    trial = Trial(world)
    for operation in EDITS:
        world.discord.faults.add(operation, BAD_WORDS, times=MOST_EDITS, matches=_has_the_prompt)
    await trial.ask()
    await trial.ends("delivered")
    recover(world)
    assert trial.prompt not in trial.text()
    return trial.row("400, a link in the prompt is blocked (240000)", counted(uploads(trial), "upload"))


def _has_the_prompt(request: web.Request) -> bool:
    return _has_files(request) and "a flower shop" in str(request[BODY].json)


async def _asked_in_thread(world: World, name: str) -> Trial:
    """Ask in a thread; the token dies before there is a picture."""
    world.guild.add_thread(name)
    trial = Trial(world, channel=name)
    world.vendor.next_outcome(Outcome(service_s=LATE_TOKEN_S))
    message = (await trial.ask()).message
    assert message is not None
    await world.becomes(trial.who, message, "is being drawn", channel=name)
    return trial


async def _closed(world: World) -> Row:
    trial = await _asked_in_thread(world, "talk")
    world.guild.archive("talk")
    world.advance(LATE_TOKEN_S)
    await trial.ends("delivered")
    assert len(trial.told_discord("edit_channel")) == 1
    return trial.row("the thread was closed meanwhile (50083)", "the thread is opened once")


async def _locked(world: World) -> Row:
    trial = await _asked_in_thread(world, "secrets")
    world.guild.archive("secrets", locked=True)
    world.advance(LATE_TOKEN_S)
    await trial.is_("undelivered")
    await world.discord.until(trial.told_directly)
    await trial.is_told()
    assert uploads(trial) == 1
    row = trial.row("the thread was closed and locked meanwhile (50083)", "1 upload; the card is tried every hour")
    world.guild.remove_channel("secrets")
    return row


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
        await _refused(world, "400, a link in the prompt is blocked (240000)", BAD_WORDS),
        await _refused(world, "400, the thread was locked meanwhile (50083)", THREAD_CLOSED),
        await _refused(world, "403, the permission is gone", PERMISSION),
        *await _removed(world),
        await _dropped(world, "the gateway drops, and lets the session resume", resumable=True),
        await _dropped(world, "the gateway drops, and the session is gone", resumable=False),
        await _resumes_nowhere(world),
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


async def _refused(world: World, what: str, fault: Fault) -> Row:
    trial = Trial(world)
    world.discord.faults.add("callback", fault)
    used = await trial.send()
    answer = (await used.reply()).text
    job = await trial.ends("void")
    tries = len(trial.told_discord("callback"))
    assert tries == 2
    row = Row(f"the first answer: {what}", answer, job["state"], 0, 0, 0, "2 first answers, 0 creates")
    assert trial.asked("create") == 0
    return row


async def _removed(world: World) -> list[Row]:
    """Let the bot be put out of a server in which one picture is drawn and another is waited for, and come back."""
    guild = world.discord.add_guild("Elsewhere", owner=world.discord.application_owner)
    guild.add_member("bob")
    drawn, waiting = Trial(world, guild=guild), Trial(world, guild=guild)
    told = len(drawn.who.direct_messages())
    world.vendor.next_outcome(Outcome(service_s=LATE_TOKEN_S))
    await drawn.ask()
    await drawn.is_("running")
    world.vendor.faults.add("create", RATE, times=1000)
    await waiting.ask()
    # Else the one in line is told by its message where that comes before the token's end.
    for operation in ("edit_original", "edit_followup"):
        world.discord.faults.add(operation, Fault(status=503), times=1000)
    guild.remove_bot()
    await waiting.is_("expired")
    world.advance(LATE_TOKEN_S)
    await drawn.is_("undelivered")
    await world.eventually(lambda: len(drawn.who.direct_messages()) == told + 2)
    recover(world)
    rows = []
    guild.add_bot()
    for trial, number, what, tries in (
        (
            drawn,
            1,
            "the bot is removed from the server while the picture is drawn; in /job when it is back",
            "1 create",
        ),
        (
            waiting,
            2,
            "the bot is removed from the server while the job waits in line; in /job when it is back",
            "0 tasks",
        ),
    ):
        shown = await (await trial.who.invoke("job", {"number": number}, channel="general")).reply()
        assert len(shown.gallery) == 2 - number
        trial.message = shown
        rows.append(trial.row(what, tries))
    return rows


async def _resumes_nowhere(world: World) -> Row:
    trial = Trial(world)
    world.vendor.next_outcome(Outcome(service_s=8))
    await trial.ask()
    gateway, began, refused = world.discord.gateway, world.discord.identified, world.discord.gateway_refusals
    gateway.resume_down = True
    world.discord.drop_gateway(resumable=True)
    await world.discord.until(lambda: world.discord.identified > began and world.discord.connected)
    resumes = world.discord.gateway_refusals - refused
    gateway.resume_down = False
    await trial.ends("delivered")
    after = Trial(world)
    await after.ask()
    await after.ends("delivered")
    what = "the gateway drops, and its address for resuming is dead; the next request is heard again"
    return trial.row(what, f"{counted(resumes, 'resume')}, 1 new session")


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
