"""Users, servers, roles, members and channels, with the methods that a test changes them by."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from sandbox.discord.state.permissions import EVERYONE, bits

if TYPE_CHECKING:
    from sandbox.discord.state.messages import Message

_T = TypeVar("_T")

GUILD_TEXT = 0
DM = 1
GUILD_CATEGORY = 4
GUILD_ANNOUNCEMENT = 5
PUBLIC_THREAD = 11

DEFAULT_FILE_LIMIT_BYTES = 10 * 1024 * 1024
"""The floor since 2025-01-16; the documentation moved to 20 MB in September 2026 (discord-api-docs #8578)."""


@dataclass(eq=False)
class User:
    """An account; ``accepts_dms`` False is a member who closed direct messages."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    accepts_dms: bool = True


@dataclass(eq=False)
class Role:
    id: int
    name: str
    permissions: int
    position: int
    managed: bool = False


@dataclass(eq=False)
class Member:
    """Somebody in a server.

    Attributes:
        timed_out_until_ms: until when a moderator keeps them from taking part; 0: nobody does.
    """

    user: User
    guild: "Guild"
    roles: list[Role]
    joined_ms: int
    timed_out_until_ms: int = 0

    @property
    def is_timed_out(self) -> bool:
        return self.guild.now_ms() < self.timed_out_until_ms


@dataclass(eq=False)
class Channel:
    """A server's channel, a thread, or a direct message (with ``recipient``).

    Attributes:
        parent: a thread's channel, or a channel's category.
        archived: a thread that is closed: nothing in it can be changed before it is opened again.
        locked: a thread that moderators alone may open again, and take part in.
    """

    id: int
    name: str
    type: int
    guild: "Guild | None" = None
    nsfw: bool = False
    parent: "Channel | None" = None
    recipient: User | None = None
    position: int = 0
    archived: bool = False
    locked: bool = False
    overwrites: dict[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])
    messages: "dict[int, Message]" = field(default_factory=dict)

    @property
    def is_thread(self) -> bool:
        return self.type == PUBLIC_THREAD


class GuildHost(Protocol):
    """What a server needs of the world around it."""

    def new_id(self) -> int: ...
    def now_ms(self) -> int: ...
    def user(self, name: str, locale: str | None = None) -> User: ...
    def announce(self, event: str, subject: object) -> None: ...
    @property
    def bot(self) -> User: ...


class Guild:
    """A server. Made by `DiscordStandIn.add_guild`; whatever changes is told to the gateway.

    Attributes:
        attachment_size_limit: bytes that one file may have, sent with each interaction.
        bot_inside: False after the bot has left or was removed.
        available: False while Discord is not ready to tell the bot of the server: READY names it, but its GUILD_CREATE
            does not come yet, and of what changes in it nothing is told. Interactions come all the same.
        command_grants: per top-level command, the role and user ids that the server's admins let use it under
            Integrations; they replace ``default_member_permissions`` and are invisible to the bot.
        system_channel: where Discord posts its own messages; None: nowhere.
    """

    def __init__(self, host: GuildHost, name: str, owner: User, locale: str) -> None:
        self._host = host
        self.id = host.new_id()
        self.name = name
        self.owner = owner
        self.locale = locale
        self.attachment_size_limit = DEFAULT_FILE_LIMIT_BYTES
        self.bot_inside = True
        self.available = True
        self.command_grants: dict[str, set[int]] = {}
        self.system_channel: Channel | None = None
        # The @everyone role has the server's own id.
        self.everyone = Role(self.id, "@everyone", int(EVERYONE), 0)
        self.roles: dict[int, Role] = {self.id: self.everyone}
        self.members: dict[int, Member] = {}
        self.channels: dict[int, Channel] = {}
        for user in (owner, host.bot):
            self.members[user.id] = Member(user, self, [], host.now_ms())
        self._new_channel("general", GUILD_TEXT)

    def add_member(self, name: str, *, roles: Iterable[Role | str] = (), locale: str | None = None) -> Member:
        """Add ``name`` to the server; the account is made when it is new."""
        user = self._host.user(name, locale)
        member = Member(user, self, [self.role(role) for role in roles], self._host.now_ms())
        self.members[user.id] = member
        self._host.announce("GUILD_MEMBER_ADD", member)
        return member

    def remove_member(self, name: str) -> None:
        member = self.find_member(name)
        del self.members[member.user.id]
        self._host.announce("GUILD_MEMBER_REMOVE", member)

    def set_roles(self, name: str, roles: Iterable[Role | str]) -> None:
        """Replace a member's roles (``bot`` names the bot itself)."""
        member = self.find_member(name)
        member.roles = [self.role(role) for role in roles]
        self._host.announce("GUILD_MEMBER_UPDATE", member)

    def time_out(self, name: str, seconds: float) -> None:
        """Keep a member from taking part for ``seconds``; administrators and the owner are not touched by it."""
        member = self.find_member(name)
        member.timed_out_until_ms = self.now_ms() + int(seconds * 1000)
        self._host.announce("GUILD_MEMBER_UPDATE", member)

    def add_role(self, name: str, *, permissions: int = 0, managed: bool = False) -> Role:
        """Make a role with these permission bits (a number, `Permission` or ``discord.Permissions``).

        A ``managed`` one belongs to an integration, which alone gives and takes it.
        """
        role = Role(self._host.new_id(), name, bits(permissions), len(self.roles), managed)
        self.roles[role.id] = role
        self._host.announce("GUILD_ROLE_CREATE", (self, role))
        return role

    def change_role(self, role: Role | str, *, permissions: int) -> None:
        """Replace what a role may in the whole server (``@everyone`` names everybody's)."""
        changed = self.role(role)
        changed.permissions = bits(permissions)
        self._host.announce("GUILD_ROLE_UPDATE", (self, changed))

    def convert(self, channel: "str | Channel", kind: int) -> None:
        """Make an announcement channel of a text channel, or the other way round."""
        target = self.channel(channel)
        target.type = kind
        self._host.announce("CHANNEL_UPDATE", target)

    def give_to(self, owner: str) -> None:
        """Make another member the server's owner."""
        self.owner = self.find_member(owner).user
        self._host.announce("GUILD_UPDATE", self)

    def speak(self, locale: str) -> None:
        """Change the language that the server prefers."""
        self.locale = locale
        self._host.announce("GUILD_UPDATE", self)

    def add_category(self, name: str) -> Channel:
        """Make a category, which `add_channel` puts channels into."""
        category = self._new_channel(name, GUILD_CATEGORY)
        self._host.announce("CHANNEL_CREATE", category)
        return category

    def add_channel(
        self, name: str, *, nsfw: bool = False, category: Channel | None = None, kind: int = GUILD_TEXT
    ) -> Channel:
        channel = self._new_channel(name, kind, nsfw=nsfw, parent=category)
        self._host.announce("CHANNEL_CREATE", channel)
        return channel

    def add_thread(self, name: str, *, parent: str = "general") -> Channel:
        """Open a public thread in a text channel."""
        thread = self._new_channel(name, PUBLIC_THREAD, parent=self.channel(parent))
        self._host.announce("THREAD_CREATE", thread)
        return thread

    def archive(self, thread: "str | Channel", *, locked: bool = False) -> None:
        """Close a thread, as its age does after a while; or lock it too, as a moderator does."""
        self.change_thread(thread, archived=True, locked=locked)

    def change_thread(self, thread: "str | Channel", *, archived: bool, locked: bool) -> None:
        """Close or open a thread, lock or unlock it."""
        changed = self.channel(thread)
        changed.archived, changed.locked = archived, locked
        self._host.announce("THREAD_UPDATE", changed)

    def remove_channel(self, name: "str | Channel") -> None:
        """Delete a channel with its messages."""
        channel = self.channel(name)
        del self.channels[channel.id]
        for message in channel.messages.values():
            message.deleted = True
        self._host.announce("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel)

    def overwrite(
        self, channel: "str | Channel", whom: "Role | Member | str", *, allow: int = 0, deny: int = 0
    ) -> None:
        """Set the overwrite of a role or member in a channel.

        Args:
            channel: the channel or its name.
            whom: a role, a member, a role's or member's name, ``@everyone`` or ``bot``.
            allow: permission bits to grant.
            deny: permission bits to take.
        """
        target = self.channel(channel)
        target.overwrites[self._target_id(whom)] = (bits(allow), bits(deny))
        self._host.announce("CHANNEL_UPDATE", target)

    def grant_command(self, command: str, *whom: "Role | Member | str") -> None:
        """Re-map who may use a top-level command, as admins do in Server Settings > Integrations."""
        self.command_grants[command] = {self._target_id(one) for one in whom}

    def go_down(self) -> None:
        """Begin an outage: the bot is told that the server is unavailable, and then nothing more of it."""
        self.available = False
        self._host.announce("GUILD_DELETE", self)

    def come_up(self) -> None:
        """End an outage: the bot is told all of the server anew."""
        self.available = True
        self._host.announce("GUILD_CREATE", (self, True))

    def add_bot(self) -> None:
        """Bring the bot back after it was removed or has left."""
        self.bot_inside = True
        self.members[self._host.bot.id] = Member(self._host.bot, self, [], self._host.now_ms())
        self._host.announce("GUILD_CREATE", (self, False))

    def remove_bot(self) -> None:
        """Put the bot out of the server (also what its own leaving comes to)."""
        self.bot_inside = False
        self.members.pop(self._host.bot.id, None)
        self._host.announce("GUILD_DELETE", self)

    def now_ms(self) -> int:
        return self._host.now_ms()

    def role(self, role: Role | str) -> Role:
        return role if isinstance(role, Role) else _only(self.roles.values(), role, lambda one: one.name)

    def channel(self, channel: "str | int | Channel") -> Channel:
        """A channel by name, id or itself; raises KeyError when it is not, or no longer, here."""
        if isinstance(channel, str):
            return _only(self.channels.values(), channel, lambda one: one.name)
        return self.channels[channel if isinstance(channel, int) else channel.id]

    def find_member(self, name: "str | Member") -> Member:
        if isinstance(name, Member):
            return name
        if name == "bot":
            return self.members[self._host.bot.id]
        return _only(self.members.values(), name, lambda one: one.user.name)

    def _target_id(self, whom: "Role | Member | str") -> int:
        if isinstance(whom, Role):
            return whom.id
        if isinstance(whom, str) and any(role.name == whom for role in self.roles.values()):
            return self.role(whom).id
        return self.find_member(whom).user.id

    def _new_channel(self, name: str, kind: int, *, nsfw: bool = False, parent: Channel | None = None) -> Channel:
        channel = Channel(self._host.new_id(), name, kind, self, nsfw=nsfw, parent=parent, position=len(self.channels))
        self.channels[channel.id] = channel
        return channel


def _only(things: Iterable[_T], name: str, name_of: Callable[[_T], str]) -> _T:
    for thing in things:
        if name_of(thing) == name:
            return thing
    raise KeyError(name)
