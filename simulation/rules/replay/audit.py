"""The acts of a day in the order in which they were committed, as the bot's audit tells them."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from simulation.world import World

AUDIT = "SELECT * FROM audit ORDER BY id"


class AuditedAct(NamedTuple):
    """One act.

    Attributes:
        name: what was done.
        server_id: where.
        account_id: whose account did it; None: the program.
        person_id: who that is or was, by Discord's id; None if nobody knows.
        job_id: with which job.
        at_ms: when, by the bot's clock.
        detail: what else is known.
    """

    name: str
    server_id: int
    account_id: int | None
    person_id: int | None
    job_id: int | None
    at_ms: int
    detail: dict[str, Any]

    def after(self, field: str) -> Any:
        """Return what a field was set to; KeyError if it was not changed."""
        return json.loads(self.detail[field].partition(" -> ")[2].replace("None", "null"))


def acts(world: World) -> Iterator[AuditedAct]:
    """Yield all of them, oldest first."""
    for row in world.rows(AUDIT):
        yield AuditedAct(
            row["act"],
            row["server_id"],
            row["actor_id"],
            world.trace.known.people.get(row["actor_id"]),
            row["job_id"],
            row["at_ms"],
            json.loads(row["detail"]),
        )
