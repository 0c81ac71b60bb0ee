import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOURS = ("--hours", "0.5")
SEEDS = ("--seeds", "2", "--from", "1", *HOURS, "--workers", "1", "--digests")
UNCOUNTED = """
import sys
import simulation.run
from simulation.__main__ import main

simulation.run.watch = lambda _: None
sys.argv = ["simulation", *sys.argv[1:]]
main()
"""


def simulate(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "simulation", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def digests(printed: str) -> dict[int, str]:
    return {int(seed): digest for seed, digest in re.findall(r"seed (\d+): (\w+)", printed)}


@pytest.fixture(scope="module")
def played() -> dict[int, str]:
    return digests(simulate(*SEEDS))


def test_a_seed_gives_one_and_the_same_trace_in_every_process(played: dict[int, str]):
    assert len(played) == 2
    assert digests(simulate(*SEEDS)) == played


def test_another_seed_gives_another_trace(played: dict[int, str]):
    assert len(set(played.values())) == 2


def test_a_seed_played_alone_gives_the_trace_that_it_gave_among_others(played: dict[int, str]):
    alone = simulate("--seed", "2", *HOURS)
    assert digests(alone) == {2: played[2]}
    assert re.search(r"^ *\d+\.\d{6} database job \d+ \(#1\) is delivered", alone, re.MULTILINE)


def test_to_count_what_is_reached_changes_no_trace(played: dict[int, str]):
    done = subprocess.run(
        [sys.executable, "-c", UNCOUNTED, *SEEDS],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "    ImageService: server_now_ms (a value), " in done.stdout, done.stderr
    assert digests(done.stdout) == played
