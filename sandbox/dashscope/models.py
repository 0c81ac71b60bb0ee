"""The models that the stand-in knows: prices, limits and sizes as the vendor's pages print them."""

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class SizeRule:
    """Which ``W*H`` a model draws, in pixels; ratios are the longer side over the shorter."""

    min_side: int = 1
    max_side: int = 1_000_000
    min_pixels: int = 1
    max_pixels: int = 1440 * 1440
    max_ratio: float = 1_000_000.0

    def allows(self, width: int, height: int) -> bool:
        shorter, longer = sorted((width, height))
        return (
            self.min_side <= shorter
            and longer <= self.max_side
            and self.min_pixels <= width * height <= self.max_pixels
            and longer <= shorter * self.max_ratio
        )


BY_SIDE = SizeRule(min_side=512, max_side=1440)
"""wan2.2 and below: each side 512-1440."""

EDIT_BY_AREA = SizeRule(min_pixels=768 * 768, max_pixels=1280 * 1280, max_ratio=4.0)
"""wan2.5-i2i-preview: 768*768 to 1280*1280 pixels, 1:4 to 4:1 (its page)."""

BY_AREA = SizeRule(min_pixels=1280 * 1280, max_pixels=1440 * 1440, max_ratio=4.0)
"""wan2.5 and wan2.6-t2i: 1280*1280 to 1440*1440 pixels, 1:4 to 4:1 (the newest of the pages that disagree)."""

TO_2K = SizeRule(min_pixels=768 * 768, max_pixels=2048 * 2048, max_ratio=8.0)
"""wan2.7-image: 768*768 to 2048*2048 pixels, 1:8 to 8:1 (the vendor's page on 2.7)."""

TO_2K_BROAD = replace(TO_2K, max_ratio=4.0)
"""wan2.6-image: the same, 1:4 to 4:1 (its page)."""

TO_4K = SizeRule(min_pixels=768 * 768, max_pixels=4096 * 4096, max_ratio=8.0)
"""wan2.7-image-pro without a picture in and without a series: to 4096*4096."""

QWEN = SizeRule(min_pixels=512 * 512, max_pixels=2048 * 2048)
"""qwen-image-2.0 and z-image: 512*512 to 2048*2048 pixels (the vendor's pages, which name no ratio for these)."""

QWEN3 = replace(QWEN, max_ratio=8.0)
"""qwen-image-3.0: the same, 1:8 to 8:1 (the vendor's page on it)."""

LARGE_ABOVE = 2_250_000
"""Pixels above which a picture of qwen-image-3.0 is called 2k (the vendor's page on it)."""


@dataclass(frozen=True)
class PictureLimits:
    """Which pictures a model takes in, and what it draws of them.

    Attributes:
        most: how many in one create.
        sizes: the sizes that it draws of them.
        area_side: where the create names no size, that has as many pixels as a square of this side.
        max_bytes: of each.
        min_side: in pixels.
        max_side: in pixels.
        max_ratio: the longer side over the shorter.
        least: how many a create has to bring; 1: it draws nothing from words alone.
    """

    most: int
    sizes: SizeRule
    area_side: int
    max_bytes: int = 10 * 1024 * 1024
    min_side: int = 1
    max_side: int = 1_000_000
    max_ratio: float = 1_000_000.0
    least: int = 0


OLD, NEW = "text2image/image-synthesis", "image-generation/generation"
"""What is behind ``/services/aigc/`` for the older and the newer asynchronous protocol."""

EDIT = "image2image/image-synthesis"
"""The same for edits in the older protocol."""

SYNC = "multimodal-generation/generation"
"""The same for what answers with the pictures themselves."""

Usage = Literal["size", "sides", "tiers"]
"""In which form usage is told: the newer wan's, qwen-image-2.0's or qwen-image-3.0's."""


