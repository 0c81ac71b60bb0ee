import os
import re
import subprocess
import sys
from pathlib import Path

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
