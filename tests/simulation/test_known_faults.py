import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulation.known_faults import FAULTS
from simulation.known_faults.pinned import PINNED

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def played() -> dict[str, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation.finding"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_known_fault_has_a_seed_that_finds_it():
    assert set(PINNED) == set(FAULTS)


@pytest.mark.slow
def test_each_known_fault_is_found(played: dict[str, dict[str, Any]]):
    found = played["found"]
    missed = {name: said for name, said in found.items() if not any(one.startswith(PINNED[name][2]) for one in said)}
    assert missed == {}, "look for other seeds: python -m simulation --fault NAME --hours 3 --seeds 40"


@pytest.mark.slow
def test_the_seeds_that_find_a_known_fault_are_clean_without_it(played: dict[str, dict[str, Any]]):
    assert {seed: said for seed, said in played["clean"].items() if said} == {}
