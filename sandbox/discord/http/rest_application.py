"""The routes about the application, its commands, its servers and the people in them."""

from collections.abc import Callable

from aiohttp import web

from sandbox.discord.http.requests import API, BODY, json_answer
from sandbox.discord.rules.errors import Json, refusal
from sandbox.discord.state import payloads
from sandbox.discord.state.commands import without_localizations
from sandbox.discord.state.guilds import Guild, Member
from sandbox.discord.state.world import World


class CommandRoutes:
    """Application commands, global and per server; the routes differ only in their scope."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        base = f"{API}/applications/{{application_id}}"
        return [
            *self._scope(f"{base}/commands", "global"),
            *self._scope(f"{base}/guilds/{{guild_id}}/commands", "guild"),
        ]

    def _scope(self, path: str, name: str) -> list[web.RouteDef]:
        one = f"{path}/{{command_id}}"
        return [
            web.get(path, self._list, name=f"get_{name}_commands", allow_head=False),
            web.put(path, self._put, name=f"put_{name}_commands"),
            web.post(path, self._post, name=f"create_{name}_command"),
            web.get(one, self._get, name=f"get_{name}_command", allow_head=False),
            web.patch(one, self._patch, name=f"edit_{name}_command"),
            web.delete(one, self._delete, name=f"delete_{name}_command"),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        commands = self._world.commands.of(self._scope_of(request))
        full = request.query.get("with_localizations", "false") in ("true", "1", "True")
        return json_answer(commands if full else without_localizations(commands))

    async def _put(self, request: web.Request) -> web.Response:
        stored = self._world.commands.replace_all(self._scope_of(request), request[BODY].json)
        self._world.notify()
        return json_answer(stored)

    async def _post(self, request: web.Request) -> web.Response:
        stored, new = self._world.commands.upsert(self._scope_of(request), request[BODY].json)
        return json_answer(stored, 201 if new else 200)

    async def _get(self, request: web.Request) -> web.Response:
        return json_answer(self._world.commands.get(self._scope_of(request), _id(request, "command_id")))

    async def _patch(self, request: web.Request) -> web.Response:
        scope, changes = self._scope_of(request), request[BODY].json
        return json_answer(self._world.commands.change(scope, _id(request, "command_id"), changes))

    async def _delete(self, request: web.Request) -> web.Response:
        self._world.commands.remove(self._scope_of(request), _id(request, "command_id"))
        return web.Response(status=204)

    def _scope_of(self, request: web.Request) -> int | None:
        if _id(request, "application_id") != self._world.application_id:
            raise refusal(50001)
        if "guild_id" not in request.match_info:
            return None
        guild = self._world.guilds.get(_id(request, "guild_id"))
        if guild is None or not guild.bot_inside:
            raise refusal(50001)
        return guild.id


class WorldRoutes:
    """Who the bot is, how it connects, and what it may look up."""

    def __init__(self, world: World, gateway_url: Callable[[], str], gateway_limits: Callable[[], Json]) -> None:
        self._world = world
        self._gateway_url = gateway_url
        self._gateway_limits = gateway_limits

    def routes(self) -> list[web.RouteDef]:
        guild = f"{API}/guilds/{{guild_id}}"
        get = [
            ("/gateway", self._gateway, "gateway_url"),
            ("/gateway/bot", self._gateway_bot, "gateway_bot"),
            ("/users/@me", self._me, "current_user"),
            ("/users/@me/guilds", self._my_guilds, "current_user_guilds"),
            ("/users/{user_id}", self._user, "get_user"),
            ("/oauth2/applications/@me", self._application, "application_info"),
            ("/applications/@me", self._application, "current_application"),
        ]
        in_guild = [
            ("", self._guild, "get_guild"),
            ("/channels", self._channels, "get_guild_channels"),
            ("/roles", self._roles, "get_roles"),
            ("/roles/{role_id}", self._role, "get_role"),
            ("/members/{user_id}", self._member, "get_member"),
        ]
        return [
            *(web.get(f"{API}{path}", handler, name=name, allow_head=False) for path, handler, name in get),
            *(web.get(f"{guild}{path}", handler, name=name, allow_head=False) for path, handler, name in in_guild),
            web.post(f"{API}/users/@me/channels", self._create_dm, name="create_dm"),
            web.delete(f"{API}/users/@me/guilds/{{guild_id}}", self._leave, name="leave_guild"),
        ]

    async def _gateway(self, _: web.Request) -> web.Response:
        return json_answer({"url": self._gateway_url()})

    async def _gateway_bot(self, _: web.Request) -> web.Response:
        return json_answer({"url": self._gateway_url(), **self._gateway_limits()})

    async def _me(self, _: web.Request) -> web.Response:
        return json_answer(payloads.own_user(self._world.bot))

    async def _my_guilds(self, _: web.Request) -> web.Response:
        guilds = [guild for guild in self._world.guilds.values() if guild.bot_inside]
        return json_answer([{"id": str(guild.id), "name": guild.name, "features": []} for guild in guilds])

    async def _user(self, request: web.Request) -> web.Response:
        user = self._world.users.get(_id(request, "user_id"))
        if user is None:
            raise refusal(10013)
        return json_answer(payloads.user(user))

    async def _application(self, _: web.Request) -> web.Response:
        world = self._world
        return json_answer(
            {**world.application(), "owner": payloads.user(world.owner), "bot": payloads.user(world.bot)}
        )

    async def _guild(self, request: web.Request) -> web.Response:
        return json_answer(payloads.guild_object(self._inside(request)))

    async def _channels(self, request: web.Request) -> web.Response:
        channels = self._inside(request).channels.values()
        return json_answer([payloads.channel(one) for one in channels if not one.is_thread])

    async def _roles(self, request: web.Request) -> web.Response:
        return json_answer([payloads.role(role) for role in self._inside(request).roles.values()])

    async def _role(self, request: web.Request) -> web.Response:
        role = self._inside(request).roles.get(_id(request, "role_id"))
        if role is None:
            raise refusal(10011)
        return json_answer(payloads.role(role))

    async def _member(self, request: web.Request) -> web.Response:
        member: Member | None = self._inside(request).members.get(_id(request, "user_id"))
        if member is None:
            raise refusal(10007)
        return json_answer(payloads.member(member))

    async def _create_dm(self, request: web.Request) -> web.Response:
        body: Json = request[BODY].json
        user = self._world.users.get(int(body.get("recipient_id") or 0))
        if user is None:
            raise refusal(10013)
        return json_answer(payloads.channel(self._world.direct_channel(user)))

    async def _leave(self, request: web.Request) -> web.Response:
        self._inside(request).remove_bot()
        return web.Response(status=204)

    def _inside(self, request: web.Request) -> Guild:
        return self._world.guild_with_bot(_id(request, "guild_id"))


def _id(request: web.Request, key: str) -> int:
    text = request.match_info[key]
    # What is no snowflake names nothing; the API says so in more words.
    return int(text) if text.isdigit() else 0
