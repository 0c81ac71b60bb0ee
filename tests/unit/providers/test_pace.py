import asyncio

from bot.providers.dashscope.pace import Pacer
from sandbox.clock import SandboxClock


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_slots_are_evenly_spaced_and_in_order():
    clock = SandboxClock(scale=0)
    pacer = Pacer(clock, per_second=4)
    passed: list[int] = []

    async def pass_as(number: int) -> None:
        await pacer.turn()
        passed.append(number)

    tasks = [asyncio.create_task(pass_as(number)) for number in range(9)]
    for done in range(1, 9):
        await settled()
        assert passed == list(range(done))
        clock.advance(0.25)
    await asyncio.gather(*tasks)
    assert passed == list(range(9))


async def test_idle_time_is_not_saved_up():
    clock = SandboxClock(scale=0)
    pacer = Pacer(clock, per_second=4)
    clock.advance(1000)
    await pacer.turn()
    waiting = asyncio.create_task(pacer.turn())
    await settled()
    assert not waiting.done()
    clock.advance(0.25)
    await waiting


async def test_a_canceled_turn_does_not_hold_up_the_next():
    clock = SandboxClock(scale=0)
    pacer = Pacer(clock, per_second=4)
    await pacer.turn()
    given_up, waiting = asyncio.create_task(pacer.turn()), asyncio.create_task(pacer.turn())
    await settled()
    given_up.cancel()
    clock.advance(0.5)
    await waiting
