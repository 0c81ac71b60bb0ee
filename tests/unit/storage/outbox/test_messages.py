from bot.domain.requests.catalogue import BUILT_IN
from bot.failure_kinds import Advice
from bot.storage.outbox.messages import SqliteOutbox, add
from tests.support.ledger import Books, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]


async def test_a_message_waits_until_it_is_done_and_then_never_again(books: Books):
    outbox = SqliteOutbox(books.database, books.clock)
    assert await outbox.waiting() == []
    assert await outbox.next_ms() is None
    await books.lanes.stop(TURBO.name, "ModelNotFound", Advice.MODEL)
    (notice,) = await outbox.waiting()
    assert (notice.kind, notice.job_id, notice.attempts) == ("lane-stopped", None, 0)
    assert notice.content == {"model": TURBO.name, "code": "ModelNotFound", "advice": Advice.MODEL}
    await outbox.done(notice.id, "sent")
    assert await outbox.waiting() == []
    assert await outbox.next_ms() is None
    assert await books.rows("SELECT outcome, done_ms FROM outbox") == [("sent", books.clock.now_ms())]


async def test_a_message_that_discord_would_not_take_comes_again_later(books: Books):
    outbox = SqliteOutbox(books.database, books.clock)
    await books.lanes.stop(TURBO.name, "ModelNotFound", Advice.MODEL)
    (notice,) = await outbox.waiting()
    await outbox.again(notice.id, 30.0, 1)
    assert await outbox.waiting() == []
    assert await outbox.next_ms() == books.clock.now_ms() + 30_000
    books.clock.advance(30)
    (again,) = await outbox.waiting()
    assert (again.id, again.attempts) == (notice.id, 1)


async def test_the_oldest_messages_come_first_and_not_all_at_once(books: Books):
    outbox = SqliteOutbox(books.database, books.clock)
    await books.database.write(lambda conn: [add(conn, f"kind-{n}", at_ms=n) for n in range(25)])
    waiting = await outbox.waiting()
    assert [notice.kind for notice in waiting] == [f"kind-{n}" for n in range(20)]


async def test_a_message_of_a_change_that_was_rolled_back_is_never_sent(books: Books):
    job = await books.submit(make_terms(books.clock.now_ms(), {TURBO.name: TURBO}))

    def failing(conn) -> None:
        add(conn, "ping", at_ms=1, job_id=job.id)
        raise KeyError("anything")

    try:
        await books.database.write(failing)
    except KeyError:
        assert await SqliteOutbox(books.database, books.clock).waiting() == []
