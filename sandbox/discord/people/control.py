"""The HTTP interface for acting as members from another process: thin over `sandbox.discord.people.actors`."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.discord.http.requests import json_answer
from sandbox.discord.people.actors import Actor
from sandbox.discord.people.seen import SeenMessage, see
from sandbox.discord.people.used import Deferred, ShownModal, Used
from sandbox.discord.rules.errors import ApiError, ClientRefused, InteractionFailed, Json, refusal
from sandbox.discord.state import payloads
from sandbox.discord.state.guilds import Guild, User
from sandbox.discord.state.world import World

_Action = Callable[[web.Request], Awaitable[Any]]


class ControlRoutes:
    """``/sandbox/...``. Bodies and answers are JSON; a refusal of the client is 409, no answer of the bot 504."""

    def __init__(self, world: World, actor: Callable[[str | User, Guild | None], Actor]) -> None:
        self._world = world
        self._actor = actor

    def routes(self) -> list[web.RouteDef]:
        actions: dict[str, _Action] = {
            "invoke": self._invoke,
            "autocomplete": self._autocomplete,
            "press": self._press,
            "modal": self._modal,
        }
        read = "/sandbox/channels/{channel_id}/messages"
        return [
            *(web.post(f"/sandbox/{name}", _endpoint(act), name=f"sandbox_{name}") for name, act in actions.items()),
            web.get(read, _endpoint(self._read), name="sandbox_read"),
            web.get("/sandbox/world", _endpoint(self._overview), name="sandbox_world"),
        ]

    async def _invoke(self, request: web.Request) -> Json:
        body = await _body(request)
        actor = self._acting(body)
        used = await actor.invoke(
            body["command"], body.get("options"), channel=_channel(body), force=bool(body.get("force"))
        )
        return await _answered(used)

    async def _autocomplete(self, request: web.Request) -> Json:
        body = await _body(request)
        choices = await self._acting(body).autocomplete(
            body["command"], body.get("options") or {}, focused=body["focused"], channel=_channel(body)
        )
        return {"choices": [{"name": choice.name, "value": choice.value} for choice in choices]}

    async def _press(self, request: web.Request) -> Json:
        body = await _body(request)
        message = self._seen(int(body["channel_id"]), int(body["message_id"]))
        used = await self._acting(body).press(message, body["component"], values=body.get("values"))
        return await _answered(used)

    async def _modal(self, request: web.Request) -> Json:
        body = await _body(request)
        interaction = next(
            (one for one in self._world.interactions.values() if str(one.id) == body["interaction_id"]), None
        )
        if interaction is None:
            raise ClientRefused("there is no such interaction")
        shown = Used(interaction, self._world)
        return await _answered(await self._acting(body).submit_modal(shown, body["values"]))

    async def _read(self, request: web.Request) -> list[Json]:
        channel = self._world.channel(int(request.match_info["channel_id"]))
        name = request.query.get("as")
        user = next((one for one in self._world.users.values() if name in (one.name, str(one.id))), None)
        if user is None:
            raise ClientRefused("as= names nobody")
        return [message.as_json() for message in self._actor(user, channel.guild).read(channel)]

    async def _overview(self, _: web.Request) -> Json:
        guilds = [
            {
                **payloads.guild(guild, bot=guild.members.get(self._world.bot.id), lazy=False),
                "bot_inside": guild.bot_inside,
                "members": [payloads.member(member) for member in guild.members.values()],
            }
            for guild in self._world.guilds.values()
        ]
        return {
            "application_id": str(self._world.application_id),
            "owner": payloads.user(self._world.owner),
            "guilds": guilds,
            "direct": [payloads.channel(channel) for channel in self._world.direct.values()],
            "commands": self._world.commands.of(None),
            "now_ms": self._world.now_ms(),
        }

    def _acting(self, body: Json) -> Actor:
        guild = self._world.guilds.get(int(body["guild_id"])) if body.get("guild_id") else None
        return self._actor(str(body["as"]), guild)

    def _seen(self, channel_id: int, message_id: int) -> SeenMessage:
        message = self._world.channel(channel_id).messages.get(message_id)
        if message is None:
            raise refusal(10008)
        return see(message, self._world.cdn)


def _endpoint(act: _Action) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            return json_answer(await act(request))
        except (ClientRefused, ApiError, KeyError) as error:
            return json_answer({"error": "refused by the client", "detail": str(error)}, 409)
        except InteractionFailed as error:
            return json_answer({"error": "no answer", "detail": str(error)}, 504)

    return handle


async def _body(request: web.Request) -> Json:
    return json.loads(await request.text())


def _channel(body: Json) -> Any:  # noqa: ANN401 - a name or an id
    channel = body.get("channel", "general")
    return int(channel) if str(channel).isdigit() else channel


async def _answered(used: Used) -> Json:
    response = await used.response()
    answer: Json = {"interaction_id": str(used.interaction_id)}
    if isinstance(response, SeenMessage):
        return {**answer, "kind": "message", "message": response.as_json()}
    if isinstance(response, ShownModal):
        return {**answer, "kind": "modal", "modal": response.data}
    if isinstance(response, Deferred):
        return {**answer, "kind": "deferred", "ephemeral": response.ephemeral, "silent": response.silent}
    return answer
