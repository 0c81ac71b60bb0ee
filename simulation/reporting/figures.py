"""The figures of the page: what a long run came to, kept beside the code that makes a page of them."""

import os
import platform
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from simulation.reaching.goals import Goal
from simulation.reporting.densities import Found
from simulation.reporting.excerpt import excerpt
from simulation.reporting.kept import OtherDays, fingerprint
from simulation.reporting.played import Played
from simulation.run import Outcome

FILE = Path(__file__).with_name("figures.json")


@dataclass
class Part:
    """A run of seeds one after the other, at one commit.

    Attributes:
        command: the words after ``python -m simulation``.
        commit: on which it was run; with a plus sign where files had been changed since.
        code: a hash of what was played, as `fingerprint` gives it.
        machine: Python's version, and on how many cores.
        seeds: the first and the last.
        days: how many there were.
        failed: the seeds in which something was violated.
        virtual_s: how long the days took by their own time.
        took_s: how long they took by the wall's clock.
        digest: a hash of all their traces.
    """

    command: str
    commit: str
    code: str
    machine: str
    seeds: tuple[int, int]
    days: int
    failed: list[int]
    virtual_s: float
    took_s: float
    digest: str

    @classmethod
    def of(cls, played: Played) -> Self:
        """Return what this run of the command came to."""
        return cls(
            command=_command(sys.argv[1:]),
            commit=_commit(),
            code=fingerprint(),
            machine=f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores",
            seeds=(min(played.digests), max(played.digests)),
            days=len(played.digests),
            failed=sorted(played.failed),
            virtual_s=played.virtual_s,
            took_s=played.took_s,
            digest=played.digest,
        )


@dataclass
class Figures:
    """What many days came to, and what was run.

    Attributes:
        parts: the runs; each went on where the one before it ended.
        hours: how long people lived in each day.
        tally: how much of what happened.
        reached: how often which of the `Goal` was reached, by its text.
        faults: what was found of each known fault.
        shown: the seed of the excerpt.
        excerpt: lines of its trace.
    """

    parts: list[Part]
    hours: float
    tally: dict[str, int]
    reached: dict[str, int]
    faults: dict[str, Found]
    shown: int
    excerpt: list[str]

    @classmethod
    def of(cls, played: Played, faults: dict[str, Found], shown: Outcome, hours: float) -> Self:
        """Return the figures of this run of the command.

        Args:
            played: what the seeds came to.
            faults: what was found of each known fault, by its name.
            shown: a seed that was kept, for the excerpt of its trace.
            hours: how long people lived in each.
        """
        return cls(
            parts=[Part.of(played)],
            hours=hours,
            tally=dict(sorted(played.tally.items())),
            reached={str(goal): times for goal, times in sorted(played.reached.items())},
            faults=faults,
            shown=shown.seed,
            excerpt=excerpt(shown.lines),
        )

    def check_next(self, first: int, hours: float) -> None:
        """Refuse what can't be added: seeds that don't follow, or days of another length.

        Raises:
            OtherDays: saying what could be.
        """
        after = self.parts[-1].seeds[1] + 1
        if (first, hours) != (after, self.hours):
            raise OtherDays(f"the last report goes on with --from {after} --hours {self.hours:g}")

    def add(self, played: Played) -> None:
        """Add what this run of the command came to; known faults and the excerpt stay."""
        self.parts.append(Part.of(played))
        self.tally = dict(sorted((Counter(self.tally) + played.tally).items()))
        reached = Counter(self.reached) + Counter({str(goal): times for goal, times in played.reached.items()})
        self.reached = dict(sorted(reached.items()))

    @classmethod
    def read(cls) -> Self:
        """Return those that were written down."""
        return TypeAdapter(cls).validate_json(FILE.read_bytes())

    def write(self) -> None:
        """Write them down in the place of the former ones."""
        FILE.write_bytes(TypeAdapter(type(self)).dump_json(self, indent=1) + b"\n")

    def times(self, goal: Goal) -> int:
        """Return how often something was reached."""
        return self.reached.get(str(goal), 0)

    def happened(self, what: str) -> int:
        """Return how often an act, a trouble or something else that is counted came to pass."""
        return Counter(self.tally)[what]


def _command(words: Sequence[str]) -> str:
    """Return the words of the command, but for where it keeps what it has played."""
    kept = words.index("--keep") if "--keep" in words else len(words)
    return " ".join([*words[:kept], *words[kept + 2 :]])


def _commit() -> str:
    git = ["git", "-C", str(FILE.parent)]
    commit = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)  # noqa: S603
    changed = subprocess.run([*git, "diff", "--quiet", "HEAD"], check=False).returncode  # noqa: S603
    return f"{commit.stdout.strip()}{'+' if changed else ''}"
