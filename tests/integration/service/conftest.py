import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bot.domain.requests.policy import Policy
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from tests.support.moments import NOON
from tests.support.service import SCALE, FailureLog, Service, open_service, open_vendor

Reopen = Callable[..., AbstractAsyncContextManager[Service]]


@pytest.fixture
async def clock() -> SandboxClock:
    return SandboxClock(scale=SCALE, start=NOON)


@pytest.fixture
async def vendor(clock: SandboxClock) -> AsyncIterator[DashScopeStandIn]:
    async with open_vendor(clock) as opened:
        yield opened


@pytest.fixture
def reopen(tmp_path: Path, clock: SandboxClock, vendor: DashScopeStandIn) -> Reopen:
    """Open another run of the program on the same database."""

    def opened(policy: Policy | None = None) -> AbstractAsyncContextManager[Service]:
        return open_service(tmp_path, clock, base_url=vendor.base_url, result_host=vendor.result_host, policy=policy)

    return opened


@pytest.fixture
async def service(reopen: Reopen) -> AsyncIterator[Service]:
    """A run of the program that has not been started."""
    async with reopen() as opened:
        yield opened


@pytest.fixture
async def failures() -> AsyncIterator[FailureLog]:
    heard = FailureLog()
    log = logging.getLogger("bot.service.kit.supervisor")
    log.addHandler(heard)
    yield heard
    log.removeHandler(heard)
