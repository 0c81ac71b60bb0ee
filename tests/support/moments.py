"""The moment at which the tests' time begins, and clocks that stand still, set to a moment."""

import math
from datetime import UTC, datetime

from sandbox.clock import SandboxClock

HOUR_S = 3600

NOON = datetime(2040, 2, 15, 4, tzinfo=UTC)
"""Noon in Shanghai, in the middle of a week and of a month of winter, so that no period ends while a test runs.

Far ahead, since discord.py holds the wall's time against an interaction's age.
"""


def set_clock(clock: SandboxClock, moment: datetime) -> None:
    """Set a clock of scale 0 to the middle of a moment's millisecond, since its seconds are not exact."""
    run_s = clock.monotonic()
    born_ms = clock.now_ms() - math.floor(run_s * 1000)
    wanted_ms = round(moment.timestamp() * 1000)
    clock.advance((wanted_ms - born_ms + 0.5) / 1000 - run_s)
    assert clock.now_ms() == wanted_ms
