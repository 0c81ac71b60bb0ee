"""What the image service charges in which of its regions; the catalogue has Beijing's prices."""

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.requests.model import Model


class VendorRegion(StrEnum):
    """Where the image service is asked."""

    BEIJING = "Beijing"
    SINGAPORE = "Singapore"
    UNKNOWN = ""  # it has prices of its own, which nothing here knows


@dataclass(frozen=True, slots=True)
class Prices:
    """What a model costs in micro-yuan; see the attributes of `Model`."""

    image: int
    large: int | None = None
    rewritten: int | None = None
    input: int | None = None


SINGAPORE = {
    "wanx2.1-t2i-turbo": Prices(183_481),
    "wanx2.1-t2i-plus": Prices(366_962),
    "wan2.2-t2i-flash": Prices(183_481),
    "wan2.2-t2i-plus": Prices(366_962),
    "wan2.5-t2i-preview": Prices(220_177),
    "wan2.6-t2i": Prices(220_177),
    "wan2.7-image": Prices(224_826),
    "wan2.7-image-pro": Prices(562_065),
    "qwen-image-2.0": Prices(256_873),
    "qwen-image-2.0-pro": Prices(550_443),
    "qwen-image-2.1-turbo": Prices(113_362),
    "qwen-image-2.1-pro": Prices(283_404),
    "qwen-image-3.0": Prices(224_826, input=22_483),
    "qwen-image-3.0-pro": Prices(299_768, large=562_065, input=22_483),
    "z-image-turbo": Prices(110_089, rewritten=220_177),
    "wan2.6-image": Prices(220_177),
    "wan2.5-i2i-preview": Prices(220_177),
}
"""The vendor's page on prices (October 2026). A model that is not among these it does not have there."""


FREE_TIER_IMAGES = {
    "wanx2.1-t2i-turbo": 500,
    "wanx2.1-t2i-plus": 500,
    "wanx2.0-t2i-turbo": 500,
    "wan2.2-t2i-flash": 100,
    "wan2.2-t2i-plus": 100,
    "wan2.5-t2i-preview": 50,
    "wan2.6-t2i": 50,
    "wan2.7-image": 50,
    "wan2.7-image-pro": 50,
    "qwen-image-2.0": 100,
    "qwen-image-2.0-pro": 100,
    "qwen-image-2.1-turbo": 10,
    "qwen-image-2.1-pro": 10,
    "qwen-image-3.0": 10,
    "qwen-image-3.0-pro": 10,
    "z-image-turbo": 100,
    "wan2.6-image": 50,
    "wan2.5-i2i-preview": 50,
    "wanx2.1-imageedit": 500,
}
"""Images of the vendor's free tier per account, where the operator says from when it counts."""


def priced_in(region: VendorRegion, model: Model) -> Model | None:
    """Return a built-in model with a region's prices; None where nothing here knows them, or it is not there."""
    if region is VendorRegion.BEIJING:
        return model
    prices = SINGAPORE.get(model.name) if region is VendorRegion.SINGAPORE else None
    if prices is None:
        return None
    return replace(
        model,
        price_micros=prices.image,
        large_price_micros=prices.large,
        rewritten_price_micros=prices.rewritten,
        input_price_micros=prices.input,
    )


def free_images(region: VendorRegion, name: str) -> int:
    """Return the images of a model's free tier, which the vendor's page on prices names for Beijing alone."""
    return FREE_TIER_IMAGES.get(name, 0) if region is VendorRegion.BEIJING else 0
