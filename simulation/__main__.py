"""Plays days of the whole service, each from a seed, and names those that fail; ends with 1 if any does."""

import argparse
import os
import sys
from functools import partial
from pathlib import Path

from simulation.day import DAY_H, day
from simulation.forks import play, play_all
from simulation.known_faults import FAULTS, with_fault
from simulation.reporting.densities import densities, faults_table, found_by
from simulation.reporting.figures import Figures
from simulation.reporting.kept import Kept, OtherDays
from simulation.reporting.played import everything, play_many, summary
from simulation.reporting.report import PAGE, make_page
from simulation.run import Outcome, Story
from simulation.shrinking import confined, shrink

OF_MANY_DAYS = ("faults", "reached", "report", "add", "keep", "digests")
NOT_TOGETHER = [(one, many) for one in ("seed", "fault", "faults") for many in OF_MANY_DAYS if one != many]
"""Pairs of options of which one would be passed over."""


def main() -> None:
    chosen = _arguments()
    if chosen.page:
        _write_page()
        return
    if os.environ.get("PYTHONHASHSEED") != "0":
        # The order of a set of strings follows from it, and it can't be set any more once Python runs.
        os.execve(  # noqa: S606 - this very program
            sys.executable, [sys.executable, "-m", "simulation", *sys.argv[1:]], {**os.environ, "PYTHONHASHSEED": "0"}
        )
    story = with_fault(day(chosen.hours), chosen.fault) if chosen.fault else day(chosen.hours)
    if chosen.only is not None:
        story = confined(story, chosen.only.split(","))
    if chosen.shrink:
        sys.exit(_smallest(chosen, story))
    if chosen.seed is not None:
        outcome = play(chosen.seed, story, keeps=True)
        print(*outcome.lines, _verdict(outcome), sep="\n")  # noqa: T201 - the result
        if missed := set((chosen.only or "").split(",")) - {"", *outcome.turns}:
            print(f"never taken, though named: {', '.join(sorted(missed))}")  # noqa: T201 - the result
        sys.exit(bool(outcome.violations))
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    if chosen.fault:
        print(found_by(play_all(seeds, story, chosen.workers)))  # noqa: T201 - the result
        return
    try:
        sys.exit(not (_faults(chosen, seeds) if chosen.faults else _many(chosen, seeds, story)))
    except OtherDays as error:
        sys.exit(str(error))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="play this one, and print its trace")
    parser.add_argument("--seeds", type=int, default=100, help="how many to play")
    parser.add_argument("--from", type=int, default=1, dest="first", help="the first of them")
    parser.add_argument("--hours", type=float, default=DAY_H, help="how long people live in each")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes at a time")
    parser.add_argument(
        "--fault", choices=FAULTS, help="put this known fault into the program, and see whether it is found"
    )
    parser.add_argument("--faults", action="store_true", help="do so with each of them, and print a table")
    parser.add_argument(
        "--reached", action="store_true", help="print how often each thing was reached that there is to reach"
    )
    parser.add_argument(
        "--report", action="store_true", help="write docs/simulation.md: of these seeds, and of each known fault"
    )
    parser.add_argument("--add", action="store_true", help="add these seeds to those of the last report")
    parser.add_argument(
        "--page", action="store_true", help="write docs/simulation.md with the figures of the last report: play nothing"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="FILE", help="keep there what was played, and play only what is not there yet"
    )
    parser.add_argument("--fault-seeds", type=int, default=100, help="how many the report plays with each known fault")
    parser.add_argument("--digests", action="store_true", help="print the hash of each trace")
    parser.add_argument(
        "--only", metavar="TURN,...", help="of what people do and what goes wrong, take only these turns"
    )
    parser.add_argument(
        "--shrink", action="store_true", help="find the fewest turns with which --seed fails as it does"
    )
    chosen = parser.parse_args()
    for one, other in NOT_TOGETHER:
        if getattr(chosen, one) not in (None, False) and getattr(chosen, other) not in (None, False):
            parser.error(f"--{one} and --{other} don't go together")
    if chosen.seed is None and (chosen.shrink or chosen.only is not None):
        parser.error("--only and --shrink need --seed")
    if chosen.add and not chosen.report:
        parser.error("--add needs --report")
    return chosen


def _smallest(chosen: argparse.Namespace, story: Story) -> bool:
    """Shrink one seed; return whether it fails."""
    whole, left = shrink(chosen.seed, story, chosen.workers)
    print(*left.lines, _verdict(left), sep="\n")  # noqa: T201 - the result
    if left.violations:
        done = ", ".join(f"{turn} ({what})" for turn, what in left.turns.items())
        print(f"{len(left.turns)} of {len(whole.turns)} turns left: {done}")  # noqa: T201 - the result
        fault = f"--fault {chosen.fault} " if chosen.fault else ""
        seed = f"--seed {chosen.seed} --hours {chosen.hours:g}"
        print(f"python -m simulation {seed} {fault}--only={','.join(left.turns)}")  # noqa: T201 - the result
    return bool(left.violations)


def _faults(chosen: argparse.Namespace, seeds: range) -> bool:
    """Print a table of the known faults; return whether each was found."""
    found = densities(seeds, chosen.hours, chosen.workers)
    print(faults_table(found))  # noqa: T201 - the result
    return all(one.seeds for one in found.values())


def _many(chosen: argparse.Namespace, seeds: range, story: Story) -> bool:
    """Play them all; return whether none failed."""

    def tell(outcome: Outcome) -> None:
        if outcome.violations or chosen.digests:
            print(_verdict(outcome), flush=True)  # noqa: T201 - the result

    former = Figures.read() if chosen.add else None
    if former:
        former.check_next(chosen.first, chosen.hours)
    kept = Kept(chosen.keep, chosen.hours) if chosen.keep else None
    outcomes = partial(play_all, story=story, workers=chosen.workers)
    played = play_many(kept.play(seeds, outcomes) if kept else outcomes(seeds), tell)
    if kept:
        played.took_s = kept.took_s
    print(*summary(played), sep="\n", flush=True)  # noqa: T201 - the result
    if chosen.reached:
        print(*everything(played), sep="\n")  # noqa: T201 - the result
    if missing := len(seeds) - len(played.digests):
        print(f"{missing} seeds were not played: what was to play them is gone", file=sys.stderr)  # noqa: T201 - the result
        return False
    if chosen.report:
        figures = former
        if figures:
            figures.add(played)
        else:
            found = densities(seeds[: chosen.fault_seeds], chosen.hours, chosen.workers)
            figures = Figures.of(played, found, play(seeds[0], story, keeps=True), chosen.hours)
        figures.write()
        _write_page()
    return not played.failed


def _write_page() -> None:
    PAGE.write_text(make_page(Figures.read()), encoding="utf-8")


def _verdict(outcome: Outcome) -> str:
    lines = [f"seed {outcome.seed}: {outcome.digest}, {outcome.virtual_s / 3600:.1f} h, {outcome.steps} callbacks"]
    return "\n".join([*lines, *(f"    {violation}" for violation in outcome.violations)])


if __name__ == "__main__":
    main()
