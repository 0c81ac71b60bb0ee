"""The routes that go by an interaction's token."""

from aiohttp import web

from sandbox.discord.http.callbacks import Callbacks
from sandbox.discord.http.requests import API, BODY, json_answer
from sandbox.discord.state import payloads, threads
from sandbox.discord.state.interactions import Interaction
from sandbox.discord.state.messages import Message
from sandbox.discord.state.world import World

_TRUE = ("1", "true", "True")


class InteractionRoutes:
    def __init__(self, world: World) -> None:
        self._world = world
        self._callbacks = Callbacks(world)

    def routes(self) -> list[web.RouteDef]:
        token = f"{API}/webhooks/{{webhook_id}}/{{webhook_token}}"
        original, one = f"{token}/messages/@original", f"{token}/messages/{{message_id}}"
        callback = f"{API}/interactions/{{interaction_id}}/{{interaction_token}}/callback"
        return [
            web.post(callback, self._callback, name="callback"),
            web.get(original, self._get, name="get_original", allow_head=False),
            web.patch(original, self._edit, name="edit_original"),
            web.delete(original, self._delete, name="delete_original"),
            web.post(token, self._follow_up, name="followup"),
            web.get(one, self._get, name="get_followup", allow_head=False),
            web.patch(one, self._edit, name="edit_followup"),
            web.delete(one, self._delete, name="delete_followup"),
        ]

    async def _callback(self, request: web.Request) -> web.Response:
        interaction = self._callbacks.find(
            int(request.match_info["interaction_id"]), request.match_info["interaction_token"]
        )
        resource = self._callbacks.answer(interaction, request[BODY])
        if request.query.get("with_response") in _TRUE:
            return json_answer(resource)
        return web.Response(status=204)

    async def _follow_up(self, request: web.Request) -> web.Response:
        message = self._callbacks.follow_up(self._interaction(request), request[BODY])
        # Unlike for other webhooks, wait=true is implied.
        return self._message(message)

    async def _get(self, request: web.Request) -> web.Response:
        return self._message(self._target(request)[1])

    async def _edit(self, request: web.Request) -> web.Response:
        interaction, message = self._target(request)
        self._callbacks.edit(interaction, message, request[BODY])
        return self._message(message)

    async def _delete(self, request: web.Request) -> web.Response:
        message = self._target(request)[1]
        threads.require_open(self._world, message.channel)
        self._world.delete(message)
        return web.Response(status=204)

    def _target(self, request: web.Request) -> tuple[Interaction, Message]:
        interaction = self._interaction(request)
        return interaction, interaction.message(request.match_info.get("message_id", "@original"))

    def _interaction(self, request: web.Request) -> Interaction:
        return self._callbacks.by_webhook(int(request.match_info["webhook_id"]), request.match_info["webhook_token"])

    def _message(self, message: Message) -> web.Response:
        return json_answer(payloads.message(message, self._world.cdn))
