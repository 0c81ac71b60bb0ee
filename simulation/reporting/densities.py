"""How often the simulation finds the faults that it is known to find."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from simulation.day import day
from simulation.forks import play_all
from simulation.known_faults import FAULTS, with_fault
from simulation.known_faults.pinned import pinned
from simulation.run import Outcome
from simulation.words import about, table

ENOUGH = 100
"""Seeds from which a density can be told."""

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


def densities(seeds: Sequence[int], hours: float, workers: int) -> dict[str, Found]:
    """Return what the seeds find of each known fault, by its name."""
    return {name: found_by(play_all(seeds, with_fault(day(hours), name), workers)) for name in FAULTS}


def faults_table(found: dict[str, Found]) -> str:
    """Return a table of known faults, and how often they were found."""
    head = ("fault", "what it is", "found by", "per 1,000", "the first", "what most of them say", "always found by")
    return table(*head, rows=(_row(name, one) for name, one in found.items()))


def _row(name: str, found: Found) -> tuple[object, ...]:
    first = min(found.seeds, default="-")
    # Of two that are as frequent always the same one, whichever seed came in first.
    said = max(found.sentences, key=lambda sentence: (found.sentences[sentence], sentence), default="-")
    seeds = f"{len(found.seeds)} of {found.looked} seeds"
    per_1000 = f"{found.per_1000:.0f}" if found.looked >= ENOUGH else "-"
    return f"`{name}`", about(FAULTS[name]), seeds, per_1000, first, said, pinned(name)
