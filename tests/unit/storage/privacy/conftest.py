import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Terms
from tests.support.ledger import Books, make_terms


@pytest.fixture
def terms(books: Books) -> Terms:
    return make_terms(books.clock.now_ms(), BUILT_IN, free=5, budget=1_000_000)
