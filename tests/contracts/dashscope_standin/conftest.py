from collections.abc import AsyncIterator

import pytest

from tests.support.contracts.vendor_caller import Caller, served


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with served() as standing:
        yield standing
