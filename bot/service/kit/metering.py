"""For parts of the service whose steps nobody measures."""

from bot.ports import Step


class Unmetered:
    """Satisfies ``bot.ports.Meter`` and forgets all."""

    def took(self, step: Step, seconds: float, model: str) -> None:
        """Forget it."""


UNMETERED = Unmetered()
