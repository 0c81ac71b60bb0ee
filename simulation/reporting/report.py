"""Writes docs/simulation.md; what of it follows from no run stands in ``page.md`` beside this file."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from string import Template

from simulation.people import ACTS
from simulation.reaching.goals import Goal, goals
from simulation.reaching.out_of_reach import OUT_OF_REACH, gaps, is_out_of_reach
from simulation.reporting.densities import FIGURES, Found, faults_table
from simulation.reporting.played import Played
from simulation.run import Outcome
from simulation.troubles import TROUBLES
from simulation.words import about, table, title

HERE = Path(__file__).parent
SIMULATION = HERE.parent
PAGE = SIMULATION.parent / "docs" / "simulation.md"

LONGEST_EXCERPT = 40
"""Lines."""

ENDS = re.compile(r"database job #\d+ is (delivered|failed|canceled|expired|void|undelivered)\b")
COMMONPLACE = re.compile(r" gets from |: \d+ bytes$|: GET /api/v1/tasks|: 20\d \w+( \w+)?$")
"""What arrives as it was sent, has no name, asks how a task stands, or is an answer that all is well."""


def make_page(played: Played, found: dict[str, Found], shown: Outcome, hours: float) -> str:
    """Return the page.

    Args:
        played: what the seeds came to.
        found: what was found of each known fault, by its name.
        shown: a seed that was kept, for the excerpt of its trace.
        hours: how long people lived in each.
    """
    template = Template((HERE / "page.md").read_text(encoding="utf-8"))
    return template.substitute(
        result=_result(played),
        hours=f"{hours:g}",
        excerpt_seed=shown.seed,
        excerpt="\n".join(excerpt(shown.lines)),
        acts=_happenings("act", ACTS, played),
        troubles=_happenings("trouble", TROUBLES, played),
        reached=_reached(played),
        goals="\n\n".join(_groups(played)),
        out_of_reach=table("what", "why", rows=((f"`{what}`", why) for what, why in OUT_OF_REACH.items())),
        rules="\n".join(f"- {rule}" for rule in rules()),
        faults=faults_table(found),
        mended=_mended(),
    )


def _result(played: Played) -> str:
    seeds = sorted(played.digests)
    which = f"Seeds {seeds[0]} to {seeds[-1]}" if seeds else "No seeds"
    failed = f"in {len(played.failed)} of them something was violated: {sorted(played.failed)}"
    return (
        f"**{which}: {failed if played.failed else 'nothing was violated'}.** {len(seeds):,} days, "
        f"{played.virtual_s / 3600:,.0f} hours simulated, {played.tally['killed']:,} kills; {played.speed}. "
        f"A hash of all their traces is `{played.digest}`."
    )


def excerpt(lines: Sequence[str]) -> list[str]:
    """Return what a reader needs of a trace from the request that trouble follows first until a job ends."""
    strikes = next((number for number, line in enumerate(lines) if " trouble " in line), 0)
    begins = max((number for number, line in enumerate(lines[:strikes]) if " asks " in line), default=0)
    ends = next((strikes + number for number, line in enumerate(lines[strikes:]) if ENDS.search(line)), len(lines))
    kept = [line for line in lines[begins : ends + 1] if not COMMONPLACE.search(line)]
    if len(kept) <= LONGEST_EXCERPT:
        return kept
    half = LONGEST_EXCERPT // 2
    return [*kept[:half], f"{'...':>13} {len(kept) - 2 * half} lines", *kept[-half:]]


def _happenings(what: str, happenings: Iterable[Callable[..., object]], played: Played) -> str:
    rows = ((title(one), about(one), f"{played.tally[title(one)]:,}") for one in happenings)
    return table(what, "what it is", "times", rows=rows)


def _reached(played: Played) -> str:
    everything = list(goals())
    count = sum(played.reached[goal] > 0 for goal in everything)
    return f"Of {len(everything)} such things {count} were reached, and {len(gaps(played.reached))} more could be."


def _groups(played: Played) -> Iterator[str]:
    for group, members in groupby(goals(), lambda goal: goal.group):
        rows = [_row(start, list(ends), played) for start, ends in groupby(members, lambda goal: goal.start)]
        yield f"### {group}\n\n{table('from', 'reached, and how often', 'never reached', rows=rows)}"


def _row(start: str, ends: list[Goal], played: Played) -> tuple[str, str, str]:
    times = [f"{goal.end} {played.reached[goal]:,}" for goal in ends if played.reached[goal]]
    never = [goal.end for goal in ends if not played.reached[goal] and not is_out_of_reach(goal)]
    return f"`{start}`", ", ".join(times) or "-", ", ".join(never) or "-"


def rules() -> list[str]:
    """Return what the code of the simulation says of each violation, up to its figures."""
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in sorted(SIMULATION.rglob("*.py")))
    return list(dict.fromkeys(said for tree in trees for node in ast.walk(tree) if (said := _sentence(node))))


def _sentence(node: ast.AST) -> str:
    """Return what an assertion, or a call that adds to the violations, says; nothing of any other node."""
    said = None
    if isinstance(node, ast.Assert):
        said = node.msg
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("violations.append"):
        said = node.args[0]
    first = said.values[0] if isinstance(said, ast.JoinedStr) else said
    return FIGURES.split(str(first.value))[0].strip(" :,") if isinstance(first, ast.Constant) else ""


def _mended() -> str:
    faults = tomllib.loads((HERE / "mended.toml").read_text(encoding="utf-8")).get("fault", [])
    rows = [(fault["what"], fault["seed"], f"`{fault['test']}`") for fault in faults]
    return table("what it was", "found by", "held by", rows=rows) if rows else "None so far."
