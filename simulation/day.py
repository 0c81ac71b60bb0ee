"""One simulated day: people live, things go wrong, then all calms down and is judged."""

import asyncio
import random
import traceback
from collections import Counter
from collections.abc import Callable
from functools import partial

from simulation.judging.judge import inspect
from simulation.machine.pace import slow_down
from simulation.operating.books import close_the_day
from simulation.operating.shift import Operator
from simulation.operating.weeks import be_away
from simulation.people import everybody, press_what_is_old
from simulation.reaching.reached import MOVES, moves
from simulation.rules import age, errors, in_force
from simulation.run import Story
from simulation.troubles import strike
from simulation.world import World

DAY_H = 24.0
ACTS_PER_H = 2.0
"""Of all people together."""

EVENING_S = 300.0
"""How long trouble goes on after the last act; it comes some 15 s after a request."""

CALM_WITHIN_S = 6 * 3600.0
"""What the longest retry needs, and a doubt, which is looked for again and again."""

QUIET_S = 300.0
"""By then connections that nobody uses are closed, and what a start begins has ended."""

ENDED_BY_LOOP = {
    "AutoShardedConnectionState._delay_shard_ready",
    "AutoShardedConnectionState._delay_ready",
    "Queue.get",
    "heart-0",
}
"""What discord.py begins for the first seconds of a connection and has no end for; asyncio ends it.

So it is with the heart of a connection that is still being made when the bot is stopped: in the library a thread that
ends with the program."""

GROWS_OLD = 0.25
"""How often a day is followed by one long after it."""

HEARTBEAT_MS = 300_000
"""Discord asks for 41 s; by that half of the work of a day would be heartbeats."""

PACE = 60
"""How much slower than as shipped the program looks by itself whether there is anything to do."""

UNFINISHED = """
SELECT number, state, version, shown FROM jobs WHERE (version > shown AND state <> 'void')
    OR state NOT IN ('delivered', 'failed', 'canceled', 'expired', 'void', 'undelivered')
"""
GIVEN_UP = "SELECT count(DISTINCT job_id) FROM ledger WHERE kind = 'doubt'"
UNSENT = "SELECT kind, attempts FROM outbox WHERE done_ms = 0"
UNREMOVED = """
SELECT job_id, max(act) AS act FROM audit JOIN jobs ON jobs.id = job_id
WHERE act LIKE 'job.removal%' AND erased_ms = 0 GROUP BY job_id
HAVING NOT max(act IN ('job.removal_done', 'job.removal_out_of_reach'))
"""
"""What was erased meanwhile is no removal any more: its message is left to be deleted, as below."""

UNDELETED = """
SELECT 'message' AS what, attempts FROM leftover_messages UNION ALL SELECT path, 0 FROM leftover_files
"""
LEFT_UNDONE = (UNFINISHED, UNSENT, UNREMOVED, UNDELETED)
LAST_ACTS_S = 60.0
"""In which the program does what it was told last."""


def day(hours: float = DAY_H) -> Story:
    """Return what happens in a day, or in some hours of it."""

    async def story(world: World) -> None:
        await live_through(world, hours * 3600, hours * ACTS_PER_H)

    return story


async def live_through(world: World, seconds: float, acts: float) -> None:
    """Let people do about so many acts in so much time; what is found wrong is added to the world's violations."""
    slow_down(PACE)
    world.discord.gateway.heartbeat_interval_ms = HEARTBEAT_MS
    if world.turns.take("clocks", "disagree"):
        disagree(world, world.turns.dice("clocks"))
    world.start()
    await world.connected()
    operator = Operator(world, world.turns.dice("operator"))
    beside = [
        asyncio.create_task(operator.work(), name="operator"),
        asyncio.create_task(strike(world), name="trouble"),
    ]
    await everybody(world, seconds, acts)
    await asyncio.sleep(max(EVENING_S, world.trouble_until_s - world.loop.time()))
    await operator.finish()
    await calm(world, beside)
    judge(world)
    count(world)
    dice = world.turns.dice("age")
    if not world.violations and dice.random() < GROWS_OLD and world.turns.take("age", "is away"):
        await grow_old(world, dice)


