from bot.presentation.kit.texts import moment
from bot.storage.servers.references import SqliteReferences
from tests.support.ledger import Books

TOLD = "SELECT created_ms FROM outbox WHERE kind = 'reference-added' ORDER BY id"


async def add_several(books: Books, *names: str) -> list[str]:
    """Add sets a fraction of a second apart; return the times of all so far, as the log channel shows them."""
    references = SqliteReferences(books.database, books.clock)
    for name in names:
        await references.add(books.act("reference.add"), name, (), shared=False)
        books.clock.advance(0.1)
    return [moment(at_ms) for (at_ms,) in await books.rows(TOLD)]


async def test_sets_that_are_added_within_a_second_are_told_with_times_that_tell_them_apart(books: Books):
    assert len(set(await add_several(books, "castle", "tower", "moat"))) == 3


async def test_sets_whose_times_differ_are_told_with_them(books: Books):
    began_ms = books.clock.now_ms()
    await add_several(books, "castle")
    books.clock.advance(5)
    await add_several(books, "tower")
    # The clock is set back by longer than sets that are alike can stand apart.
    books.clock.advance(-3600)
    await add_several(books, "moat")
    told = [at_ms - began_ms for (at_ms,) in await books.rows(TOLD)]
    assert told == [0, 5100, 5200 - 3_600_000]
