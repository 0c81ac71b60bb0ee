"""What must be true after a simulated day beyond what must be true after any crash."""

from collections.abc import Callable

from simulation.rules import (
    answers,
    edits,
    errors,
    failures,
    forgotten,
    lanes,
    limits,
    messages,
    moderation,
    payments,
    periods,
    references,
    refusals,
    regions,
    rewritings,
    rights,
    separation,
    waits,
)
from simulation.world import World

ALWAYS = (
    answers.check,
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
    messages.check,
    messages.check_pings,
    messages.check_strays,
    rights.check,
    limits.check,
    payments.check,
    refusals.check,
    failures.check,
    failures.check_calls,
    failures.check_doubts,
    edits.check_consent,
    edits.check_wrong,
    edits.check_told,
    edits.check_gathered,
    edits.check_log,
    lanes.check_stops,
    lanes.check_word,
    lanes.check_text,
    lanes.check_probes,
    rewritings.check_bill,
    rewritings.check_number,
    rewritings.check_drawn,
    regions.check,
    references.check_uses,
    references.check_kept,
    periods.check,
    moderation.check_blocks,
    moderation.check_removals,
    moderation.check_refunds,
    moderation.check_appeals,
    forgotten.check_traces,
    forgotten.check_limits,
)
"""These hold what people did against the database; one that was restored has forgotten some of it."""


def in_force(world: World) -> tuple[Callable[[World], None], ...]:
    """Return those that are held against what is left of a day."""
    return ALWAYS if world.lost.is_any else (*ALWAYS, *UNLESS_RESTORED)
