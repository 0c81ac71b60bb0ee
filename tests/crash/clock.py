"""One scaled time for several processes."""

from typing import Self

from sandbox.clock import SandboxClock


class SharedClock(SandboxClock):
    """A `SandboxClock` whose birth can be handed to another process of this machine.

    The bot that takes over from a killed one, and the vendor's stand-in in the test's own process, must agree on what
    time it is: ``time.monotonic`` is the same for all processes, so the birth and what was skipped are all it takes.
    It waits for no event loop, since each process has its own.
    """

    def birth(self) -> str:
        """Describe this clock as it is now, skips included, for `born`."""
        return f"{self._scale}:{self._born_wall_ms}:{self._beaten_s!r}:{self._passed_s!r}"

    @classmethod
    def born(cls, birth: str) -> Self:
        """Make the clock that `birth` described."""
        scale, wall_ms, born_s, skipped_s = birth.split(":")
        clock = cls(scale=float(scale))
        clock._born_wall_ms = int(wall_ms)
        clock._beaten_s = float(born_s)
        clock._passed_s = float(skipped_s)
        return clock

    def _keep_beating(self) -> None:
        pass
