"""Something that an admin or a moderator does."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Act:
    """Who does what, where.

    Attributes:
        interaction_id: Discord's; the same one again is the same act.
        actor_id: the Discord id of who acts.
        name: what the audit calls it, such as ``quota.set-role``.
        reason: in the actor's own words.
    """

    interaction_id: int
    server_id: int
    actor_id: int
    name: str
    reason: str = ""