def count(world: World) -> None:
    """Count what became of the day."""
    world.tally.update(f"job {row['state']}" for row in world.rows("SELECT state FROM jobs"))
    world.tally["cost in doubt at an end"] += world.rows(GIVEN_UP)[0][0]
    world.reached.update(moves(world.rows(MOVES)))
    world.tally["killed"] += sum(life.was_killed for life in world.lives)


async def grow_old(world: World, dice: random.Random) -> None:
    """Let the bot be away until what it keeps is old; what it makes of that is judged too."""
    before = age.stand(world)
    days = await be_away(world, dice)
    await end(world)
    hold(world, lambda: age.check(world, before, days))
    world.start()
    await world.connected()
    await press_what_is_old(world, dice)
    await asyncio.sleep(LAST_ACTS_S)
    await end(world)
    hold(world, lambda: errors.check(world))


def disagree(world: World, dice: random.Random) -> None:
    """Let the clocks of the three parties differ, as they do; the bot's may run too fast or too slow besides."""
    world.clock.ahead_s, world.discord_clock.ahead_s = (dice.choice((0.0, dice.uniform(-20, 20))) for _ in range(2))
    world.vendor.ahead_s = dice.choice((0.0, dice.uniform(-60, 60)))
    world.clock.drift = dice.choice((0.0, dice.uniform(-1e-4, 1e-4)))


async def calm(world: World, beside: list[asyncio.Task[None]]) -> None:
    """End all trouble, and wait until everything is done; then stop the bot."""
    for task in beside:
        task.cancel()
    for outcome in await asyncio.gather(*beside, return_exceptions=True):
        if isinstance(outcome, Exception):
            world.violations.append("".join(traceback.format_exception(outcome)))
    world.be_kind()
    if world.bot.is_over:
        world.start()
    world.bot.dies_at = None
    await asyncio.sleep(LAST_ACTS_S)
    until_s = world.loop.time() + CALM_WITHIN_S
    # The database wakes nobody.
    while not is_done(world) and world.loop.time() < until_s:  # noqa: ASYNC110
        await asyncio.sleep(20)
    if not is_done(world):
        left = [dict(row) for query in LEFT_UNDONE for row in world.rows(query)]
        world.violations.append(f"left undone: {left}")
    await close_the_day(world)
    await asyncio.sleep(QUIET_S)
    held = Counter(world.bot.holds())
    # A question that is asked once a day leaves its connection open for a moment, and that may be this one.
    await asyncio.sleep(QUIET_S)
    held &= Counter(world.bot.holds())
    await end(world)
    # What a bot that has just been started has, nobody has to end.
    world.start()
    await world.connected()
    await asyncio.sleep(QUIET_S)
    if more := held - Counter(world.bot.holds()):
        world.violations.append(f"a calm bot has more than a fresh one: {dict(more)}")
    await end(world)


async def end(world: World) -> None:
    """Stop the bot; it must go without an error."""
    await world.stop()
    if world.bot.error is not None:
        world.violations.append(f"the bot did not stop cleanly: {world.bot.error!r}")


def is_done(world: World) -> bool:
    """Whether everybody was answered or not, every job has ended, and all about it is said."""
    is_heard = all(used.acknowledged.is_set() for used in world.asked)
    return is_heard and not any(world.rows(query) for query in LEFT_UNDONE)


def judge(world: World) -> None:
    """Hold everything that always must be so against what is left."""
    for number, life in enumerate(world.lives, 1):
        left = [name for name in life.left if name not in ENDED_BY_LOOP]
        if left and not life.was_killed:
            world.violations.append(f"a bot that ended in order left something: life {number}, {left}")
    for rule in in_force(world):
        hold(world, partial(rule, world))
    hold(world, lambda: inspect(world, swept=world.swept, lost=world.lost, known=world.trace.known))


def hold(world: World, judge: Callable[[], object]) -> None:
    """Add what a judge finds wrong first to the violations."""
    try:
        judge()
    except AssertionError as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        world.violations.append(str(error) or f"{where.name}: {where.line}")
