"""``python -m sandbox.story``: tells the story once; exit code 0 if all went as told and bill and ledger agree."""

import asyncio
import logging
import os
import sys
import tempfile
import threading
from pathlib import Path

from rich.console import Console

from sandbox.story import accounts
from sandbox.story.chapters import CHAPTERS
from sandbox.story.stage import Stage, StoryFailed, open_stage
from sandbox.story.telling import Teller
from sandbox.story.walking import Story

LONGEST_S = 120
"""Seconds of the wall's clock for the whole story, which takes about half a minute."""

LAST_RESORT_S = LONGEST_S + 20
WIDEST = 100
PICTURES = "story-pictures"

log = logging.getLogger(__name__)


def main() -> int:
    """Tell the story and return the exit code; whatever goes wrong is said in a sentence."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that can't show Chinese shows question marks, not a traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    console = Console(highlight=False)
    console.width = min(console.width, WIDEST)
    folder = Path.cwd() / PICTURES
    try:
        folder.mkdir(exist_ok=True)
        _log_to(folder / "bot.log")
    except OSError as error:
        return _broken(console, str(error))
    try:
        _end_at_the_latest()
        return asyncio.run(_tell(console, folder))
    except KeyboardInterrupt:
        return _broken(console, "it was interrupted")
    except StoryFailed as error:
        log.exception("the story broke off")
        return _broken(console, f"{error} ({folder / 'bot.log'} has the bot's own words)")
    except TimeoutError:
        return _broken(console, f"it was not over after {LONGEST_S} seconds")
    except Exception as error:
        log.exception("the story broke off")
        return _broken(console, f"{type(error).__name__}: {error} ({folder / 'bot.log'} has the rest)")


async def _tell(console: Console, folder: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="imagine-story-") as temporary:
        async with asyncio.timeout(LONGEST_S), open_stage(Path(temporary)) as stage:
            teller = Teller(console, stage)
            teller.opening(stage.database)
            story = Story(stage, teller, folder)
            for number, (heading, walk) in enumerate(CHAPTERS, start=1):
                teller.chapter(number, heading)
                await walk(story)
            await stage.stop_bot()
            return _settle(stage, teller, story)


def _settle(stage: Stage, teller: Teller, story: Story) -> int:
    entries = accounts.entries(stage.database, stage.vendor.bill(), stage.names())
    faults = accounts.faults(stage.database, stage.vendor.bill(), entries)
    teller.accounts(entries, accounts.sums(entries), faults)
    teller.ending(story.saved, story.folder)
    return 1 if faults else 0


def _log_to(file: Path) -> None:
    logging.basicConfig(
        filename=file,
        filemode="w",
        encoding="utf-8",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    logging.captureWarnings(capture=True)


def _end_at_the_latest() -> None:
    """End the process even if closing something hangs."""

    def end() -> None:
        sys.stderr.write("The story broke off: it did not end, and closing it hung as well.\n")
        os._exit(1)

    timer = threading.Timer(LAST_RESORT_S, end)
    timer.daemon = True
    timer.start()


def _broken(console: Console, reason: str) -> int:
    console.print(f"\nThe story broke off: {reason.rstrip('.')}.", style="bold red", markup=False)
    return 1


if __name__ == "__main__":
    sys.exit(main())
