"""One run from one seed, in a process of its own: what it replaces is replaced for good."""

import asyncio
import gc
import logging
import random
import shutil
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import discord.gateway

from simulation.machine import sources
from simulation.machine.clocks import MachineClock
from simulation.machine.heart import TaskHeart
from simulation.machine.loop import VirtualLoop
from simulation.machine.network import Conditions, Network
from simulation.machine.storage import Disk, make_folder
from simulation.reaching.goals import Goal
from simulation.reaching.reached import watch
from simulation.trace import BooksTrace, LogTrace, Trace, WireTrace
from simulation.world import World, open_world

LONGEST_S = 10 * 24 * 3600.0
"""Of its own time: whatever isn't over by then waits for what will never come."""

Story = Callable[[World], Awaitable[None]]
"""What happens in a run."""


@dataclass
class Outcome:
    """What became of a run.

    Attributes:
        seed: of the run.
        digest: of its trace.
        virtual_s: how long it took by its own time.
        steps: how many callbacks ran.
        violations: what must not be, and was.
        tally: how much of what happened.
        turns: what was done in each turn that was taken, by its name.
        reached: how often it reached what there is to reach.
        lines: the trace, if it was to be kept.
    """

    seed: int
    digest: str = ""
    virtual_s: float = 0.0
    steps: int = 0
    violations: list[str] = field(default_factory=list[str])
    tally: Counter[str] = field(default_factory=Counter[str])
    turns: dict[str, str] = field(default_factory=dict[str, str])
    reached: Counter[Goal] = field(default_factory=Counter[Goal])
    lines: list[str] = field(default_factory=list[str])


def run(seed: int, story: Story, *, keeps: bool = False) -> Outcome:
    """Let ``story`` happen as the seed wills.

    The time, randomness and heartbeat of this Python process are the run's from now on.
    """
    # When cycles are collected would depend on all that this process did before.
    gc.disable()
    # What was there before is no matter of this run.
    gc.freeze()
    sources.replace_randomness(str(seed))
    dice = random.Random(f"{seed}:world")
    network = Network(Conditions(random.Random(f"{seed}:network")))
    loop = VirtualLoop(random.Random(f"{seed}:loop"), network)
    trace = Trace(loop.time, keeps=keeps)
    network.tap = WireTrace(trace)
    clock = MachineClock(loop)
    sources.replace_time(clock.wall_s, loop.time)
    discord.gateway.KeepAliveHandler = TaskHeart
    outcome = Outcome(seed)
    watch(outcome.reached)
    folder = make_folder()
    log = LogTrace(trace, folder)
    logging.basicConfig(level=logging.INFO, handlers=[log], force=True)
    found = outcome.violations
    loop.set_exception_handler(lambda _, context: found.append(f"{context['message']}: {context.get('exception')!r}"))

    async def live() -> None:
        disk = Disk(loop, folder, BooksTrace(trace))
        sources.replace_sync(disk.sync)
        sources.replace_deletion(disk.require_deletable)
        async with open_world(loop, trace, log, disk, dice, clock) as world:
            world.violations, world.tally, world.reached = found, outcome.tally, outcome.reached
            outcome.turns = world.turns.taken
            async with asyncio.timeout(LONGEST_S) as limit:
                world.limit = limit
                await story(world)
            # A task that failed and that nobody asked says so when it is let go.
            gc.collect()
            trace.seal(world.left())

    try:
        loop.run_until_complete(live())
    except Exception as error:  # noqa: BLE001 - whatever a run ends with is its outcome
        found.append("".join(traceback.format_exception(error)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    outcome.digest, outcome.virtual_s, outcome.steps = trace.digest(), loop.time(), loop.steps
    outcome.lines = trace.lines
    return outcome
