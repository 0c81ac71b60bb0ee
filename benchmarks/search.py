"""Whether moderators find words in a million prompts in time, however deep they turn the pages.

Run as ``python -m benchmarks.search``; exits with 1 where a search takes longer than 100 ms at the 95th percentile, or
the 200th page takes half as long again as the first.
"""

import argparse
import asyncio
import gc
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.clock import SystemClock
from bot.domain.log.moderator_log import Search, Status
from bot.domain.requests.catalogue import BUILT_IN
from bot.failure_kinds import FailureKind
from bot.presentation.log.views import ON_A_PAGE
from bot.service.moderation.moderator_log import NEWEST
from bot.storage.log.moderator_log import SqliteModeratorLog
from bot.storage.records import prompt_index
from bot.storage.sqlite.database import PRAGMAS, Database, migrate

MOST_MS, MOST_RATIO = 100.0, 1.5
PAGES = 200
NOW_MS, SPAN_MS = 1_764_000_000_000, 365 * 24 * 3600 * 1000
MEMBERS, SERVERS, LARGEST = 100_000, 2000, 1
LARGEST_SHARE = 0.3
"""Of all jobs in one server: what takes longest is looked for there."""

ENGLISH = """
a the of in with and on red blue flower shop cat dog night city rain neon street portrait woman man old young river
mountain snow forest light dramatic cinematic detailed realistic watercolor painting oil style anime studio photograph
lens macro sunset golden hour castle dragon knight armor robot space ship planet stars galaxy ocean waves fish bird
eagle horse garden tea house bamboo lantern temple bridge train station window coffee book library child smiling dress
hat glass wood stone fire smoke storm lightning autumn leaves spring cherry blossom fox wolf rabbit owl mushroom fairy
wizard tower ruins desert camel market spices fruit bread kitchen table candle mirror clock piano violin dancer mask
""".split()  # noqa: SIM905 - a list of a hundred strings is harder to read
CHINESE = """
一只可爱的猫 坐在窗边 水彩画 清晨的花店 雨夜的城市 霓虹灯 古风少女 山水画 夕阳下的海 机器人 宇宙飞船 竹林
红灯笼 寺庙 小桥流水 油画风格 高清 细节丰富 电影感 金色阳光 森林里的小屋 雪山 飞龙 武士 茶馆 旧书店 火车站
穿红色裙子的女孩 微笑 星空 樱花 江南水乡 赛博朋克 少年 骑马 老人的肖像 微距摄影 荷花 锦鲤 月光 瀑布 沙漠 骆驼
集市 面包 厨房 蜡烛 镜子 钢琴 舞者
""".split()  # noqa: SIM905
ABSENT = "submarine retention insertion interest xylophone transistor 潜水艇 鲸鱼 猫头鹰".split()  # noqa: SIM905
"""What nobody asked for; of most of these words every pair of letters is in many prompts."""

ADD_JOB = """
INSERT INTO jobs (id, number, server_id, account_id, state, prompt, negative_prompt, model, size, count, seed,
    prompt_extend, watermark, private, application_id, channel_id, token, token_expires_ms, message_id,
    attachment_limit, locale, can_post, failure_kind, created_ms, shown)
VALUES (?, ?, ?, ?, ?, ?, '', ?, '1024*1024', 1, 1, 1, 0, 0, 1, 1, '', 0, 7, 1, 'en-US', 1, ?, ?, 1)
"""
ADD_HOLD = """
INSERT INTO holds (job_id, made_ms, model, images, price, free_images, budget, credit, outcome)
VALUES (?, ?, ?, 1, 0, 1, 0, 0, 'settled')
"""


@dataclass(frozen=True, slots=True)
class Depth:
    """One search, by its first page and by a deep one; medians in milliseconds."""

    first_ms: float
    deep_ms: float

    @property
    def ratio(self) -> float:
        return self.deep_ms / self.first_ms


def prompt(rng: random.Random) -> str:
    """Write a prompt: half of them Chinese; the English ones with words that nobody else has."""
    if rng.random() < 0.5:
        return "，".join(rng.choices(CHINESE, k=rng.randint(3, 9)))
    weights = [1 / (1 + nth) ** 0.7 for nth in range(len(ENGLISH))]
    own = ["".join(rng.choices("etaoinsrhldcumfpgwybv", k=rng.randint(4, 9))) for _ in range(2)]
    return " ".join([*rng.choices(ENGLISH, weights, k=rng.randint(6, 25)), *own])


def build(path: Path, jobs: int) -> None:
    """Write a database of that many jobs, each put into the index as a request puts it there."""
    conn = sqlite3.connect(path, isolation_level=None)
    try:
        conn.row_factory = sqlite3.Row
        conn.executescript(PRAGMAS)
        conn.execute("PRAGMA synchronous = OFF")
        conn.execute("PRAGMA cache_size = -200000")
        migrate(conn)
        conn.execute("BEGIN")
        people = range(1, MEMBERS + 1)
        conn.executemany("INSERT INTO accounts (id, created_ms) VALUES (?, 0)", ((one,) for one in people))
        conn.executemany("INSERT INTO members (discord_id, account_id) VALUES (?, ?)", ((one, one) for one in people))
        conn.executemany("INSERT INTO servers (id, last_number) VALUES (?, 0)", ((1 + n,) for n in range(SERVERS)))
        for row in _rows(jobs):
            conn.execute(ADD_JOB, row)
            conn.execute(ADD_HOLD, (row[0], row[-1], row[6]))
            prompt_index.index(conn, row[0])
        conn.execute("COMMIT")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        conn.close()


