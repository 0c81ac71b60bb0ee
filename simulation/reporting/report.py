"""Makes docs/simulation.md of ``figures.json``, ``page.md`` and ``mended.toml`` beside this file, and of the code."""

import ast
import tomllib
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from string import Template

from simulation.people import ACTS
from simulation.reaching.goals import Goal, goals
from simulation.reaching.out_of_reach import OUT_OF_REACH, is_out_of_reach
from simulation.reporting.densities import FIGURES, faults_table
from simulation.reporting.figures import Figures
from simulation.troubles import TROUBLES
from simulation.words import about, table, title

HERE = Path(__file__).parent
SIMULATION = HERE.parent
PAGE = SIMULATION.parent / "docs" / "simulation.md"


def make_page(figures: Figures) -> str:
    """Return the page: what the code says of itself, with the figures of its runs."""
    template = Template((HERE / "page.md").read_text(encoding="utf-8"))
    return template.substitute(
        result=_result(figures),
        parts=_parts(figures),
        hours=f"{figures.hours:g}",
        excerpt_seed=figures.shown,
        excerpt="\n".join(figures.excerpt),
        acts=_happenings("act", ACTS, figures),
        troubles=_happenings("trouble", TROUBLES, figures),
        reached=_reached(figures),
        goals="\n\n".join(_groups(figures)),
        out_of_reach=table("what", "why", rows=((f"`{what}`", why) for what, why in OUT_OF_REACH.items())),
        rules="\n".join(f"- {rule}" for rule in rules()),
        faults=faults_table(figures.faults),
        mended=_mended(),
    )


def _result(figures: Figures) -> str:
    failed = sorted(seed for part in figures.parts for seed in part.failed)
    days, took_s = sum(part.days for part in figures.parts), sum(part.took_s for part in figures.parts)
    hours = sum(part.virtual_s for part in figures.parts) / 3600
    first, last = figures.parts[0].seeds[0], figures.parts[-1].seeds[1]
    said = f"in {len(failed)} of them something was violated: {failed}" if failed else "nothing was violated"
    return (
        f"**Seeds {first} to {last}: {said}.** "
        f"{days:,} days, {hours:,.0f} hours simulated, {figures.happened('killed'):,} kills; "
        f"{took_s:,.0f} s: {days / took_s:.2f} seeds and {hours / took_s:.1f} simulated hours a second."
    )


def _parts(figures: Figures) -> str:
    rows = (
        (
            f"`python -m simulation {part.command}`",
            f"`{part.commit}`",
            f"`{part.code}`",
            part.machine,
            f"{part.took_s:,.0f} s",
            f"`{part.digest}`",
        )
        for part in figures.parts
    )
    return table("run", "at commit", "hash of the code", "machine", "took", "hash of all traces", rows=rows)


def _happenings(what: str, happenings: Iterable[Callable[..., object]], figures: Figures) -> str:
    rows = ((title(one), about(one), f"{figures.happened(title(one)):,}") for one in happenings)
    return table(what, "what it is", "times", rows=rows)


def _reached(figures: Figures) -> str:
    everything = list(goals())
    count = sum(figures.times(goal) > 0 for goal in everything)
    never = sum(not figures.times(goal) and not is_out_of_reach(goal) for goal in everything)
    return f"Of {len(everything)} such things {count} were reached, and {never} more could be."


def _groups(figures: Figures) -> Iterator[str]:
    for group, members in groupby(goals(), lambda goal: goal.group):
        rows = [_row(start, list(ends), figures) for start, ends in groupby(members, lambda goal: goal.start)]
        yield f"### {group}\n\n{table('state or method', 'what came of it, and how often', 'what never', rows=rows)}"


def _row(start: str, ends: list[Goal], figures: Figures) -> tuple[str, str, str]:
    times = [f"{goal.end} {figures.times(goal):,}" for goal in ends if figures.times(goal)]
    never = [goal.end for goal in ends if not figures.times(goal) and not is_out_of_reach(goal)]
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