@dataclass(frozen=True)
class StandInModel:
    """One model.

    Attributes:
        name: what a create calls it.
        service: the path at which it is served, `OLD`, `EDIT`, `NEW` or `SYNC`.
        answers_too: it is also served at `SYNC`.
        price_micros: micro-yuan for one image.
        large_micros: the same for one of more than `LARGE_ABOVE` pixels; 0: it costs no more.
        rewritten_micros: the same for one whose prompt was rewritten; 0: it costs no more.
        input_micros: the same for each picture that comes in, which the free tier covers too; 0: they cost nothing.
        free_images: images that the free tier covers.
        prompt_limit: characters after which a prompt is silently cut; or tokens.
        counts_tokens: whether they are tokens.
        negative_limit: the same for the negative prompt.
        create_rate: creates accepted within `rate_s` seconds.
        rate_s: a second, or a minute.
        running: tasks that are worked on at once; further ones stay PENDING.
        sizes: the sizes it draws.
        default_size: ``W*H`` or a tier when a create names none.
        tiers: the words that it takes for a size.
        default_n: images when a create doesn't say how many.
        most_n: images that a create may ask for.
        rewrites: it knows ``prompt_extend``; others ignore it, as all that they don't know.
        rewrites_by_itself: what ``prompt_extend`` is where a create doesn't say.
        has_modes: it knows ``prompt_extend_mode`` and ``enable_thinking``.
        usage: how usage is told.
        says_text: beside its image it answers with the prompt as it was drawn.
        thinks: it knows ``thinking_mode`` and ``enable_sequential``.
        interleaves: it knows ``enable_interleave``, with which nothing is served here.
        tokens: of input and output, which usage tells and nobody bills.
        pictures: those that it takes in; of the tiers it draws 1K and 2K of them.
        boxes: rectangles that a create may name in each picture that comes in; 0: it knows none.
        has_functions: it changes one picture by a function; see `functions`.
    """

    name: str
    price_micros: int
    large_micros: int = 0
    rewritten_micros: int = 0
    input_micros: int = 0
    free_images: int = 0
    prompt_limit: int = 800
    counts_tokens: bool = False
    negative_limit: int = 500
    create_rate: int = 2
    rate_s: int = 1
    running: int = 2
    sizes: SizeRule = BY_SIDE
    default_size: str = "1024*1024"
    service: str = OLD
    answers_too: bool = False
    tiers: tuple[str, ...] = ()
    default_n: int = 4
    most_n: int = 4
    rewrites: bool = True
    rewrites_by_itself: bool = True
    has_modes: bool = False
    usage: Usage = "size"
    says_text: bool = False
    thinks: bool = False
    interleaves: bool = False
    tokens: tuple[int, int] = (0, 0)
    pictures: PictureLimits | None = None
    boxes: int = 0
    has_functions: bool = False

    @property
    def is_older(self) -> bool:
        """Whether it is asked and answers in the older protocol."""
        return self.service in (OLD, EDIT)

    def cost_micros(self, pixels: int, *, rewritten: bool) -> int:
        """Return what one image of so many pixels costs."""
        if self.large_micros and pixels > LARGE_ABOVE:
            return self.large_micros
        return self.rewritten_micros if rewritten and self.rewritten_micros else self.price_micros


SERVED_ELSEWHERE = ("wan2.6-", "wan2.7-", "qwen-image-2", "qwen-image-3", "qwen-image-max", "z-image-")
"""How the names of models begin that the vendor serves at other addresses, in another form, if not named below."""

# The tokens are those of the page's sample, which has pictures in. Guess: a prompt alone gives as many.
_WAN27 = StandInModel(
    "wan2.7-image",
    200_000,
    free_images=50,
    prompt_limit=5000,
    create_rate=5,
    running=5,
    sizes=TO_2K,
    default_size="2K",
    service=NEW,
    answers_too=True,
    tiers=("1K", "2K"),
    default_n=1,
    negative_limit=0,
    rewrites=False,
    thinks=True,
    tokens=(11015, 2),
    pictures=PictureLimits(9, TO_2K, 2048, 20 * 1024 * 1024, 240, 8000, 8.0),
    boxes=2,
)

# Guess: how many calls of a synchronous model are worked on at once; no page says it.
_QWEN2 = StandInModel(
    "qwen-image-2.0",
    200_000,
    free_images=100,
    prompt_limit=1300,
    counts_tokens=True,
    running=10,
    sizes=QWEN,
    default_size="2048*2048",
    service=SYNC,
    default_n=1,
    most_n=6,
    usage="sides",
    # The sides of 384 to 2048 pixels are the page's advice.
    pictures=PictureLimits(3, QWEN, 1024),
)
# Guess: all but price, free images and rates, since no page on how it is asked could be read; and that there is no task
# of it. Somebody measured sizes and number of images, and that pro takes no negative prompt.
_QWEN21 = replace(
    _QWEN2,
    name="qwen-image-2.1-turbo",
    price_micros=100_000,
    free_images=10,
    create_rate=120,
    rate_s=60,
    sizes=QWEN3,
)
# Guess: what it draws where no size is said; somebody measured 2048*2048.
_QWEN3 = replace(
    _QWEN2,
    name="qwen-image-3.0",
    price_micros=180_000,
    free_images=10,
    prompt_limit=4500,
    create_rate=20,
    rate_s=60,
    sizes=QWEN3,
    service=NEW,
    answers_too=True,
    has_modes=True,
    usage="tiers",
    input_micros=20_000,
    # Guess: its ratio; the page names one for sizes.
    pictures=PictureLimits(3, QWEN3, 1024, max_ratio=8.0),
)

