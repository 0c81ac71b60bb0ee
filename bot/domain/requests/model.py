"""What a model of the image service is: how it is asked, what it takes, and what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.pictures.inputs import PictureRule
from bot.domain.requests.edits import Function
from bot.domain.requests.sizes import SizeRule
from bot.domain.time.periods import midnight_ms

VENDOR_ZONE = ZoneInfo("Asia/Shanghai")
"""The vendor's days and months end at midnight in Beijing."""

SEED_MAX = 2_147_483_647
"""The vendor's largest seed: 2**31 - 1."""

MOST_IMAGES = 10
"""In one request: a message of Discord's has no more attachments (resources/message.mdx). A series of wan2.7 would go
to twelve, and no model draws more than six that are no series (the vendor's pages)."""

NEGATIVE_PROMPT_MAX = 500
"""Characters of a negative prompt; the vendor cuts what is longer without a word."""


class Protocol(StrEnum):
    """In which form the vendor is asked for pictures, and in which it answers; the words of the configuration."""

    TEXT_TO_IMAGE = "text-to-image"  # wan2.5 and older
    IMAGE_TO_IMAGE = "image-to-image"  # those of them that only edit: the same with pictures, at an address of its own
    IMAGE_EDIT = "image-edit"  # the same with a function
    IMAGE_GENERATION = "image-generation"  # wan2.6 and newer: a message in, choices out
    MULTIMODAL = "multimodal-generation"  # the same, but one waits for the pictures: there is no task to ask after

    @property
    def is_synchronous(self) -> bool:
        """Whether a create is answered with the pictures; what is lost with its answer can't be asked for."""
        return self is Protocol.MULTIMODAL


class AreaTier(StrEnum):
    """How the vendor counts the area of a picture, where its price depends on that."""

    SMALL = "small"  # the vendor's 1k
    LARGE = "large"  # its 2k


LARGE_ABOVE = 2_250_000
"""Pixels above which a picture is large: 1500*1500 (the vendor's page on qwen-image-3.0)."""


@dataclass(frozen=True, slots=True)
class FreeTier:
    """The images that the vendor gives an account per model.

    Attributes:
        images: how many in all.
        started: the day on which the account got them, in Beijing.
        days: how many days they last.
        used_before: how many were used before this bot or by other programs.
    """

    images: int
    started: date
    days: int
    used_before: int = 0

    @property
    def starts_ms(self) -> int:
        """The millisecond from which it counts."""
        return midnight_ms(self.started, VENDOR_ZONE)

    @property
    def expires_ms(self) -> int:
        """The millisecond from which it is gone."""
        return midnight_ms(self.started + timedelta(days=self.days), VENDOR_ZONE)

    @property
    def key(self) -> str:
        """Names this grant of the tier, so that a later one counts from zero."""
        return self.started.isoformat()


@dataclass(frozen=True, slots=True)
class Series:
    """How a model draws a series: images that belong together, of which it picks the number itself, up to a most.

    Attributes:
        sizes: in which it draws one.
        fixed: what is sent in place of the model's own ``fixed``.
    """

    sizes: SizeRule
    fixed: Mapping[str, bool | int | str]


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the image service; its lane is the model of one API key.

    Attributes:
        price_micros: micro-yuan per image that the vendor bills; see `prices.price_of`.
        prompt_limit: characters after which the vendor cuts without a word; or tokens.
        counts_word_pieces: they are tokens, pieces of words.
        protocol: how it is asked.
        other_protocols: how it could be asked as well.
        images_max: images that one request may ask for.
        negative_prompt_limit: characters of a negative prompt; 0: it takes none.
        takes_rewriting: it can have the prompt rewritten before it draws, and be told not to.
        rewrites_unasked: it does where the member says nothing of it.
        takes_watermark: it can put the vendor's mark on a picture.
        fixed: further parameters of the vendor's, the same in every create.
        prompt_note_above: characters above which the vendor's newer page says that it cuts; None: no such doubt.
        create_rate: creates per second that the vendor admits.
        running_tasks: tasks that the vendor runs at once.
        ahead: tasks that may wait in the vendor's PENDING beyond those, so that no slot idles.
        free_tier: None where none is assumed.
        is_offered: members may use it though the configuration does not name it.
        large_price_micros: of an image of more than ``large_above`` pixels; None: any area costs the same.
        large_above: pixels.
        rewritten_price_micros: of an image whose prompt the service rewrites; None: rewriting costs nothing.
        input_price_micros: of each picture that comes in, which the free tier counts too; None: they cost nothing.
        pictures: which pictures it takes in, to edit them; None: none.
        edits_only: it draws nothing from words alone.
        functions: by which it edits; none: by words alone.
        boxes: rectangles of a picture within which it can be told to change something; 0: it knows none.
        series: how it draws a series; None: it can't.
        goes_offline: the day on which it does, in Beijing, unless the vendor names another; None: nobody said.
    """

    name: str
    price_micros: int
    prompt_limit: int
    sizes: SizeRule
    counts_word_pieces: bool = False
    protocol: Protocol = Protocol.TEXT_TO_IMAGE
    other_protocols: frozenset[Protocol] = frozenset()
    images_max: int = 4
    negative_prompt_limit: int = NEGATIVE_PROMPT_MAX
    takes_rewriting: bool = True
    rewrites_unasked: bool = True
    takes_watermark: bool = True
    fixed: Mapping[str, bool | int | str] = field(default_factory=dict[str, bool | int | str])
    prompt_note_above: int | None = None
    create_rate: float = 2
    running_tasks: int = 2
    ahead: int = 1
    free_tier: FreeTier | None = None
    is_offered: bool = True
    large_price_micros: int | None = None
    large_above: int = LARGE_ABOVE
    rewritten_price_micros: int | None = None
    input_price_micros: int | None = None
    pictures: PictureRule | None = None
    edits_only: bool = False
    functions: frozenset[Function] = frozenset()
    boxes: int = 0
    series: Series | None = None
    goes_offline: date | None = None

    @property
    def said_to_end_ms(self) -> int:
        """When it goes offline by the configuration; 0: that says nothing of it."""
        return midnight_ms(self.goes_offline, VENDOR_ZONE) if self.goes_offline else 0

    @property
    def takes_region(self) -> bool:
        """Whether it can be told which part of a picture is to change."""
        return bool(self.boxes) or Function.REGION in self.functions

    def drawing_series(self) -> "Model":
        """Return the model as it draws a series; one that can't stays as it is."""
        if self.series is None:
            return self
        return replace(self, sizes=self.series.sizes, fixed=self.series.fixed, images_max=MOST_IMAGES)
