"""What a simulated day can't reach by its nature; all else that is never reached is a gap in what is simulated."""

from fnmatch import fnmatchcase

from simulation.reaching.goals import Goal, goals

OUT_OF_REACH = {
    "Damage.is_there: *": "only `/healthz` asks, which is not served in a simulation",
    "Damage.wait: None": "the file is as the bot wrote it: no part of it is ever damaged",
    "Privacy.scrub: False": "no day fills a database that is too large to be written anew",
}
"""Why, by patterns of `simulation.reaching.goals.Goal` as text."""


def is_out_of_reach(goal: Goal) -> bool:
    """Whether it is named as such."""
    return any(fnmatchcase(str(goal), pattern) for pattern in OUT_OF_REACH)


def gaps(reached: dict[Goal, int]) -> list[Goal]:
    """Return what was never reached, and might have been."""
    return [goal for goal in goals() if not reached.get(goal) and not is_out_of_reach(goal)]
