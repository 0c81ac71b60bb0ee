"""The ways in which a model changes a picture, each with fields of its own."""

from dataclasses import dataclass, fields
from enum import StrEnum

from bot.domain.pictures.inputs import HandedIn
from bot.domain.requests.sizes import Size
from bot.errors import InvalidRequest


class Function(StrEnum):
    """What is done to a picture; the words of the database."""

    INSTRUCT = "instruct"  # as the words say
    REGION = "region"  # the same within the white of a mask, or within chosen fields
    STYLE = "style"  # the whole of it in another style
    PART_STYLE = "part-style"  # a part of it in another
    UNMARK = "unmark"  # without its watermark
    EXPAND = "expand"  # with more around it
    ENLARGE = "enlarge"
    COLOUR = "colour"  # a black-and-white one in colours
    SKETCH = "sketch"  # a drawing made into a picture
    CARTOON = "cartoon"  # with its cartoon figure in another scene


UNASKED = frozenset(Function) - {Function.UNMARK}
"""What a model with functions does unless the operator says otherwise: a watermark may be somebody's right."""

WITHOUT_WORDS = frozenset({Function.REGION, Function.UNMARK, Function.EXPAND, Function.ENLARGE, Function.COLOUR})
"""What needs no instruction; without one, what lies in a region is taken away."""

SIDES = ("left", "right", "top", "bottom")

MOST_ADDED = 100
"""Percent of the picture that can be added at a side: the vendor's scale of 2.0."""

FACTOR_MAX = 4
"""The vendor's largest ``upscale_factor``; with 1 it only sharpens."""

FACTOR_UNASKED = 2

STRENGTH_UNASKED = 50
"""Percent; the vendor's default of 0.5."""

FIELDS: dict[Function, tuple[str, ...]] = {
    Function.INSTRUCT: ("strength",),
    Function.STYLE: ("strength",),
    Function.REGION: ("mask", "region"),
    Function.EXPAND: SIDES,
    Function.ENLARGE: ("factor",),
    Function.SKETCH: ("line_art",),
}
"""Which options belong to a function; the others have none."""


@dataclass(frozen=True, slots=True)
class EditOptions:
    """The options of ``/edit`` that belong to a function, before anything is checked; None where there are none.

    Attributes:
        function: as it was chosen or typed.
        strength: percent.
        left: percent to be added there, as `right`, `top` and `bottom`.
        factor: by which it is enlarged.
        line_art: the picture is a drawing of lines already.
        mask: a picture that is white where something is to change.
        region: the member is to choose by buttons where something is to change; never False.
    """

    function: str | None = None
    strength: int | None = None
    left: int | None = None
    right: int | None = None
    top: int | None = None
    bottom: int | None = None
    factor: int | None = None
    line_art: bool | None = None
    mask: HandedIn | None = None
    region: bool | None = None

    @property
    def lone_field(self) -> str:
        """The first field of those that were given where no function was chosen; empty where there is none."""
        return next(iter(_given(self)), "") if self.function is None else ""


NOTHING_SAID = EditOptions()


@dataclass(frozen=True, slots=True)
class Edit:
    """What is done to a picture, with the fields of its function; the others have no meaning.

    Attributes:
        strength: percent, 0 to 100: how far the result may be from the picture.
        left: percent of the picture that is added there, as `right`, `top` and `bottom`; 0 to 100.
        factor: by which it is enlarged, 1 to 4.
        line_art: the picture is a drawing of lines already.
    """

    function: Function
    strength: int = STRENGTH_UNASKED
    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0
    factor: int = FACTOR_UNASKED
    line_art: bool = False

    def size_of(self, width: int, height: int) -> Size:
        """Return the size that a picture of so many pixels has afterwards, as far as the vendor's page tells."""
        factor = self.factor if self.function is Function.ENLARGE else 1
        wide, high = (100 + self.left + self.right, 100 + self.top + self.bottom)
        return Size(width * factor * wide // 100, height * factor * high // 100)


def function_of(wanted: EditOptions) -> Function:
    """Return the function that is asked for: whoever has a mask or chooses a region means that, whoever has none words.

    Raises:
        InvalidRequest: if there is none of that name.
    """
    if wanted.function is None:
        return Function.REGION if wanted.mask is not None or wanted.region else Function.INSTRUCT
    try:
        return Function(wanted.function)
    except ValueError:
        raise InvalidRequest("invalid-function", function=wanted.function) from None


def check_choosing(wanted: EditOptions) -> None:
    """Refuse what goes with choosing a region by buttons with no model at all.

    Raises:
        InvalidRequest: saying what would do.
    """
    if not wanted.region:
        return
    if wanted.mask is not None:
        raise InvalidRequest("invalid-region-mask")
    if function_of(wanted) is not Function.REGION or not {*_given(wanted)} <= {*FIELDS[Function.REGION]}:
        # Each other hint would lead from one pair that is wrong to the next.
        raise InvalidRequest("invalid-region-field")


def check_edit(wanted: EditOptions) -> Edit:
    """Turn the options into what is done to a picture, by a model that has the function.

    Raises:
        InvalidRequest: saying what is wrong and what would do.
    """
    function = function_of(wanted)
    for name in _given(wanted):
        if name not in FIELDS.get(function, ()):
            raise InvalidRequest("invalid-side-field" if name in SIDES else f"invalid-{name}-field")
    if function is Function.REGION and wanted.mask is None and not wanted.region:
        raise InvalidRequest("invalid-mask-missing")
    if function is Function.EXPAND and not any(getattr(wanted, side) for side in SIDES):
        raise InvalidRequest("invalid-side-missing", most=MOST_ADDED)
    return Edit(
        function,
        strength=_within("strength", wanted.strength, 0, 100, STRENGTH_UNASKED),
        **{side: _within("side", getattr(wanted, side), 0, MOST_ADDED, 0) for side in SIDES},
        factor=_within("factor", wanted.factor, 1, FACTOR_MAX, FACTOR_UNASKED),
        line_art=bool(wanted.line_art),
    )


def _given(wanted: EditOptions) -> list[str]:
    """Return the names of the fields that the member gave, without the function."""
    names = (field.name for field in fields(EditOptions) if field.name != "function")
    return [name for name in names if getattr(wanted, name) is not None]


def _within(name: str, value: int | None, least: int, most: int, unasked: int) -> int:
    if value is None:
        return unasked
    if not least <= value <= most:
        raise InvalidRequest(f"invalid-{name}", value=value, least=least, most=most)
    return value
