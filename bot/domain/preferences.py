"""What members decide for themselves, in all servers at once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preferences:
    """One member's preferences; None: they decided nothing, so that the default holds.

    Attributes:
        others_may_edit: their pictures, in servers whose settings allow it; by default they may.
    """

    others_may_edit: bool | None = None

    @property
    def lets_others_edit(self) -> bool:
        """Whether others may edit the member's pictures, by their word or by default."""
        return self.others_may_edit is not False
