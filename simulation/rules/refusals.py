"""Whoever was refused met a limit that there was: else a bot that refuses everybody would break no rule.

What somebody has left is not computed here, but the least that it can be: all that was ever held for them counts as
used, at the dearest price. So nothing here depends on periods, prices and what was given back.
"""

from collections import Counter
from collections.abc import Callable

from simulation.rules.edits import allows_edits
from simulation.rules.replay.audit import AuditedAct, acts
from simulation.rules.replay.blocks import Blocks
from simulation.rules.replay.said import ENDS, Rules
from simulation.world import World

DEAREST_MICROS = 500_000
"""What a picture costs at most, of the models that people ask for."""

LATELY_MS = 60_000
"""A refusal is noted in a transaction of its own: what it met may have ended a moment ago."""

STRIKES = ("prompt-breaks-word", "prompt-breaks-pattern", "prompt-refused-by-service")
"""Refusals after some of which one has to wait; a prompt that the vendor refuses counts as well."""

STOPS = ("vendor arrears", "vendor odd_refusals", "vendor bad_weather", "models retire")
"""Troubles that stop a model or the account."""

CHANGES = ("quota.", "mod.", "settings.", "member.")
"""How the acts are called that change limits."""

REWRITTEN = "SELECT most_micros FROM rewritings"
"""What it costs to have prompts rewritten, at most."""

ALL = 0
"""Whose what everybody in a server has asked for is."""