def _rows(jobs: int) -> Iterator[tuple[Any, ...]]:
    rng = random.Random(1)  # noqa: S311 - the same database each time
    models = list(BUILT_IN)
    for nth in range(jobs):
        made_ms = NOW_MS - (jobs - nth) * SPAN_MS // jobs
        job_id = (made_ms - prompt_index.SNOWFLAKE_EPOCH_MS) << 22 | nth % 2**22
        is_largest = rng.random() < LARGEST_SHARE
        server_id = LARGEST if is_largest else 2 + int(rng.paretovariate(0.8)) % (SERVERS - 1)
        failed = nth % 50 == 0
        kind = (FailureKind.CONTENT if nth % 100 == 0 else FailureKind.SERVICE) if failed else ""
        state, model = "failed" if failed else "delivered", models[nth % len(models)]
        yield job_id, nth, server_id, 1 + rng.randrange(MEMBERS), state, prompt(rng), model, kind, made_ms


async def times(moderator_log: SqliteModeratorLog, queries: Sequence[tuple[int, Search]]) -> list[float]:
    """Return the milliseconds that the first page of each search takes, through the bot's own reader."""
    took: list[float] = []
    for server_id, wanted in queries:
        begun = time.perf_counter()
        await moderator_log.jobs(server_id, wanted, before_id=NEWEST, most=ON_A_PAGE + 1)
        took.append((time.perf_counter() - begun) * 1000)
    return took


async def depth(moderator_log: SqliteModeratorLog, wanted: Search, pages: int, times_each: int) -> Depth:
    """Turn the pages of a search in the largest server; then time its first and its last in turn."""
    before_id = NEWEST
    for _ in range(pages - 1):
        page = await moderator_log.jobs(LARGEST, wanted, before_id=before_id, most=ON_A_PAGE)
        if len(page) < ON_A_PAGE:
            break
        before_id = page[-1].id
    took: list[tuple[float, float]] = []
    for _ in range(times_each):
        begun = time.perf_counter()
        await moderator_log.jobs(LARGEST, wanted, before_id=NEWEST, most=ON_A_PAGE)
        between = time.perf_counter()
        await moderator_log.jobs(LARGEST, wanted, before_id=before_id, most=ON_A_PAGE)
        took.append((between - begun, time.perf_counter() - between))
    return Depth(statistics.median(one for one, _ in took) * 1000, statistics.median(two for _, two in took) * 1000)


async def samples(database: Database, count: int, *, largest_only: bool) -> list[tuple[int, Search]]:
    """Return searches as moderators type them: words of prompts of their server, and now and then what nobody asked."""
    rng = random.Random(2)  # noqa: S311
    where = "WHERE server_id = 1" if largest_only else ""
    rows = await database.read(
        lambda conn: conn.execute(
            f"SELECT server_id, prompt FROM jobs {where} ORDER BY id % 7919, id LIMIT ?",  # noqa: S608 - a constant
            (count,),
        ).fetchall()
    )
    return [(row["server_id"], Search(text=_words(row["prompt"], rng))) for row in rows]


def _words(text: str, rng: random.Random) -> str:
    if rng.random() < 0.2:
        return rng.choice(ABSENT)
    if " " in text:
        return " ".join(rng.sample([word for word in text.split() if len(word) > 1], rng.randint(1, 2)))
    length = rng.randint(1, 4)
    start = rng.randrange(max(1, len(text) - length))
    return text[start : start + length].strip("，") or "猫"


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the database, measure, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--jobs", type=int, default=1_000_000, help="jobs in the log")
    parser.add_argument("--searches", type=int, default=1000, help="searches that are timed, of each kind")
    parser.add_argument("--most", type=float, default=MOST_MS, help="milliseconds at p95 above which this fails")
    parser.add_argument("--most-ratio", type=float, default=MOST_RATIO, help="of a deep page to the first")
    wanted = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.db"
        begun = time.perf_counter()
        build(path, wanted.jobs)
        took_s, size_mb = time.perf_counter() - begun, path.stat().st_size / 1e6
        _say(f"{wanted.jobs:,} jobs in {SERVERS:,} servers, written in {took_s:.0f} s, {size_mb:,.0f} MB")
        return asyncio.run(_measure(path, wanted.searches, wanted.most, wanted.most_ratio))


async def _measure(path: Path, searches: int, most_ms: float, most_ratio: float) -> int:
    is_fine = True
    async with await Database.open(path) as database:
        moderator_log = SqliteModeratorLog(database, SystemClock())
        gc.disable()
        try:
            for what, largest_only in (("servers as they come", False), ("the largest server", True)):
                queries = await samples(database, searches, largest_only=largest_only)
                is_fine = _report(what, await times(moderator_log, queries)) <= most_ms and is_fine
            for what, search_ in (
                ("words", Search(text="花店")),
                ("words, delivered", Search(text="flower", status=Status.DELIVERED)),
                ("refused", Search(status=Status.REFUSED)),
                ("one model", Search(model=next(iter(BUILT_IN)))),
                ("everything", Search()),
            ):
                found = await depth(moderator_log, search_, PAGES, 100)
                _say(
                    f"page {PAGES} to page 1, {what}: {found.deep_ms:.2f} ms to {found.first_ms:.2f} ms, "
                    f"ratio {found.ratio:.2f}"
                )
                is_fine = found.ratio <= most_ratio and is_fine
        finally:
            gc.enable()
    return 0 if is_fine else 1


def _report(what: str, took: list[float]) -> float:
    p95 = statistics.quantiles(took, n=20)[-1]
    _say(
        f"searches by words, {what}: median {statistics.median(took):.2f} ms, "
        f"95th percentile {p95:.2f} ms, longest {max(took):.2f} ms"
    )
    return p95


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
