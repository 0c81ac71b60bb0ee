"""Who is refused too often waits, whoever refused, also across being forgotten, and nobody for longer than said."""

import pytest

from bot.domain.moderation.cases import CaseKind
from bot.domain.privacy import Lasting
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Terms
from bot.domain.requests.refused_prompts import WINDOW_MS
from bot.errors import Blocked, MemberError, Unavailable
from bot.storage.moderation.moderation import SqliteModeration
from bot.storage.privacy.privacy import SqlitePrivacy
from tests.support.failures import failure_of
from tests.support.forgetting import forget
from tests.support.ledger import Books, make_terms

REFUSED_BY_THE_SERVICE = "DataInspectionFailed"


@pytest.fixture
def terms(books: Books) -> Terms:
    return make_terms(books.clock.now_ms(), BUILT_IN)


async def refuse(books: Books, times: int = 1, *, member_id: int = 5, server_id: int = 1) -> list[int]:
    """Let prompts break a rule; give for each until when its member waits."""
    refused = [await books.jobs.record_refusal(server_id, member_id, "prompt-breaks-word") for _ in range(times)]
    return [standing.again_ms for standing in refused]


async def refuse_at_service(books: Books, terms: Terms, *, member_id: int = 5) -> None:
    job = await books.submit(terms, member_id=member_id)
    await books.bring_to_submitting(job)
    assert await books.jobs.fail(job.id, failure_of(REFUSED_BY_THE_SERVICE)) is not None


async def again_ms(books: Books, terms: Terms, *, member_id: int = 5) -> int:
    """Ask, and give until when the member has to wait instead."""
    with pytest.raises(Unavailable) as refused:
        await books.submit(terms, member_id=member_id)
    assert refused.value.key == "refused-too-often"
    return int(refused.value.values["again_ms"])


async def test_the_fifth_refusal_within_ten_minutes_makes_a_member_wait_ten_and_four_cost_nothing(books, terms):
    assert await refuse(books, 4) == [0] * 4
    await books.submit(terms, member_id=5)
    books.clock.advance(60)
    until_ms = books.clock.now_ms() + 600_000
    assert await refuse(books) == [until_ms]
    assert await again_ms(books, terms) == until_ms
    books.clock.advance(600)
    await books.submit(terms, member_id=5)
    assert await refuse(books, 4) == [0] * 4


async def test_refusals_that_lie_further_apart_keep_nobody_waiting(books, terms):
    for _ in range(12):
        assert await refuse(books) == [0]
        books.clock.advance(151)
    await books.submit(terms, member_id=5)


async def test_while_somebody_waits_nothing_counts_and_nothing_is_told_of_the_rules(books, terms):
    (*_, until_ms) = await refuse(books, 5)
    books.clock.advance(599)
    for _ in range(3):
        with pytest.raises(Unavailable) as refused:
            await refuse(books)
        assert (refused.value.key, refused.value.values["again_ms"]) == ("refused-too-often", until_ms)
    books.clock.advance(1)
    await books.submit(terms, member_id=5)
    assert await books.rows("SELECT count(*) FROM refused_prompts") == [(5,)]
    reasons = "SELECT json_extract(detail, '$.reason'), count(*) FROM audit WHERE act = 'request.refused' GROUP BY 1"
    assert await books.rows(reasons) == [("prompt-breaks-word", 5), ("refused-too-often", 3)]


async def test_what_the_image_service_refuses_counts_as_what_the_server_refuses(books, terms):
    moderation = SqliteModeration(books.database, books.clock)
    await moderation.set_strikes(books.act(), 0)
    for _ in range(3):
        await refuse_at_service(books, terms)
    assert (await refuse(books, 2))[1] > 0
    await again_ms(books, terms)


async def test_other_members_and_other_servers_do_not_wait(books, terms):
    await refuse(books, 5)
    await books.submit(terms, member_id=6)
    await books.submit(terms, member_id=5, server_id=2)


async def test_who_is_blocked_hears_that_and_nothing_else(books):
    moderation = SqliteModeration(books.database, books.clock)
    await moderation.block(books.act(), 5, 0)
    with pytest.raises(Blocked):
        await refuse(books)
    assert await books.rows("SELECT * FROM refused_prompts") == []


async def test_who_is_let_in_again_by_a_moderator_need_not_wait(books, terms):
    moderation = SqliteModeration(books.database, books.clock)
    await refuse(books, 5)
    await refuse(books, 5, server_id=2)
    await moderation.block(books.act(), 5, 0)
    await moderation.unblock(books.act(), 5)
    await books.submit(terms, member_id=5)
    assert await books.rows("SELECT DISTINCT server_id FROM refused_prompts") == [(2,)]


async def test_a_moderator_ends_the_wait_of_who_is_not_blocked(books, terms):
    moderation = SqliteModeration(books.database, books.clock)
    await refuse(books, 5)
    case = await moderation.unblock(books.act(), 5)
    assert (case.kind, case.member_id) == (CaseKind.UNBLOCK, 5)
    await books.submit(terms, member_id=5)
    with pytest.raises(MemberError, match="not-blocked"):
        await moderation.unblock(books.act(), 5)


@pytest.mark.parametrize("is_forgotten", [False, True])
async def test_where_a_member_stands_names_the_wait_as_long_as_it_lasts(books, terms, is_forgotten):
    await refuse(books, 4)
    assert (await books.jobs.standing(1, 5, (), terms)).refused.again_ms == 0
    (until_ms,) = await refuse(books)
    if is_forgotten:
        await forget(books, terms, 5)
    assert (await books.jobs.standing(1, 5, (), terms)).refused.again_ms == until_ms
    assert [(await books.jobs.standing(*who, (), terms)).refused.again_ms for who in ((2, 5), (1, 6))] == [0, 0]
    books.clock.advance(600)
    assert (await books.jobs.standing(1, 5, (), terms)).refused.again_ms == 0


async def test_being_forgotten_ends_no_wait_and_the_wait_ends_all_the_same(books, terms):
    (*_, until_ms) = await refuse(books, 5)
    forgotten = await forget(books, terms, 5)
    assert forgotten is not None
    assert forgotten.outlasting
    privacy = SqlitePrivacy(books.database, books.clock)
    assert (await privacy.keepings(5)).outlasting
    assert (await privacy.keepings(5)).outlasting == {Lasting.REFUSED: until_ms + WINDOW_MS}
    assert not (await privacy.keepings(6)).outlasting
    assert await again_ms(books, terms) == until_ms
    assert await books.rows("SELECT count(*) FROM refused_prompts WHERE hash IS NOT NULL") == [(0,)]
    books.clock.advance(1200)
    assert await privacy.expire_retained() == 5
    assert await books.rows("SELECT * FROM refused_prompts") == []


async def test_what_still_counts_is_not_deleted(books, terms):
    (*_, until_ms) = await refuse(books, 5)
    books.clock.advance(599)
    await SqlitePrivacy(books.database, books.clock).expire_retained()
    assert await again_ms(books, terms) == until_ms


async def test_a_clock_that_is_set_back_keeps_nobody_waiting(books, terms):
    await refuse(books, 5)
    books.clock.advance(-7200)
    await books.submit(terms, member_id=5)
