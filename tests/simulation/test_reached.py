import re
import subprocess
import sys
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, Protocol

import pytest

from bot.domain.jobs.job import TRANSITIONS
from bot.errors import OverQuota, RetryLater
from simulation.reaching.goals import PORTS, STATES, Goal, goals, methods, outcomes, raised, returned, unnamed
from simulation.reaching.out_of_reach import OUT_OF_REACH, gaps
from simulation.reaching.reached import ADAPTERS, moves

ROOT = Path(__file__).parents[2]
LINE = re.compile(r"^ +(\d+|-) (.+?)(?: \(out of reach\))?$", re.MULTILINE)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Shop(Protocol):
    """Sells paint."""

    @property
    def is_open(self) -> bool: ...

    async def paint(self) -> Colour | None: ...

    async def shelves(self) -> list[str]: ...

    def size(self) -> Literal["small", "large"]: ...

    async def sell(self, colour: Colour) -> int:
        """Sell some.

        Args:
            colour: which.

        Raises:
            OverQuota: if there is no more
                of it: that is seldom.
            RetryLater: at noon.
        """
        ...


@pytest.fixture(scope="module")
def printed() -> str:
    done = subprocess.run(
        [sys.executable, "-m", "simulation", "--seeds", "3", "--hours", "3", "--workers", "1", "--reached"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def reached(printed: str) -> dict[str, int]:
    return {what: 0 if times == "-" else int(times) for times, what in LINE.findall(printed)}


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("is_open", ["True", "False"]),
        ("paint", ["red", "blue", "None"]),
        ("shelves", ["some", "empty"]),
        ("size", ["small", "large"]),
        ("sell", ["a value", "raises OverQuota", "raises RetryLater"]),
    ],
)
def test_what_may_come_of_a_method_is_read_off_its_annotation_and_its_docstring(name: str, what: list[str]):
    assert name in methods(Shop)
    assert outcomes(Shop, name) == what


@pytest.mark.parametrize(
    ("value", "name", "what"),
    [
        (True, "is_open", "True"),
        (Colour.BLUE, "paint", "blue"),
        (None, "paint", "None"),
        ([], "shelves", "empty"),
        (["red"], "shelves", "some"),
        ("large", "size", "large"),
        (7, "sell", "a value"),
    ],
)
def test_a_value_is_the_outcome_that_the_annotation_names(value: object, name: str, what: str):
    assert returned(value, outcomes(Shop, name)) == what


def test_an_error_is_the_nearest_outcome_that_the_docstring_names_or_itself():
    class SoldOut(OverQuota):
        pass

    possible = outcomes(Shop, "sell")
    assert raised(SoldOut("none"), possible) == raised(OverQuota("none"), possible) == "raises OverQuota"
    assert raised(RetryLater("noon"), possible) == "raises RetryLater"
    assert raised(KeyError("red"), possible) == "raises KeyError"


def test_every_port_has_an_adapter_that_is_watched():
    assert set(ADAPTERS) == set(PORTS.values())


def test_each_move_of_the_state_table_is_to_be_reached():
    wanted = {(state.value, target.value) for state, onward in TRANSITIONS.items() for target in onward}
    assert {(goal.start, goal.end) for goal in goals() if goal.group == STATES} == wanted


def test_moves_are_counted_job_by_job_and_other_acts_passed_over():
    acts = [(1, "held"), (2, "held"), (1, "queued"), (1, "cancel_wished"), (1, "canceled"), (2, "queued")]
    rows: list[Any] = [{"job_id": job_id, "state": state} for job_id, state in acts]
    assert moves(rows) == {Goal(STATES, "held", "queued"): 2, Goal(STATES, "queued", "canceled"): 1}


def test_what_no_port_names_is_told_of_unless_any_may_raise_it():
    named = [Goal("Jobs", "submit", "raises MemberError"), Goal("Jobs", "get", "raises StorageDamaged")]
    odd = [Goal("Jobs", "get", "raises KeyError"), Goal("Jobs", "get", "raises MemberError")]
    assert unnamed([*named, *odd]) == odd
    # A change by an act, as the class says of all of them.
    assert unnamed([Goal("Servers", "grant", "raises AlreadyDone")]) == []


def test_the_command_counts_what_seeds_reach(reached: dict[str, int]):
    assert list(reached) == [str(goal) for goal in goals()]
    assert reached[f"{STATES}.held: queued"] > 0
    assert reached[f"{STATES}.queued: submitting"] > 0
    assert reached["Jobs.submit: a value"] > 0
    assert reached["ImageService.create: a value"] > 0


def test_the_command_names_what_was_never_reached_but_not_what_is_out_of_reach(printed: str, reached: dict[str, int]):
    never = gaps({goal: reached[str(goal)] for goal in goals()})
    assert f"{len(never)} more might be:" in printed
    for goal in never:
        assert re.search(rf"^    {goal.group}: .*{re.escape(f'{goal.start} ({goal.end})')}", printed, re.MULTILINE)
    assert "scrub (False)" not in printed


def test_the_adapters_raise_nothing_that_their_ports_do_not_name(printed: str):
    assert "named by no port" not in printed


@pytest.mark.parametrize("pattern", OUT_OF_REACH)
def test_what_counts_as_out_of_reach_exists_and_is_not_reached(pattern: str, reached: dict[str, int]):
    meant = [what for what in reached if fnmatchcase(what, pattern)]
    assert meant
    assert [what for what in meant if reached[what]] == []
