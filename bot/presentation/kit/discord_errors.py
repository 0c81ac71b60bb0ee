"""What Discord's refusals mean for a message that is to be sent or edited."""

import re
from enum import Enum, auto
from json import JSONDecodeError

import discord

from bot.errors import NotAPicture, PicturesUnreadable

UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK = 10008, 10015

GONE_CODES = frozenset({10003, 10004, UNKNOWN_MESSAGE})
"""Unknown channel, guild, message (topics/opcodes-and-status-codes)."""

DEAD_TOKEN_CODES = frozenset({UNKNOWN_WEBHOOK, 50027})
"""Unknown webhook, invalid webhook token: the interaction's 15 minutes are over."""

CLOSED_CODES = frozenset({50007, 50278})
"""Cannot send messages to this user: they take none from the bot, or share no server with it."""

TOO_LARGE_CODES = frozenset({40005, 50045})

UNKNOWN_INTERACTION = 10062
"""The first answer came after Discord's three seconds, or a second attempt of it did."""

TOO_LATE_CODES = frozenset({UNKNOWN_INTERACTION, *DEAD_TOKEN_CODES})
"""An answer that came after its time, or after a first one that was lost on its way."""

ALREADY_ACKNOWLEDGED = 40060
"""Interaction has already been acknowledged: whether by us is another question."""

THREAD_CLOSED = 50083
"""Thread is archived."""

LOCKED_CODES = frozenset({THREAD_CLOSED, 160005})
"""Thread is archived, or locked, and it is not for us to open it."""

PASSING_CODES = frozenset({20016, 20022, 20028, 20029, 30046, 40003, 40004, 40006, 40062, 130000})
"""Some limit on how often something may be done, such as editing a message that is older than an hour or opening direct
messages, whatever the status that it comes with; a feature that is off for a while; or a service that is overloaded."""

OUR_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    FileNotFoundError,
    PermissionError,
    NotAPicture,
)
"""What neither Discord nor the way to it raises, but this program, or a picture that was lost from its folder."""

NOT_ITS_WORDS = (JSONDecodeError, UnicodeDecodeError)
"""Some proxy answered in Discord's place. To Python both are a ValueError."""


class Verdict(Enum):
    LATER = auto()  # Discord is not to be reached now: some later attempt will help
    FAULT = auto()  # something is wrong on our side: it may help to try again, but not for ever
    TOKEN_DEAD = auto()
    GONE = auto()
    FORBIDDEN = auto()
    LOCKED = auto()  # a thread that was closed, and is not opened for us
    CLOSED = auto()  # somebody takes no direct messages: no permission would help
    TOO_LARGE = auto()
    REFUSED = auto()  # this request is wrong
    UNREADABLE = auto()  # it is not Discord: the pictures can't be read


LONGEST_ERROR = 200
"""Characters of an error in the log: what a proxy answers may be a page."""

ADDRESS = re.compile(r"https?://\S+")
"""aiohttp names the whole of it where a connection was not made in time."""

BY_CODE = {
    **dict.fromkeys(TOO_LARGE_CODES, Verdict.TOO_LARGE),
    **dict.fromkeys(GONE_CODES, Verdict.GONE),
    **dict.fromkeys(CLOSED_CODES, Verdict.CLOSED),
    **dict.fromkeys(DEAD_TOKEN_CODES, Verdict.TOKEN_DEAD),
    **dict.fromkeys(LOCKED_CODES, Verdict.LOCKED),
    **dict.fromkeys(PASSING_CODES, Verdict.LATER),
}


def judge(error: Exception, *, by_token: bool = False) -> Verdict:
    """Return what follows from an error of a call to Discord.

    Args:
        error: what the call raised; what is neither Discord's answer nor our fault (timeouts, cut connections) means
            later. So does a refusal without a code of Discord's: discord.py puts 0 where the answer is no JSON, and
            some edge or proxy gave it.
        by_token: the call used an interaction's token instead of the bot's.
    """
    if isinstance(error, PicturesUnreadable):
        return Verdict.UNREADABLE
    if isinstance(error, discord.HTTPException):
        return _judge_answer(error, by_token=by_token)
    is_ours = isinstance(error, OUR_FAULTS) and not isinstance(error, NOT_ITS_WORDS)
    return Verdict.FAULT if is_ours else Verdict.LATER


def _judge_answer(error: discord.HTTPException, *, by_token: bool) -> Verdict:
    if error.status == 413:
        return Verdict.TOO_LARGE
    if error.code in BY_CODE:
        return BY_CODE[error.code]
    if not error.code:
        return Verdict.LATER
    if by_token and error.status in {401, 404}:
        return Verdict.TOKEN_DEAD
    return {404: Verdict.GONE, 403: Verdict.FORBIDDEN, 400: Verdict.REFUSED}.get(error.status, Verdict.LATER)


def is_lost(error: BaseException) -> bool:
    """Whether an answer did not get through to Discord, or came too late, with nothing wrong in itself.

    Too late it is also in a thread that was closed meanwhile, or where the bot may do less than when it was looked at.
    """
    if not isinstance(error, discord.HTTPException):
        return False
    return error.code in TOO_LATE_CODES or judge(error) in {Verdict.LATER, Verdict.LOCKED, Verdict.FORBIDDEN}


def briefly(error: BaseException) -> str:
    """Name an error on one line, without its request: that has the token in its address, and a proxy's password."""
    name = type(error).__name__
    if hasattr(error, "request_info"):
        return f"{name}: {getattr(error, 'status', '')} {getattr(error, 'message', '')}"
    return f"{name}: {' '.join(ADDRESS.sub('...', str(error)).split())[:LONGEST_ERROR]}"


def was_refused(error: Exception) -> bool:
    """Whether an error proves that Discord did not take an interaction's first response.

    Silence and faults of Discord's own prove nothing, nor does that there was a response before. A 400 or 403 without a
    code of Discord's proves it, too: an edge gave it before Discord saw anything.
    """
    if not isinstance(error, discord.HTTPException) or error.code == ALREADY_ACKNOWLEDGED:
        return False
    return error.status in {400, 403}
