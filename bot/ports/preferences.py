"""What members decide for themselves."""

from collections.abc import Callable
from typing import Protocol

from bot.domain.preferences import Preferences


class MemberPreferences(Protocol):
    """What members decided for themselves, in all servers."""

    async def of(self, member_id: int) -> Preferences:
        """Return a member's preferences; of who was forgotten, those that outlasted it."""
        ...

    async def change(
        self, interaction_id: int, member_id: int, change: Callable[[Preferences], Preferences]
    ) -> Preferences:
        """Change a member's preferences in one transaction; return them as they are.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        ...
