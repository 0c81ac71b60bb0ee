import asyncio
import random
import sqlite3
import sys
from pathlib import Path

import pytest

from bot.errors import OverQuota
from simulation.judging.books import balances_equal_rows, holds_within_limits
from tests.support.ledger import Books, make_terms
from tests.support.ledger_worker import BUDGET, CAP, CATALOGUE, FREE_IMAGES, POOL, PRICE, ask_often

LIMITS = {"allowance": FREE_IMAGES, "budget": BUDGET, "pool": POOL, "cap": CAP}


def check_all(conn: sqlite3.Connection) -> None:
    balances_equal_rows(conn)
    holds_within_limits(conn)
    for kind, limit in LIMITS.items():
        over = conn.execute("SELECT * FROM buckets WHERE kind = ? AND used + held > ?", (kind, limit)).fetchall()
        assert [tuple(row) for row in over] == []
    open_cost = conn.execute("SELECT coalesce(sum(images * price), 0) FROM holds WHERE outcome IS NULL").fetchone()[0]
    spent = conn.execute("SELECT coalesce(sum(used + held), 0) FROM buckets WHERE kind = 'cap'").fetchone()[0]
    assert spent + open_cost <= CAP
    # Every hold ended at most once, as the rows of the ledger tell it.
    endings = """
        SELECT job_id, bucket_id FROM ledger WHERE kind IN ('settle', 'void', 'expire') GROUP BY job_id, bucket_id
        HAVING count(*) > 1
        """
    assert conn.execute(endings).fetchall() == []
    torn = """
        SELECT jobs.id FROM jobs LEFT JOIN holds ON holds.job_id = jobs.id
        WHERE holds.job_id IS NULL OR (holds.outcome IS NULL) <> (jobs.state IN ('held', 'queued', 'submitting'))
        """
    assert conn.execute(torn).fetchall() == []


@pytest.mark.slow
async def test_forty_members_at_once_never_exceed_a_limit(books: Books):
    draw = random.Random(7)
    await asyncio.gather(*(ask_often(books, member, 30, draw) for member in range(1, 41)))
    await books.read(check_all)
    ((taken,),) = await books.rows("SELECT count(*) FROM jobs")
    ((refused,),) = await books.rows("SELECT count(*) FROM audit WHERE act = 'request.refused'")
    assert taken + refused == 40 * 30
    assert taken > 40
    assert refused > 40


async def test_of_many_requests_at_once_exactly_those_that_fit_are_taken(books: Books):
    terms = make_terms(books.clock.now_ms(), CATALOGUE, 3, 2 * PRICE)
    outcomes = await asyncio.gather(*(books.submit(terms) for _ in range(30)), return_exceptions=True)
    assert sum(isinstance(outcome, OverQuota) for outcome in outcomes) == 25
    assert await books.rows("SELECT sum(free_images), sum(budget) FROM holds") == [(3, 2 * PRICE)]


async def test_of_many_who_resolve_a_hold_at_once_one_does(books: Books):
    job = await books.submit(make_terms(books.clock.now_ms(), CATALOGUE, 3))
    await books.jobs.acknowledge(job.id, 1)
    resolvers = [books.jobs.expire(job.id, "waited_too_long") for _ in range(5)]
    outcomes = await asyncio.gather(*resolvers, *(books.jobs.wish_cancel(job.id, 1) for _ in range(5)))
    assert sum(outcome is not None for outcome in outcomes[:5]) == 1
    await books.read(check_all)
    assert await books.rows("SELECT count(*) FROM ledger WHERE kind IN ('void', 'expire')") == [(3,)]


async def test_of_many_lanes_that_claim_at_once_one_gets_the_job(books: Books):
    terms = make_terms(books.clock.now_ms(), CATALOGUE, 3)
    await books.queue(terms)
    await books.queue(terms)
    (model,) = CATALOGUE.values()
    turns = await asyncio.gather(*(books.lanes.claim(model) for _ in range(20)))
    assert sum(turn.job is not None for turn in turns) == 1


@pytest.mark.slow
async def test_two_processes_on_one_file_never_exceed_a_limit(books: Books, tmp_path: Path):
    workers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.ledger_worker", str(tmp_path / "imagine.db"), str(seed)
        )
        for seed in (1, 2)
    ]
    assert [await worker.wait() for worker in workers] == [0, 0]
    await books.read(check_all)
    ((taken,),) = await books.rows("SELECT count(*) FROM jobs")
    ((refused,),) = await books.rows("SELECT count(*) FROM audit WHERE act = 'request.refused'")
    assert taken + refused == 2 * 12 * 15
    assert len(await books.rows("SELECT DISTINCT id / 1000000 FROM jobs")) == 2
