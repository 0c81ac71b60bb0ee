"""Word of what changed, inside this process; the database remembers what nobody heard."""

from collections.abc import Callable


class Changes:
    """Tells listeners which job or lane changed. Listeners must return at once: they set events or start tasks."""

    def __init__(self) -> None:
        self._job_listeners: list[Callable[[int], None]] = []
        self._lane_listeners: list[Callable[[str], None]] = []
        self._cancel_listeners: list[Callable[[int], None]] = []

    def on_job(self, listener: Callable[[int], None]) -> None:
        """Call ``listener`` with the id of each job whose version was raised."""
        self._job_listeners.append(listener)

    def on_lane(self, listener: Callable[[str], None]) -> None:
        """Call ``listener`` with the model of each lane whose queue moved or that was stopped or opened."""
        self._lane_listeners.append(listener)

    def on_cancel(self, listener: Callable[[int], None]) -> None:
        """Call ``listener`` with the id of each job whose task the vendor agreed to cancel."""
        self._cancel_listeners.append(listener)

    def cancel(self, job_id: int) -> None:
        """Report that the vendor agreed to cancel a job's task: a query will soon say so."""
        for listener in self._cancel_listeners:
            listener(job_id)

    def job(self, job_id: int) -> None:
        """Report that a job changed."""
        for listener in self._job_listeners:
            listener(job_id)

    def lane(self, model: str) -> None:
        """Report that a lane's queue moved."""
        for listener in self._lane_listeners:
            listener(model)
