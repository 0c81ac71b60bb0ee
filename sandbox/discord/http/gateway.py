"""The gateway: sessions over websockets, with heartbeats, shards, resuming and replay (events/gateway.mdx).

Frames are plain JSON text; whether to compress is the server's choice.
"""

import asyncio
import json
import secrets
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from sandbox.discord.rules.errors import Json
from sandbox.discord.state import payloads
from sandbox.discord.state.events import INTENT_GUILDS, PRIVILEGED_INTENTS, guild_create, render, server_of
from sandbox.discord.state.world import World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT = 0, 1, 2, 6, 7
INVALID_SESSION, HELLO, HEARTBEAT_ACK = 9, 10, 11

HEARTBEAT_INTERVAL_MS = 41_250
AUTHENTICATION_FAILED, SHARDING_REQUIRED = 4004, 4011
_NOT_AUTHENTICATED, _INVALID_SHARD, _DISALLOWED_INTENTS = 4003, 4010, 4014
_SESSIONS_PER_DAY = 1000
_IDENTIFY_EVERY_S = 5.0
"""Shards may identify one after the other (``max_concurrency`` 1). The same shard again, as after a restart, is let
through at once: kinder than Discord, for the sake of tests that start a bot twice."""
_FORGETTING = (1000, 1001)
"""A client that closes with these codes gives its session up."""


@dataclass(eq=False)
class Session:
    """A bot's session. It outlives its socket until the client gives it up or identifies anew.

    Attributes:
        shard: its number, and how many there are.
        sent: every event so far; the sequence number of one is its place, from 1.
        socket: where it is connected now.
    """

    id: str
    intents: int
    shard: tuple[int, int] = (0, 1)
    socket: web.WebSocketResponse | None = None
    sent: list[Json] = field(default_factory=list[Json])
    writer: "asyncio.Task[None] | None" = None
    _grown: asyncio.Event = field(default_factory=asyncio.Event)

    def has(self, server_id: int) -> bool:
        """Whether it hears of a server; what belongs to none, such as a direct message, goes to shard 0."""
        number, of = self.shard
        return (server_id >> 22) % of == number

    def append(self, event: str, data: Json) -> None:
        self.sent.append({"op": DISPATCH, "t": event, "s": len(self.sent) + 1, "d": data})
        self._grown.set()

    def attach(self, socket: web.WebSocketResponse, after: int) -> None:
        """Go on over this socket, with the events that follow number ``after``."""
        self.detach()
        self.socket = socket
        self.writer = asyncio.create_task(self._write(socket, after), name="sandbox-gateway-writer")

    def detach(self) -> None:
        self.socket = None
        if self.writer is not None:
            self.writer.cancel()
            self.writer = None

    async def _write(self, socket: web.WebSocketResponse, place: int) -> None:
        while not socket.closed:
            self._grown.clear()
            while place < len(self.sent):
                await socket.send_str(json.dumps(self.sent[place]))
                place += 1
            await self._grown.wait()


