"""What tests of moderation's store share: requests that are refused, and acts that are."""

from collections.abc import Awaitable
from typing import Any

import pytest

from bot.domain.jobs.job import Job
from bot.domain.requests.catalogue import BUILT_IN
from bot.errors import Blocked, BotError, MemberError
from tests.support.ledger import Books, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
TABLES = (
    "cases", "case_notes", "blocks", "strikes", "moderation_settings", "prompt_rules", "appeals", "removal_questions",
    "acts", "audit", "accounts", "ledger", "outbox",
)  # fmt: skip


def terms(books: Books) -> Any:
    """Return terms under which a member has plenty."""
    return make_terms(books.clock.now_ms(), {TURBO.name: TURBO}, 100)


async def delivered(books: Books, *, server_id: int = 1) -> Job:
    """Let a member have a picture."""
    job = await books.bring_to_settled(
        await books.submit(terms(books), server_id=server_id), made=1, fetched=1, tier=None
    )
    assert job is not None
    done = await books.jobs.record_delivery(job.id, {0: 5}, version=job.version + 1, ping=False)
    assert done is not None
    return done


async def everything(books: Books) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row that moderation may write."""
    return {table: await books.rows(f"SELECT * FROM {table}") for table in TABLES}


async def refused(books: Books, member_id: int = 1, server_id: int = 1) -> Blocked:
    """Let a blocked member ask, and give the refusal."""
    with pytest.raises(Blocked) as refusal:
        await books.submit(terms(books), member_id=member_id, server_id=server_id)
    return refusal.value


async def is_refused(done: Awaitable[object], kind: type[BotError], key: str) -> MemberError:
    """See that what is done is refused, with which words, and give the refusal."""
    with pytest.raises(kind) as refusal:
        await done
    assert isinstance(refusal.value, MemberError)
    assert refusal.value.key == key
    return refusal.value
