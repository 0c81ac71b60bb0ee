"""How things stand, for whoever watches the bot."""

from dataclasses import dataclass

from bot.domain.jobs.lane import ACCOUNT


@dataclass(frozen=True, slots=True)
class Figures:
    """How many jobs are in which state, which lanes are stopped, and what the month may still cost; micro-yuan.

    Attributes:
        jobs: by model and state.
        stopped: the vendor's code by lane.
        billed_micros: of this month.
        doubtful_micros: what the vendor may have billed beside that.
        open_micros: the most that open holds can still cost.
        cap_micros: None: no cap.
    """

    jobs: dict[tuple[str, str], int]
    stopped: dict[str, str]
    billed_micros: int
    doubtful_micros: int
    open_micros: int
    cap_micros: int | None

    @property
    def left_micros(self) -> int | None:
        """What a new request finds of the cap; None: no cap."""
        if self.cap_micros is None:
            return None
        return max(0, self.cap_micros - self.billed_micros - self.doubtful_micros - self.open_micros)

    def stop_of(self, model: str) -> str:
        """Return the code for which a model's lane stands still, its own or the account's; "" if it does not."""
        return self.stopped.get(ACCOUNT, "") or self.stopped.get(model, "")
