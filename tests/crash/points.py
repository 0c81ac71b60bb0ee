"""Every place at which the bot is killed, and what members do meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.crash.acts import (
    AWAY_S,
    HOUR_S,
    KEPT,
    REFUNDS,
    SYNCHRONOUS,
    Act,
    asks_for_four,
    calls_the_token_dead,
    cancels,
    cuts_taken_create,
    cuts_untaken_create,
    deletes,
    draws_large,
    in_arrears,
    lets_edits_pass,
    long_tasks,
    loses_a_call,
    loses_every_picture,
    loses_one_picture,
    moderator_removes,
    nothing,
    one_asks,
    one_asks_privately,
    one_calls,
    one_fails,
    one_is_refused,
    one_wants_too_much,
    pays,
    refuses_all_edits,
    refuses_files,
    sends_again,
    takes_no_callback,
    throttles_once,
    two_ask,
)
from tests.crash.stage import Death, Stage

CANCELED = frozenset({"delivered", "canceled"})
USUAL = (two_ask, one_asks, nothing)


@dataclass(frozen=True)
class Point:
    """One test: who asks for what, what goes wrong, where the bot dies, and how the jobs may end.

    Attributes:
        deaths: one after the other; after the last a fresh bot runs to the end.
        act: what members do, from when the first bot listens.
        trouble: prepared before the first bot starts.
        relief: done after the first death.
        ends: the states in which jobs may end, `void` aside: that follows from whether Discord was answered.
        config: sections of the configuration.
        pings: how many messages must ping their member; None: not this point's matter.
        enough: must hold, besides, before all counts as done.
    """

    deaths: tuple[Death, ...]
    act: Act = two_ask
    trouble: Callable[[Stage], None] = nothing
    relief: Callable[[Stage], None] = nothing
    ends: frozenset[str] = frozenset({"delivered"})
    config: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    pings: int | None = None
    enough: Callable[[Stage], object] = lambda _: True

    def __str__(self) -> str:
        told = " then ".join(str(death) for death in self.deaths)
        apart = [one.__name__.replace("_", " ") for one in (self.act, self.trouble) if one not in USUAL]
        return "; ".join([told, *apart])


def around(where: str, *, within: bool = False, nth: int = 1, **point: Any) -> list[Point]:
    """Return the points before and after one call, and ``within`` its transaction."""
    whens = ("before", "within", "after") if within else ("before", "after")
    return [Point((Death(where, when, nth),), **point) for when in whens]


def chained(first: Death, where: str, *, within: bool = False, nth: int = 1, **point: Any) -> list[Point]:
    """Return the points around a call that only a bot which takes over makes, and ``within`` its transaction."""
    whens = ("before", "within", "after") if within else ("before", "after")
    return [Point((first, Death(where, when, nth)), **point) for when in whens]


STRANDED = Death("vendor:create", "after")
PAST_DOUBT_S = 8 * 60
"""After that long a create can't have started anything any more."""

UNSENT = Death("vendor:create", "before", downtime_s=PAST_DOUBT_S)
UNTAKEN = Death("jobs.doubt", "after", downtime_s=PAST_DOUBT_S)
UNPROVEN = Death("jobs.acknowledge", "before")
UNPROVEN_LATE = Death("jobs.acknowledge", "before", downtime_s=AWAY_S)
DRAWN = Death("jobs.settle", "before", downtime_s=AWAY_S)
UNPAID = Death("lanes.stop", "after", downtime_s=3 * HOUR_S)
SHORT_WAIT: dict[str, dict[str, Any]] = {"queue": {"longest_wait": 60}}
"""What waits is watched for as long after a start before it is given up."""

PING_AT_ONCE = {"queue": {"ping_after": 0}}
PINGS: dict[str, Any] = {"config": PING_AT_ONCE, "pings": 2}
PRIVATE: dict[str, Any] = {"act": one_asks_privately}

