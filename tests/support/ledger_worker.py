"""Members at work on one database, as coroutines of this process or in a process of its own.

Run as ``python -m tests.support.ledger_worker DATABASE SEED``.
"""

import asyncio
import itertools
import random
import sys
from pathlib import Path

from bot.domain.requests.catalogue import BUILT_IN
from bot.errors import MemberError
from tests.support.failures import failure_of
from tests.support.ledger import Books, make_terms, open_books

MODEL = BUILT_IN["wanx2.1-t2i-turbo"]
CATALOGUE = {MODEL.name: MODEL}
PRICE = MODEL.price_micros
FREE_IMAGES, BUDGET, SERVERS = 4, 3 * PRICE, 3
POOL, CAP = 150 * PRICE, 300 * PRICE


async def ask_often(books: Books, member_id: int, requests: int, draw: random.Random) -> None:
    """Ask again and again; what is taken ends in one way or another, or stays open."""
    for _ in range(requests):
        terms = make_terms(books.clock.now_ms(), CATALOGUE, FREE_IMAGES, BUDGET, POOL, CAP, active_jobs=3)
        count = draw.randint(1, 4)
        try:
            job = await books.submit(terms, member_id=member_id, server_id=draw.randint(1, SERVERS), count=count)
        except MemberError:
            continue
        match draw.randint(0, 4):
            case 0:
                await books.jobs.void(job.id)
            case 1:
                await books.jobs.acknowledge(job.id, 1)
                await books.jobs.wish_cancel(job.id, member_id)
            case 2:
                await books.bring_to_submitting(job)
                await books.jobs.fail(job.id, failure_of("InternalError"))
            case 3:
                made = draw.randint(0, count)
                await books.bring_to_settled(job, made=made, fetched=draw.randint(0, made), tier=None)
            case _:
                pass


async def work(database: Path, seed: int, *, members: int, requests: int) -> None:
    books = await open_books(database)
    books.ids = itertools.count(seed * 1_000_000)
    draw = random.Random(seed)
    try:
        await asyncio.gather(*(ask_often(books, member, requests, draw) for member in range(1, members + 1)))
    finally:
        await books.close()


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1]), int(sys.argv[2]), members=12, requests=15))
