"""The world as JSON, in the shapes of the API's resources."""

import copy
import datetime

from sandbox.discord.rules import components as rules
from sandbox.discord.rules.errors import Json
from sandbox.discord.state.cdn import ATTACHMENTS, Cdn
from sandbox.discord.state.composing import media_of
from sandbox.discord.state.guilds import Channel, Guild, Member, Role, User
from sandbox.discord.state.messages import Attachment, Message
from sandbox.discord.state.permissions import in_channel


def timestamp(ms: int) -> str:
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.UTC).isoformat()


def user(one: User) -> Json:
    return {
        "id": str(one.id),
        "username": one.name,
        "global_name": None if one.bot else one.name.capitalize(),
        "discriminator": "0000" if one.bot else "0",
        "avatar": None,
        "bot": one.bot,
        "system": False,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def own_user(bot: User) -> Json:
    """The bot's account as it is shown to the bot."""
    return {**user(bot), "verified": True, "mfa_enabled": False, "email": None, "locale": "en-US"}


def role(one: Role) -> Json:
    return {
        "id": str(one.id),
        "name": one.name,
        "permissions": str(one.permissions),
        "position": one.position,
        "managed": one.managed,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def member(one: Member, *, with_user: bool = True) -> Json:
    answer: Json = {
        "roles": [str(held.id) for held in one.roles],
        "joined_at": timestamp(one.joined_ms),
        "nick": None,
        "avatar": None,
        "premium_since": None,
        "communication_disabled_until": timestamp(one.timed_out_until_ms) if one.timed_out_until_ms else None,
        "pending": False,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }
    return {**answer, "user": user(one.user)} if with_user else answer


def channel(one: Channel) -> Json:
    answer: Json = {
        "id": str(one.id),
        "type": one.type,
        "flags": 0,
        "last_message_id": str(max(one.messages)) if one.messages else None,
    }
    if one.guild is None:
        recipients = [user(one.recipient)] if one.recipient else []
        return {**answer, "recipients": recipients}
    answer |= {
        "guild_id": str(one.guild.id),
        "name": one.name,
        "nsfw": one.nsfw,
        "parent_id": str(one.parent.id) if one.parent else None,
        "rate_limit_per_user": 0,
    }
    if one.is_thread:
        return {**answer, **_thread(one)}
    overwrites = [
        {
            "id": str(target),
            "type": 0 if target in one.guild.roles else 1,
            "allow": str(allow),
            "deny": str(deny),
        }
        for target, (allow, deny) in one.overwrites.items()
    ]
    return {**answer, "topic": None, "position": one.position, "permission_overwrites": overwrites}


def _thread(one: Channel) -> Json:
    return {
        "owner_id": str(one.guild.owner.id) if one.guild else "0",
        "message_count": len(one.messages),
        "total_message_sent": len(one.messages),
        "member_count": 1,
        "thread_metadata": {
            "archived": one.archived,
            "auto_archive_duration": 1440,
            "archive_timestamp": timestamp(0),
            "locked": one.locked,
            "create_timestamp": None,
        },
    }


def channel_for(one: Channel, who: Member | None) -> Json:
    """The partial channel of an interaction, with the member's permissions in it."""
    answer = channel(one)
    answer.pop("permission_overwrites", None)
    return {**answer, "permissions": str(in_channel(who, one))} if who else answer


def guild_object(one: Guild) -> Json:
    """A server as GUILD_UPDATE tells it, and the routes that look it up: without channels and members."""
    return {
        "id": str(one.id),
        "name": one.name,
        "owner_id": str(one.owner.id),
        "preferred_locale": one.locale,
        "roles": [role(each) for each in one.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": [],
        "icon": None,
        "splash": None,
        "description": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": str(one.system_channel.id) if one.system_channel else None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "vanity_url_code": None,
    }


def guild(one: Guild, *, bot: Member | None, lazy: bool) -> Json:
    """A GUILD_CREATE. ``lazy`` marks a server that READY announced; a newly joined one lacks ``unavailable``.

    Without the members intent the bot is told of itself only.
    """
    # Of the threads, those that are open.
    channels = [channel(each) for each in one.channels.values() if not each.archived]
    answer: Json = {
        **guild_object(one),
        "channels": [each for each in channels if "thread_metadata" not in each],
        "threads": [each for each in channels if "thread_metadata" in each],
        "members": [member(bot)] if bot else [],
        "member_count": len(one.members),
        "joined_at": timestamp(bot.joined_ms) if bot else None,
        "large": False,
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
    return {**answer, "unavailable": False} if lazy else answer


def attachment(one: Attachment, holder_id: int, cdn: Cdn, *, folder: str = ATTACHMENTS) -> Json:
    link = cdn.link(holder_id, one, folder=folder)
    answer: Json = {
        "id": str(one.id),
        "filename": one.filename,
        "size": len(one.data),
        "url": link,
        "proxy_url": link,
        "content_type": one.content_type,
    }
    if one.width is not None:
        answer |= {"width": one.width, "height": one.height}
    if one.description is not None:
        answer["description"] = one.description
    if one.title is not None:
        answer["title"] = one.title
    return {**answer, "ephemeral": True} if one.ephemeral else answer


def components(one: Message, cdn: Cdn) -> list[Json]:
    """A message's components with its files' links as of now."""
    answer = copy.deepcopy(one.components)
    files = {each.id: each for each in one.attachments}
    for _, media in media_of(answer):
        if "attachment_id" in media:
            _unfurl(media, files[media["attachment_id"]], one.channel.id, cdn)
        else:
            media |= {"id": "0", "proxy_url": media["url"]}
    for component in rules.walk(answer):
        if component["type"] == rules.FILE:
            file = files[int(component["file"]["attachment_id"])]
            component |= {"name": file.filename, "size": len(file.data), "spoiler": bool(component.get("spoiler"))}
        for item in component.get("items", ()):
            item.setdefault("description", None)
            item["spoiler"] = bool(item.get("spoiler"))
    return answer


def _unfurl(media: Json, file: Attachment, channel_id: int, cdn: Cdn) -> None:
    link = cdn.link(channel_id, file)
    media |= {
        "id": str(file.id),
        "url": link,
        "proxy_url": link,
        "width": file.width,
        "height": file.height,
        "content_type": file.content_type,
        "placeholder": None,
        "loading_state": 2,
        "flags": 0,
        "attachment_id": str(file.id),
    }


def message(one: Message, cdn: Cdn) -> Json:
    """A message as REST answers it. With V2 ``attachments`` is empty (discord-api-docs #8277)."""
    files = [] if one.uses_v2 else [attachment(each, one.channel.id, cdn) for each in one.attachments]
    answer: Json = {
        "id": str(one.id),
        "channel_id": str(one.channel.id),
        "type": one.type,
        "author": user(one.author),
        "content": one.content,
        "embeds": one.embeds,
        "components": components(one, cdn),
        "attachments": files,
        "flags": one.flags,
        "timestamp": timestamp(one.created_ms),
        "edited_timestamp": None if one.edited_ms is None else timestamp(one.edited_ms),
        "mentions": [user(each) for each in one.mentioned],
        "mention_roles": [str(each) for each in one.mentioned_roles],
        "mention_everyone": one.mentions_everyone,
        "pinned": False,
        "tts": False,
    }
    if one.nonce is not None:
        answer["nonce"] = one.nonce
    if one.interaction is not None:
        answer["interaction_metadata"] = one.interaction
    if one.webhook_id is not None:
        answer |= {"webhook_id": str(one.webhook_id), "application_id": str(one.webhook_id)}
    if one.reply_to is not None:
        answer["message_reference"] = {
            "type": 0,
            "channel_id": str(one.channel.id),
            "message_id": str(one.reply_to.id),
        }
        answer["referenced_message"] = None if one.reply_to.deleted else message(one.reply_to, cdn)
    return answer
