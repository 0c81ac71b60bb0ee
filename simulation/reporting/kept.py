"""Keeps what was played in a file, so that a run of hours may be interrupted and gone on with."""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from simulation.reaching.goals import Goal
from simulation.run import Outcome

ROOT = Path(__file__).parents[2]
PLAYED = ("bot", "cogs", "sandbox", "simulation")
"""Whose files decide what a seed plays."""


class OtherDays(Exception):
    """Days that can't stand beside others: of other code, of another length, or of seeds that don't follow."""


class Kept:
    """What seeds came to, one JSON object a line, after a line that says what they played.

    Attributes:
        took_s: how long they took together by the wall's clock.
    """

    def __init__(self, file: Path, hours: float) -> None:
        """Read ``file``, or begin it.

        Raises:
            OtherDays: if it was begun with other code or days of another length.
        """
        self._file = file
        self._outcomes: dict[int, Outcome] = {}
        self.took_s = 0.0
        head = json.dumps(f"{fingerprint()}, {hours:g} h")
        told = file.read_text(encoding="utf-8") if file.exists() else ""
        # Whoever was interrupted may have left half a line.
        first, *lines = told[: told.rfind("\n") + 1].splitlines() or [head]
        if first != head:
            raise OtherDays(f"{file} holds what other code, or days of another length, came to: name another file")
        for line in lines:
            self.took_s, outcome = _read(line)
            self._outcomes[outcome.seed] = outcome
        file.write_text("".join(f"{line}\n" for line in (head, *lines)), encoding="utf-8")

    def play(self, seeds: Iterable[int], play: Callable[[list[int]], Iterable[Outcome]]) -> Iterator[Outcome]:
        """Yield what these seeds came to; those that were not kept yet are played, and kept as they come."""
        ordered, began_s, before_s = list(seeds), time.perf_counter(), self.took_s
        yield from (self._outcomes[seed] for seed in ordered if seed in self._outcomes)
        for outcome in play([seed for seed in ordered if seed not in self._outcomes]):
            self.took_s = before_s + time.perf_counter() - began_s
            with self._file.open("a", encoding="utf-8") as out:
                out.write(_written(self.took_s, outcome) + "\n")
            yield outcome


def fingerprint() -> str:
    """Return a hash of the code that is played."""
    digest = hashlib.sha256()
    for file in sorted(file for folder in PLAYED for file in (ROOT / folder).rglob("*") if _counts(file)):
        digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _counts(file: Path) -> bool:
    return file.is_file() and file.suffix in (".py", ".sql", ".ftl")


def _written(took_s: float, outcome: Outcome) -> str:
    reached = [[*goal, times] for goal, times in outcome.reached.items()]
    return json.dumps({"took_s": took_s, **vars(outcome), "reached": reached, "lines": []})


def _read(line: str) -> tuple[float, Outcome]:
    told: dict[str, Any] = json.loads(line)
    took_s = told.pop("took_s")
    reached = Counter({Goal(*goal): times for *goal, times in told.pop("reached")})
    return took_s, Outcome(**told | {"tally": Counter(told["tally"]), "reached": reached})
