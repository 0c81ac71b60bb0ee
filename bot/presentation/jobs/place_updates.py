"""When a new place in line is worth an edit: it has halved, and half a minute has gone by."""

from dataclasses import dataclass

EVERY_S = 30.0


@dataclass(frozen=True, slots=True)
class _Said:
    model: str
    place: int
    at_s: float


class Line:
    """The places in line that the messages show."""

    def __init__(self) -> None:
        self._said: dict[int, _Said] = {}

    def note(self, job_id: int, model: str, place: int, now_s: float) -> None:
        """Remember what a message shows; place 0: none."""
        if place:
            self._said[job_id] = _Said(model, place, now_s)
        else:
            self._said.pop(job_id, None)

    def due(self, model: str, places: dict[int, int], now_s: float) -> tuple[list[int], float | None]:
        """Return the jobs whose message should name its new place now, and in how many seconds to ask again.

        Args:
            model: the lane's.
            places: of its jobs as they are now.
            now_s: by the monotonic clock.
        """
        halved = {
            job_id: said.at_s + EVERY_S - now_s
            for job_id, said in self._said.items()
            if said.model == model and job_id in places and places[job_id] * 2 <= said.place
        }
        due = [job_id for job_id, wait_s in halved.items() if wait_s <= 0]
        return due, min((wait_s for wait_s in halved.values() if wait_s > 0), default=None)
