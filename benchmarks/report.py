"""Whether /quota report answers in time however much there is: query, numbers, chart and table.

Run as ``python -m benchmarks.report``; exits with 1 where a server's report takes longer than two seconds. The
most that there can be, all members in one server, is measured too and has no bound.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.books import NOW_MS, ZONE, Scale, build
from bot.clock import SystemClock
from bot.domain.time.periods import Period, PeriodKind, period_at
from bot.presentation.kit.texts import Texts
from bot.presentation.reports.charts import Charts
from bot.presentation.reports.reports import Reader, Reports, Written
from bot.presentation.reports.usage import TOP_MEMBERS
from bot.storage.books.reports import SqliteReports
from bot.storage.sqlite.database import Database

MOST_S = 2.0
LIMIT_BYTES = 10 * 1024 * 1024
"""Of one file, in a server without boosts."""

REFUSALS = 10_000
ADD_REFUSAL = """
INSERT INTO audit (at_ms, server_id, actor_id, act, detail)
VALUES (?, 1, ?, 'request.refused', '{"reason": "over-quota"}')
"""


class OneServer(Scale):
    """All members in the same server: the largest report that a database of this size can give."""

    @property
    def servers(self) -> int:
        return 1

    def server_of(self, member: int) -> int:
        return 1


@dataclass(frozen=True, slots=True)
class Figures:
    """What one report took, in seconds, and how large it is."""

    query_s: float
    whole_s: float
    jobs: int
    members: int
    written: Written


async def measure(database: Database, period: Period) -> Figures:
    """Do all that an answer takes but what waits for Discord."""
    clock, texts = SystemClock(), Texts.load()
    unused: Any = None
    reports = Reports(reporting=unused, charts=Charts(clock, texts), texts=texts, clock=clock)
    begun = time.perf_counter()
    report = await SqliteReports(database, clock).usage(1, period, ZoneInfo(ZONE))
    query_s = time.perf_counter() - begun
    members = await asyncio.to_thread(report.by_member)
    names = {member.member_id: f"花匠 {member.member_id}" for member in members[:TOP_MEMBERS]}
    written = await reports.write(report, members, Reader(names, "The Studio", "en-US", LIMIT_BYTES))
    return Figures(query_s, time.perf_counter() - begun, report.total.jobs, len(members), written)


async def repeat(path: Path, period: Period, times: int) -> list[Figures]:
    """Measure several times, after a first time that warms the machine up."""
    async with await Database.open(path) as database:
        await database.write(
            lambda conn: conn.executemany(ADD_REFUSAL, ((period.start_ms + nth, 1) for nth in range(REFUSALS))).rowcount
        )
        return [await measure(database, period) for _ in range(times + 1)][1:]


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the databases, measure, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the ledger")
    parser.add_argument("--members", type=int, default=100_000, help="members")
    parser.add_argument("--times", type=int, default=5, help="reports of each kind")
    parser.add_argument("--most", type=float, default=MOST_S, help="seconds above which this fails")
    wanted = parser.parse_args(arguments)
    month = period_at(PeriodKind.MONTH, ZoneInfo(ZONE), NOW_MS)
    subjects = (
        ("a server of many, its month", Scale(wanted.rows, wanted.members), True),
        ("all members in one server, its month", OneServer(wanted.rows, wanted.members), False),
    )
    is_late = False
    with TemporaryDirectory() as folder:
        for what, scale, has_bound in subjects:
            path = Path(folder) / "books.db"
            build(path, scale)
            took = asyncio.run(repeat(path, month, wanted.times))
            path.unlink()
            median_s = _report(what, took)
            is_late = is_late or (has_bound and median_s > wanted.most)
    return int(is_late)


def _report(what: str, took: list[Figures]) -> float:
    last, median_s = took[-1], statistics.median(one.whole_s for one in took)
    query_s, worst_s = statistics.median(one.query_s for one in took), max(one.whole_s for one in took)
    sys.stdout.write(
        f"{what}: {last.jobs:,} jobs of {last.members:,} members in {median_s:.2f} s (at most {worst_s:.2f} s), "
        f"of which the query {query_s:.2f} s; chart {len(last.written.chart):,} bytes, "
        f"table {len(last.written.table):,} bytes\n"
    )
    sys.stdout.flush()
    return median_s


if __name__ == "__main__":
    sys.exit(main())
