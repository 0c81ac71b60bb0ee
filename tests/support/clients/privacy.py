"""Members at their clients: /privacy and its questions, in both languages."""

from pathlib import Path
from typing import Any

from sandbox.discord import Actor, SeenMessage, Used
from tests.support.world import World

ERASE = {"bob": "Erase everything", "mei": "全部清除"}


async def use(who: Actor, command: str, channel: str = "general", **options: Any) -> SeenMessage:
    """Use a subcommand of /privacy, and give the answer, which nobody else sees."""
    answer = await (await who.invoke(f"privacy {command}", options, channel=channel)).reply()
    assert answer.ephemeral
    return answer


async def changed(world: World, used: Used, before: SeenMessage) -> str:
    """Wait until the question is answered, and give what stands in its place."""
    await used.response()
    await world.discord.until(lambda: used.message is not None and used.message.text != before.text)
    assert used.message is not None
    assert used.message.buttons == []
    return used.message.text


async def forget(world: World, who: Actor, channel: str = "general") -> str:
    """Have the bot forget somebody, and give what it says."""
    question = await use(who, "forget", channel)
    return await changed(world, await who.press(question, ERASE[who.user.name]), question)


def pictures(world: World) -> list[Path]:
    """Return every picture that the bot keeps."""
    return [path for path in world.config.storage.images.rglob("*") if path.is_file()]
