"""The routes that reach messages with the bot's own token."""

from dataclasses import dataclass

from aiohttp import web

from sandbox.discord.http.requests import API, BODY, json_answer
from sandbox.discord.rules.errors import invalid_form, refusal
from sandbox.discord.rules.limits import too_many
from sandbox.discord.state import composing, payloads, threads
from sandbox.discord.state.composing import Body, Terms
from sandbox.discord.state.guilds import Channel
from sandbox.discord.state.messages import REPLY_TYPE, Message
from sandbox.discord.state.permissions import Permission
from sandbox.discord.state.world import World, bot_permissions

_NONCE_HOLDS_S = 5 * 60.0
"""resources/message.mdx says "in the past few minutes"; five is a guess."""

_OLD_MESSAGE_S = 3600.0
_OLD_EDITS, _OLD_EDITS_WINDOW_S = 3, 60.0
"""How often a message older than an hour may be edited: the rule is documented, the numbers are a guess."""


@dataclass(frozen=True)
class _Posted:
    message: Message
    at_s: float


class MessageRoutes:
    def __init__(self, world: World) -> None:
        self._world = world
        self._by_nonce: dict[tuple[int, str], _Posted] = {}
        self._old_edits: dict[int, list[float]] = {}

    def routes(self) -> list[web.RouteDef]:
        channel = f"{API}/channels/{{channel_id}}"
        one = f"{channel}/messages/{{message_id}}"
        return [
            web.get(channel, self._get_channel, name="get_channel", allow_head=False),
            web.patch(channel, self._edit_channel, name="edit_channel"),
            web.get(f"{channel}/messages", self._list, name="get_messages", allow_head=False),
            web.post(f"{channel}/messages", self._create, name="create_message"),
            web.get(one, self._get, name="get_message", allow_head=False),
            web.patch(one, self._edit, name="edit_message"),
            web.delete(one, self._delete, name="delete_message"),
            web.post(f"{channel}/typing", self._typing, name="typing"),
        ]

    async def _get_channel(self, request: web.Request) -> web.Response:
        return json_answer(payloads.channel(self._channel(request)))

    async def _edit_channel(self, request: web.Request) -> web.Response:
        """Open or close, lock or unlock a thread: all that is needed here of what the route can do."""
        channel, wished = self._channel(request), request[BODY].json
        if not channel.is_thread or channel.guild is None or set(wished) - {"archived", "locked"}:
            raise refusal(50013)
        archived = bool(wished.get("archived", channel.archived))
        locked = bool(wished.get("locked", channel.locked))
        only_opens = not (archived or locked or channel.locked)
        needed = Permission.SEND_MESSAGES_IN_THREADS if only_opens else Permission.MANAGE_THREADS
        if not self._may(channel, needed):
            raise refusal(50013)
        if channel.archived and archived:
            raise refusal(50083)
        channel.guild.change_thread(channel, archived=archived, locked=locked)
        return json_answer(payloads.channel(channel))

    async def _typing(self, request: web.Request) -> web.Response:
        self._require_sending(self._channel(request), Body())
        return web.Response(status=204)

    async def _list(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        found = [one for one in channel.messages.values() if not one.deleted and one.viewer is None]
        if not self._may(channel, Permission.READ_MESSAGE_HISTORY):
            found = []
        limit = int(request.query.get("limit", "50"))
        if not 1 <= limit <= 100:
            raise invalid_form("limit", "NUMBER_TYPE_RANGE", "int value should be between 1 and 100.")
        page = sorted(found, key=lambda one: one.id, reverse=True)
        if "before" in request.query:
            page = [one for one in page if one.id < int(request.query["before"])]
        if "after" in request.query:
            # The ones next to the mark, not the newest.
            page = [one for one in page if one.id > int(request.query["after"])][-limit:]
        return json_answer([payloads.message(one, self._world.cdn) for one in page[:limit]])

    async def _get(self, request: web.Request) -> web.Response:
        message = self._message(request)
        if not self._may(message.channel, Permission.READ_MESSAGE_HISTORY):
            raise refusal(50001)
        return self._answer(message)

    async def _create(self, request: web.Request) -> web.Response:
        channel, body = self._channel(request), request[BODY]
        self._require_sending(channel, body)
        threads.let_post(self._world, channel)
        earlier = self._earlier(channel, body)
        if earlier is not None:
            return self._answer(earlier)
        world = self._world
        message = Message(world.new_id(), channel, world.bot, world.now_ms(), nonce=body.json.get("nonce"))
        self._set_reply(message, body)
        composing.create(message, body, self._terms(channel))
        world.post(message)
        if message.nonce is not None:
            self._by_nonce[channel.id, str(message.nonce)] = _Posted(message, world.clock.monotonic())
        return self._answer(message)

    async def _edit(self, request: web.Request) -> web.Response:
        message, body = self._message(request), request[BODY]
        if message.author is not self._world.bot:
            raise refusal(50005)
        threads.require_open(self._world, message.channel)
        if body.uploads and not self._may(message.channel, Permission.ATTACH_FILES):
            raise refusal(50013)
        self._require_rarity(message)
        composing.edit(message, body, self._terms(message.channel), self._world.now_ms())
        self._world.announce("MESSAGE_UPDATE", message)
        return self._answer(message)

    async def _delete(self, request: web.Request) -> web.Response:
        message = self._message(request)
        if message.author is not self._world.bot and not self._may(message.channel, Permission.MANAGE_MESSAGES):
            raise refusal(50013)
        threads.require_open(self._world, message.channel)
        self._world.delete(message)
        return web.Response(status=204)

    def _channel(self, request: web.Request) -> Channel:
        channel = self._world.channel(int(request.match_info["channel_id"]))
        if not self._may(channel, Permission.VIEW_CHANNEL):
            raise refusal(50001)
        return channel

    def _message(self, request: web.Request) -> Message:
        return self._world.message(self._channel(request), int(request.match_info["message_id"]))

    def _may(self, channel: Channel, permission: Permission) -> bool:
        return bool(bot_permissions(self._world, channel) & permission)

    def _require_sending(self, channel: Channel, body: Body) -> None:
        user = channel.recipient
        if user is not None and not (user.accepts_dms and self._world.shares_guild(user)):
            raise refusal(50007)
        in_thread = channel.is_thread
        needed = Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES
        if body.uploads:
            needed |= Permission.ATTACH_FILES
        if body.json.get("embeds"):
            needed |= Permission.EMBED_LINKS
        if bot_permissions(self._world, channel) & needed != needed:
            raise refusal(50013)

    def _earlier(self, channel: Channel, body: Body) -> Message | None:
        """The message that this nonce has posted already, when the request asks for that check."""
        if not body.json.get("enforce_nonce") or body.json.get("nonce") is None:
            return None
        posted = self._by_nonce.get((channel.id, str(body.json["nonce"])))
        if posted is None or self._world.clock.monotonic() - posted.at_s > _NONCE_HOLDS_S:
            return None
        return posted.message

    def _set_reply(self, message: Message, body: Body) -> None:
        reference = body.json.get("message_reference")
        if not reference:
            return
        found = message.channel.messages.get(int(reference["message_id"]))
        if found is None or found.deleted or found.viewer is not None:
            if reference.get("fail_if_not_exists", True):
                raise invalid_form("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
            return
        message.reply_to, message.type = found, REPLY_TYPE

    def _terms(self, channel: Channel) -> Terms:
        return Terms(
            self._world.new_id,
            self._world.file_limit(channel),
            may_ping_everyone=self._may(channel, Permission.MENTION_EVERYONE),
        )

    def _require_rarity(self, message: Message) -> None:
        now = self._world.clock.monotonic()
        if self._world.now_ms() - message.created_ms <= _OLD_MESSAGE_S * 1000:
            return
        recent = [at for at in self._old_edits.get(message.id, []) if now - at < _OLD_EDITS_WINDOW_S]
        if len(recent) >= _OLD_EDITS:
            error = refusal(30046)
            raise too_many(_OLD_EDITS_WINDOW_S - (now - recent[0]), {}, code=30046, message=error.body["message"])
        self._old_edits[message.id] = [*recent, now]

    def _answer(self, message: Message) -> web.Response:
        return json_answer(payloads.message(message, self._world.cdn))
