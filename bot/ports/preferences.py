"""What members decide for themselves."""

from collections.abc import Callable
from typing import Protocol

from bot.domain.preferences import Preferences


class MemberPreferences(Protocol):
    """What members decided for themselves, in all servers and in each."""

    async def of(self, member_id: int, server_id: int = 0) -> Preferences:
        """Return a member's preferences, with those that hold in a server; of who was forgotten, what outlasted it."""
        ...

    async def change(
        self, interaction_id: int, member_id: int, change: Callable[[Preferences], Preferences], server_id: int = 0
    ) -> Preferences:
        """Change a member's preferences, and those that hold in a server, in one transaction; return them as they are.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        ...
