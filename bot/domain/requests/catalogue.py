"""The models that the image service offers, with their prices and limits."""

from collections.abc import Collection
from dataclasses import replace

from bot.domain.pictures.inputs import PictureRule
from bot.domain.pictures.region import MOST_BOXES
from bot.domain.requests.edits import UNASKED, Function
from bot.domain.requests.model import Model, Protocol, Series
from bot.domain.requests.sizes import (
    EDITS_TO_1280,
    EDITS_TO_2048,
    EDITS_TO_4096,
    PIXELS_TO_1440,
    PIXELS_TO_2048,
    PIXELS_TO_4096,
    QWEN_1K,
    QWEN_2K,
    SIDES_TO_1440,
    Z_IMAGE,
)

WORDS_ALONE = frozenset({"thinking_mode"})
"""Parameters for neither pictures that come in nor a series: wan2.7 thinks about words alone (the vendor's page)."""

_SYNCHRONOUS = frozenset({Protocol.MULTIMODAL})

_WAN27 = Model(
    "wan2.7-image",
    200_000,
    5000,
    PIXELS_TO_2048,
    protocol=Protocol.IMAGE_GENERATION,
    other_protocols=_SYNCHRONOUS,
    negative_prompt_limit=0,
    takes_rewriting=False,
    # Thinking takes time, makes better pictures and costs nothing; the vendor does it by default, but not for a series.
    fixed={"enable_sequential": False, "thinking_mode": True},
    create_rate=5,
    running_tasks=5,
    # The vendor's page on wan2.7: 0 to 9 pictures of up to 20 MB.
    pictures=PictureRule(9, 20 * 1024 * 1024, 240, 8000, 8.0, text_only=WORDS_ALONE),
    boxes=MOST_BOXES,
    # Also of pro a series has at most 2K.
    series=Series(PIXELS_TO_2048, {"enable_sequential": True}),
)

# No page says how many calls of a synchronous model may be under way: two are, as with the older models.
_QWEN2 = Model(
    "qwen-image-2.0",
    200_000,
    1300,
    QWEN_2K,
    counts_word_pieces=True,
    protocol=Protocol.MULTIMODAL,
    images_max=6,
    is_offered=False,
    # The vendor's page on qwen-image: 1 to 3 pictures of up to 10 MB. The 384 to 2048 pixels of a side are its advice,
    # and it names no ratio. What it draws of them by itself has about 1024*1024 pixels.
    pictures=PictureRule(3, 10 * 1024 * 1024, drawn_pixels=1024 * 1024),
)
_QWEN3 = replace(
    _QWEN2,
    name="qwen-image-3.0",
    price_micros=180_000,
    prompt_limit=4500,
    protocol=Protocol.IMAGE_GENERATION,
    other_protocols=_SYNCHRONOUS,
    # The vendor's pages on it and on prices: 1 to 3 pictures of up to 10 MB, each billed. Its ratio is that of sizes.
    input_price_micros=20_000,
    pictures=PictureRule(3, 10 * 1024 * 1024, max_ratio=8.0, drawn_pixels=1024 * 1024),
    # As with wan2.7, and also what the vendor does by itself.
    fixed={"enable_thinking": True},
    create_rate=20 / 60,
    running_tasks=10,
)

# The vendor's pages name their prices, rates and free images, and that they draw while one waits. The rest is what
# others measured: sizes, number of images, and that pro takes no negative prompt. Where nobody is sure, the narrower
# is taken: tokens and pictures in as with version 2.0, no mark, and no task to ask after, though rates for tasks are
# listed.
_QWEN21 = replace(
    _QWEN2,
    name="qwen-image-2.1-turbo",
    price_micros=100_000,
    takes_watermark=False,
    create_rate=120 / 60,
    running_tasks=10,
)

_WAN26_EDITS = Model(
    "wan2.6-image",
    200_000,
    2000,
    EDITS_TO_2048,
    protocol=Protocol.IMAGE_GENERATION,
    other_protocols=_SYNCHRONOUS,
    # Texts between the pictures are another way to use it, in which it needs none to come in.
    fixed={"enable_interleave": False},
    create_rate=5,
    running_tasks=5,
    is_offered=False,
    # The vendor's page on wan2.6-image: 1 to 4 pictures of up to 10 MB, of 240 to 8000 pixels; it names no ratio.
    pictures=PictureRule(4, 10 * 1024 * 1024, 240, 8000),
    edits_only=True,
)

