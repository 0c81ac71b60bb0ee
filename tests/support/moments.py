"""The moment at which the tests' time begins, and clocks that stand still, set to a moment."""

from datetime import UTC, datetime

from sandbox.clock import SandboxClock

NOON = datetime(2040, 5, 16, 4, tzinfo=UTC)
"""Noon in Shanghai, in the middle of a week and of a month, so that no period ends while a test runs.

Far ahead, since discord.py holds the wall's time against an interaction's age.
"""


def set_clock(clock: SandboxClock, moment: datetime) -> None:
    """Set a clock of scale 0 to the middle of a moment's millisecond, since its seconds are not exact."""
    born_ms = clock.now_ms() - int(clock.monotonic() * 1000)
    wanted_ms = round(moment.timestamp() * 1000) - born_ms
    # The clock cuts towards zero, also before it was born.
    middle = 0.5 if wanted_ms >= 0 else -0.5
    clock.advance((wanted_ms + middle) / 1000 - clock.monotonic())
    assert clock.now_ms() == round(moment.timestamp() * 1000)
