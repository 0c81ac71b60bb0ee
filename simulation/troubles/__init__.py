"""What goes wrong in a day.

Each trouble is a function of the world and dice; `TROUBLES` says how often each of them comes.
"""

import asyncio
import random
from contextvars import ContextVar

from simulation.troubles import discord, machine, models, texts, vendor
from simulation.world import Spell, Trouble, World

SHORTLY_S = 15.0
"""How long after somebody has asked trouble comes, in the mean: nobody is hurt while nothing goes on."""

TROUBLES: dict[Trouble, int] = {
    machine.kill: 8,
    machine.kill_at_once: 8,
    machine.kill_at_deletion: 2,
    machine.restart: 2,
    machine.cut: 6,
    machine.darkness: 4,
    machine.refusal: 2,
    machine.clock_step: 5,
    machine.slow_disk: 3,
    machine.ill_disk: 3,
    machine.lost_pictures: 3,
    machine.stuck_files: 1,
    vendor.late_create: 6,
    vendor.lost_answer: 4,
    vendor.blindness: 2,
    vendor.bad_weather: 4,
    vendor.lagging_list: 2,
    vendor.broken_picture: 2,
    vendor.odd_reports: 3,
    vendor.odd_refusals: 1,
    vendor.crowded: 4,
    vendor.arrears: 4,
    vendor.early_end: 3,
    models.retire: 5,
    models.lose_text: 1,
    texts.refusals: 1,
    texts.odd_answers: 2,
    texts.lost_answers: 1,
    texts.slowness: 1,
    discord.lost_answer: 4,
    discord.late_landing: 3,
    discord.bad_weather: 4,
    discord.outage: 2,
    discord.reconnect: 2,
    discord.refused_edit: 1,
    discord.dead_token: 2,
    discord.moderator: 2,
    discord.closed_thread: 2,
    discord.expelled: 1,
}
"""What may go wrong, and how often compared with the others."""

SPELL = ContextVar[Spell]("spell")
"""Of the trouble that a task makes: it begins when that first writes into the trace; until then it lies in wait."""


async def strike(world: World) -> None:
    """Let things go wrong until cancelled: after every other request, while it is under way."""

    def notice(who: str, _: str) -> None:
        if who == "trouble" and (spell := SPELL.get(None)):
            spell.began_s = min(spell.began_s, world.loop.time())

    world.trace.listeners.append(notice)
    async with asyncio.TaskGroup() as group:
        while True:
            turn = await world.news.get()
            dice = world.turns.dice(turn)
            trouble = dice.choices(list(TROUBLES), list(TROUBLES.values()))[0]
            what = f"{trouble.__module__.rpartition('.')[2]} {trouble.__name__}"
            if dice.random() < 0.5 and world.turns.take(turn, what):
                group.create_task(_later(world, turn, trouble, dice), name="trouble")


async def _later(world: World, turn: str, trouble: Trouble, dice: random.Random) -> None:
    await asyncio.sleep(dice.expovariate(1 / SHORTLY_S))
    world.trace.add("trouble", f"takes turn {turn}")
    world.count(trouble)
    spell = Spell()
    SPELL.set(spell)
    world.spells.append(spell)
    try:
        await trouble(world, dice)
    finally:
        spell.ended_s = world.loop.time()
