"""What the world decides to do in a run, thing by thing; each of them can be left out.

A turn is an act of a person (``Studio.bob3``: bob's third there), something that goes wrong after a request that was
made in one (``Studio.bob3+1``: after its first), or a circumstance (``clocks``). It has the same name and the same dice
whichever of the others are left out.
"""

import random
from collections import Counter
from collections.abc import Collection
from contextvars import ContextVar

TURN: ContextVar[str] = ContextVar("turn", default="")
"""In which turn a task acts."""


class Turns:
    """The turns of one run.

    Attributes:
        only: the names of those that are taken; None: all are.
        taken: what was decided for each that was taken, by its name, oldest first.
    """

    def __init__(self, seed: float) -> None:
        self.only: Collection[str] | None = None
        self.taken: dict[str, str] = {}
        self._seed = seed
        self._requests = Counter[str]()

    def dice(self, turn: str) -> random.Random:
        """Return the dice of a turn, as they are before its first throw."""
        return random.Random(f"{self._seed}:{turn}")

    def take(self, turn: str, what: str) -> bool:
        """Let this task act in a turn from now on, unless it is left out. Return whether it is."""
        if self.only is not None and turn not in self.only:
            return False
        TURN.set(turn)
        self.taken[turn] = what
        return True

    def after_request(self) -> str:
        """Return the turn that follows the request that this task makes."""
        turn = TURN.get()
        self._requests[turn] += 1
        return f"{turn}+{self._requests[turn]}"
