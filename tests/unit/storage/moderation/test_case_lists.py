import pytest

from bot.domain.moderation.cases import CaseKind
from bot.errors import AlreadyDone, MemberError, NotPermitted
from bot.storage.moderation.moderation import SqliteModeration
from tests.support.forgetting import forget
from tests.support.ledger import ADMIN, Books
from tests.support.stores.cases import everything, is_refused, refused, terms

HOUR_MS = 3_600_000
NEWEST = 2**63 - 1


async def blocked(cases: SqliteModeration, server_id: int = 1, *, before_id: int = NEWEST) -> list[tuple[int, int]]:
    found = await cases.blocked(server_id, before_id=before_id, most=2)
    return [(case.number, case.member_id) for case in found]


async def test_who_is_blocked_now_is_listed_in_pages_newest_first_and_in_their_own_server(
    books: Books, cases: SqliteModeration
):
    assert await blocked(cases) == []
    first = await cases.block(books.act(), 1, 0)
    await cases.block(books.act(), 2, books.clock.now_ms() + HOUR_MS)
    await cases.block(books.act(), 3, 0)
    await cases.block(books.act(server_id=2), 4, 0)
    assert await blocked(cases) == [(3, 3), (2, 2)]
    assert await blocked(cases, before_id=first.id + 1) == [(1, 1)]
    assert await blocked(cases, 2) == [(1, 4)]
    books.clock.advance(HOUR_MS / 1000)
    await cases.unblock(books.act(), 3)
    assert await blocked(cases) == [(1, 1)]


async def test_who_was_forgotten_is_listed_without_a_name_and_with_it_once_they_are_back(
    books: Books, cases: SqliteModeration
):
    case = await cases.block(books.act(), 1, 0)
    await forget(books, terms(books), 1)
    assert await blocked(cases) == [(1, 0)]
    assert (await refused(books)).case_id == case.id
    assert await blocked(cases) == [(1, 1)]
    (file,) = await cases.of_member(1, 1, before_id=NEWEST, most=5)
    assert file.case.number == 1
    assert (await cases.lift(books.act(), case.id)).member_id == 1
    await books.submit(terms(books))
    assert await blocked(cases) == []


async def test_a_block_is_lifted_by_its_case_also_of_somebody_who_was_forgotten(books: Books, cases: SqliteModeration):
    case = await cases.block(books.act(), 1, 0)
    await forget(books, terms(books), 1)
    act = books.act("mod.unblock")
    lifted = await cases.lift(act, case.id)
    assert (lifted.kind, lifted.number, lifted.member_id, lifted.actor_id) == (CaseKind.UNBLOCK, 2, 0, ADMIN)
    before = await everything(books)
    with pytest.raises(AlreadyDone):
        await cases.lift(act, case.id)
    await is_refused(cases.lift(books.act(), case.id), MemberError, "not-blocked")
    assert await everything(books) == before
    await books.submit(terms(books))


async def test_nobody_lifts_a_block_of_another_server_one_that_is_over_or_their_own(
    books: Books, cases: SqliteModeration
):
    case = await cases.block(books.act(), 1, books.clock.now_ms() + HOUR_MS)
    own = await cases.block(books.act(), ADMIN, 0)
    before = await everything(books)
    await is_refused(cases.lift(books.act(server_id=2), case.id), MemberError, "not-blocked")
    await is_refused(cases.lift(books.act(), own.id), NotPermitted, "unblock-yourself")
    books.clock.advance(HOUR_MS / 1000)
    await is_refused(cases.lift(books.act(), case.id), MemberError, "not-blocked")
    assert await everything(books) == before


async def test_the_cases_of_a_member_are_listed_in_pages_with_what_became_of_them(
    books: Books, cases: SqliteModeration
):
    assert await cases.of_member(1, 1, before_id=NEWEST, most=5) == []
    await cases.block(books.act(), 1, 0)
    await cases.block(books.act(), 2, 0)
    await cases.block(books.act(server_id=2), 1, 0)
    await cases.unblock(books.act(), 1)
    newest, oldest = await cases.of_member(1, 1, before_id=NEWEST, most=5)
    assert [(one.case.kind, one.case.number) for one in (newest, oldest)] == [
        (CaseKind.UNBLOCK, 3),
        (CaseKind.BLOCK, 1),
    ]
    assert oldest.ended_by == newest.case
    assert await cases.of_member(1, 1, before_id=newest.case.id, most=5) == [oldest]
    assert await cases.of_member(1, 1, before_id=NEWEST, most=1) == [newest]
