"""Messages and their attachments, as the platform stores them."""

import io
import mimetypes
import re
import warnings
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from PIL import Image, UnidentifiedImageError

from sandbox.discord.rules.errors import Json
from sandbox.discord.state.guilds import Channel, User

SUPPRESS_EMBEDS = 1 << 2
EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_NOTIFICATIONS = 1 << 12
COMPONENTS_V2 = 1 << 15

DEFAULT_TYPE = 0
REPLY_TYPE = 19
COMMAND_TYPE = 20


@dataclass(frozen=True)
class Upload:
    """One ``files[n]`` part of a multipart request; ``index`` is n."""

    index: int
    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class MemberFile:
    """A file on a member's device that they hand in with a command."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, eq=False)
class Attachment:
    """A stored file. ``data`` stays on the stand-in's CDN while some message has it."""

    id: int
    filename: str
    data: bytes
    description: str | None
    ephemeral: bool
    width: int | None
    height: int | None
    title: str | None = None

    @property
    def content_type(self) -> str:
        # The platform goes by the name: discord.py declares every file as application/octet-stream.
        if self.filename.endswith(".webp"):
            # Python learned of it in 3.13.
            return "image/webp"
        return mimetypes.guess_type(self.filename)[0] or "application/octet-stream"

    @property
    def spoiler(self) -> bool:
        return self.filename.startswith("SPOILER_")


def uploaded(file: MemberFile, attachment_id: int, *, ephemeral: bool = False) -> Attachment:
    """A file as a member's client has uploaded it."""
    # Guess: how the platform spells a name that it does not take as it is, and that its title is without the ending.
    meta = {"filename": re.sub(r"[^\w.()-]+", "_", file.name, flags=re.ASCII)}
    if meta["filename"] != file.name:
        meta["title"] = PurePath(file.name).stem
    return store(Upload(0, file.name, "", file.data), attachment_id, meta, ephemeral=ephemeral)


def store(upload: Upload, attachment_id: int, meta: Json, *, ephemeral: bool) -> Attachment:
    """Turn an upload and its entry in ``attachments`` into a stored file."""
    width, height = _size(upload.data)
    return Attachment(
        attachment_id,
        meta.get("filename") or upload.name,
        upload.data,
        meta.get("description"),
        ephemeral,
        width,
        height,
        meta.get("title"),
    )


def _size(data: bytes) -> tuple[int | None, int | None]:
    if data.startswith(b"\x89PNG"):
        # Pillow would refuse one with a large text in it, which browsers show.
        return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    try:
        # The platform does not mind what else is in it.
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data)) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError):
        return None, None


@dataclass(eq=False)
class Message:
    """One message.

    Attributes:
        viewer: the only one who sees it when it is ephemeral.
        mentioned: users named in its present text whom ``allowed_mentions`` lets through.
        pinged: names of those (roles with ``@``) who got a notification when it was posted; edits add none.
        interaction: ``interaction_metadata`` of what it answers.
    """

    id: int
    channel: Channel
    author: User
    created_ms: int
    type: int = DEFAULT_TYPE
    content: str = ""
    embeds: list[Json] = field(default_factory=list[Json])
    components: list[Json] = field(default_factory=list[Json])
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    flags: int = 0
    viewer: User | None = None
    edited_ms: int | None = None
    mentioned: list[User] = field(default_factory=list[User])
    mentioned_roles: list[int] = field(default_factory=list[int])
    mentions_everyone: bool = False
    pinged: tuple[str, ...] = ()
    nonce: Any = None
    interaction: Json | None = None
    webhook_id: int | None = None
    reply_to: "Message | None" = None
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether the member still sees "thinking"."""
        return bool(self.flags & LOADING)

    @property
    def uses_v2(self) -> bool:
        return bool(self.flags & COMPONENTS_V2)

    def visible_to(self, user: User) -> bool:
        return not self.deleted and (self.viewer is None or self.viewer is user)
