"""What the operator does in a day."""

import asyncio
import random

from bot.errors import BotError, StorageUnavailable
from simulation.operating import books
from simulation.operating.copies import Copies
from simulation.world import World

ROUND_S = 6 * 3600.0
"""Between two looks at the books, in the mean."""

HASTE = 0.3
"""How often he does not leave it to the bot what is in doubt now, though the page says so."""

HASTE_AT_ONCE = 0.25
SLOW_S = (0.2, 0.6)
"""How long what is sent takes just then, so that there is time for him."""

LAST_LOOKS = (14, 24)
"""So many it takes until all that may still land has landed."""

LOOKS = "GET /api/v1/tasks"
"""How a request for the vendor's list ends in the trace."""

BAD_LUCK = 0.04
"""How often the database is lost after that."""


class Operator:
    """Whoever runs the bot."""

    def __init__(self, world: World, dice: random.Random) -> None:
        self._world = world
        self._dice = dice
        self._copies = Copies(world)
        # He does one thing after the other.
        self._hands = asyncio.Lock()

    async def work(self) -> None:
        """Keep the bot running, and look at the books now and then, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_running(), name="operator")
            group.create_task(self._go_round(), name="operator's round")
            group.create_task(self._be_hasty(), name="operator's haste")

    async def finish(self) -> None:
        """Wait until what he is about is done; he begins nothing more."""
        await self._hands.acquire()

    def _note_unheld(self) -> None:
        """Take note of who waits for an answer to what the dead bot had not written down: it can't come any more."""
        held = {row["id"] for row in self._world.rows("SELECT id FROM jobs")}
        self._world.lost.unheld |= {
            used.interaction_id
            for used in self._world.asked
            if used.acknowledged.is_set()
            and (used.message is None or used.message.loading)
            and used.interaction_id not in held
        }

    async def _keep_running(self) -> None:
        world = self._world
        while True:
            await world.bot.ended.wait()
            world.trace.add("operator", f"finds life {len(world.lives)} dead after {world.bot.ran} callbacks")
            if world.bot.was_killed and world.asked:
                self._note_unheld()
            # A disk that takes nothing lets no bot begin.
            is_ill = world.disk.ill is not None and isinstance(world.bot.error, StorageUnavailable)
            if not world.bot.was_killed and not is_ill and (world.bot.error or not world.bot.stop.is_set()):
                world.violations.append(f"the bot ended by itself: {world.bot.error!r}")
            await asyncio.sleep(self._dice.choice((0.0, 2.0, 60.0, 600.0)) * self._dice.random())
            async with self._hands:
                if world.bot.is_over:
                    world.start()

    async def _go_round(self) -> None:
        while True:
            await asyncio.sleep(self._dice.expovariate(1 / ROUND_S))
            async with self._hands:
                try:
                    await self._look_around()
                except BotError as error:
                    # The command ends with 1 and this sentence.
                    self._world.trace.add("operator", f"can't: {error}")

    async def _be_hasty(self) -> None:
        """Now and then resolve what is in doubt at the very moment at which the bot looks for it."""
        while True:
            await self._world.trace.until(lambda who, what: who == "database" and " is in_doubt" in what)
            if self._dice.random() >= HASTE_AT_ONCE:
                continue
            for _ in range(self._dice.choice((self._dice.randint(1, 6), self._dice.randint(*LAST_LOOKS)))):
                await self._world.trace.until(lambda who, what: who == "bot" and what.endswith(LOOKS))
            conditions = self._world.network.conditions
            usual_s, conditions.delay_s = conditions.delay_s, SLOW_S
            try:
                await asyncio.sleep(self._dice.uniform(0, SLOW_S[1]))
                async with self._hands:
                    await books.resolve_doubts(self._world, hastily=True)
            except BotError as error:
                self._world.trace.add("operator", f"can't: {error}")
            finally:
                conditions.delay_s = usual_s

    async def _look_around(self) -> None:
        self._world.tally["operator round"] += 1
        await self._copies.make()
        await books.check(self._world)
        await books.resolve_doubts(self._world, hastily=self._dice.random() < HASTE)
        if self._dice.random() < BAD_LUCK:
            await self._copies.restore(self._dice)
