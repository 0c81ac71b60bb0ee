"""What nobody may read: another server's matters, and secrets."""

import json
import re

from sandbox.discord.state.messages import Message
from simulation.judging.judge import of_bot
from simulation.servers import CASTS, HARBOUR, STUDIO, Cast
from simulation.world import World

OTHER = {STUDIO.name: HARBOUR, HARBOUR.name: STUDIO}
IDS = "SELECT id FROM jobs WHERE server_id = ?"


def check_servers(world: World) -> None:
    """Nothing of one server stands in the other, nor in the direct messages of who is not in it."""
    for guild in world.guilds:
        strange = _strange(world, CASTS[guild.name], OTHER[guild.name])
        for channel in guild.channels.values():
            for message in channel.messages.values():
                _require_none(strange, message)
    for member_id, channel in world.discord.world.direct.items():
        # The operator is told of every server.
        if member_id == world.discord.application_owner.id:
            continue
        for guild in world.guilds:
            if world.discord.world.users[member_id].name not in (*CASTS[guild.name].everybody, guild.owner.name):
                strange = _strange(world, OTHER[guild.name], CASTS[guild.name])
                for message in channel.messages.values():
                    _require_none(strange, message)


def _strange(world: World, own: Cast, other: Cast) -> re.Pattern[str]:
    """Return what would give away the other server: its name, which each prompt has, its ids, and its people's."""
    there = next(guild for guild in world.guilds if guild.name == other.name)
    people = [world.discord.world.user(name).id for name in set(other.everybody) - set(own.everybody)]
    ids = [there.id, *there.channels, *(row["id"] for row in world.rows(IDS, there.id)), *people]
    return re.compile("|".join([other.name, *(rf"\b{one}\b" for one in ids)]))


def _require_none(strange: re.Pattern[str], message: Message) -> None:
    found = strange.search(everything(message)) if message.author.bot else None
    assert found is None, (
        f"a message tells of another server: [{message.id}], {found and found[0]!r}: {message.content}"
    )


def check_secrets(world: World) -> None:
    """Nothing that the program must keep to itself is in any text that anybody reads, or in the log."""
    read = "\n".join([*(everything(message) for message in of_bot(world)), world.log])
    secrets = ["sk-sandbox", "sandbox-token", "Signature=", str(world.disk.folder), *world.discord.world.interactions]
    told = [secret for secret in secrets if secret in read]
    assert not told, f"secrets in what people read or in the log: {told}"


def everything(message: Message) -> str:
    """Return all that a message says: its text, its components, and the names and texts of its files."""
    files = [(file.filename, file.description, file.data.decode("latin-1")) for file in message.attachments]
    return json.dumps([message.content, message.embeds, message.components, files], ensure_ascii=False)
