"""What members decide for themselves: in all servers at once, and in each for the requests that they make there."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.domain.requests.catalogue import Catalogue, fit_for
from bot.domain.requests.request import Options
from bot.domain.requests.typed_size import size_of
from bot.domain.text.enhance import Enhance
from bot.errors import InvalidRequest


class Told(StrEnum):
    """How a member is told that their pictures are there, beside the message that has them."""

    NOT = "not"
    PING = "ping"  # in the channel, each time
    DIRECT = "direct"  # by a direct message, each time


@dataclass(frozen=True, slots=True)
class ServerPreferences:
    """One member's preferences in one server; None: they decided nothing, so that what the server says holds.

    A model, size or number that can't be had is no reason to refuse a request: then it is as if nothing were said.

    Attributes:
        model: that draws where a request names none.
        size: as it is typed, of what is drawn from words.
        count: images of such a request, where they are no series.
        enhance: what becomes of a prompt first.
        private: only the member sees their pictures, where the server leaves that to them.
        told: how they are told that the pictures are there; None: by a ping, where that took long.
        shown_in_gallery: public pictures of theirs that many like may be shown in the gallery channel; by default not.
    """

    model: str | None = None
    size: str | None = None
    count: int | None = None
    enhance: Enhance | None = None
    private: bool | None = None
    told: Told | None = None
    shown_in_gallery: bool | None = None


@dataclass(frozen=True, slots=True)
class Preferences:
    """One member's preferences; None: they decided nothing, so that the default holds.

    Attributes:
        others_may_edit: their pictures, in servers whose settings allow it; by default they may.
        language: in which they are spoken to where they have asked for nothing just now, and of their cards; by
            default their client's, as Discord tells it with each request.
        here: those that hold in one server; of no server, nothing.
    """

    others_may_edit: bool | None = None
    language: str | None = None
    here: ServerPreferences = field(default_factory=ServerPreferences)

    @property
    def lets_others_edit(self) -> bool:
        """Whether others may edit the member's pictures, by their word or by default."""
        return self.others_may_edit is not False


def as_preferred(options: Options, own: ServerPreferences, allowed: Catalogue) -> list[Options]:
    """Return what a request may ask for, the most preferred first; the last is what it says itself.

    Whether a quota covers it, and whether its prompt fits the model, is judged later: what can't be had is followed by
    what asks for less.

    Args:
        options: what the member has said.
        own: their preferences; of what is edited, none of these holds.
        allowed: the models that the server allows.
    """
    if options.handed_in:
        return [options]
    wishes = (own, replace(own, count=None), replace(own, count=None, size=None, model=None))
    return list(dict.fromkeys([_filled(options, one, allowed) for one in wishes] + [options]))


def _filled(options: Options, own: ServerPreferences, allowed: Catalogue) -> Options:
    """Return options with preferences where nothing is said, those left out that the model can't do."""
    drawing = fit_for(allowed, takes_pictures=False, is_series=bool(options.series))
    preferred = own.model if own.model in drawing else None
    model = drawing.get(options.model or preferred or next(iter(drawing), ""))
    if model is None:
        return options
    model = model.drawing_series() if options.series else model
    count, size = options.count, options.size
    if count is None and own.count is not None and not options.series and own.count <= model.images_max:
        count = own.count
    if size is None and own.size is not None:
        try:
            size_of(own.size, model)
            size = own.size
        except InvalidRequest:
            # Another model than the one that it was chosen for.
            size = None
    return replace(options, model=options.model or preferred, size=size, count=count)


def enhance_of(options: Options, own: ServerPreferences, default: Enhance, *, is_on: bool) -> Enhance:
    """Return what becomes of a prompt first: what its member says or, of what draws from words, prefers.

    Args:
        options: what they have said.
        own: their preferences.
        default: the server's, where neither says anything.
        is_on: prompts can be rewritten.
    """
    if options.enhance is not None:
        return options.enhance
    # Who says whether the model may rewrite the prompt has chosen, too.
    is_chosen = options.enhanced is not None or options.prompt_extend is not None
    if options.handed_in or is_chosen or not is_on:
        return Enhance.OFF
    return default if own.enhance is None else own.enhance


def word_of_delivery(told: Told | None, *, took_long: bool) -> str:
    """Return what kind of message tells a member that their pictures are there; empty: none does.

    Args:
        told: what they prefer.
        took_long: they waited for so long that who prefers nothing is pinged.
    """
    if told is None:
        return "ping" if took_long else ""
    return {Told.NOT: "", Told.PING: "ping", Told.DIRECT: "delivered"}[told]
