"""Admins at their clients: /settings and its menus, in both languages."""

from collections.abc import Sequence
from typing import Any

from sandbox.discord import Actor, Permission, SeenMessage, Used
from tests.support.world import World


def add_admins(world: World) -> tuple[Actor, Actor]:
    """Let two people join who may manage the server: ada, who reads English, and li, who reads Chinese."""
    world.guild.add_role("Boss", permissions=Permission.MANAGE_GUILD)
    world.guild.add_member("ada", roles=["Boss"])
    world.guild.add_member("li", roles=["Boss"], locale="zh-CN")
    return world.member("ada"), world.member("li")


async def ask(who: Actor, command: str, **options: Any) -> SeenMessage:
    """Use a subcommand of /settings, and give the answer, which nobody else sees."""
    answer = await (await who.invoke(f"settings {command}", options)).reply()
    assert answer.ephemeral
    return answer


async def report_in(world: World, who: Actor, channel: str) -> SeenMessage:
    """Have the bot report in a channel, whoever reads it; give the answer."""
    answer = await ask(who, "log-channel", channel=channel)
    if not answer.buttons:
        return answer
    used = await who.press(answer, answer.buttons[0].custom_id)
    await used.response()
    await world.discord.until(lambda: now(used).buttons == [])
    return now(used)


async def choose(world: World, who: Actor, menu: SeenMessage, what: str, values: Sequence[Any]) -> SeenMessage:
    """Choose in a menu of an answer, and give the answer as it is then."""
    before = menu.text
    used = await who.press(menu, f"settings:{what}", values=values)
    await used.response()
    await world.discord.until(lambda: now(used).text != before)
    return now(used)


def now(used: Used) -> SeenMessage:
    assert used.message is not None
    return used.message


async def refusal(world: World, used: Used) -> SeenMessage:
    """Return the word that a press was answered with, beside its message."""
    await used.response()
    await world.discord.until(lambda: used.followups)
    (said,) = used.followups
    assert said.ephemeral
    return said


def component(message: SeenMessage, custom_id: str) -> dict[str, Any]:
    rows = [one for row in message.components for one in row["components"]]
    return next(one for one in rows if one["custom_id"] == custom_id)
