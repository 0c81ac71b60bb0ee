"""What an image costs: a function of its area and of whether the service rewrites the prompt; and what came in with it.

Of each request the most that an image of it can cost is held, and all pictures that come in; what it does cost follows
from the area and the number of pictures that the vendor reports, where its price depends on that.
"""

from dataclasses import dataclass

from bot.domain.requests.model import AreaTier, Model
from bot.domain.requests.sizes import Size


@dataclass(frozen=True, slots=True)
class ImagePrice:
    """What one image of a request costs, in micro-yuan, and what the pictures that come in cost besides.

    Attributes:
        asked: as it was asked for; that is held, and nobody is charged more.
        small: if the vendor calls it small.
        large: if the vendor calls it large.
        inputs: pictures that come in with the request, each of which is billed.
        input: what each of them costs.
    """

    asked: int
    small: int
    large: int
    inputs: int = 0
    input: int = 0

    @property
    def of_inputs(self) -> int:
        """What all that comes in costs."""
        return self.inputs * self.input

    def billed(self, area: AreaTier | None) -> int:
        """Return what the vendor bills for an image of ``area``; None: the vendor says nothing of it."""
        if area is None:
            return self.asked
        return self.large if area is AreaTier.LARGE else self.small


def price_of(model: Model, size: Size, *, rewrites: bool, inputs: int = 0) -> ImagePrice:
    """Return what an image of ``model`` costs, and what comes in with it.

    Args:
        model: the catalogue's.
        size: as it is asked for.
        rewrites: the service is asked to rewrite the prompt.
        inputs: pictures that come in.
    """
    is_dearer = rewrites and model.rewritten_price_micros is not None
    small = (model.rewritten_price_micros or 0) if is_dearer else model.price_micros
    large = small if model.large_price_micros is None else model.large_price_micros
    asked = large if size.width * size.height > model.large_above else small
    if model.input_price_micros is None:
        return ImagePrice(asked, small, large)
    return ImagePrice(asked, small, large, inputs, model.input_price_micros)


def price_range(model: Model) -> tuple[int, int]:
    """Return the least and the most that an image of ``model`` costs, in micro-yuan."""
    dearer = (model.large_price_micros, model.rewritten_price_micros)
    prices = [model.price_micros, *(price for price in dearer if price is not None)]
    return min(prices), max(prices)
