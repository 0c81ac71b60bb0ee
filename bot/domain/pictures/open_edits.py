"""Pictures of a message that somebody wants to have edited: which ones, and whose they may be."""

from dataclasses import dataclass

from bot.domain.pictures.inputs import HandedIn


@dataclass(frozen=True, slots=True)
class Source:
    """The message that pictures are taken from, by Discord's word.

    Attributes:
        author_id: the member's who posted it; 0: it is a card of this bot, whose member its job names.
        is_ephemeral: one person alone sees it.
    """

    message_id: int
    author_id: int
    is_ephemeral: bool


@dataclass(frozen=True, slots=True)
class OpenEdit:
    """What a form is about that somebody has opened on a message.

    Attributes:
        id: of the interaction that opened it.
        member_id: who has opened it.
        pictures: of the message, in its order.
    """

    id: int
    server_id: int
    channel_id: int
    member_id: int
    source: Source
    pictures: tuple[HandedIn, ...]
