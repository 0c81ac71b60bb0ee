"""How a request's body becomes a message, or changes one: flags, files, components, mentions.

Everything is checked before anything is changed, so that a refused edit leaves the message as it was.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sandbox.discord.rules import components as rules
from sandbox.discord.rules.errors import Json, invalid_form, refusal, require_count, require_length
from sandbox.discord.state.mentions import resolve_mentions
from sandbox.discord.state.messages import (
    COMPONENTS_V2,
    EPHEMERAL,
    LOADING,
    SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
    Attachment,
    Message,
    Upload,
    store,
)

MAX_CONTENT = 2000
MAX_ATTACHMENTS = 10
MAX_EMBED_TEXT = 6000
_FLAGS_ON_CREATE = EPHEMERAL | SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
_FLAGS_ON_EDIT = SUPPRESS_EMBEDS | COMPONENTS_V2


@dataclass(frozen=True)
class Body:
    """A request's body: the JSON (``payload_json`` of a multipart one) and the files beside it."""

    json: Json = field(default_factory=dict[str, object])
    uploads: tuple[Upload, ...] = ()


@dataclass(frozen=True)
class Terms:
    """The conditions under which a message is composed.

    Attributes:
        new_id: makes ids for new attachments.
        limit_bytes: the largest file.
        may_ping_everyone: the author has MENTION_EVERYONE.
        may_be_ephemeral: only interactions can; elsewhere the flag is ignored (a guess).
        drops_unlisted: callback type 7 removes attachments that are not listed, even without a list
            (discord-api-docs #6277).
    """

    new_id: Callable[[], int]
    limit_bytes: int
    may_ping_everyone: bool = True
    may_be_ephemeral: bool = False
    drops_unlisted: bool = False


def create(message: Message, body: Body, terms: Terms) -> None:
    """Fill in a message that is about to be posted, and note whom it pings."""
    flags = int(body.json.get("flags") or 0) & _FLAGS_ON_CREATE
    if not terms.may_be_ephemeral:
        flags &= ~EPHEMERAL
    _compose(message, body, terms, flags)
    if not flags & SUPPRESS_NOTIFICATIONS:
        names = [user.name for user in message.mentioned]
        roles = message.channel.guild.roles if message.channel.guild else {}
        names += [f"@{roles[role].name}" for role in message.mentioned_roles]
        message.pinged = tuple(names + ["@everyone"] * message.mentions_everyone)


def edit(message: Message, body: Body, terms: Terms, now_ms: int) -> None:
    """Change a message; nobody is pinged by that (receiving-and-responding.mdx).

    Filling in a deferred reply is an edit too; that the message then does not show as edited is a guess.
    """
    flags = message.flags & ~LOADING
    asked = body.json.get("flags")
    if asked is not None:
        if message.uses_v2 and not int(asked) & COMPONENTS_V2:
            raise invalid_form(
                "flags",
                "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG",
                "The IS_COMPONENTS_V2 flag cannot be removed.",
            )
        flags = (flags & ~_FLAGS_ON_EDIT) | (int(asked) & _FLAGS_ON_EDIT)
    was_loading = message.loading
    _compose(message, body, terms, flags)
    message.edited_ms = None if was_loading else now_ms


def _compose(message: Message, body: Body, terms: Terms, flags: int) -> None:
    v2 = bool(flags & COMPONENTS_V2)
    content = _content(message, body.json)
    embeds = _embeds(message, body.json)
    if v2 and (content or embeds or body.json.get("poll")):
        raise invalid_form(
            "content" if content else "embeds",
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
            "The field cannot be used when using MessageFlags.IS_COMPONENTS_V2.",
        )
    attachments = _attachments(message, body, terms, ephemeral=bool(flags & EPHEMERAL))
    if body.json.get("components") is not None:
        components = rules.check(body.json["components"], v2=v2)
    else:
        components = message.components if "components" not in body.json else []
    _resolve_media(components, attachments)
    # A V2 message shows no attachment of its own: files alone leave it empty.
    if not (components if v2 else content or embeds or components or attachments):
        raise refusal(50006)
    text = "\n".join(one["content"] for one in rules.walk(components) if one["type"] == rules.TEXT)
    mentions = resolve_mentions(
        message.channel,
        text if v2 else content,
        body.json.get("allowed_mentions"),
        may_ping_everyone=terms.may_ping_everyone,
        reply_to=message.reply_to,
    )
    message.flags, message.content, message.embeds = flags, content, embeds
    message.attachments, message.components = attachments, components
    message.mentioned, message.mentioned_roles = mentions.users, mentions.roles
    message.mentions_everyone = mentions.everyone


