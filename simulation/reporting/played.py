"""What many seeds came to, and how it is said."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from simulation.reaching.goals import Goal, goals, unnamed
from simulation.reaching.out_of_reach import gaps, is_out_of_reach
from simulation.run import Outcome


@dataclass
class Played:
    """What many seeds came to.

    Attributes:
        digests: of their traces, by seed.
        failed: the seeds in which something was violated.
        virtual_s: how long they took by their own time.
        took_s: how long by the wall's clock.
        tally: how much of what happened.
        reached: how often they reached what there is to reach.
    """

    digests: dict[int, str] = field(default_factory=dict[int, str])
    failed: list[int] = field(default_factory=list[int])
    virtual_s: float = 0.0
    took_s: float = 0.0
    tally: Counter[str] = field(default_factory=Counter[str])
    reached: Counter[Goal] = field(default_factory=Counter[Goal])

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        self.digests[outcome.seed] = outcome.digest
        if outcome.violations:
            self.failed.append(outcome.seed)
        self.virtual_s += outcome.virtual_s
        self.tally += outcome.tally
        self.reached += outcome.reached

    @property
    def digest(self) -> str:
        """A hash of all their traces, in the order of the seeds."""
        return hashlib.sha256("".join(self.digests[seed] for seed in sorted(self.digests)).encode()).hexdigest()[:16]

    @property
    def speed(self) -> str:
        """How fast they were played."""
        took_s = max(self.took_s, 1e-9)
        return (
            f"{self.took_s:.1f} s: {len(self.digests) / took_s:.2f} seeds and "
            f"{self.virtual_s / 3600 / took_s:.1f} simulated hours a second"
        )


def play_many(outcomes: Iterable[Outcome], tell: Callable[[Outcome], None]) -> Played:
    """Return what seeds came to; each is told as it comes."""
    began_s, played = time.perf_counter(), Played()
    for outcome in outcomes:
        played.add(outcome)
        tell(outcome)
    played.took_s = time.perf_counter() - began_s
    return played


def summary(played: Played) -> Iterator[str]:
    """Return lines on what became of the seeds, and on what they never reached."""
    yield f"{len(played.digests)} seeds, {len(played.failed)} failed; {played.speed}"
    yield ", ".join(f"{what} {times}" for what, times in sorted(played.tally.items()))
    there_is, never = list(goals()), gaps(played.reached)
    count = sum(played.reached[goal] > 0 for goal in there_is)
    yield f"reached {count} of {len(there_is)} moves of jobs and outcomes of ports; {len(never)} more might be:"
    for group, missed in groupby(never, lambda goal: goal.group):
        yield f"    {group}: {', '.join(f'{goal.start} ({goal.end})' for goal in missed)}"
    yield from (f"    named by no port: {goal}" for goal in unnamed(played.reached))


def everything(played: Played) -> Iterator[str]:
    """Return a line on each thing that there is to reach."""
    for goal in goals():
        times = played.reached[goal]
        yield f"{times or '-':>10} {goal}{' (out of reach)' if is_out_of_reach(goal) else ''}"
