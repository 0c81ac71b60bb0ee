"""The program's commands, each run in a process of its own beside the bot: same files, same network, same clock."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import typer
from typer.core import TyperGroup

from bot import operator_cli
from bot.__main__ import cli
from simulation.machine.process import Process
from simulation.world import World

T = TypeVar("T")

BAD_LUCK, MOST_CALLBACKS = 0.1, 200
"""How often a command is killed, and before which of its callbacks at the latest."""


async def verify(world: World) -> list[str]:
    """Run ``ledger verify``; return the differences that it names."""
    verdict = await _run(
        world,
        "ledger verify",
        lambda: operator_cli.verify(world.config, world.clock, offline=False, connect=world.disk.connect),
    )
    for difference in verdict.differences:
        world.trace.add("operator", f"reads: {difference}")
    return verdict.differences


async def in_doubt(world: World) -> list[str]:
    """Run ``jobs in-doubt``; return what it prints."""
    return await _run(
        world,
        "jobs in-doubt",
        lambda: operator_cli.list_doubts(world.config, world.clock, connect=world.disk.connect),
    )


async def resolve(world: World, line: str) -> None:
    """Run ``jobs resolve ...`` as it is written, such as a line of `verify` has it."""
    given = _parsed(line.split())
    word = operator_cli.Word(given["which"], given["billed"] or 0, given["server"], given["task"], given["model"])
    said = await _run(
        world, line, lambda: operator_cli.resolve(world.config, world.clock, word, connect=world.disk.connect)
    )
    world.trace.add("operator", f"reads: {said}")


async def back_up(world: World, target: Path) -> None:
    """Run ``backup``."""

    async def command() -> str:
        return operator_cli.back_up(world.config, target, force=False)

    await _run(world, f"backup {target.name}", command)


def _parsed(words: list[str]) -> dict[str, Any]:
    """Return what the program's own parser makes of a command's words."""
    command: Any = typer.main.get_command(cli)
    while isinstance(command, TyperGroup):
        command = command.commands[words.pop(0)]
    return command.make_context(command.name, words).params


async def _run(world: World, name: str, command: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a command until it has ended; one that was killed is run again."""
    said: list[T] = []

    async def main(_: Process) -> None:
        said.append(await command())

    while not said:
        world.trace.add("operator", f"runs {name}")
        process = Process(world.loop, world.disk)
        world.tally["operator command"] += 1
        dice = world.turns.dice(f"command {world.tally['operator command']}")
        if dice.random() < BAD_LUCK:
            process.dies_at = dice.randrange(MOST_CALLBACKS)
        process.start(main)
        await process.ended.wait()
        if process.was_killed:
            world.trace.add("operator", f"sees {name} killed")
            world.tally["operator command killed"] += 1
            # What it had open is not let go as by one that ended.
            world.killed.append(process)
            # What was printed is lost with it.
            said.clear()
            continue
        if process.error is not None:
            raise process.error
        if process.left:
            world.violations.append(f"{name} ended and left: {process.left}")
    return said[0]
