"""Finds a smaller history that fails in the same way, by delta debugging (Zeller and Hildebrandt) over its turns."""

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from simulation.forks import WARMING_SEED, play, play_together
from simulation.reporting.densities import sentence
from simulation.run import Outcome, Story, run
from simulation.world import World

T = TypeVar("T")


def confined(story: Story, turns: Collection[str]) -> Story:
    """Return a story in which only these turns are taken."""

    async def fewer(world: World) -> None:
        world.turns.only = turns
        await story(world)

    return fewer


def shrink(seed: int, story: Story, workers: int) -> tuple[Outcome, Outcome]:
    """Return what becomes of a seed, and of the smallest part of it that was found to fail in the same way."""
    # For its imports and caches, as every run that follows is a fork.
    run(WARMING_SEED, story)
    whole = play(seed, story, keeps=True)
    if not whole.violations:
        return whole, whole
    rule = sentence(whole.violations[0])

    def first(parts: Sequence[Sequence[str]]) -> list[str] | None:
        for at in range(0, len(parts), workers):
            for outcome in play_together(seed, [confined(story, part) for part in parts[at : at + workers]]):
                if outcome.violations and sentence(outcome.violations[0]) == rule:
                    # What followed from a turn that was left out is gone as well.
                    return list(outcome.turns)
        return None

    return whole, play(seed, confined(story, smallest(list(whole.turns), first)), keeps=True)


def smallest(items: list[T], first: Callable[[Sequence[list[T]]], list[T] | None]) -> list[T]:
    """Return a part of ``items`` that fails, and does not if any single one of it is left out.

    Args:
        items: fail all together.
        first: give the first of some parts that fails, without what does not matter in it; None: none fails.
    """
    size = len(items)
    while size:
        failing = first([items[:at] + items[at + size :] for at in range(0, len(items), size)])
        if failing is None:
            size //= 2
        else:
            items = failing
            size = min(size, len(items))
    return items
