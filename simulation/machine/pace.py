"""How often the program looks by itself whether there is something to do.

As shipped it does so each half minute, in a dozen places: a simulated night would be spent on nothing else. What
wakes it does so as ever, so whoever relies on such a look where a wake-up is due is found out the sooner.
"""

from bot.presentation.jobs import old_cards, presenter, renderer
from bot.presentation.log import feed
from bot.presentation.notices import messenger
from bot.presentation.privacy import message_deletion
from bot.presentation.requests import reply_recovery
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
    (presenter, "CATCH_UP_EVERY_S"),
    (old_cards, "AGAIN_S"),
)

AS_SHIPPED = [(module, name, getattr(module, name)) for module, name in LOOKS]

MOST_S = 3600.0
"""However slow the program is to be: a day's end must see each look more than once."""

LAST_WORDS_EVERY_S, LAST_WORD_MS = 180.0, 240_000
"""As shipped a reply's last word is said in the last minute of its token's quarter of an hour, and looked for three
times in that minute. The second must stay above the first: else a token dies between two looks."""


def slow_down(factor: float) -> None:
    """Let this Python process's program look so much more seldom than as shipped, however often it is told so."""
    for module, name, seconds in AS_SHIPPED:
        setattr(module, name, max(seconds, min(seconds * factor, MOST_S)))
    presenter.LAST_WORDS_EVERY_S = LAST_WORDS_EVERY_S
    presenter.LAST_WORD_MS = renderer.LAST_WORD_MS = LAST_WORD_MS
