"""What the operator looks at: how long things take, and whether the database is sound."""

from typing import Literal, Protocol

Step = Literal["ack", "create", "call", "notice", "edit"]


class Meter(Protocol):
    """Told how long the steps of a job take."""

    def took(self, step: Step, seconds: float, model: str) -> None:
        """Take note of one.

        Args:
            step: ``ack``, from an interaction's arrival to its card; ``create``, a create and its answer;
                ``call``, one that is answered with the pictures;
                ``notice``, how late at most the end of a task was noticed; ``edit``, one edit of a message.
            seconds: by the monotonic clock.
            model: of the job.
        """
        ...


class Damage(Protocol):
    """Whether the database has turned out to be damaged while the program runs."""

    @property
    def is_there(self) -> bool:
        """Whether some was noticed; once it was, until the program ends."""
        ...

    async def wait(self) -> None:
        """Wait until some is noticed; return at once if it was."""
        ...
