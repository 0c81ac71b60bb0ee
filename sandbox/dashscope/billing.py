"""The bill: only images that succeeded cost, the free tier goes first. Money is an int of micro-yuan."""

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.dashscope.checks import Order
from sandbox.dashscope.models import StandInModel


@dataclass(frozen=True)
class BillLine:
    """What one task cost; ``free_images`` of its ``images`` and ``inputs`` were covered by the free tier."""

    task_id: str
    model: str
    images: int
    free_images: int
    cost_micros: int
    inputs: int = 0


@dataclass
class FreeTier:
    """A model's free images; ``expires_ms`` is milliseconds since the epoch, None for never."""

    images: int
    used: int = 0
    expires_ms: int | None = None

    def left(self, now_ms: int) -> int:
        if self.expires_ms is not None and now_ms >= self.expires_ms:
            return 0
        return max(0, self.images - self.used)


class Bill:
    """The account's lines in the order in which the tasks succeeded, and what is left for free."""

    def __init__(self, models: Iterable[StandInModel]) -> None:
        self.free_tiers = {model.name: FreeTier(model.free_images) for model in models}
        self.lines: list[BillLine] = []

    def charge(self, task_id: str, order: Order, images: int, now_ms: int) -> None:
        """Write the line of a task, or of a call; none if it gave no image and nothing came in that is billed.

        Guess: a task that the free tier covers in part is billed for the rest, even where only free use is
        allowed; that what came in is covered before what was drawn; and that it is billed also where it came to no
        image, since usage counts it.
        """
        model, pixels = order.model, order.width * order.height
        inputs = len(order.pictures) if model.input_micros else 0
        if images <= 0 and not inputs:
            return
        tier = self.free_tiers[model.name]
        free = min(images + inputs, tier.left(now_ms))
        tier.used += free
        free_inputs = min(inputs, free)
        cost_micros = (inputs - free_inputs) * model.input_micros
        cost_micros += (images - free + free_inputs) * model.cost_micros(pixels, rewritten=order.prompt_extend)
        self.lines.append(BillLine(task_id, model.name, images, free, cost_micros, inputs))

    @property
    def total_micros(self) -> int:
        return sum(line.cost_micros for line in self.lines)