STARTING = [
    *around("discord:application_info"),
    *around("discord:put_global_commands"),
]
TAKING = [
    *around("jobs.submit", within=True),
    # A refusal is written down, and raised: there is no "after".
    *[
        Point((Death("jobs.submit", when, 2),), act=one_wants_too_much, config={"quota": {"free_images": 2}})
        for when in ("before", "within")
    ],
    *around("discord:callback"),
    *around("jobs.acknowledge", within=True),
    *around("jobs.mark_shown"),
    *around("jobs.void", act=one_asks, trouble=takes_no_callback),
    *chained(UNPROVEN, "discord:get_original"),
    *chained(UNPROVEN, "jobs.acknowledge"),
    *chained(Death("discord:callback", "before"), "jobs.void", act=one_asks),
    Point((UNPROVEN_LATE,)),
]
SUBMITTING = [
    *around("lanes.claim", within=True, nth=4),
    *around("vendor:create"),
    *around("jobs.record_task", within=True),
    *around("jobs.requeue", trouble=throttles_once),
    *around("jobs.fail", within=True, act=one_is_refused, ends=frozenset({"delivered", "failed"})),
    *around("lanes.stop", within=True, trouble=in_arrears, relief=pays),
    *chained(Death("lanes.stop", "after"), "lanes.reopen", trouble=in_arrears, relief=pays),
    *chained(UNPAID, "jobs.expire", trouble=in_arrears, ends=frozenset({"expired"}), config=SHORT_WAIT),
]
DOUBTING = [
    *around("jobs.doubt", trouble=cuts_taken_create),
    *around("jobs.doubt", trouble=cuts_untaken_create),
    *chained(UNTAKEN, "jobs.requeue", within=True, trouble=cuts_untaken_create),
    *chained(STRANDED, "jobs.doubt"),
    *chained(STRANDED, "vendor:list"),
    *chained(STRANDED, "jobs.record_task"),
    *chained(UNSENT, "vendor:list", nth=2),
    *chained(UNSENT, "jobs.requeue"),
]
# Nobody can be asked for an answer that nobody has written down.
LOST_CALL: dict[str, Any] = {
    "act": one_calls,
    "config": {"models": {SYNCHRONOUS: {}}},
    "ends": frozenset({"failed"}),
    "enough": lambda stage: stage.job()["failure"] == "answer_lost",
}
CALLED: dict[str, Any] = {**LOST_CALL, "ends": frozenset({"delivered"}), "enough": lambda _: True}
CALLING = [
    *around("vendor:call", **LOST_CALL),
    Point((Death("lanes.claim", "within"),), **CALLED),
    Point((Death("vendor:call", "before", lands_s=60),), **LOST_CALL),
    *[Point((Death("jobs.record_drawn", when),), **LOST_CALL) for when in ("before", "within")],
    Point((Death("jobs.record_drawn", "after"),), **CALLED),
    *around("jobs.fail", within=True, trouble=loses_a_call, **LOST_CALL),
    Point((Death("vendor:call", "after"), Death("jobs.fail", "before")), **LOST_CALL),
]
# The bot is gone, and what it sent takes effect all the same.
LANDING = [
    *[Point((Death("vendor:create", "before", lands_s=after_s),)) for after_s in (2, 60, 290)],
    Point((Death("vendor:create", "before", lands_s=290), Death("vendor:list", "after", 3))),
    Point((STRANDED, Death("vendor:list", "before", lands_s=2))),
    Point((Death("vendor:query", "before", lands_s=2),)),
    Point((Death("vendor:result", "before", lands_s=2),)),
    Point((Death("vendor:cancel", "before", lands_s=2),), act=cancels(3), trouble=long_tasks, ends=CANCELED),
]
DRAWING = [
    *around("vendor:query"),
    *around("jobs.record_start"),
    *around("jobs.record_results", within=True),
    *around("jobs.fail", within=True, act=one_fails, ends=frozenset({"delivered", "failed"})),
    *around("vendor:result"),
    *around("jobs.keep_image", within=True),
    Point((Death("jobs.keep_image", "after", 2),)),
    # The file is there, its row is not, and the address has expired when the next bot comes.
    Point((Death("jobs.keep_image", "before", downtime_s=25 * HOUR_S),), act=one_asks),
    *around("jobs.lose_image", act=one_asks, trouble=loses_one_picture),
    *around("jobs.settle", within=True),
    *around("jobs.settle", act=one_asks, trouble=loses_every_picture, ends=frozenset({"failed"})),
]
CANCELING = [
    *around("jobs.wish_cancel", within=True, act=cancels(4), trouble=long_tasks, ends=CANCELED),
    *around("vendor:cancel", act=cancels(3), trouble=long_tasks, ends=CANCELED),
    *around("jobs.record_canceled", within=True, act=cancels(3), trouble=long_tasks, ends=CANCELED),
    *around("jobs.refuse_cancel", act=cancels(1), trouble=long_tasks),
]
# The refusal that the killed bot met is not there for the next one, if it could not be written down.
UNDELIVERED = frozenset({"delivered", "undelivered"})
DELIVERING = [
    *around("discord:edit_followup"),
    *[Point((Death("discord:edit_followup", when, with_files=True),)) for when in ("before", "after")],
    *[
        Point((Death("discord:edit_followup", when, with_files=True, downtime_s=AWAY_S),))
        for when in ("before", "after")
    ],
    *around("jobs.record_delivery", within=True),
    *around("jobs.record_undelivered", act=one_asks, trouble=refuses_files, ends=UNDELIVERED),
    *around(
        "jobs.tell_end",
        within=True,
        act=one_asks,
        trouble=refuses_all_edits,
        relief=lets_edits_pass,
        ends=UNDELIVERED,
    ),
    *around("jobs.send_again", within=True, act=sends_again, trouble=refuses_files, ends=UNDELIVERED),
    *[
        Point((Death("discord:edit_followup", when, nth, with_files=True),), act=asks_for_four, trouble=draws_large)
        for when in ("before", "after")
        for nth in (1, 2)
    ],
    *around("jobs.wipe_token", act=one_asks, trouble=calls_the_token_dead),
    *chained(DRAWN, "discord:edit_message"),
    *chained(DRAWN, "discord:create_dm", **PRIVATE),
    *chained(DRAWN, "discord:create_message", **PRIVATE),
    Point((DRAWN, Death("discord:create_message", "after", downtime_s=AWAY_S)), **PRIVATE),
    *chained(DRAWN, "jobs.readdress", **PRIVATE),
]
TELLING = [
    *around("discord:create_message", **PINGS),
    *around("outbox.done", **PINGS),
    *around("discord:followup", **PRIVATE, config=PING_AT_ONCE),
    Point((Death("jobs.record_delivery", "after", downtime_s=AWAY_S),), **PINGS),
    Point((Death("outbox.done", "before", downtime_s=AWAY_S),), **PINGS),
    *around("discord:create_message", act=one_asks, trouble=in_arrears, relief=pays),
]
UNTOUCHED: dict[str, Any] = {"act": deletes, "enough": lambda stage: stage.job()["state"] == "delivered"}
REMOVED: dict[str, Any] = {"act": deletes, "enough": lambda stage: stage.job()["deleted_ms"]}
MOD_UNTOUCHED: dict[str, Any] = {
    "act": moderator_removes,
    "enough": lambda stage: not stage.rows(REFUNDS) and not stage.rows("SELECT 1 FROM cases"),
}
MOD_REMOVED: dict[str, Any] = {
    "act": moderator_removes,
    "enough": lambda stage: (
        stage.job()["deleted_ms"] and len(stage.rows(REFUNDS)) == len(stage.rows("SELECT 1 FROM cases")) == 1
    ),
}
FORGOTTEN: dict[str, Any] = {"act": one_asks, "enough": lambda stage: not stage.rows(KEPT)}
OLD = Death("jobs.record_delivery", "after", downtime_s=31 * 24 * HOUR_S)
REMOVING = [
    Point((Death("jobs.begin_removal", "before"),), **UNTOUCHED),
    Point((Death("jobs.begin_removal", "after"),), **REMOVED),
    *around("discord:delete_original", **REMOVED),
    *around("pictures.remove", **REMOVED),
    *around("jobs.end_removal", **REMOVED),
    *[Point((Death("moderation.begin_removal", when),), **MOD_UNTOUCHED) for when in ("before", "within")],
    Point((Death("moderation.begin_removal", "after"),), **MOD_REMOVED),
    *around("discord:delete_followup", **MOD_REMOVED),
    *around("pictures.remove", **MOD_REMOVED),
    *around("jobs.end_removal", within=True, **MOD_REMOVED),
    *chained(OLD, "jobs.forget_pictures", **FORGOTTEN),
]

POINTS = [
    *STARTING,
    *TAKING,
    *SUBMITTING,
    *DOUBTING,
    *CALLING,
    *LANDING,
    *DRAWING,
    *CANCELING,
    *DELIVERING,
    *TELLING,
    *REMOVING,
]
