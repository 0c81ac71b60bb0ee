"""Permission bits and how roles and overwrites add up (topics/permissions.mdx)."""

from collections.abc import Iterable
from enum import IntFlag
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sandbox.discord.state.guilds import Channel, Member


class Permission(IntFlag):
    """The bits that matter here; others may be passed as plain integers."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    USE_EXTERNAL_APPS = 1 << 50


ALL = (1 << 53) - 1

TIMED_OUT = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
"""What is left to somebody who is timed out (topics/permissions.mdx "Permissions for Timed Out Members")."""

EVERYONE = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.MENTION_EVERYONE
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.USE_EXTERNAL_APPS
)
"""What a new server gives to everyone, of the bits above."""


class _HasValue(Protocol):
    @property
    def value(self) -> int: ...


def bits(permissions: "int | _HasValue") -> int:
    """The integer behind a number, a `Permission` or a ``discord.Permissions``."""
    return permissions if isinstance(permissions, int) else permissions.value


def in_guild(member: "Member") -> int:
    """A member's permissions before any channel's overwrites."""
    if member.guild.owner is member.user:
        return ALL
    total = member.guild.everyone.permissions
    for role in member.roles:
        total |= role.permissions
    if total & Permission.ADMINISTRATOR:
        return ALL
    return total & TIMED_OUT if member.is_timed_out else total


def in_channel(member: "Member", channel: "Channel") -> int:
    """A member's permissions in one channel; a thread takes its parent's overwrites."""
    base = in_guild(member)
    if base == ALL:
        return ALL
    # A channel in a category has overwrites of its own; clients copy the category's when the channel is made.
    overwrites = (channel.parent if channel.parent and channel.is_thread else channel).overwrites
    base = _apply(base, overwrites, [member.guild.everyone.id])
    base = _apply(base, overwrites, [role.id for role in member.roles])
    base = _apply(base, overwrites, [member.user.id])
    if member.is_timed_out:
        base &= TIMED_OUT
    # Without VIEW_CHANNEL nothing else is possible (topics/permissions.mdx "Implicit Permissions").
    return base if base & Permission.VIEW_CHANNEL else 0


def _apply(base: int, overwrites: "dict[int, tuple[int, int]]", ids: Iterable[int]) -> int:
    allow = deny = 0
    for overwrite_id in ids:
        allowed, denied = overwrites.get(overwrite_id, (0, 0))
        allow |= allowed
        deny |= denied
    return (base & ~deny) | allow
