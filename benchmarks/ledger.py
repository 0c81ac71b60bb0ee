"""Whether a request's quota check grows slower as the ledger grows: one large database against one small.

Run as ``python -m benchmarks.ledger``; exits with 1 where the large one is slower by more than a fifth.
"""

import argparse
import asyncio
import gc
import itertools
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from benchmarks.books import MODELS, NOW_MS, ZONE, Scale, build, role_of
from bot.domain.jobs.job import NewJob, ReplyAddress
from bot.domain.requests.quota import Rule, Terms
from bot.domain.requests.request import ImageRequest
from bot.domain.requests.sizes import Size
from bot.domain.time.periods import PeriodKind, period_at
from bot.storage.books.verification import SqliteBooks
from bot.storage.jobs.submission import submit
from bot.storage.servers.terms import standing
from bot.storage.sqlite.database import PRAGMAS, Database

MOST_RATIO = 1.2
"""A request may take a fifth longer with a million rows than with a thousand."""

WARM_UP = 50
TERMS = Terms(
    rule=Rule(free_images=20, budget_micros=10**9, images_per_job=4, active_jobs=1000, cooldown_s=0),
    period=period_at(PeriodKind.DAY, ZoneInfo(ZONE), NOW_MS),
    month=period_at(PeriodKind.MONTH, ZoneInfo(ZONE), NOW_MS),
    day=period_at(PeriodKind.DAY, ZoneInfo(ZONE), NOW_MS),
    pool_micros=10**15,
    cap_micros=10**15,
    catalogue={model.name: model for model in MODELS},
    longest_queue=1000,
)
REPLY = ReplyAddress(1, 2, "", 0, 0, 10 * 1024 * 1024, "en-US", can_post=True)
REQUEST = ImageRequest("a flower shop", "", MODELS[0].name, Size(1024, 1024), 2, 42, True, False, False)


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians of paired runs.

    Attributes:
        small_us: microseconds in the small database.
        large_us: microseconds in the large one.
        ratio: large to small, pair by pair.
    """

    small_us: float
    large_us: float
    ratio: float


class Subject:
    """One database, and what is timed in it; each run is for another member."""

    def __init__(self, path: Path, scale: Scale) -> None:
        self._conn = sqlite3.connect(path, isolation_level=None)
        self._conn.row_factory = sqlite3.Row
        self._conn.executescript(PRAGMAS)
        self._scale = scale
        self._members = itertools.count(1, 6101)

    def close(self) -> None:
        """Close the connection."""
        self._conn.close()

    def size(self) -> tuple[int, int]:
        """Return the number of jobs and of ledger rows."""
        row = self._conn.execute("SELECT (SELECT count(*) FROM jobs), (SELECT count(*) FROM ledger)").fetchone()
        return row[0], row[1]

    def check_quota(self) -> float:
        """Take a request: rules, limits, hold, job and audit; rolled back. Return the seconds that it took."""
        member, server_id, roles = self._who()
        new_job = NewJob(2**62, server_id, member, REQUEST, REPLY, roles, may_pay=False)
        begun = time.perf_counter()
        self._conn.execute("BEGIN IMMEDIATE")
        submit(self._conn, new_job, TERMS, NOW_MS)
        self._conn.execute("ROLLBACK")
        return time.perf_counter() - begun

    def read_standing(self) -> float:
        """Read what a member has left; give the seconds that it took."""
        member, server_id, roles = self._who()
        begun = time.perf_counter()
        self._conn.execute("BEGIN")
        standing(self._conn, server_id, member, roles, TERMS, NOW_MS)
        self._conn.execute("COMMIT")
        return time.perf_counter() - begun

    def _who(self) -> tuple[int, int, frozenset[int]]:
        member = 1 + next(self._members) % self._scale.members
        server_id = self._scale.server_of(member)
        return member, server_id, frozenset(role_of(server_id, nth) for nth in range(8, 12))


def paired(small: Callable[[], float], large: Callable[[], float], pairs: int) -> Figures:
    """Time both in turn, each first as often as second, so that both meet the same moods of the machine."""
    for _ in range(WARM_UP):
        small()
        large()
    took: list[tuple[float, float]] = []
    gc.disable()
    try:
        for nth in range(pairs):
            if nth % 2:
                second = large()
                took.append((small(), second))
            else:
                took.append((small(), large()))
    finally:
        gc.enable()
    return Figures(
        statistics.median(one for one, _ in took) * 1e6,
        statistics.median(other for _, other in took) * 1e6,
        statistics.median(other / one for one, other in took),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Build both databases, measure, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the large ledger")
    parser.add_argument("--members", type=int, default=100_000, help="members of the large database")
    parser.add_argument("--pairs", type=int, default=3000, help="timed pairs")
    parser.add_argument("--most", type=float, default=MOST_RATIO, help="the ratio above which this fails")
    wanted = parser.parse_args(arguments)
    scales = (Scale(1000, 100), Scale(wanted.rows, wanted.members))
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{name}.db" for name in ("small", "large")]
        for path, scale in zip(paths, scales, strict=True):
            build(path, scale)
            _say(f"{path.stem}: {asyncio.run(_consistent(path))}, {scale.members:,} members")
        subjects = [Subject(path, scale) for path, scale in zip(paths, scales, strict=True)]
        try:
            quota = paired(subjects[0].check_quota, subjects[1].check_quota, wanted.pairs)
            reading = paired(subjects[0].read_standing, subjects[1].read_standing, wanted.pairs)
        finally:
            for subject in subjects:
                subject.close()
    _report("quota check of a request", quota)
    _report("reading what is left", reading)
    return 0 if quota.ratio <= wanted.most else 1


async def _consistent(path: Path) -> str:
    """Have the books verified; say how large they are.

    Raises:
        AssertionError: if they differ from themselves anywhere: figures of such a database would say nothing.
    """
    async with await Database.open(path) as database:
        books = SqliteBooks(database)
        differences = await books.differences()
        buckets, rows, holds = await books.size()
    if differences:
        raise AssertionError("\n".join(differences[:10]))
    return f"{rows:,} ledger rows in {buckets:,} buckets, {holds:,} jobs, books verified"


def _report(what: str, figures: Figures) -> None:
    _say(f"{what}: {figures.small_us:.0f} µs small, {figures.large_us:.0f} µs large, ratio {figures.ratio:.2f}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
