import asyncio
import time

from sandbox.clock import LONGEST_BEAT_S, SandboxClock


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


async def test_time_waits_for_a_program_that_is_held_up():
    clock = SandboxClock(scale=10)
    await clock.sleep(0.1)
    before = clock.monotonic()
    time.sleep(10 * LONGEST_BEAT_S)  # noqa: ASYNC251 - the loop must not turn meanwhile
    assert clock.monotonic() - before <= 10 * LONGEST_BEAT_S


async def test_time_goes_on_while_a_program_has_nothing_to_do():
    clock = SandboxClock(scale=10)
    before = clock.monotonic()
    # Many beats long.
    await clock.sleep(5)
    assert clock.monotonic() >= before + 5
