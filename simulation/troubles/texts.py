"""What goes wrong with the models that rewrite prompts: they refuse, answer oddly or late, or their answer is lost."""

import random

from sandbox.dashscope import TextOutcome
from sandbox.dashscope.refusals import INAPPROPRIATE, RATE, Refusal
from sandbox.faults import Fault
from sandbox.weather import LOST_ANSWER
from simulation.world import World

REFUSALS: tuple[Refusal, ...] = (RATE, INAPPROPRIATE)
ODD = (
    TextOutcome(says=" "),
    TextOutcome(says="x" * 6000),
    TextOutcome(finish_reason="length"),
    TextOutcome(tells=("output",)),
    TextOutcome(tells=("usage",)),
)
SLOW_S = (4.0, 12.0, 45.0)
"""The program waits for half a minute."""

SOME = 3
"""How many of the next prompts meet it."""


async def refusals(world: World, dice: random.Random) -> None:
    """Let the next prompts be refused."""
    world.trace.add("trouble", "the next prompts are not rewritten")
    world.vendor.texts.next_outcome(TextOutcome(refuse=dice.choice(REFUSALS)), times=SOME)


async def odd_answers(world: World, dice: random.Random) -> None:
    """Let what is written of the next prompts be nothing, too long, cut off, forbidden, or not wholly told."""
    world.trace.add("trouble", "the next prompts are rewritten oddly")
    # A word that may be forbidden, and a number, since each prompt is drawn once.
    forbidden = TextOutcome(says=f"gore {dice.randrange(10**9)}")
    for outcome in (forbidden, *dice.sample(ODD, SOME)):
        world.vendor.texts.next_outcome(outcome)


async def lost_answers(world: World, dice: random.Random) -> None:
    """Lose the answers of the next prompts, which are billed."""
    world.trace.add("trouble", "the next rewritten prompts are lost")
    world.vendor.faults.add("text", dice.choice(LOST_ANSWER), times=SOME)


async def slowness(world: World, dice: random.Random) -> None:
    """Let the next prompts be rewritten slowly, or never."""
    seconds = dice.choice(SLOW_S)
    world.trace.add("trouble", f"the next prompts take {seconds:.0f} s to be rewritten")
    world.vendor.faults.add("text", Fault(delay_s=seconds, when=dice.choice(("before", "after"))), times=SOME)
