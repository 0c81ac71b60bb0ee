"""What the tests let happen in a simulation; each prints what it saw, for a test that runs it in a process of its own.

``python -m tests.simulation.stories STORY SEED``
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.discord import InteractionFailed
from simulation.machine.process import Process
from simulation.machine.storage import InlineConnection
from simulation.run import run
from simulation.world import World

Saw = dict[str, Any]

MAKE = "CREATE TABLE IF NOT EXISTS notes (number INTEGER)"
ADD = "INSERT INTO notes VALUES (?)"
HELD = "SELECT count(*) FROM jobs"


async def picture(world: World) -> Saw:
    """Somebody asks, and sees the pictures."""
    world.start()
    await world.connected()
    bob = world.member("bob")
    await (await world.ask(bob, "a flower shop", count=2)).reply()
    await world.discord.until(lambda: any(message.attachments for message in bob.read("general")), timeout_s=300)
    await asyncio.sleep(1)
    await world.stop()
    return {"states": [row["state"] for row in world.rows("SELECT state FROM jobs")]}


async def committed(world: World) -> Saw:
    """A process writes numbers one after the other, and is killed before each of its callbacks in turn."""
    lost: list[list[int]] = []
    cleaned: list[str] = []
    for dies_at in range(1, 40):
        heard: list[int] = []

        async def write_on(_: Process, heard: list[int] = heard) -> None:
            connection = await world.disk.connect(world.disk.database)
            try:
                await connection.hop(lambda conn: conn.executescript(f"PRAGMA journal_mode = WAL; {MAKE}"))
                for number in range(1, 6):
                    await add(connection, number)
                    heard.append(number)
            except BaseException:
                cleaned.append("except")
                raise
            finally:
                cleaned.append("finally")

        for file in world.disk.folder.glob(f"{world.disk.database.name}*"):
            file.unlink()
        process = Process(world.loop, world.disk, dies_at=dies_at)
        process.start(write_on)
        await process.ended.wait()
        await asyncio.sleep(10)
        kept = [row["number"] for row in world.rows("SELECT number FROM notes")] if heard else heard
        if not process.was_killed:
            return {"lost": lost, "kills": dies_at - 1, "cleaned": cleaned}
        # What was heard of is there, and at most one more, which was committed and not heard of.
        if kept not in (heard, [*heard, len(heard) + 1]):
            lost.append([dies_at, *kept])
    raise AssertionError("it never came to its end")


async def add(connection: InlineConnection, number: int) -> None:
    def transaction(conn: Any) -> None:
        conn.execute("BEGIN IMMEDIATE")
        conn.execute(ADD, (number,))
        conn.execute("COMMIT")

    await connection.hop(transaction)


async def restart(world: World) -> Saw:
    """The bot is killed soon after a request, and another life of it goes on with what is there."""
    world.start()
    await world.connected()
    bob = world.member("bob")
    used = await world.ask(bob, "a flower shop")
    world.bot.die_within(150)
    await world.bot.ended.wait()
    held = world.rows(HELD)[0][0]
    world.start()
    await world.connected()
    with contextlib.suppress(InteractionFailed):
        await used.response()
    await asyncio.sleep(1800)
    await world.stop()
    states = [row["state"] for row in world.rows("SELECT state FROM jobs")]
    return {"held": held, "states": states, "failed": used.interaction.failed, "error": repr(world.bot.error)}


STORIES: dict[str, Callable[[World], Awaitable[Saw]]] = {
    story.__name__: story for story in (picture, committed, restart)
}


def main() -> None:
    saw: Saw = {}

    async def story(world: World) -> None:
        saw.update(await STORIES[sys.argv[1]](world))

    outcome = run(int(sys.argv[2]), story)
    print(json.dumps({**saw, "violations": outcome.violations, "steps": outcome.steps}))  # noqa: T201 - the result


if __name__ == "__main__":
    main()
