"""One seed for each known fault that finds it; a test plays them. They go out of step with every new act and trouble.

``python -m simulation --fault NAME --hours 3 --seeds 40`` looks for another.
"""

SHORT_H, DAY_H = 3.0, 24.0

PINNED = {
    "settled_without_minimum": (11, SHORT_H, "charged without pictures: "),
    # The database's own trigger refuses it, and who settles tries again and again.
    "settled_twice": (12, SHORT_H, "a calm bot has more than a fresh one: "),
    "state_before_act": (6, SHORT_H, "the message does not say how the job ended: "),
    "edges_without_level": (6, SHORT_H, "left undone: "),
    "refuses_too_much": (1, SHORT_H, "a request was refused without a reason: "),
    "counts_by_the_minute": (1, SHORT_H, "a hold counts in another period than runs: "),
    "nobody_is_called": (1, SHORT_H, "somebody waited long and was not called: "),
    "given_up_unlooked": (1, SHORT_H, "a doubt was given up before a create could have landed: "),
    "press_trusts_message": (10, SHORT_H, "somebody did what was not theirs to do: "),
    "limit_outside_hold": (9, SHORT_H, "a hold went over the limit that it was made under: "),
    "cancel_voids_what_runs": (11, SHORT_H, "ledger verify names other differences than there are: "),
    "two_reads_are_proof": (26, SHORT_H, "billed tasks that no job has and no doubt covers: "),
    "timeout_is_repeated": (1, SHORT_H, "billed tasks that no job has and no doubt covers: "),
    "forgets_under_way": (3, SHORT_H, "a member was forgotten while their job was under way: "),
    "reads_beside_writes": (180, SHORT_H, "another part of a picture was to be changed than was chosen: "),
    "ping_repeated": (15, SHORT_H, "somebody was called more than once to the same message: "),
    "notice_dropped": (55, DAY_H, "a message was given up for what passes: "),
    "probed_in_haste": (3, DAY_H, "a stopped lane was tried again at once: "),
    "clock_step_is_time": (17, DAY_H, "pictures were given up before their time: "),
}
"""The seed, the hours, and how one of the sentences begins that find it; others alone tell of a program that broke."""


def pinned(name: str) -> str:
    """Return by which seed a fault is always found, in words."""
    seed, hours, _ = PINNED[name]
    return f"{seed}, {hours:g} h"
