"""Plays the seeds that find the known faults, in one process that is warm: ``python -m tests.simulation.finding``."""

import json

from simulation.day import day
from simulation.forks import WARMING_SEED, play
from simulation.known_faults import with_fault
from simulation.known_faults.pinned import PINNED, SHORT_H
from simulation.run import run


def main() -> None:
    run(WARMING_SEED, day(SHORT_H))
    found = {name: play(seed, with_fault(day(hours), name)).violations for name, (seed, hours, _) in PINNED.items()}
    days = sorted({(seed, hours) for seed, hours, _ in PINNED.values()})
    clean = {f"{seed}, {hours:g} h": play(seed, day(hours)).violations for seed, hours in days}
    print(json.dumps({"found": found, "clean": clean}))  # noqa: T201 - the result


if __name__ == "__main__":
    main()
