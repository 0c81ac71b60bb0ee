"""The servers."""

from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from bot.domain.act import Act
from bot.domain.requests.quota import Refund, Reset
from bot.domain.requests.quota_rules import PartialRule, QuotaRules, Scope
from bot.domain.servers.settings import Exposure, Settings
from bot.domain.time.periods import Period


class Servers(Protocol):
    """What the servers' admins decided. Each change is one transaction with its audit row.

    A change by an `Act` raises `bot.errors.AlreadyDone` where Discord delivered its interaction a second time.
    """

    async def settings(self, server_id: int) -> Settings:
        """Return a server's settings; the defaults where it decided nothing."""
        ...

    async def change_settings(self, act: Act, change: Callable[[Settings], Settings]) -> tuple[Settings, Settings]:
        """Change settings; return them as they were and as they are. What ``change`` raises is raised."""
        ...

    async def end_agreement(self, server_id: int, seen: Settings, ended: frozenset[Exposure]) -> None:
        """End what admins agreed to of who reads the log channel, unless it or its agreement changed meanwhile.

        Args:
            server_id: which.
            seen: its settings, as they were when the channel was looked at.
            ended: who doesn't read it any more.
        """
        ...

    async def rules(self, server_id: int) -> list[tuple[Scope, int, PartialRule]]:
        """Return all rules of a server, by scope and within it in no order that means anything.

        Each is with the role's id, the member's Discord id, or 0.
        """
        ...

    async def forgotten_rules(self, server_id: int) -> int:
        """Return how many members who were forgotten still have a rule kept in a server."""
        ...

    async def rule(self, server_id: int, scope: Scope, owner_id: int) -> PartialRule:
        """Return one rule, by the role's id, the member's Discord id, or 0; an empty one if there is none."""
        ...

    async def quota_rules(self, server_id: int, member_id: int, roles: Iterable[int]) -> QuotaRules:
        """Return the rules that touch one member, who has these roles."""
        ...

    async def set_rule(
        self, act: Act, scope: Scope, owner_id: int, rule: PartialRule | None, unset: Collection[str] = ()
    ) -> tuple[PartialRule, PartialRule]:
        """Set the fields that ``rule`` names and open those in ``unset``, or with None clear the rule.

        Return it as it was and as it is.
        """
        ...

    async def grant(self, act: Act, member_id: int, micros: int) -> tuple[int, int]:
        """Give a member credit; return what they had of it left before and have after, in micro-yuan."""
        ...

    async def grant_pictures(self, act: Act, member_id: int, images: int, period: Period) -> None:
        """Give a member free images on top of their rule's, in one period."""
        ...

    async def used_in(self, server_id: int, member_id: int, period: Period) -> Reset:
        """Return what a member has used of a period's free images and budget, and ``reset`` would give anew."""
        ...

    async def reset(self, act: Act, member_id: int, period: Period) -> Reset:
        """Give a member a period's free images and budget anew: all that they have used of them.

        Raises:
            MemberError: if that is nothing.
        """
        ...

    async def member_of(self, account_id: int) -> int:
        """Return the Discord id of an account's member; 0 once they were forgotten."""
        ...

    async def refund(self, act: Act, job_id: int) -> Refund:
        """Give back all that a job was charged; once.

        Raises:
            NotPermitted: if it is the actor's own job.
            MemberError: if this server has no such charge, it was given back before, or its member was forgotten.
        """
        ...

    async def pool_taken(self, server_id: int, month: Period) -> int:
        """Return what a server used and holds of its pool in a month, micro-yuan at list price."""
        ...

    async def greet(self, server_id: int, channel_id: int, locale: str) -> bool:
        """Have a server greeted, once for all: in a channel, or with 0 its owner. Whether it was not before."""
        ...

    async def waited_for(self) -> set[int]:
        """Return the servers for which something is under way, those left out that the bot left."""
        ...

    async def note_left(self, server_id: int) -> None:
        """Note that the bot is in a server no more: nothing is drawn for it."""
        ...

    async def note_present(self, server_ids: set[int]) -> None:
        """Note that the bot is in these servers."""
        ...
