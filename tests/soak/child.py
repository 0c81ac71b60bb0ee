"""The bot's command line as it is shipped, in fast time.

``python -m tests.soak.child CLOCK WALL run|ledger verify|... --config FILE``
"""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import discord.gateway

from bot import __main__ as command_line
from tests.soak.pace import SCALE, FastLoop, LoopClock, Wall


class FastHeart(discord.gateway.KeepAliveHandler):
    """discord.py's heart beats in a thread of its own, by the wall's clock."""

    def __init__(self, *args: Any, interval: float | None = None, **options: Any) -> None:
        super().__init__(*args, interval=interval and interval / SCALE, **options)


def run(main: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        return runner.run(main)


if __name__ == "__main__":
    birth, wall = sys.argv.pop(1), Wall(Path(sys.argv.pop(1)))
    asyncio.run = run
    discord.gateway.KeepAliveHandler = FastHeart
    command_line.SystemClock = lambda: LoopClock(birth, wall)
    command_line.main()