class Gateway:
    """Accepts the bot's sockets and tells its sessions what happens.

    Attributes:
        down: refuse new connections.
        resume_down: refuse those to the address that READY names for resuming.
        refusals: how many were refused for one of the two.
        silent: answer no heartbeat, and nothing else either: a connection that is dead and not closed.
        deaf: close each connection right after HELLO, before anything else.
        heartbeat_interval_ms: what HELLO asks for.
        servers_per_shard: with more on one shard, IDENTIFY is closed with 4011.
        shards: how many ``/gateway/bot`` recommends.
        sessions_left: how many may be begun today.
        greeted: how many sockets were told HELLO.
        identified: how many sessions were begun.
        resumed: how often one was taken up again.
        privileged_intents: those switched on for the application; asking for others closes with 4014.
    """

    def __init__(self, world: World, pace: float = 1.0) -> None:
        self._world = world
        self._identify_every_s = _IDENTIFY_EVERY_S / pace
        self._sessions: dict[str, Session] = {}
        self._sockets: set[web.WebSocketResponse] = set()
        self._goodbyes: set[asyncio.Task[None]] = set()
        self.down = False
        self.resume_down = False
        self.silent = False
        self.deaf = False
        self.heartbeat_interval_ms = HEARTBEAT_INTERVAL_MS
        self.servers_per_shard = 2500
        self.shards = 1
        self.sessions_left = _SESSIONS_PER_DAY
        self._identified_at: tuple[int, float] | None = None
        self.refusals = 0
        self.greeted = 0
        self.identified = 0
        self.resumed = 0
        self.privileged_intents = 0
        self.resume_url = ""
        world.announcer = self.announce

    @property
    def connected(self) -> bool:
        """Whether all shards of some session have a socket and have been told READY."""
        standing = [session.shard for session in self._sessions.values() if session.socket is not None]
        return bool(standing) and {number for number, _ in standing} == set(range(standing[0][1]))

    def limits(self) -> Json:
        """What ``/gateway/bot`` says beside the address."""
        limit = {
            "total": _SESSIONS_PER_DAY,
            "remaining": self.sessions_left,
            "reset_after": 14_400_000,
            "max_concurrency": 1,
        }
        return {"shards": self.shards, "session_start_limit": limit}

    def announce(self, event: str, subject: object) -> None:
        """Send an event to every session whose intents cover it."""
        for session in self._sessions.values():
            if session.has(server_of(subject)):
                data = render(self._world, event, subject, session.intents)
                if data is not None:
                    session.append(event, data)

    def drop(self, *, resumable: bool, cut: bool) -> None:
        """Part with every connected session.

        Args:
            resumable: whether a RESUME will be accepted.
            cut: break the connection off instead of asking for a reconnect (op 7) or saying that the session is
                invalid (op 9).
        """
        for session in list(self._sessions.values()):
            socket = session.socket
            session.detach()
            if not resumable:
                del self._sessions[session.id]
            if socket is not None:
                frame = {"op": RECONNECT, "d": None} if resumable else {"op": INVALID_SESSION, "d": False}
                task = asyncio.create_task(_part(socket, None if cut else frame), name="sandbox-gateway-drop")
                self._goodbyes.add(task)
                task.add_done_callback(self._goodbyes.discard)
        self._world.notify()

    async def expel(self, code: int) -> None:
        """Close every connection with ``code``, and forget the sessions."""
        self._sessions.clear()
        for socket in list(self._sockets):
            await socket.close(code=code)

    async def close(self) -> None:
        for session in self._sessions.values():
            session.detach()
        self._sessions.clear()
        for socket in list(self._sockets):
            await socket.close(code=1001)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The websocket route."""
        if self.down or (self.resume_down and request.match_info.route.name == "gateway_resume"):
            self.refusals += 1
            self._world.notify()
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_interval_ms}})
            self.greeted += 1
            self._world.notify()
            if self.deaf:
                self.refusals += 1
                await socket.close(code=4000)
            async for message in socket:
                if message.type is WSMsgType.TEXT and not self.silent:
                    await self._receive(socket, json.loads(message.data))
        finally:
            self._sockets.discard(socket)
            self._lost(socket)
        return socket

    async def _receive(self, socket: web.WebSocketResponse, frame: Json) -> None:
        if frame["op"] == HEARTBEAT:
            await socket.send_json({"op": HEARTBEAT_ACK, "d": None})
        elif frame["op"] == IDENTIFY:
            await self._identify(socket, frame["d"])
        elif frame["op"] == RESUME:
            await self._resume(socket, frame["d"])
        elif not any(session.socket is socket for session in self._sessions.values()):
            await socket.close(code=_NOT_AUTHENTICATED, message=b"Not authenticated.")
        # Presence, voice and member requests of a session are taken and left without an answer.

    async def _identify(self, socket: web.WebSocketResponse, data: Json) -> None:
        if data.get("token") != self._world.token:
            await socket.close(code=AUTHENTICATION_FAILED, message=b"Authentication failed.")
            return
        intents = int(data.get("intents", 0))
        if intents & PRIVILEGED_INTENTS & ~self.privileged_intents:
            await socket.close(code=_DISALLOWED_INTENTS, message=b"Disallowed intent(s).")
            return
        number, of = shard = tuple(data.get("shard") or (0, 1))
        if not 0 <= number < of:
            await socket.close(code=_INVALID_SHARD, message=b"Invalid shard.")
            return
        guilds = [
            guild for guild in self._world.guilds.values() if guild.bot_inside and (guild.id >> 22) % of == number
        ]
        if len(guilds) > self.servers_per_shard:
            await socket.close(code=SHARDING_REQUIRED, message=b"Sharding required.")
            return
        if not self._may_identify(number):
            await socket.send_json({"op": INVALID_SESSION, "d": False})
            return
        # Sessions without a socket belong to a process that is gone; connected ones go on beside the new one.
        self._sessions = {
            key: one for key, one in self._sessions.items() if one.socket is not None or one.shard != shard
        }
        session = Session(secrets.token_hex(16), intents, (number, of))
        self._sessions[session.id] = session
        self.identified += 1
        session.append("READY", self._ready(session, [str(guild.id) for guild in guilds]))
        for guild in [one for one in guilds if one.available] if intents & INTENT_GUILDS else []:
            session.append("GUILD_CREATE", guild_create(self._world, guild, lazy=True))
        session.attach(socket, 0)
        self._world.notify()

    def _may_identify(self, number: int) -> bool:
        now_s = self._world.clock.monotonic()
        last, self._identified_at = self._identified_at, (number, now_s)
        if last is not None and last[0] != number and now_s - last[1] < self._identify_every_s:
            return False
        self.sessions_left -= 1
        return True

    def _ready(self, session: Session, guild_ids: list[str]) -> Json:
        return {
            "v": 10,
            "user": payloads.own_user(self._world.bot),
            "guilds": [{"id": guild_id, "unavailable": True} for guild_id in guild_ids],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.resume_url,
            "shard": list(session.shard),
            "application": {"id": str(self._world.application_id), "flags": 0},
            "private_channels": [],
            "relationships": [],
        }

    async def _resume(self, socket: web.WebSocketResponse, data: Json) -> None:
        session = self._sessions.get(str(data.get("session_id")))
        seq = int(data.get("seq") or 0)
        if data.get("token") != self._world.token:
            await socket.close(code=AUTHENTICATION_FAILED, message=b"Authentication failed.")
        elif session is None or seq > len(session.sent):
            await socket.send_json({"op": INVALID_SESSION, "d": False})
        else:
            self.resumed += 1
            session.append("RESUMED", {})
            session.attach(socket, seq)
            self._world.notify()

    def _lost(self, socket: web.WebSocketResponse) -> None:
        for session in list(self._sessions.values()):
            if session.socket is socket:
                session.detach()
                if socket.close_code in _FORGETTING:
                    del self._sessions[session.id]
        self._world.notify()


async def _part(socket: web.WebSocketResponse, frame: Json | None) -> None:
    if socket.closed:
        return
    if frame is None:
        # 4000, "unknown error", is one that clients resume after.
        await socket.close(code=4000)
    else:
        await socket.send_json(frame)
