from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.ledger import Books, open_books


@pytest.fixture
async def books(tmp_path: Path) -> AsyncIterator[Books]:
    opened = await open_books(tmp_path / "imagine.db")
    yield opened
    await opened.close()
