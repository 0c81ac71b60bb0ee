"""Gateway events as JSON, and which intents they need (events/gateway.mdx "List of Intents")."""

from collections.abc import Callable
from typing import Any

from sandbox.discord.rules.errors import Json
from sandbox.discord.state import payloads
from sandbox.discord.state.guilds import Channel, Guild, Member, Role
from sandbox.discord.state.messages import Message
from sandbox.discord.state.world import World

INTENT_GUILDS = 1 << 0
INTENT_GUILD_MEMBERS = 1 << 1
INTENT_PRESENCES = 1 << 8
INTENT_GUILD_MESSAGES = 1 << 9
INTENT_DIRECT_MESSAGES = 1 << 12
INTENT_MESSAGE_CONTENT = 1 << 15
PRIVILEGED_INTENTS = INTENT_GUILD_MEMBERS | INTENT_PRESENCES | INTENT_MESSAGE_CONTENT


def render(world: World, event: str, subject: Any, intents: int) -> Json | None:  # noqa: ANN401 - by event
    """The event's data, or None where the session does not get it."""
    if event == "INTERACTION_CREATE":
        return subject
    if event == "GUILD_CREATE":
        guild, lazy = subject
        return guild_create(world, guild, lazy=lazy) if intents & INTENT_GUILDS and guild.available else None
    if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"):
        return _message(world, event, subject, intents)
    if event.startswith("GUILD_MEMBER_"):
        return _member(world, event, subject, intents)
    # A GUILD_DELETE is the last thing that it hears.
    is_told = event == "GUILD_DELETE" or _inside(subject)
    return _RENDERERS[event](subject) if intents & INTENT_GUILDS and is_told else None


def server_of(subject: Any) -> int:  # noqa: ANN401 - by event
    """The id of the server that an event is about; 0 for none. It decides which shard hears of it."""
    if isinstance(subject, dict):
        return int(subject.get("guild_id") or 0)
    first = subject[0] if isinstance(subject, tuple) else subject
    if isinstance(first, Message):
        first = first.channel
    guild = first if isinstance(first, Guild) else first.guild
    return guild.id if guild else 0


def guild_create(world: World, guild: Guild, *, lazy: bool) -> Json:
    return payloads.guild(guild, bot=guild.members.get(world.bot.id), lazy=lazy)


def _inside(subject: Guild | Channel | tuple[Guild, Role]) -> bool:
    if isinstance(subject, Guild):
        guild: Guild | None = subject
    else:
        guild = subject.guild if isinstance(subject, Channel) else subject[0]
    return guild is not None and guild.bot_inside and guild.available


def _message(world: World, event: str, message: Message, intents: int) -> Json | None:
    guild = message.channel.guild
    wanted = INTENT_GUILD_MESSAGES if guild else INTENT_DIRECT_MESSAGES
    if not intents & wanted or message.viewer is not None or (guild and not guild.bot_inside):
        return None
    if event == "MESSAGE_DELETE":
        data: Json = {"id": str(message.id), "channel_id": str(message.channel.id)}
    else:
        data = payloads.message(message, world.cdn)
    return {**data, "guild_id": str(guild.id)} if guild else data


def _member(world: World, event: str, member: Member, intents: int) -> Json | None:
    # Changes of the bot's own membership come without the members intent.
    about_itself = event == "GUILD_MEMBER_UPDATE" and member.user is world.bot
    if not (member.guild.bot_inside and member.guild.available) or not (intents & INTENT_GUILD_MEMBERS or about_itself):
        return None
    if event == "GUILD_MEMBER_REMOVE":
        return {"guild_id": str(member.guild.id), "user": payloads.user(member.user)}
    return {**payloads.member(member), "guild_id": str(member.guild.id)}


def _deleted(guild: Guild) -> Json:
    # Without "unavailable" it means that the bot is no longer in the server.
    return {"id": str(guild.id), **({"unavailable": True} if guild.bot_inside else {})}


def _role(subject: tuple[Guild, Role]) -> Json:
    guild, role = subject
    return {"guild_id": str(guild.id), "role": payloads.role(role)}


_RENDERERS: dict[str, Callable[[Any], Json]] = {
    "CHANNEL_CREATE": payloads.channel,
    "CHANNEL_UPDATE": payloads.channel,
    "CHANNEL_DELETE": payloads.channel,
    "THREAD_CREATE": payloads.channel,
    "THREAD_UPDATE": payloads.channel,
    "THREAD_DELETE": payloads.channel,
    "GUILD_ROLE_CREATE": _role,
    "GUILD_ROLE_UPDATE": _role,
    "GUILD_UPDATE": payloads.guild_object,
    "GUILD_DELETE": _deleted,
}