def _content(message: Message, body: Json) -> str:
    if "content" not in body:
        return message.content
    return require_length("content", body["content"] or "", 0, MAX_CONTENT)


def _embeds(message: Message, body: Json) -> list[Json]:
    if "embeds" not in body:
        return message.embeds
    embeds: list[Json] = require_count("embeds", body["embeds"] or [], 0, 10)
    if sum(map(_embed_length, embeds)) > MAX_EMBED_TEXT:
        raise invalid_form("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
    return [{"type": "rich", **embed} for embed in embeds]


def _embed_length(embed: Json) -> int:
    fields = [part for one in embed.get("fields") or [] for part in (one.get("name"), one.get("value"))]
    others = [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    return sum(len(part or "") for part in [embed.get("title"), embed.get("description"), *fields, *others])


def _attachments(message: Message, body: Body, terms: Terms, *, ephemeral: bool) -> list[Attachment]:
    """The files after the request (reference.mdx "Editing Message Attachments").

    Without a list, old files stay and new ones are appended. With a list, it names all that shall be there: old
    ones by their id, new ones by the number of their part.
    """
    for upload in body.uploads:
        if len(upload.data) > terms.limit_bytes:
            raise refusal(40005)
    listed: list[Json] | None = body.json.get("attachments")
    if listed is None:
        kept = [] if terms.drops_unlisted else list(message.attachments)
        listed = []
        unlisted = list(body.uploads)
    else:
        require_count("attachments", listed, 0, MAX_ATTACHMENTS)
        kept = []
        named = {str(entry.get("id")) for entry in listed}
        # That an unlisted part is appended all the same is a guess.
        unlisted = [upload for upload in body.uploads if str(upload.index) not in named]
    old = {str(attachment.id): attachment for attachment in message.attachments}
    new = {str(upload.index): upload for upload in body.uploads}
    for index, entry in enumerate(listed):
        key = str(entry.get("id"))
        if key in new:
            kept.append(store(new[key], terms.new_id(), entry, ephemeral=ephemeral))
        elif key in old:
            kept.append(old[key])
        else:
            raise invalid_form(
                f"attachments.{index}.id", "ATTACHMENT_NOT_FOUND", f"Attachment {key} could not be found."
            )
    kept += [store(upload, terms.new_id(), {}, ephemeral=ephemeral) for upload in unlisted]
    if len(kept) > MAX_ATTACHMENTS:
        raise invalid_form("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    return kept


def _resolve_media(components: list[Json], attachments: list[Attachment]) -> None:
    """Bind ``attachment://name``, and links to the message's own files, to attachment ids."""
    by_name = {attachment.filename: attachment for attachment in attachments}
    by_id = {str(attachment.id): attachment for attachment in attachments}
    for path, media in media_of(components):
        url = str(media.get("url", ""))
        if "attachment_id" in media:
            found = by_id.get(str(media["attachment_id"]))
        elif url.startswith("attachment://"):
            found = by_name.get(url.removeprefix("attachment://"))
        else:
            # A library sends back the link that it got; that this means the same file is a guess.
            parts = urlsplit(url).path.split("/")
            found = by_id.get(parts[-2]) if "attachments" in parts and len(parts) > 2 else None
            if found is None:
                continue
        if found is None:
            raise invalid_form(
                path,
                "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
                f"The referenced attachment ({url}) was not found.",
            )
        media.clear()
        media["attachment_id"] = found.id


def media_of(components: list[Json]) -> list[tuple[str, Json]]:
    """Every media item with its path, in reading order."""
    found: list[tuple[str, Json]] = []
    for one in rules.walk(components):
        if one["type"] == rules.GALLERY:
            found += [(f"components.items.{n}.media", item["media"]) for n, item in enumerate(one["items"])]
        elif one["type"] == rules.THUMBNAIL:
            found.append(("components.media", one["media"]))
        elif one["type"] == rules.FILE:
            found.append(("components.file", one["file"]))
    return found
