"""What Discord's refusals mean for a message that is to be sent or edited."""

from enum import Enum, auto

import discord

GONE_CODES = frozenset({10003, 10004, 10008})
"""Unknown channel, guild, message (topics/opcodes-and-status-codes)."""

DEAD_TOKEN_CODES = frozenset({10015, 50027})
"""Unknown webhook, invalid webhook token: the interaction's 15 minutes are over."""

CLOSED_CODES = frozenset({50007, 50278})
"""Cannot send messages to this user: they take none from the bot, or share no server with it."""

TOO_LARGE_CODES = frozenset({40005, 50045})


class Verdict(Enum):
    LATER = auto()  # another attempt may help
    TOKEN_DEAD = auto()
    GONE = auto()
    FORBIDDEN = auto()
    CLOSED = auto()  # somebody takes no direct messages: no permission would help
    TOO_LARGE = auto()
    REFUSED = auto()  # this request is wrong


def judge(error: Exception, *, by_token: bool = False) -> Verdict:
    """Say what follows from an error of a call to Discord.

    Args:
        error: what the call raised; anything that isn't Discord's answer (timeouts, cut connections) means later.
        by_token: the call used an interaction's token instead of the bot's.
    """
    if not isinstance(error, discord.HTTPException):
        return Verdict.LATER
    if error.status == 413 or error.code in TOO_LARGE_CODES:
        return Verdict.TOO_LARGE
    if error.code in GONE_CODES:
        return Verdict.GONE
    if error.code in CLOSED_CODES:
        return Verdict.CLOSED
    if by_token and (error.status in {401, 404} or error.code in DEAD_TOKEN_CODES):
        return Verdict.TOKEN_DEAD
    return {404: Verdict.GONE, 403: Verdict.FORBIDDEN, 400: Verdict.REFUSED}.get(error.status, Verdict.LATER)
