"""The models that the stand-in knows: prices, limits and sizes as the vendor's pages print them."""

from dataclasses import dataclass, replace


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

BY_AREA = SizeRule(min_pixels=1280 * 1280, max_pixels=1440 * 1440, max_ratio=4.0)
"""wan2.5 and wan2.6-t2i: 1280*1280 to 1440*1440 pixels, 1:4 to 4:1 (the newest of the pages that disagree)."""

TO_2K = SizeRule(min_pixels=768 * 768, max_pixels=2048 * 2048, max_ratio=8.0)
"""wan2.7-image: 768*768 to 2048*2048 pixels, 1:8 to 8:1 (the vendor's page on 2.7)."""

TO_4K = SizeRule(min_pixels=768 * 768, max_pixels=4096 * 4096, max_ratio=8.0)
"""wan2.7-image-pro without a picture in and without a series: to 4096*4096."""

OLD, NEW = "text2image/image-synthesis", "image-generation/generation"
"""What is behind ``/services/aigc/`` for the older and the newer asynchronous protocol."""


@dataclass(frozen=True)
class StandInModel:
    """One text-to-image model.

    Attributes:
        name: what a create calls it.
        service: the path at which it is served, `OLD` or `NEW`.
        price_micros: micro-yuan for one image.
        free_images: images that the free tier covers.
        prompt_limit: characters after which a prompt is silently cut.
        negative_limit: the same for the negative prompt.
        create_rate: creates accepted within a second.
        running: tasks that are worked on at once; further ones stay PENDING.
        sizes: the sizes it draws.
        default_size: ``W*H`` or a tier when a create names none.
        tiers: the words that it takes for a size.
        default_n: images when a create doesn't say how many.
        rewrites: it knows ``negative_prompt`` and ``prompt_extend``; others ignore them, as all that they don't know.
        thinks: it knows ``thinking_mode`` and ``enable_sequential``.
        tokens: of input and output, which usage tells and nobody bills.
    """

    name: str
    price_micros: int
    free_images: int = 0
    prompt_limit: int = 800
    negative_limit: int = 500
    create_rate: int = 2
    running: int = 2
    sizes: SizeRule = BY_SIDE
    default_size: str = "1024*1024"
    service: str = OLD
    tiers: tuple[str, ...] = ()
    default_n: int = 4
    rewrites: bool = True
    thinks: bool = False
    tokens: tuple[int, int] = (0, 0)


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
    tiers=("1K", "2K"),
    default_n=1,
    rewrites=False,
    thinks=True,
    tokens=(11015, 2),
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
    ),
    _WAN27,
    replace(_WAN27, name="wan2.7-image-pro", price_micros=500_000, sizes=TO_4K, tiers=("1K", "2K", "4K")),
)
