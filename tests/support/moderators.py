"""Moderators at their clients: /mod and its buttons, in both languages."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

from sandbox.discord import Actor, Guild, Permission, SeenMessage, Used
from tests.support.world import World


def add_moderators(world: World) -> tuple[Actor, Actor]:
    """Give two people who moderate by permission: mod, who reads English, and min, who reads Chinese."""
    world.guild.add_member("min", roles=["Moderator"], locale="zh-CN")
    return world.member("mod"), world.member("min")


def add_strangers(other: Guild) -> None:
    """Let lan join another server, who moderates there as its owner eve does, and reads Chinese."""
    other.add_role("Moderator", permissions=Permission.MANAGE_MESSAGES | Permission.MODERATE_MEMBERS)
    other.add_member("lan", roles=["Moderator"], locale="zh-CN")


async def mod(who: Actor, command: str, *, force: bool = False, **options: Any) -> SeenMessage:
    """Use a subcommand of /mod, and give the answer, which nobody else sees."""
    answer = await (await who.invoke(f"mod {command}", options, force=force)).reply()
    assert answer.ephemeral
    return answer


async def said(world: World, used: Used) -> str:
    """Wait for the word that a press was answered with beside its message, and give it."""
    await used.response()
    await world.discord.until(lambda: used.followups)
    (message,) = used.followups
    assert message.ephemeral
    return message.text


async def replaced(world: World, used: Used, before: SeenMessage) -> SeenMessage:
    """Wait until a press has changed its message, and give that."""
    await used.response()

    def changed() -> bool:
        return used.message is not None and used.message.text != before.text

    await world.discord.until(changed)
    assert used.message is not None
    return used.message


async def refused(who: Actor, prompt: str = "a flower shop", **options: Any) -> SeenMessage:
    """Ask for pictures, and give the refusal, which nobody else sees."""
    answer = await (await who.invoke("imagine", {"prompt": prompt, **options})).reply()
    assert answer.ephemeral
    return answer


def cases(world: World, guild_id: int | None = None) -> list[tuple[int, str, str]]:
    """Return the cases of a server: number, kind, reason."""
    rows = world.rows(
        "SELECT number, kind, reason FROM cases WHERE server_id = ? ORDER BY number", guild_id or world.guild.id
    )
    return [tuple(row) for row in rows]


def forge(message: SeenMessage, custom_id: str) -> SeenMessage:
    """Return a message with a button that it never had, as a modified client can press."""
    button = {"type": 2, "style": 2, "label": "x", "custom_id": custom_id, "id": 99}
    return replace(message, components=[{"type": 1, "id": 98, "components": [button]}])


RULE = "INSERT INTO prompt_rules (server_id, kind, text) VALUES (?, 'word', 'gore')"
VERSION = "INSERT INTO moderation_settings (server_id, rules_version) VALUES (?, 1)"


def forbid_gore(world: World) -> None:
    """Give a server without rules for prompts the word ``gore``."""
    with closing(sqlite3.connect(world.config.storage.file, timeout=10)) as conn, conn:
        for statement in (RULE, VERSION):
            conn.execute(statement, (world.guild.id,))


async def delivered(world: World, who: Actor, prompt: str = "a flower shop", **options: object) -> SeenMessage:
    """Let somebody have pictures, and give the message they were asked for with."""
    number = len(world.rows("SELECT 1 FROM jobs")) + 1
    card = await world.imagine(who, prompt, **options)
    await world.job_is("delivered", number)
    return card


async def removed(world: World, who: Actor, label: str, number: int = 1) -> SeenMessage:
    """Remove a job's pictures by command, and give the answer to the button that agrees."""
    question = await mod(who, "remove", number=number)
    return await replaced(world, await who.press(question, label), question)
