"""Pictures that are handed in to be edited: which ones a model takes, and what is kept of one."""

from dataclasses import dataclass, field
from math import inf
from pathlib import PurePosixPath

DATA_URI_MAX_BYTES = 10 * 1024 * 1024
"""The service takes no longer data URI ("Exceeded limit on max bytes per data-uri item : 10485760").

All pictures of a request share it here: all has to arrive while an answer is waited for, from a home's line too."""

MEDIA_TYPES = {".jpg": "image/jpeg", ".png": "image/png"}
"""What a picture is called in its data URI, by the ending of its file: all are kept as one of these."""


@dataclass(frozen=True, slots=True)
class PictureRule:
    """Which pictures a model takes in.

    Attributes:
        most: pictures in one request.
        max_bytes: of a file as it is handed in.
        min_side: of each side, in pixels.
        max_side: the same; infinite where the vendor names none.
        max_ratio: the longer side is at most this many times the shorter; infinite likewise.
        text_only: those of the model's fixed parameters that it knows only where no picture comes in.
        drawn_pixels: about how many pixels what is drawn of them has; None: as many as the model's default size.
    """

    most: int
    max_bytes: int
    min_side: int = 1
    max_side: float = inf
    max_ratio: float = inf
    text_only: frozenset[str] = frozenset()
    drawn_pixels: int | None = None


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A picture as somebody hands it in, by Discord's word alone.

    Attributes:
        url: where it can be fetched; its query string is a key to it for a day.
        filename: as the member's file is called.
        size_bytes: of the file.
    """

    url: str = field(repr=False)
    filename: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ReferencePicture:
    """A picture of a set that is kept, which a request brings along.

    Attributes:
        path: of the kept file; the request gets a copy of its own.
        filename: as it is called to its member.
        size_bytes: of the file.
    """

    path: str
    filename: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class MadePicture:
    """A picture that this bot has made, whose file is kept.

    Attributes:
        path: of the kept file; the request gets a copy of its own.
        filename: as it is called to its member.
        size_bytes: of the file.
    """

    path: str
    filename: str
    size_bytes: int


Brought = HandedIn | ReferencePicture | MadePicture
"""A picture that comes in with a request."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture that was handed in, as it is sent.

    Attributes:
        data: the bytes of a JPEG or PNG of 8 bits for each of red, green and blue, and nothing behind it.
        ending: one of `MEDIA_TYPES`.
        width: pixels.
        height: pixels.
        is_scaled: it was made smaller, since it would not have fitted a data URI.
        is_flattened: it had transparent parts, which are white now.
        came_with: the pixels of its width and height before that, upright.
        is_mask: it is no picture, but says by its white what of the picture before it is to change.
    """

    data: bytes = field(repr=False)
    ending: str
    width: int
    height: int
    is_scaled: bool
    is_flattened: bool
    came_with: tuple[int, int]
    is_mask: bool = False


@dataclass(frozen=True, slots=True)
class InputPicture:
    """A picture that came in with a request, as it is kept and sent; see `Prepared`.

    Attributes:
        path: of the kept file; empty once it is erased.
        is_kept: it is a copy of one of a set that is kept, and was not handed in with the request.
    """

    path: str
    size_bytes: int
    width: int
    height: int
    is_scaled: bool
    is_flattened: bool
    is_mask: bool = False
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class SentPicture:
    """What goes to the image service of a picture that came in, or of a mask."""

    media_type: str
    data: bytes = field(repr=False)
    is_mask: bool = False

    @classmethod
    def of(cls, picture: InputPicture, data: bytes) -> "SentPicture":
        """Return a kept file as it is sent."""
        return cls(MEDIA_TYPES[PurePosixPath(picture.path).suffix], data, picture.is_mask)


def data_uri_bytes(ending: str, size_bytes: int) -> int:
    """Return how long the data URI of a file is: three bytes are four characters in it."""
    return len(f"data:{MEDIA_TYPES[ending]};base64,") + (size_bytes + 2) // 3 * 4
