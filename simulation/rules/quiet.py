"""When nothing was wrong: whoever was let down then was let down by the program."""

from simulation.world import World

FELT_S = 300.0
"""How long a trouble may be felt after its end: connections are made anew after longer and longer pauses."""

SOON_S = 60.0
"""An answer takes three seconds at most, and its words a little longer; a start takes less."""


def is_quiet(world: World, since_s: float, until_s: float, *, starts: bool = False) -> bool:
    """Whether one bot ran from one time to another, by the loop's, and nothing went wrong meanwhile or around it.

    Args:
        world: where.
        since_s: from when.
        until_s: until when.
        starts: the bot may have begun just then.
    """
    if any(spell.began_s < until_s + SOON_S and since_s < spell.ended_s + FELT_S for spell in world.spells):
        return False
    soon_s = 0.0 if starts else SOON_S
    return any(life.began_s + soon_s <= since_s and until_s + SOON_S < life.ended_s for life in world.lives)
