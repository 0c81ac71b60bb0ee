"""What nobody may read: another server's matters, and secrets."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from sandbox.discord import Guild
from sandbox.discord.state.messages import Message
from simulation.judging.judge import of_bot
from simulation.servers import CASTS, HARBOUR, STUDIO, Cast
from simulation.world import World

OTHER = {STUDIO.name: HARBOUR, HARBOUR.name: STUDIO}
ARCHIVE = re.compile(r"imagine-\d+\.zip")
IDS = "SELECT id FROM jobs WHERE server_id = ?"


def check_servers(world: World) -> None:
    """Nothing of one server stands in the other, nor in the direct messages of who is not in it."""
    for guild in world.guilds:
        strange = _strange(world, CASTS[guild.name], OTHER[guild.name])
        for channel in guild.channels.values():
            for message in channel.messages.values():
                _require_none(strange, message)
        for request_id, text in _sent_to(world, guild):
            found = strange.search(text)
            assert found is None, (
                f"something was sent that tells of another server: [{request_id}], {found and found[0]}"
            )
    for member_id, channel in world.discord.world.direct.items():
        # The operator is told of every server.
        if member_id == world.discord.application_owner.id:
            continue
        for guild in world.guilds:
            if world.discord.world.users[member_id].name not in (*CASTS[guild.name].everybody, guild.owner.name):
                strange = _strange(world, OTHER[guild.name], CASTS[guild.name])
                for message in channel.messages.values():
                    _require_none(strange, message)


def _sent_to(world: World, guild: Guild) -> Iterator[tuple[str, str]]:
    """Yield what the bot ever sent to a server's channels or in answer to who acted there, whatever became of it."""
    channels = {str(channel_id) for channel_id in guild.channels}
    tokens = {one.token for one in world.discord.world.interactions.values() if one.channel.guild is guild}
    for request in world.discord.requests:
        if request.json and (channels | tokens) & set(request.raw_path.split("/")):
            yield f"{request.method} {request.path}", json.dumps(request.json, ensure_ascii=False)


def _strange(world: World, own: Cast, other: Cast) -> re.Pattern[str]:
    """Return what would give away the other server: its name, which each prompt has, its ids, people's and sets'."""
    there = next(guild for guild in world.guilds if guild.name == other.name)
    people = [world.discord.world.user(name).id for name in set(other.everybody) - set(own.everybody)]
    ids = [there.id, *there.channels, *(row["id"] for row in world.rows(IDS, there.id)), *people]
    # What somebody has typed is said to them.
    names = world.wishes.names_from(there.id, untyped_in=own.name)
    return re.compile("|".join([other.name, *(rf"\b{one}\b" for one in (*ids, *names))]))


def check_archives(world: World) -> None:
    """What somebody takes along of what is kept about them has nothing of anybody else."""
    known = world.trace.known
    for message in of_bot(world):
        for document in _documents(message):
            assert message.viewer, f"what is kept about somebody was posted for all: [{message.id}]"
            own = message.viewer.id
            theirs = {job.prompt for job in known.jobs.values() if known.member_of(job.account_id) != own}
            ids = {str(one) for one in known.people.values() if one != own}
            found = [text for text in _texts(json.loads(document)) if text in theirs | ids]
            assert not found, f"an archive tells of somebody else: [{message.id}], {found}"


def _documents(message: Message) -> Iterator[bytes]:
    for file in message.attachments:
        if ARCHIVE.fullmatch(file.filename):
            with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
                yield from (archive.read(name) for name in archive.namelist() if name.endswith(".json"))


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in what was read from JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        parts = value.values() if isinstance(value, dict) else value
        for part in parts:
            yield from _texts(part)


def _require_none(strange: re.Pattern[str], message: Message) -> None:
    # What is kept about somebody is theirs, of whichever server; `check_archives` looks into it.
    is_own = any(ARCHIVE.fullmatch(file.filename) for file in message.attachments)
    found = strange.search(everything(message)) if message.author.bot and not is_own else None
    assert found is None, (
        f"a message tells of another server: [{message.id}], {found and found[0]!r}: {message.content}"
    )


def check_secrets(world: World) -> None:
    """Nothing that the program must keep to itself is in any text that anybody reads or ever read, or in the log."""
    sent = (json.dumps(request.json, ensure_ascii=False) for request in world.discord.requests if request.json)
    read = "\n".join([*(everything(message) for message in of_bot(world)), *sent, world.log])
    secrets = ["sk-sandbox", "sandbox-token", "Signature=", str(world.disk.folder), *world.discord.world.interactions]
    told = [secret for secret in secrets if secret in read]
    assert not told, f"secrets in what people read or in the log: {told}"


def everything(message: Message) -> str:
    """Return all that a message says: its text, its components, and the names and texts of its files."""
    files = [(file.filename, file.description, file.data.decode("latin-1")) for file in message.attachments]
    return json.dumps([message.content, message.embeds, message.components, files], ensure_ascii=False)