class Replay:
    """What was so when each request was refused."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known = world.trace.known
        self._rules = Rules(world.config.policy().rule, self._known)
        self._blocks = Blocks(world)
        self._images = Counter[tuple[int, int]]()
        self._strikes = Counter[int]()
        self._under_way: dict[int, int] = {}
        self._held_ms: dict[int, int] = {}
        self._ended_ms: dict[int, int] = {}
        self._changed_ms: dict[int, int] = {}
        self._names: set[str] = set()
        self._let_edit: set[int] = set()

    def note(self, act: AuditedAct) -> None:
        """Take note of what an act changes."""
        self._rules.note(act)
        self._blocks.note(act)
        self._names.add(act.name)
        if "edits_others" in act.detail:
            (self._let_edit.add if allows_edits(act) else self._let_edit.discard)(act.server_id)
        if act.name == "job.held":
            for whose in (_whose(act), ALL):
                self._images[act.server_id, whose] += act.detail["images"]
            self._under_way[act.job_id or 0] = _whose(act)
            self._held_ms[_whose(act)] = act.at_ms
        elif act.name == "request.refused" and act.detail["reason"] in STRIKES:
            self._strikes[_whose(act)] += 1
        elif act.name.removeprefix("job.") in ENDS:
            owner = self._under_way.pop(act.job_id or 0, ALL)
            self._ended_ms[owner] = act.at_ms
            self._strikes[owner] += act.name == "job.failed"
        elif act.name.startswith(CHANGES):
            self._changed_ms[act.server_id] = act.at_ms

    def is_right(self, act: AuditedAct) -> bool:
        """Whether a request was refused for what was so, or may have been a moment before."""
        reason = REASONS.get(act.detail["reason"])
        return reason is not None and (self._is_late(act, self._changed_ms.get(act.server_id)) or reason(self, act))

    def _is_late(self, act: AuditedAct, changed_ms: int | None) -> bool:
        return changed_ms is not None and abs(act.at_ms - changed_ms) < LATELY_MS

    def _limit(self, act: AuditedAct, name: str) -> int:
        return self._rules.least(act, name)

    def _dearest(self, act: AuditedAct, whose: int) -> int:
        """Return the most that all pictures can have cost that were held for, and those that were refused."""
        return (self._images[act.server_id, whose] + act.detail["images"]) * DEAREST_MICROS

    # -- the reasons

    def is_over_quota(self, act: AuditedAct) -> bool:
        taken = self._images[act.server_id, _whose(act)] + act.detail["images"]
        is_free = taken <= self._limit(act, "free_images")
        return not is_free and self._dearest(act, _whose(act)) > self._limit(act, "budget_micros")

    def is_over_pool(self, act: AuditedAct) -> bool:
        pool_micros = self._rules.pools.get(act.server_id)
        return pool_micros is not None and self._dearest(act, ALL) > pool_micros

    def is_over_cap(self, act: AuditedAct) -> bool:
        cap_micros = self._world.config.policy().cap_micros
        # Of what was booked by hand, nobody was asked.
        billed = sum(line.cost_micros for line in self._world.vendor.bill())
        billed += sum(row["most_micros"] for row in self._world.rows(REWRITTEN))
        held = sum(images for (_, whose), images in self._images.items() if whose == ALL) + act.detail["images"]
        return cap_micros is not None and billed + held * DEAREST_MICROS > cap_micros

    def is_too_many(self, act: AuditedAct) -> bool:
        return act.detail["images"] > self._limit(act, "images_per_job")

    def is_too_active(self, act: AuditedAct) -> bool:
        active = sum(owner == _whose(act) for owner in self._under_way.values())
        is_late = self._is_late(act, self._ended_ms.get(_whose(act)))
        return is_late or active >= self._limit(act, "active_jobs")

    def is_kept_out(self, act: AuditedAct) -> bool:
        return self._blocks.keep_out(act)

    def has_strikes(self, act: AuditedAct) -> bool:
        return self._strikes[_whose(act)] > 1

    def is_stopped(self, _: AuditedAct) -> bool:
        return any(self._world.tally[trouble] for trouble in STOPS)

    def has_asked(self, act: AuditedAct) -> bool:
        return self._images[act.server_id, _whose(act)] > 0

    def is_not_allowed(self, act: AuditedAct) -> bool:
        return act.server_id not in self._let_edit

    def is_unwilling(self, _: AuditedAct) -> bool:
        return any(not word.may_edit for word in self._world.wishes.words)

    def is_gone(self, _: AuditedAct) -> bool:
        return bool(self._names & {"job.removal_intent", "member.forgotten", "job.send_again"})

    def is_rewritten(self, _: AuditedAct) -> bool:
        return self._world.config.rewriting is not None

    def has_gone_on(self, act: AuditedAct) -> bool:
        # Of two presses at once, the first may have led to a question about the price, which took the other's place.
        anew = (at_ms for *whose, at_ms in self._known.asked_anew if whose == [act.server_id, act.person_id])
        return self._is_late(act, self._held_ms.get(_whose(act))) or any(self._is_late(act, at_ms) for at_ms in anew)

    def is_ruled(self, _: AuditedAct) -> bool:
        return "mod.add-rule" in self._names


def _whose(act: AuditedAct) -> int:
    return act.person_id or -1


REASONS: dict[str, Callable[[Replay, AuditedAct], bool]] = {
    "over-quota": Replay.is_over_quota,
    "over-quota-paid": Replay.is_over_quota,
    "over-pool": Replay.is_over_pool,
    "over-cap": Replay.is_over_cap,
    "too-many-images": Replay.is_too_many,
    "too-many-active": Replay.is_too_active,
    "blocked": Replay.is_kept_out,
    "refused-too-often": Replay.has_strikes,
    "prompt-breaks-word": Replay.is_ruled,
    "prompt-breaks-pattern": Replay.is_ruled,
    "prompt-refused-by-service": Replay.is_rewritten,
    "prompt-gone": Replay.is_rewritten,
    "cooling-down": Replay.has_asked,
    "offer-gone": Replay.has_gone_on,
    "edit-others-off": Replay.is_not_allowed,
    "edit-origin-off": Replay.is_not_allowed,
    "edit-others-refused": Replay.is_unwilling,
    "edit-origin-refused": Replay.is_unwilling,
    "edit-removed": Replay.is_gone,
    "edit-no-card": Replay.is_gone,
    "lane-stopped": Replay.is_stopped,
    "account-stopped": Replay.is_stopped,
}
"""What must have been so, by what the audit calls the refusal."""


def check(world: World) -> None:
    """Hold each refusal against what was so when it was noted."""
    replay, wrong = Replay(world), list[str]()
    for act in acts(world):
        if act.name == "request.refused" and not replay.is_right(act):
            wrong.append(f"{act.person_id} in server {act.server_id}: {act.detail}")
        replay.note(act)
    assert not wrong, f"a request was refused without a reason: {wrong}"
