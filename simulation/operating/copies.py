"""Copies of the database, and how one comes back: docs/operating.md, "Backup" and "Restore"."""

import random
import shutil
from pathlib import Path

from simulation.judging.judge import look
from simulation.operating import books, commands
from simulation.trace import BooksTrace
from simulation.world import World

MOST_AGE_S = 20 * 3600.0
"""What the vendor made for jobs that the copy does not know is named for 24 hours."""


class Copies:
    """What the operator keeps beside the database, by when it was made."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._made: list[tuple[float, Path]] = []

    async def make(self) -> None:
        """Make one, while the bot runs or not."""
        world = self._world
        # A name that begins with the database's may lie beside it.
        target = world.disk.database.with_name(f"{world.disk.database.name}.copy-{len(self._made)}")
        await commands.back_up(world, target)
        self._made.append((world.loop.time(), target))
        world.tally["operator backup"] += 1

    async def restore(self, dice: random.Random) -> None:
        """Put one of the copies of a day in the place of the database, as the page says, if there is any."""
        world = self._world
        young = [copy for made_s, copy in self._made if world.loop.time() - made_s < MOST_AGE_S]
        if not young:
            return
        copy = dice.choice(young)
        await world.stop()
        world.trace.add("operator", f"restores {copy.name}")
        world.tally["operator restore"] += 1
        world.lost.note(world.disk.database, copy, world.trace.known)
        world.lost.looks = {job_id: look(world, job_id) for job_id in world.lost.unknown}
        for ending in ("", "-wal", "-shm"):
            world.disk.database.with_name(world.disk.database.name + ending).unlink(missing_ok=True)
        shutil.copyfile(copy, world.disk.database)
        world.disk.watch = BooksTrace(world.trace)
        await books.check(world)
        world.start()
