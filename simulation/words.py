"""How the command and its report name things."""

import inspect
from collections.abc import Callable, Iterable


def title(happening: Callable[..., object]) -> str:
    """Return what an act or a trouble is called: its module and its name."""
    return f"{happening.__module__.rpartition('.')[2]} {happening.__name__}"


def about(thing: object) -> str:
    """Return the first paragraph of a docstring, in one line."""
    return " ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split())


def table(*head: str, rows: Iterable[tuple[object, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)
