"""Which sizes a model draws."""

import itertools
import math
import re
from dataclasses import dataclass, replace

from bot.domain.pictures.raster import PIXEL_CAP

_GRID = 16
"""Pixels; the vendor's page on wan2.6-image rounds to that."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of a picture in pixels."""

    width: int
    height: int

    @classmethod
    def parse(cls, text: str) -> "Size":
        """Read ``W*H``; also takes the ``x`` or ``×`` that people type.

        Raises:
            ValueError: if it is something else.
        """
        found = re.fullmatch(r"\s*([0-9]{1,5})\s*[*xX×]\s*([0-9]{1,5})\s*", text)
        if found is None:
            raise ValueError(f"{text!r} is not a size such as 1024*1024")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.width}*{self.height}"


def ratio_in(text: str) -> Size | None:
    """Return the ratio that a text names, such as ``21:9`` or ``16/9``, reduced; None: it names none."""
    found = re.fullmatch(r"\s*([1-9][0-9]{0,2})\s*[:/\uff1a]\s*([1-9][0-9]{0,2})\s*", text)
    if found is None:
        return None
    width, height = int(found[1]), int(found[2])
    common = math.gcd(width, height)
    return Size(width // common, height // common)


@dataclass(frozen=True, slots=True)
class SizeRule:
    """Which sizes a model draws.

    Attributes:
        min_side: shortest side in pixels.
        max_side: longest side in pixels.
        min_pixels: least width * height.
        max_pixels: most width * height.
        max_ratio: the longer side is at most this many times the shorter.
        presets: sizes by aspect ratio; the first is the default.
    """

    min_side: int
    max_side: int
    min_pixels: int
    max_pixels: int
    max_ratio: float
    presets: dict[str, Size]

    @property
    def default(self) -> Size:
        return next(iter(self.presets.values()))

    def admits(self, size: Size) -> bool:
        """Whether the model draws ``size``."""
        short, long = sorted((size.width, size.height))
        return (
            self.min_side <= short
            and long <= self.max_side
            and self.min_pixels <= short * long <= self.max_pixels
            and long <= short * self.max_ratio
        )

    def within(self, other: "SizeRule") -> "SizeRule":
        """Return the rule of what both admit; its presets are the other's, or where none of those are left its own."""
        both = replace(
            self,
            min_side=max(self.min_side, other.min_side),
            max_side=min(self.max_side, other.max_side),
            min_pixels=max(self.min_pixels, other.min_pixels),
            max_pixels=min(self.max_pixels, other.max_pixels),
            max_ratio=min(self.max_ratio, other.max_ratio),
        )
        theirs, own = (
            {ratio: size for ratio, size in rule.presets.items() if both.admits(size)} for rule in (other, self)
        )
        return replace(both, presets=theirs or own)

    def fitting(self, width: int, height: int, pixels: int | None = None) -> Size:
        """Return the size of about the ratio of a picture in pixels, or of the nearest ratio that the model draws.

        It has as many pixels as are wanted (None: as the default has) or a little less, as far as the rule has such a
        size. Its sides are multiples of 16, as the service rounds them anyway.
        """
        ratio = min(max(width, height) / min(width, height), self._widest)
        least = max(self.min_pixels, self.min_side**2 * ratio)
        most = min(self.max_pixels, self.max_side**2 / ratio)
        area = min(max(pixels or self.default.width * self.default.height, least), most)
        longs, shorts = _on_grid(math.sqrt(area * ratio)), _on_grid(math.sqrt(area / ratio))
        for short, wanted in itertools.product(shorts, longs):
            # A short side that was rounded down makes the ratio larger.
            long = min(wanted, int(short * self._widest) // _GRID * _GRID)
            size = Size(long, short) if width > height else Size(short, long)
            if self.admits(size):
                return size
        return self.default

    @property
    def _widest(self) -> float:
        """The largest ratio of any size that the rule admits."""
        return min(
            self.max_ratio,
            self.max_side / self.min_side,
            self.max_side**2 / self.min_pixels,
            self.max_pixels / self.min_side**2,
        )


def _on_grid(side: float) -> tuple[int, int]:
    """Return the multiples of the grid around a side, the smaller first."""
    below = int(side) // _GRID * _GRID
    return below, below + _GRID


SIDES_TO_1440 = SizeRule(
    min_side=512,
    max_side=1440,
    min_pixels=512 * 512,
    max_pixels=1440 * 1440,
    max_ratio=1440 / 512,
    presets={
        "1:1": Size(1024, 1024),
        "16:9": Size(1280, 720),
        "9:16": Size(720, 1280),
        "4:3": Size(1152, 864),
        "3:4": Size(864, 1152),
        "3:2": Size(1248, 832),
        "2:3": Size(832, 1248),
    },
)
"""wan2.2 and older: each side 512 to 1440 (the vendor's V2 page)."""

PIXELS_TO_1440 = SizeRule(
    min_side=512,
    max_side=2880,
    min_pixels=1280 * 1280,
    max_pixels=1440 * 1440,
    max_ratio=4.0,
    presets={
        "1:1": Size(1280, 1280),
        "16:9": Size(1728, 972),
        "9:16": Size(972, 1728),
        "4:3": Size(1480, 1110),
        "3:4": Size(1110, 1480),
        "3:2": Size(1584, 1056),
        "2:3": Size(1056, 1584),
    },
)
"""wan2.5 and wan2.6-t2i: 1280*1280 to 1440*1440 pixels in all, ratio 1:4 to 4:1 (the vendor's V2 page)."""

PIXELS_TO_2048 = SizeRule(
    min_side=272,
    max_side=5792,
    min_pixels=768 * 768,
    max_pixels=2048 * 2048,
    max_ratio=8.0,
    presets={
        "1:1": Size(2048, 2048),
        "16:9": Size(2560, 1440),
        "9:16": Size(1440, 2560),
        "4:3": Size(2304, 1728),
        "3:4": Size(1728, 2304),
        "3:2": Size(2496, 1664),
        "2:3": Size(1664, 2496),
    },
)
"""wan2.7-image: 768*768 to 2048*2048 pixels in all, ratio 1:8 to 8:1; by itself it draws 2K (the vendor's page on 2.7).

The sides follow from that. The price is the same for any size.
"""

PIXELS_TO_4096 = replace(PIXELS_TO_2048, max_side=11584, max_pixels=4096 * 4096)
"""wan2.7-image-pro: to 4096*4096 for whoever types it. Offered is 2K, which the vendor draws by itself: a picture of
4096*4096 seldom passes Discord's limit for files, and would then be shown as a smaller JPEG."""

EDITS_TO_2048 = SizeRule(
    min_side=384,
    max_side=4096,
    min_pixels=768 * 768,
    max_pixels=2048 * 2048,
    max_ratio=4.0,
    # Nobody chooses the size of an edit: this is the area that it has.
    presets={"1:1": Size(1024, 1024)},
)
"""wan2.6-image: 768*768 to 2048*2048 pixels in all, ratio 1:4 to 4:1; by itself it draws 1K (its page).

The sides follow from that.
"""

EDITS_TO_1280 = replace(EDITS_TO_2048, max_side=2560, max_pixels=1280 * 1280, presets={"1:1": Size(1280, 1280)})
"""wan2.5-i2i-preview: 768*768 to 1280*1280 pixels in all, the same ratio; by itself it draws 1280*1280 (its page)."""

EDITS_TO_4096 = SizeRule(
    min_side=512,
    max_side=16384,
    min_pixels=512 * 512,
    max_pixels=PIXEL_CAP,
    max_ratio=math.inf,
    presets={"1:1": Size(1024, 1024)},
)
"""wanx2.1-imageedit: what comes in has sides of 512 to 4096 and may be enlarged to four times that (its page), as long
as it can be decoded here. No size is sent; the preset is what a price is shown for."""

QWEN_2K = replace(PIXELS_TO_2048, min_side=182, min_pixels=512 * 512)
"""qwen-image-2.0 and -3.0: 512*512 to 2048*2048 pixels in all, by itself 2048*2048; of 3.0 the page names the ratio."""

QWEN_1K = replace(
    QWEN_2K,
    presets={
        "1:1": Size(1440, 1440),
        "16:9": Size(1920, 1080),
        "9:16": Size(1080, 1920),
        "4:3": Size(1664, 1248),
        "3:4": Size(1248, 1664),
        "3:2": Size(1728, 1152),
        "2:3": Size(1152, 1728),
    },
)
"""qwen-image-3.0-pro: the same. Offered is what costs half; the rest is for whoever types it."""

Z_IMAGE = replace(
    QWEN_2K,
    presets={
        "2:3": Size(1024, 1536),
        "1:1": Size(1280, 1280),
        "3:2": Size(1536, 1024),
        "4:3": Size(1472, 1104),
        "3:4": Size(1104, 1472),
        "16:9": Size(1536, 864),
        "9:16": Size(864, 1536),
    },
)
"""z-image-turbo: the same; by itself it draws 1024*1536 (its page)."""
