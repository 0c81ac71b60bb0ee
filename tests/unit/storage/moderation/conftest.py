import pytest

from bot.storage.moderation.moderation import SqliteModeration
from tests.support.ledger import Books


@pytest.fixture
def cases(books: Books) -> SqliteModeration:
    return SqliteModeration(books.database, books.clock)
