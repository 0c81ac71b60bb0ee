import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.known_faults.pinned import PINNED
from simulation.reporting.densities import sentence
from simulation.shrinking import smallest
from simulation.turns import Turns

ROOT = Path(__file__).parents[2]
FAULT = "press_trusts_message"
MOST = 12
ITEMS = st.integers(1, MOST).map(lambda count: list(range(count)))
SOME = st.frozensets(st.integers(0, MOST - 1))


def shrunk(items: list[int], fails: Callable[[Sequence[int]], bool]) -> list[int]:
    """Shrink; nothing smaller can be left out of what is found, and somebody saw it fail."""
    asked = [items]

    def first(parts: Sequence[list[int]]) -> list[int] | None:
        asked.extend(parts)
        return next((part for part in parts if fails(part)), None)

    found = smallest(items, first)
    assert found in asked
    assert fails(found)
    assert [item for item in found if fails([other for other in found if other != item])] == []
    return found


@given(ITEMS, st.lists(SOME))
def test_what_needs_one_of_several_sets_comes_down_to_one_of_them(items: list[int], needed: list[frozenset[int]]):
    enough = [*needed, frozenset(items)]
    assert set(shrunk(items, lambda part: any(one <= set(part) for one in enough))) in enough


@given(ITEMS, SOME, st.integers(0, MOST))
def test_what_needs_some_of_a_set_comes_down_to_just_so_many_of_it(items: list[int], of: frozenset[int], count: int):
    needed = min(count, len(of & set(items)))
    found = shrunk(items, lambda part: len(of & set(part)) >= needed)
    assert len(found) == needed
    assert set(found) <= of


@given(ITEMS, st.frozensets(SOME))
def test_nothing_can_be_left_out_of_what_fails_by_no_rule(items: list[int], failing: frozenset[frozenset[int]]):
    shrunk(items, lambda part: part == items or frozenset(part) in failing)


def test_a_turn_has_the_same_dice_whichever_others_are_taken():
    every, few = Turns(0.5), Turns(0.5)
    few.only = {"bob2"}
    assert [turns.take("bob1", "ask") for turns in (every, few)] == [True, False]
    every.dice("bob1").random()
    assert [turns.take("bob2", "ask") for turns in (every, few)] == [True, True]
    assert every.dice("bob2").random() == few.dice("bob2").random() != every.dice("bob1").random()
    assert [turns.after_request() for turns in (every, every, few)] == ["bob2+1", "bob2+2", "bob2+1"]
    assert few.taken == {"bob2": "ask"}


@pytest.mark.parametrize(
    ("violation", "rule"),
    [
        ("charged without pictures: #5 (failed), 4 images", "charged without pictures"),
        ("left undone: [{'number': 1}]", "left undone"),
        ("the bot ended by itself: OSError()\nmore", "the bot ended by itself: OSError()"),
        ("Traceback (most recent call last):\n  File\nOSError: [Errno 2] none\n", "OSError"),
    ],
)
def test_the_same_is_violated_where_the_sentence_is_the_same_up_to_its_figures(violation: str, rule: str):
    assert sentence(violation) == rule


def simulate(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "simulation", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    return done.stdout


def test_a_known_fault_comes_down_to_a_handful_of_turns_whose_command_plays_the_same_again():
    seed, hours, rule = PINNED[FAULT]
    printed = simulate("--seed", str(seed), "--hours", str(hours), "--fault", FAULT, "--shrink")
    left = re.search(r"^(\d+) of (\d+) turns left: (.*)\npython -m simulation (.*)$", printed, re.MULTILINE)
    assert left is not None, printed[-2000:]
    assert int(left[1]) <= 4
    assert int(left[2]) >= 8
    assert "(meddle)" in left[3]
    again = simulate(*left[4].split())
    assert again == printed[: left.start()]
    assert f"\n    {rule}" in again
