"""What members decide for themselves, and what they are about to edit."""

from collections.abc import Callable
from typing import Protocol

from bot.domain.pictures.source import OpenEdit
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


class OpenEdits(Protocol):
    """The forms that members have opened to edit pictures of a message."""

    async def open(self, edit: OpenEdit) -> None:
        """Judge whether a member may edit these pictures, and keep what their form is about, for an hour.

        It takes the place of what they opened before.

        Raises:
            MemberError: if they may not, saying why; then nothing is kept.
        """
        ...

    async def find(self, edit_id: int) -> OpenEdit | None:
        """Return what a form is about; None if there is none of that id, or its hour is over."""
        ...

    async def expire(self) -> int:
        """Forget the forms whose hour is over; return how many."""
        ...
