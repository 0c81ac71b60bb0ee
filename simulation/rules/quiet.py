"""When nothing was wrong: whoever was let down then was let down by the program."""

from simulation.world import World

FELT_S = 300.0
"""How long a trouble may be felt after its end: connections are made anew after longer and longer pauses."""

SOON_S = 60.0
"""An answer takes three seconds at most, and its words a little longer; a start takes less."""


def is_quiet(world: World, since_s: float, until_s: float) -> bool:
    """Whether one bot ran from one time to another, by the loop's, and nothing went wrong meanwhile or around it."""
    if any(spell.began_s < until_s + SOON_S and since_s < spell.ended_s + FELT_S for spell in world.spells):
        return False
    return any(life.began_s + SOON_S < since_s and until_s + SOON_S < life.ended_s for life in world.lives)
