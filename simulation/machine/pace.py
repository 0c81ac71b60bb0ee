"""How often the program looks by itself whether there is something to do.

As shipped it does so each half minute, in a dozen places: a simulated night would be spent on nothing else. What
wakes it does so as ever, so whoever relies on such a look where a wake-up is due is found out the sooner.
"""

from bot.presentation.jobs import presenter, reply_recovery
from bot.presentation.log import feed
from bot.presentation.notices import messenger
from bot.presentation.privacy import message_deletion
from bot.presentation.servers import presence
from bot.service.upkeep import sweeper
from bot.service.vendor import dispatcher

LOOKS = (
    (dispatcher, "IDLE_S"),
    (sweeper, "ROUND_S"),
    (reply_recovery, "ROUND_S"),
    (feed, "LOOK_EVERY_S"),
    (messenger, "LOOK_EVERY_S"),
    (message_deletion, "LOOK_EVERY_S"),
    (presence, "LOOK_EVERY_S"),
)

AS_SHIPPED = [(module, name, getattr(module, name)) for module, name in LOOKS]

LAST_WORDS_EVERY_S = 45.0
"""Must stay below `presenter.LAST_WORD_MS`: else a reply's token dies between two looks."""


def slow_down(factor: float) -> None:
    """Let this Python process's program look so much more seldom than as shipped, however often it is told so."""
    for module, name, seconds in AS_SHIPPED:
        setattr(module, name, seconds * factor)
    presenter.LAST_WORDS_EVERY_S = LAST_WORDS_EVERY_S
