"""What must be true after a simulated day beyond what must be true after any crash."""

from simulation.rules import errors, forgotten, limits, moderation, rights, separation, waits
from simulation.world import World

ALWAYS = (
    errors.check,
    separation.check_servers,
    separation.check_secrets,
    separation.check_archives,
    waits.check,
    forgotten.check_wishes,
)
UNLESS_RESTORED = (
    waits.check_vendor,
    waits.check_operator,
    rights.check,
    limits.check,
    moderation.check_blocks,
    moderation.check_removals,
    moderation.check_refunds,
    moderation.check_appeals,
    forgotten.check_traces,
    forgotten.check_limits,
)
"""These hold what people did against the database; one that was restored has forgotten some of it."""


def check(world: World) -> None:
    """Hold all of them against what is left of a day."""
    for rule in ALWAYS if world.lost.is_any else (*ALWAYS, *UNLESS_RESTORED):
        rule(world)
