"""Faults that this program once had, or that its kind often has; each is put back into the bot's own code.

A fault is a function that changes this Python process for good: a run is a fork. Its docstring says what it was. Each
may be called again without effect, so that a warm process and its forks are the same.
"""

from collections.abc import Callable

from simulation.known_faults import acts, books, doubts, talk
from simulation.run import Story
from simulation.world import World

Fault = Callable[[], None]

FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        doubts.two_reads_are_proof,
        doubts.timeout_is_repeated,
        doubts.given_up_unlooked,
        books.settled_without_minimum,
        books.limit_outside_hold,
        books.settled_twice,
        books.refuses_too_much,
        books.counts_by_the_minute,
        acts.cancel_voids_what_runs,
        acts.press_trusts_message,
        acts.forgets_under_way,
        acts.reads_beside_writes,
        acts.edges_without_level,
        acts.probed_in_haste,
        acts.clock_step_is_time,
        talk.notice_dropped,
        talk.state_before_act,
        talk.ping_repeated,
        talk.nobody_is_called,
    )
}


def with_fault(story: Story, name: str) -> Story:
    """Return a story in which the program has a known fault."""

    async def faulty(world: World) -> None:
        FAULTS[name]()
        await story(world)

    return faulty
