"""What the judge looks at: what is left when the last bot has ended."""

import sqlite3
from typing import Any, Protocol

from bot.config import Config
from sandbox.dashscope import DashScopeStandIn
from sandbox.discord import DiscordStandIn, Used

Row = dict[str, Any]
"""A row of the database, with what is known of it besides."""


class Stage(Protocol):
    """What is left when the last bot has ended: in a simulation, or where real processes were killed."""

    @property
    def config(self) -> Config:
        """The bot's."""
        ...

    @property
    def discord(self) -> DiscordStandIn: ...

    @property
    def vendor(self) -> DashScopeStandIn: ...

    @property
    def asked(self) -> list[Used]:
        """Every /imagine and /edit, oldest first."""
        ...

    @property
    def log(self) -> str:
        """All that the bots wrote."""
        ...

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Read the bot's database from outside."""
        ...


def named(row: Row | sqlite3.Row) -> str:
    """Return what a job is called in a sentence: by its id first, since two servers have the same numbers."""
    return f"{row['id']} (#{row['number']}, {row['state']})"
