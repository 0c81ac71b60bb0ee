"""Messages as a member sees them."""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sandbox.discord.rules import components as rules
from sandbox.discord.rules.errors import Json
from sandbox.discord.state import payloads
from sandbox.discord.state.cdn import Cdn
from sandbox.discord.state.composing import media_of
from sandbox.discord.state.messages import COMPONENTS_V2, EPHEMERAL, LOADING, Message

_COMMAND = re.compile(r"</([\w -]+):\d+>")
"""A command that a click begins, which clients show by its name (reference.mdx "Message Formatting")."""


class SeenButton(NamedTuple):
    label: str
    custom_id: str
    disabled: bool


class SeenPicture(NamedTuple):
    url: str
    description: str | None
    spoiler: bool


class SeenFile(NamedTuple):
    id: int
    filename: str
    size: int
    url: str
    description: str | None


@dataclass(frozen=True)
class SeenMessage:
    """One message on a member's screen, as of the moment of reading.

    Attributes:
        text: everything to read, in order: content, embeds, or the text of the components.
        components: the raw components, links filled in.
        buttons: those with a custom_id; link buttons are in ``components``.
        selects: custom_id, values and whether disabled of each string select.
        gallery: pictures of the galleries.
        attachments: the files that show; with Components V2 only the referenced ones.
        pinged: who was notified when it was posted (``@role`` for roles, ``@everyone``).
        raw: the message as the API answers it.
    """

    id: int
    channel_id: int
    author: str
    text: str
    components: list[Json]
    buttons: list[SeenButton]
    selects: list[tuple[str, tuple[str, ...], bool]]
    gallery: list[SeenPicture]
    attachments: list[SeenFile]
    pinged: tuple[str, ...]
    edited: bool
    flags: int
    raw: Json = field(repr=False)

    @property
    def mentions(self) -> tuple[str, ...]:
        """The same as ``pinged``: mentions that ping nobody do not count."""
        return self.pinged

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it says "thinking"."""
        return bool(self.flags & LOADING)

    def button(self, key: str) -> SeenButton:
        """The button with this custom_id or label; raises KeyError."""
        for button in self.buttons:
            if key in (button.custom_id, button.label):
                return button
        raise KeyError(f"{key!r} is not among {[(one.label, one.custom_id) for one in self.buttons]}")

    def as_json(self) -> dict[str, Any]:
        """The view as JSON, for the HTTP interface."""
        return {
            "id": str(self.id),
            "channel_id": str(self.channel_id),
            "author": self.author,
            "text": self.text,
            "components": self.components,
            "buttons": [button._asdict() for button in self.buttons],
            "gallery": [picture._asdict() for picture in self.gallery],
            "attachments": [{**file._asdict(), "id": str(file.id)} for file in self.attachments],
            "pinged": list(self.pinged),
            "edited": self.edited,
            "ephemeral": self.ephemeral,
            "loading": self.loading,
            "flags": self.flags,
        }


def see(message: Message, cdn: Cdn) -> SeenMessage:
    """``message`` as somebody who may see it does."""
    raw = payloads.message(message, cdn)
    components: list[Json] = raw["components"]
    everything = list(rules.walk(components))
    return SeenMessage(
        id=message.id,
        channel_id=message.channel.id,
        author=message.author.name,
        text="\n".join(_texts(message, everything)),
        components=components,
        buttons=[
            SeenButton(one.get("label") or "", one["custom_id"], bool(one.get("disabled")))
            for one in everything
            if one["type"] == rules.BUTTON and "custom_id" in one
        ],
        selects=[
            (one["custom_id"], tuple(option["value"] for option in one["options"]), bool(one.get("disabled")))
            for one in everything
            if one["type"] == rules.STRING_SELECT
        ],
        gallery=[
            SeenPicture(item["media"]["url"], item["description"], item["spoiler"])
            for one in everything
            for item in one.get("items", ())
        ],
        attachments=_files(message, cdn),
        pinged=message.pinged,
        edited=message.edited_ms is not None,
        flags=message.flags,
        raw=raw,
    )


def _texts(message: Message, everything: list[Json]) -> list[str]:
    return [_COMMAND.sub(r"/\1", text) for text in _as_sent(message, everything)]


def _as_sent(message: Message, everything: list[Json]) -> list[str]:
    texts = [message.content] if message.content else []
    for embed in message.embeds:
        fields = [part for one in embed.get("fields", ()) for part in (one["name"], one["value"])]
        footer = (embed.get("footer") or {}).get("text")
        texts += [part for part in (embed.get("title"), embed.get("description"), *fields, footer) if part]
    return texts + [one["content"] for one in everything if one["type"] == rules.TEXT]


def _files(message: Message, cdn: Cdn) -> list[SeenFile]:
    files = message.attachments
    if message.flags & COMPONENTS_V2:
        shown = {media.get("attachment_id") for _, media in media_of(message.components)}
        files = [file for file in files if file.id in shown]
    channel_id = message.channel.id
    return [
        SeenFile(file.id, file.filename, len(file.data), cdn.link(channel_id, file), file.description) for file in files
    ]
