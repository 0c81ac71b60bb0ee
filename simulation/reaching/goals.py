"""What there is to reach: each move in the table of a job's states, and each outcome of each port.

It comes from the code alone: moves from the table, what a method may return from its annotation, what it may raise
from the "Raises:" of its docstring. So a new state, method or error is looked for by itself.
"""

import functools
import inspect
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from bot import errors, ports
from bot.domain.jobs.job import TRANSITIONS, JobState

PORTS: dict[str, type] = {name: one for name, one in vars(ports).items() if inspect.isclass(one)}
STATES = "States of a job"

SECTION = re.compile(r"^Raises:\n((?:    .*\n?)+)", re.MULTILINE)
ERROR = re.compile(r"^    (\w+): ", re.MULTILINE)
GENERAL = re.compile(r"`bot\.errors\.(\w+)`")
"""How the docstrings of the ports' package, and of a port, name what any of their methods may raise."""

COLLECTIONS = (list, set, dict)
BY_NAME = (NoneType, bool, str, Enum)
"""Values that an annotation may name one by one."""

VALUE, SOME, EMPTY = "a value", "some", "empty"
RESULTS: dict[Any, list[str]] = {
    NoneType: ["None"],
    bool: ["True", "False"],
    **{kind: [SOME, EMPTY] for kind in COLLECTIONS},
}
"""What may be returned, by its annotation; of anything else `VALUE`."""


class Goal(NamedTuple):
    """Something that a run may reach.

    Attributes:
        group: the port, or `STATES`.
        start: the method, or the state from which a job moves.
        end: what came of it, or the state to which the job moves.
    """

    group: str
    start: str
    end: str

    def __str__(self) -> str:
        return f"{self.group}.{self.start}: {self.end}"


def goals() -> Iterator[Goal]:
    """Return all that there is to reach, group by group."""
    for state, onward in TRANSITIONS.items():
        yield from (Goal(STATES, state.value, target.value) for target in JobState if target in onward)
    for group, port in PORTS.items():
        for name in methods(port):
            yield from (Goal(group, name, end) for end in outcomes(port, name))


def methods(port: type) -> list[str]:
    """Return the names of a port's own methods and properties."""
    return [name for name in vars(port) if not name.startswith("_")]


@functools.cache
def outcomes(port: type, name: str) -> list[str]:
    """Return what may come of a method, in a word or two each."""
    method = function(vars(port)[name])
    section = SECTION.search(inspect.getdoc(method) or "")
    raised = ERROR.findall(section[1]) if section else []
    return [*_results(get_type_hints(method)["return"]), *(f"raises {error}" for error in raised)]


def function(member: Any) -> Any:
    """Return the function behind a method or a property."""
    return member.fget if isinstance(member, property) else member


def _results(kind: Any) -> list[str]:
    """Return what a value can be that is annotated so, where it makes a difference."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return [result for part in get_args(kind) for result in _results(part)]
    if origin is Literal:
        return [str(value) for value in get_args(kind)]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(member) for member in kind]
    return RESULTS.get(origin or kind, [VALUE])


def returned(value: object, possible: Iterable[str]) -> str:
    """Return which of the possible outcomes a value is."""
    if isinstance(value, COLLECTIONS):
        return SOME if value else EMPTY
    if isinstance(value, BY_NAME) and str(value) in possible:
        return str(value)
    return VALUE


def raised(error: Exception, possible: Iterable[str]) -> str:
    """Return which of the possible outcomes an error is: the nearest of its kinds, or itself if none is possible."""
    ends = [f"raises {kind.__name__}" for kind in type(error).__mro__]
    return next((end for end in ends if end in possible), ends[0])


def unnamed(reached: Iterable[Goal]) -> list[Goal]:
    """Return what was reached and nobody says that it may be: errors that neither a method nor its port names."""
    known = set(goals())
    return [goal for goal in reached if goal not in known and not _is_general(goal)]


def _is_general(goal: Goal) -> bool:
    port = PORTS.get(goal.group)
    names = [name for text in (ports.__doc__, port and port.__doc__) for name in GENERAL.findall(text or "")]
    error = getattr(errors, goal.end.removeprefix("raises "), None)
    return error is not None and any(issubclass(error, getattr(errors, name)) for name in names)
