"""A lane: one model of one API key, with its pace and its places at the vendor."""

from dataclasses import dataclass

from bot.domain.jobs.job import Job
from bot.domain.requests.model import Model

ACCOUNT = "*"
"""The lane that stands for the whole account: stopped, it stops all others."""

NOT_OFFERED = "not_offered"
"""Our own code of a stop: the vendor's list of models has the model no more. No create was refused for it."""

PACE_MARGIN = 1.25
"""Creates leave a quarter slower than the vendor admits: the network may bring two closer together than they left.

It costs nothing: a lane of two tasks that take ten seconds each needs a create every five."""

PROBE_DELAYS_S = (60, 120, 300, 600, 900)
"""Seconds after which a stopped lane is tried again, for each try; the last one repeats."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The answer to a lane's question for work.

    Attributes:
        job: claimed and written as ``submitting``; None if there is nothing to do now.
        again_ms: when asking again makes sense without anything else happening; 0: not before something happens.
        was_ahead: the job takes a place ahead in the vendor's PENDING.
    """

    job: Job | None = None
    again_ms: int = 0
    was_ahead: bool = False


def spacing_ms(model: Model) -> int:
    """Return the least time between two creates of a lane."""
    return int(1000 * PACE_MARGIN / model.create_rate)


def probe_delay_ms(probes: int) -> int:
    """Return how long a lane that was tried ``probes`` times in vain waits for the next try."""
    return PROBE_DELAYS_S[min(probes, len(PROBE_DELAYS_S) - 1)] * 1000