# Prices in micro-yuan, prompt limits and rates: the seed document for wanx2.x; for the rest the vendor's V2 page (to
# wan2.6), its pages on wan2.7, qwen-image and z-image, and on prices and rates (Beijing, October 2026). The vendor's
# newer page cuts wanx2.1 prompts at 500 characters where the seed says 800. The qwen and z models, and those that edit
# only, are offered once the configuration names them: nobody's bill is to grow by a new version of the program.
BUILT_IN = {
    model.name: model
    for model in (
        Model("wanx2.1-t2i-turbo", 140_000, 800, SIDES_TO_1440, prompt_note_above=500),
        Model("wanx2.1-t2i-plus", 200_000, 800, SIDES_TO_1440, prompt_note_above=500),
        Model("wanx2.0-t2i-turbo", 40_000, 800, SIDES_TO_1440),
        Model("wan2.2-t2i-flash", 140_000, 500, SIDES_TO_1440),
        Model("wan2.2-t2i-plus", 200_000, 500, SIDES_TO_1440),
        Model("wan2.5-t2i-preview", 200_000, 2000, PIXELS_TO_1440, create_rate=5, running_tasks=5),
        Model(
            "wan2.6-t2i",
            200_000,
            2100,
            PIXELS_TO_1440,
            protocol=Protocol.IMAGE_GENERATION,
            other_protocols=_SYNCHRONOUS,
            create_rate=1,
            running_tasks=5,
        ),
        _WAN27,
        replace(_WAN27, name="wan2.7-image-pro", price_micros=500_000, sizes=PIXELS_TO_4096),
        _QWEN2,
        replace(_QWEN2, name="qwen-image-2.0-pro", price_micros=500_000, create_rate=2 / 60),
        _QWEN21,
        replace(
            _QWEN21,
            name="qwen-image-2.1-pro",
            price_micros=250_000,
            negative_prompt_limit=0,
            # As with qwen-image-3.0.
            fixed={"enable_thinking": True},
            create_rate=20 / 60,
        ),
        _QWEN3,
        replace(
            _QWEN3,
            name="qwen-image-3.0-pro",
            price_micros=250_000,
            large_price_micros=500_000,
            sizes=QWEN_1K,
            create_rate=5 / 60,
        ),
        Model(
            "z-image-turbo",
            100_000,
            800,
            Z_IMAGE,
            protocol=Protocol.MULTIMODAL,
            images_max=1,
            negative_prompt_limit=0,
            rewrites_unasked=False,
            takes_watermark=False,
            is_offered=False,
            rewritten_price_micros=200_000,
        ),
        _WAN26_EDITS,
        Model(
            "wan2.5-i2i-preview",
            200_000,
            2000,
            EDITS_TO_1280,
            protocol=Protocol.IMAGE_TO_IMAGE,
            create_rate=5,
            running_tasks=5,
            is_offered=False,
            # The vendor's page on it: 1 to 3 pictures of up to 10 MB, of 384 to 5000 pixels; it names no ratio.
            pictures=PictureRule(3, 10 * 1024 * 1024, 384, 5000),
            edits_only=True,
        ),
        Model(
            "wanx2.1-imageedit",
            140_000,
            800,
            EDITS_TO_4096,
            protocol=Protocol.IMAGE_EDIT,
            negative_prompt_limit=0,
            takes_rewriting=False,
            is_offered=False,
            # The vendor's page on it: one picture of up to 10 MB, of 512 to 4096 pixels; it names no ratio.
            pictures=PictureRule(1, 10 * 1024 * 1024, 512, 4096),
            edits_only=True,
            functions=UNASKED,
        ),
    )
}

FREE_TIER_DAYS = 90
"""How long the free tier lasts by the vendor's newer pages; older ones say 180. The operator sets what the account
shows; where they don't, images count as paid too soon rather than as free too long."""

Catalogue = dict[str, Model]
"""Models by name; the first is what a member gets who names none."""


def name_in(catalogue: Catalogue, typed: str | None) -> str | None:
    """Return the name of the model that somebody means who typed it in other letters; what means none as it is."""
    if typed is None or typed in catalogue:
        return typed
    folded = {name.casefold(): name for name in catalogue}
    return folded.get(typed.strip().casefold(), typed)


def with_last(catalogue: Catalogue, names: Collection[str]) -> Catalogue:
    """Return the same models, those of these names behind all others: the default is none of them if it can."""
    return dict(sorted(catalogue.items(), key=lambda item: item[0] in names))


def taking_pictures(catalogue: Catalogue) -> Catalogue:
    """Return the models that take pictures in."""
    return {name: model for name, model in catalogue.items() if model.pictures is not None}


def fit_for(
    catalogue: Catalogue, *, takes_pictures: bool, function: Function | None = None, is_series: bool = False
) -> Catalogue:
    """Return the models that edit pictures, or those that draw from words alone; some do both.

    Args:
        catalogue: of which.
        takes_pictures: whether they edit.
        function: that they have to have; None: any.
        is_series: whether those that draw from words have to draw a series.
    """
    if function is not None:
        return {name: model for name, model in catalogue.items() if function in model.functions}
    if takes_pictures:
        return taking_pictures(catalogue)
    return {
        name: model
        for name, model in catalogue.items()
        if not model.edits_only and (model.series is not None or not is_series)
    }
