import asyncio

from sandbox.clock import SandboxClock


async def test_a_time_limit_counts_from_where_it_was_set():
    clock = SandboxClock(scale=0)

    async def limited() -> None:
        async with clock.timeout(5):
            clock.advance(6)
            await asyncio.Event().wait()

    work = asyncio.create_task(limited())
    await asyncio.wait([work], timeout=5)
    assert work.done()
    assert isinstance(work.exception(), TimeoutError)
