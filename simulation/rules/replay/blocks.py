"""Whom moderators keep from asking, as the audit tells it; a member who was forgotten meanwhile is kept still."""

from simulation.rules.replay.audit import AuditedAct
from simulation.world import World

CASES = "SELECT server_id, number, account_id FROM cases"
FOR_GOOD_MS = 2**63


class Blocks:
    """The blocks that are in force, act by act."""

    def __init__(self, world: World) -> None:
        self._people = world.trace.known.people
        self._cases = {(row["server_id"], row["number"]): row["account_id"] for row in world.rows(CASES)}
        self._blocked: dict[tuple[int, int | None], tuple[int, int]] = {}

    def note(self, act: AuditedAct) -> None:
        """Take note of what an act changes."""
        if act.name in {"mod.block", "mod.pause"}:
            account_id, until_ms = act.detail["account"], act.detail.get("until_ms", FOR_GOOD_MS)
            self._blocked[act.server_id, self._people[account_id]] = account_id, until_ms
        elif act.name == "mod.unblock":
            self._blocked.pop((act.server_id, self._people[act.detail["account"]]), None)
        elif act.name == "mod.appeal-accepted":
            account_id = self._cases[act.server_id, act.detail["case"]]
            whose = act.server_id, self._people.get(account_id)
            # They may have been blocked again as somebody who came back after being forgotten.
            if self._blocked.get(whose, (0, 0))[0] == account_id:
                del self._blocked[whose]
        elif act.name == "member.forgotten":
            # Nothing tells a block that is over by the clock of that moment from one that was never there.
            over = [
                whose
                for whose, (account_id, until_ms) in self._blocked.items()
                if account_id == act.account_id and until_ms <= act.at_ms
            ]
            for whose in over:
                del self._blocked[whose]

    def keep_out(self, act: AuditedAct) -> bool:
        """Whether whoever did this was kept from it."""
        _, until_ms = self._blocked.get((act.server_id, act.person_id), (0, 0))
        return act.at_ms < until_ms
