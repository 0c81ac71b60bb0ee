"""What members are about to edit."""

from typing import Protocol

from bot.domain.pictures.open_edits import OpenEdit


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
