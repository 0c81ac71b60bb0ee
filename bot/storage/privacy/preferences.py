"""What members decide for themselves. Each change is one transaction."""

import sqlite3
from collections.abc import Callable

from bot.domain.preferences import Preferences
from bot.errors import AlreadyDone
from bot.ports import Clock
from bot.storage.outbox import gallery
from bot.storage.records import acts, preferences
from bot.storage.records.accounts import account_of
from bot.storage.sqlite.database import Database


class SqlitePreferences:
    """The members' preferences."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def of(self, member_id: int, server_id: int = 0) -> Preferences:
        """Return a member's preferences; of who was forgotten, those that outlasted it."""
        now_ms = self._clock.now_ms()
        return await self._db.read(lambda conn: preferences.read(conn, member_id, now_ms, server_id))

    async def change(
        self, interaction_id: int, member_id: int, change: Callable[[Preferences], Preferences], server_id: int = 0
    ) -> Preferences:
        """Change a member's preferences; return them as they are.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time: it may have been changed back since.
        """
        now_ms = self._clock.now_ms()

        def changed(conn: sqlite3.Connection) -> Preferences:
            if not acts.note(conn, interaction_id, now_ms):
                raise AlreadyDone(interaction_id)
            account_id = account_of(conn, member_id, now_ms)
            before = preferences.read_of_account(conn, account_id, server_id)
            after = change(before)
            preferences.write(conn, account_id, server_id, after)
            is_shown = after.here.shown_in_gallery is True
            if is_shown is not (before.here.shown_in_gallery is True):
                gallery.note_consent(conn, account_id, server_id, now_ms, is_given=is_shown)
            return after

        return await self._db.write(changed)
