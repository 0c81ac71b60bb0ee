"""How often the simulation finds the faults that it is known to find."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from simulation.day import day
from simulation.forks import play_all
from simulation.known_faults import FAULTS, with_fault
from simulation.run import Outcome

LONGEST_SENTENCE = 110
FIGURES = re.compile(r":? ?[\[{#\d]")
"""How the figures of a violation begin, the numbers of jobs among them."""


@dataclass
class Found:
    """What many seeds found of one fault.

    Attributes:
        looked: how many seeds were played.
        seeds: those that found it.
        sentences: what they said first, and how many of them.
    """

    looked: int = 0
    seeds: list[int] = field(default_factory=list[int])
    sentences: Counter[str] = field(default_factory=Counter[str])

    @property
    def per_1000(self) -> float:
        return 1000 * len(self.seeds) / max(1, self.looked)

    def __str__(self) -> str:
        said = [f"    {times} by: {sentence}" for sentence, times in self.sentences.most_common()]
        return "\n".join([f"found in {len(self.seeds)} of {self.looked} seeds: {sorted(self.seeds)}", *said])


def found_by(outcomes: Iterable[Outcome]) -> Found:
    """Return what the seeds found."""
    found = Found()
    for outcome in outcomes:
        found.looked += 1
        if outcome.violations:
            found.seeds.append(outcome.seed)
            found.sentences[sentence(outcome.violations[0])] += 1
    return found


def sentence(violation: str) -> str:
    """Return the part of a violation that is alike wherever the same was found: up to its figures."""
    lines = violation.strip().splitlines()
    line = lines[-1] if lines[0].startswith("Traceback") else lines[0]
    return FIGURES.split(line)[0][:LONGEST_SENTENCE]


def densities(seeds: Sequence[int], hours: float, workers: int) -> bool:
    """Print a table of all known faults; give whether one was not found."""
    print("| fault | seeds | found it | per 1,000 | the first |\n|---|---|---|---|---|")  # noqa: T201 - the result
    missed = False
    for name in FAULTS:
        found = found_by(play_all(seeds, with_fault(day(hours), name), workers))
        first = min(found.seeds, default="-")
        line = f"| {name} | {found.looked} | {len(found.seeds)} | {found.per_1000:.0f} | {first} |"
        print(line, flush=True)  # noqa: T201 - the result
        missed = missed or not found.seeds
    return missed