# The first three have the limit of 800 from the page that the project started from; today's page says 500 for
# wanx2.1. Pass a model with `prompt_limit=500` to try that.
DEFAULT_MODELS = (
    StandInModel("wanx2.1-t2i-turbo", 140_000, free_images=500),
    StandInModel("wanx2.1-t2i-plus", 200_000, free_images=500),
    StandInModel("wanx2.0-t2i-turbo", 40_000, free_images=500),
    StandInModel("wan2.2-t2i-flash", 140_000, free_images=100, prompt_limit=500),
    StandInModel("wan2.2-t2i-plus", 200_000, free_images=100, prompt_limit=500),
    StandInModel(
        "wan2.5-t2i-preview",
        200_000,
        free_images=50,
        prompt_limit=2000,
        create_rate=5,
        running=5,
        sizes=BY_AREA,
        default_size="1280*1280",
    ),
    StandInModel(
        "wan2.6-t2i",
        200_000,
        free_images=50,
        prompt_limit=2100,
        create_rate=1,
        running=5,
        sizes=BY_AREA,
        default_size="1280*1280",
        service=NEW,
        answers_too=True,
    ),
    _WAN27,
    replace(_WAN27, name="wan2.7-image-pro", price_micros=500_000, sizes=TO_4K, tiers=("1K", "2K", "4K")),
    _QWEN2,
    replace(_QWEN2, name="qwen-image-2.0-pro", price_micros=500_000, rate_s=60),
    _QWEN21,
    replace(
        _QWEN21,
        name="qwen-image-2.1-pro",
        price_micros=250_000,
        negative_limit=0,
        create_rate=20,
        has_modes=True,
    ),
    _QWEN3,
    replace(_QWEN3, name="qwen-image-3.0-pro", price_micros=250_000, large_micros=500_000, create_rate=5),
    StandInModel(
        "z-image-turbo",
        100_000,
        rewritten_micros=200_000,
        free_images=100,
        running=10,
        sizes=QWEN,
        default_size="1024*1536",
        service=SYNC,
        negative_limit=0,
        default_n=1,
        most_n=1,
        rewrites_by_itself=False,
        usage="sides",
        says_text=True,
    ),
    # Guess: its tokens, of which the page shows none without texts.
    StandInModel(
        "wan2.6-image",
        200_000,
        free_images=50,
        prompt_limit=2000,
        create_rate=5,
        running=5,
        sizes=TO_2K_BROAD,
        default_size="1K",
        service=NEW,
        answers_too=True,
        tiers=("1K", "2K"),
        interleaves=True,
        pictures=PictureLimits(4, TO_2K_BROAD, 1024, min_side=240, max_side=8000, least=1),
    ),
    StandInModel(
        "wan2.5-i2i-preview",
        200_000,
        free_images=50,
        prompt_limit=2000,
        create_rate=5,
        running=5,
        sizes=EDIT_BY_AREA,
        service=EDIT,
        pictures=PictureLimits(3, EDIT_BY_AREA, 1280, min_side=384, max_side=5000, least=1),
    ),
    StandInModel(
        "wanx2.1-imageedit",
        140_000,
        free_images=500,
        service=EDIT,
        default_n=1,
        negative_limit=0,
        rewrites=False,
        pictures=PictureLimits(1, BY_SIDE, 1024, min_side=512, max_side=4096, least=1),
        has_functions=True,
    ),
)

_SINGAPORE = {
    "wanx2.1-t2i-turbo": {"price_micros": 183_481},
    "wanx2.1-t2i-plus": {"price_micros": 366_962},
    "wan2.2-t2i-flash": {"price_micros": 183_481},
    "wan2.2-t2i-plus": {"price_micros": 366_962},
    "wan2.5-t2i-preview": {"price_micros": 220_177},
    "wan2.5-i2i-preview": {"price_micros": 220_177},
    "wan2.6-t2i": {"price_micros": 220_177},
    "wan2.6-image": {"price_micros": 220_177},
    "wan2.7-image": {"price_micros": 224_826},
    "wan2.7-image-pro": {"price_micros": 562_065},
    "qwen-image-2.0": {"price_micros": 256_873},
    "qwen-image-2.0-pro": {"price_micros": 550_443},
    "qwen-image-2.1-turbo": {"price_micros": 113_362},
    "qwen-image-2.1-pro": {"price_micros": 283_404},
    "qwen-image-3.0": {"price_micros": 224_826, "input_micros": 22_483},
    "qwen-image-3.0-pro": {"price_micros": 299_768, "large_micros": 562_065, "input_micros": 22_483},
    "z-image-turbo": {"price_micros": 110_089, "rewritten_micros": 220_177},
}

SINGAPORE_MODELS = tuple(
    replace(model, **_SINGAPORE[model.name], free_images=0) for model in DEFAULT_MODELS if model.name in _SINGAPORE
)
"""The models that the vendor has in Singapore, at its prices there (its page on prices); none has free images."""
