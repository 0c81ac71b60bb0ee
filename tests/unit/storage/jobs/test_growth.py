"""The work for a request or an act does not grow with the tables: SQLite's own steps are counted, not time."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.books import MODELS, NOW_MS, Scale, build, role_of
from bot.domain.requests.quota import Terms
from bot.domain.requests.quota_rules import PartialRule, Scope
from bot.errors import OverQuota, PriceNotAgreed
from tests.support.ledger import Books, make_terms, open_books

SCALES = (Scale(600, 60, open_jobs=5), Scale(12_000, 900, open_jobs=5))
MEMBER = 7
NEW_MEMBER, WITHOUT_RULES = 5000, 99
ROLES = [role_of(1, nth) for nth in range(8, 12)]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("growth")
    paths = [folder / "small.db", folder / "large.db"]
    for path, scale in zip(paths, SCALES, strict=True):
        build(path, scale)
    return paths


def terms_of(books: Books, budget: int = 10**9) -> Terms:
    catalogue = {model.name: model for model in MODELS}
    return make_terms(books.clock.now_ms(), catalogue, 0, budget, pool=10**12, cap=10**12)


@asynccontextmanager
async def opened(path: Path, folder: Path) -> AsyncIterator[Books]:
    """A copy, so that what one test does is nothing to the next."""
    books = await open_books(Path(shutil.copy(path, folder)))
    books.clock.advance((NOW_MS - books.clock.now_ms()) / 1000)
    try:
        yield books
    finally:
        await books.close()


async def steps(books: Books, action: Callable[[], Awaitable[Any]]) -> int:
    """Count the instructions of SQLite's virtual machine that the writer runs for something."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    await books.database.write(lambda conn: conn.set_progress_handler(step, 1))
    await action()
    await books.database.write(lambda conn: conn.set_progress_handler(None, 1))
    return count


async def asked_back(books: Books) -> None:
    with pytest.raises(PriceNotAgreed):
        await books.submit(terms_of(books), member_id=NEW_MEMBER, server_id=WITHOUT_RULES, may_pay=False)


async def refused(books: Books) -> None:
    with pytest.raises(OverQuota):
        await books.submit(terms_of(books, 0), member_id=NEW_MEMBER, server_id=WITHOUT_RULES)


async def asked(books: Books) -> None:
    await books.submit(terms_of(books), member_id=NEW_MEMBER, roles=ROLES, count=2)


async def granted(books: Books) -> None:
    await books.servers.grant(books.act(), MEMBER, 1)


async def ruled(books: Books) -> None:
    await books.servers.set_rule(books.act(), Scope.MEMBER, NEW_MEMBER, PartialRule(free_images=1))


async def set_pool(books: Books) -> None:
    await books.servers.change_settings(books.act(), lambda settings: replace(settings, pool_micros=10**11))


@pytest.mark.parametrize("action", [asked, asked_back, refused, granted, ruled, set_pool], ids=lambda one: one.__name__)
async def test_as_many_steps_are_taken_in_a_ledger_of_twenty_times_the_size(
    files: list[Path], tmp_path: Path, action: Callable[[Books], Awaitable[None]]
):
    taken: list[int] = []
    for path in files:
        async with opened(path, tmp_path) as books:
            taken.append(await steps(books, lambda books=books: action(books)))
    small, large = taken
    # What the tables hold of one member and of one bucket differs a little; a table that is read as a whole would
    # make it thousands.
    assert abs(large - small) <= 100, taken
