import os
import re
import subprocess
import sys
from pathlib import Path

from simulation.day import DAY_H
from simulation.reporting.figures import Figures

ROOT = Path(__file__).parents[2]
BROKEN = """
import sys
import simulation.day
from simulation.__main__ import main

def inspect(world, **_):
    assert [used.user for used in world.asked] == "nobody asked"

simulation.day.inspect = inspect
sys.argv = ["simulation", "--seeds", "1", "--from", "41", "--hours", "0.2", "--workers", "1"]
main()
"""


def test_a_violated_rule_ends_the_command_with_1_and_names_the_seed():
    done = subprocess.run(
        [sys.executable, "-c", BROKEN],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert re.search(r"^seed 41: \w{16}, ", done.stdout, re.MULTILINE)
    assert "1 seeds, 1 failed" in done.stdout


def test_an_interrupted_run_goes_on_where_it_was_and_comes_to_the_same(tmp_path):
    file = tmp_path / "kept.jsonl"
    whole = _simulate("--from", "51", "--seeds", "3", "--keep", str(tmp_path / "whole.jsonl"))
    _simulate("--from", "51", "--seeds", "2", "--keep", str(file))
    (head, first, _) = file.read_text().splitlines()
    # As a kill leaves it: in the middle of a line.
    file.write_text(f"{head}\n{first}\n{first[:40]}")
    assert _simulate("--from", "51", "--seeds", "3", "--keep", str(file)) == whole
    assert len(file.read_text().splitlines()) == 1 + 3


def test_days_of_another_length_are_not_counted_among_those_that_were_kept(tmp_path):
    file = tmp_path / "kept.jsonl"
    file.write_text('"0123456789abcdef, 0.2 h"\n')
    done = _run("--from", "51", "--seeds", "1", "--keep", str(file))
    assert done.returncode == 1
    assert done.stderr.strip() == f"{file} holds what other code, or days of another length, came to: name another file"


def test_days_that_do_not_follow_the_last_report_are_not_added_to_it():
    done = _run("--report", "--add", "--from", "51", "--seeds", "1")
    assert done.returncode == 1
    last = Figures.read().parts[-1].seeds[1]
    assert done.stderr.strip() == f"the last report goes on with --from {last + 1} --hours {DAY_H:g}"


def _run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "simulation", "--hours", "0.2", "--workers", "1", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def _simulate(*words: str) -> list[str]:
    """Play some seeds; give what is said of them, but for the time that they took."""
    done = _run("--digests", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return sorted(re.sub(r"; .* a second", "", line) for line in done.stdout.splitlines())
