"""Whom a message mentions, and whom ``allowed_mentions`` lets it ping (resources/message.mdx)."""

import re
from dataclasses import dataclass, field

from sandbox.discord.rules.errors import Json, invalid_form
from sandbox.discord.state.guilds import Channel, User
from sandbox.discord.state.messages import Message

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")


@dataclass
class Mentions:
    users: list[User] = field(default_factory=list[User])
    roles: list[int] = field(default_factory=list[int])
    everyone: bool = False


def resolve_mentions(
    channel: Channel, text: str, allowed: Json | None, *, may_ping_everyone: bool, reply_to: Message | None
) -> Mentions:
    """Mentions in ``text`` that remain after ``allowed_mentions``; absent, it allows all.

    Without a server the other party is the only user who can be mentioned.
    """
    _check(allowed)
    found = Mentions()
    people = {member.user.id: member.user for member in channel.guild.members.values()} if channel.guild else {}
    if channel.recipient is not None:
        people[channel.recipient.id] = channel.recipient
    roles = channel.guild.roles if channel.guild else {}
    found.users = [people[id_] for id_ in _ids(_USER, text) if id_ in people and _passes(allowed, "users", id_)]
    found.roles = [id_ for id_ in _ids(_ROLE, text) if id_ in roles and _passes(allowed, "roles", id_)]
    wide = allowed is None or "everyone" in (allowed.get("parse") or [])
    found.everyone = bool(_EVERYONE.search(text)) and wide and may_ping_everyone
    replied = allowed is None or allowed.get("replied_user", False)
    if reply_to is not None and replied and reply_to.author not in found.users:
        found.users.append(reply_to.author)
    return found


def _ids(pattern: re.Pattern[str], text: str) -> list[int]:
    return list(dict.fromkeys(int(id_) for id_ in pattern.findall(text)))


def _passes(allowed: Json | None, kind: str, id_: int) -> bool:
    if allowed is None:
        return True
    listed = {int(one) for one in allowed.get(kind) or []}
    return kind in (allowed.get("parse") or []) or id_ in listed


def _check(allowed: Json | None) -> None:
    for kind in ("users", "roles"):
        if allowed and kind in (allowed.get("parse") or []) and allowed.get(kind):
            raise invalid_form(
                "allowed_mentions",
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f"parse:[{kind!r}] and {kind}: [ids...] are mutually exclusive.",
            )
