"""A usage report as a picture, drawn by a process of its own."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.domain.books.usage_report import UsageReport
from bot.errors import BotError
from bot.ports import Clock
from bot.presentation.kit.texts import Texts
from bot.presentation.reports.chart_spec import ChartSpec
from bot.presentation.reports.usage import chart_spec_of

LIMIT_S = 90
"""Drawing takes about two seconds of a processor; a busy machine may take ten times as long."""

# A start of Python or its libraries may depend on these where a platform sets them. All else stays out: the bot's
# environment may hold its token and key.
INHERITED = ("LD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT")
ROOT = Path(__file__).parents[3]


class ChartFailed(BotError):
    """The chart could not be drawn; the text of the error is for the log."""


class Charts:
    """Draws usage reports, one at a time: each takes some hundred megabytes while it is drawn."""

    def __init__(self, clock: Clock, texts: Texts, *, module: str = "bot.presentation.reports.chart_render") -> None:
        self._clock = clock
        self._texts = texts
        self._module = module
        self._turn = asyncio.Lock()

    async def draw(self, report: UsageReport, names: Mapping[int, str], server: str, locale: str) -> bytes:
        """Return a report as a PNG, about 1000 pixels wide, readable on dark and light grounds.

        Args:
            report: what to show; the picture says so where nothing was made.
            names: the members' names by Discord id; only the first ten of ``report.by_member()`` are needed.
            server: its name.
            locale: the reader's.

        Raises:
            ChartFailed: if there is no picture.
        """
        async with self._turn:
            try:
                with tempfile.TemporaryDirectory(prefix="chart-") as folder:
                    return await self._run(lambda: chart_spec_of(report, names, server, self._texts, locale), folder)
            except OSError as error:
                raise ChartFailed(f"the drawing process can't run: {error}") from error

    async def _run(self, compose: Callable[[], ChartSpec], folder: str) -> bytes:
        """Run the process; it loads its library while the chart is composed, and whatever happens it has ended."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", self._module),
            env=_environment(folder),
            cwd=folder,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
        )
        try:
            async with self._clock.timeout(LIMIT_S):
                # A large server has a hundred thousand members.
                spec = await asyncio.to_thread(compose)
                picture, words = await process.communicate(spec.to_json())
        except TimeoutError as error:
            raise ChartFailed(f"the drawing process took longer than {LIMIT_S} s") from error
        finally:
            if process.returncode is None:
                process.kill()
                # Its end is seen only once what it wrote is read: Python 3.11 waits for the pipes as well.
                await process.communicate()
        if process.returncode != 0:
            last = words.decode(errors="replace").strip().rpartition("\n")[2]
            raise ChartFailed(f"the drawing process ended with {process.returncode}: {last[:300]!r}")
        return picture


def _environment(folder: str) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return inherited | {
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        # The plotting library writes its list of fonts somewhere; here it goes away with the folder.
        "MPLCONFIGDIR": folder,
        "HOME": folder,
        # One picture needs no pool of threads, each of which has its own memory.
        "OPENBLAS_NUM_THREADS": "1",
    }
