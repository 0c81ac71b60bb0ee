"""One seed for each known fault that finds it; a test plays them. They go out of step with every new act and trouble.

``python -m simulation --fault NAME --hours 3 --seeds 40`` looks for another.
"""

SHORT_H, DAY_H = 3.0, 24.0

PINNED = {
    "settled_without_minimum": (2, SHORT_H, "charged without pictures: "),
    # The database's own trigger refuses it, and the program says so under a reference.
    "settled_twice": (5, SHORT_H, "the log tells of what nobody expected: "),
    "state_before_act": (18, SHORT_H, "the message does not say how the job ended: "),
    "edges_without_level": (1, SHORT_H, "left undone: "),
    "press_trusts_message": (1, SHORT_H, "somebody did what was not theirs to do: "),
    "limit_outside_hold": (2, SHORT_H, "a hold went over the limit that it was made under: "),
    "cancel_voids_what_runs": (2, SHORT_H, "ledger verify names other differences than there are: "),
    "two_reads_are_proof": (8, SHORT_H, "one request was drawn more than once: "),
    "timeout_is_repeated": (2, SHORT_H, "billed tasks that no job has and no doubt covers: "),
    "forgets_under_way": (1, SHORT_H, "a member was forgotten while their job was under way: "),
    "ping_repeated": (21, SHORT_H, "somebody was called more than once to the same message: "),
    "notice_dropped": (2008, DAY_H, "a message was given up for what passes: "),
}
"""The seed, the hours, and how the sentence begins that finds it: another would tell of a broken program."""

NOT_FOUND_YET = {"clock_step_is_time"}
"""A gap in the model: the few dozen seeds that were played with these found nothing."""


def pinned(name: str) -> str:
    """Return by which seed a fault is always found, in words."""
    if name not in PINNED:
        return "none yet"
    seed, hours, _ = PINNED[name]
    return f"{seed}, {hours:g} h"
