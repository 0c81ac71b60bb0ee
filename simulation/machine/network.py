"""Connections within the memory: bytes arrive later, in order, or not at all.

A connection has two pipes, one each way. What is written is cut into no other pieces than it was written in; each
piece takes a time that `Conditions` draws, and never overtakes another of its pipe. Between two places a pipe can be
*dark*: what is sent then is held back, as TCP holds it back and tries again, until the light is back or one side
gives up. The programs on both sides hear nothing of that.
"""

import asyncio
import contextvars
import errno
import itertools
import random
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulation.machine.loop import LIFE, Life, VirtualLoop

HOST = "127.0.0.1"
FIRST_PORT = 40_000
"""Of those that are given to whoever listens on any."""

Wiretap = Callable[["Pipe", str, bytes], None]
"""Told of each piece when it is sent and when it has arrived."""


@dataclass
class Conditions:
    """How the network behaves; may be changed at any time.

    Attributes:
        dice: draw it.
        delay_s: the least and the most that a piece takes.
        dark: the ways that nothing gets through, as (from, to) by the names of listeners and ``bot``.
        closed: listeners that refuse every connection.
    """

    dice: random.Random
    delay_s: tuple[float, float] = (0.002, 0.03)
    dark: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    closed: set[str] = field(default_factory=set[str])

    def is_dark(self, one: str, other: str) -> bool:
        """Whether one of the ways between two places is dark: then no connection comes to be."""
        return bool({(one, other), (other, one)} & self.dark)

    def draw_s(self) -> float:
        return self.dice.uniform(*self.delay_s)


class Pipe:
    """One way of a connection.

    Attributes:
        source: the name of the side that sends.
        target: the name of the side that receives.
        number: of the connection.
    """

    def __init__(self, network: "Network", source: str, target: str, number: int) -> None:
        self.source, self.target, self.number = source, target, number
        self.end: Transport | None = None
        self._network = network
        self._pieces: deque[bytes | Exception | None] = deque()
        self._last_s = 0.0
        self._held = self._arrived = 0

    @property
    def is_dark(self) -> bool:
        return (self.source, self.target) in self._network.conditions.dark

    def send(self, piece: bytes | Exception | None) -> None:
        """Send bytes, or the end: None for an orderly one, an error for a reset."""
        self._pieces.append(piece)
        if isinstance(piece, bytes):
            self._network.tap(self, "sends", piece)
        if self.is_dark:
            self._held += 1
            self._network.holding[self] = None
        else:
            self._set_out()

    def lose(self) -> None:
        """Let what is under way never arrive."""
        self._pieces = deque(b"" for _ in self._pieces)

    def light(self) -> None:
        """Let go what was held back, unless it is dark still."""
        while self._held and not self.is_dark:
            self._held -= 1
            self._set_out()

    def catch_up(self) -> None:
        """Hand over what has arrived, as long as the receiver reads."""
        while self._arrived and self.end is not None and self.end.is_reading():
            self._arrived -= 1
            piece = self._pieces.popleft()
            if not isinstance(piece, bytes):
                self.end.ended(piece)
            elif piece:
                self._network.tap(self, "gets", piece)
                self.end.receive(piece)

    def _set_out(self) -> None:
        assert self.end is not None
        loop = self._network.loop
        self._last_s = max(self._last_s, loop.time() + self._network.conditions.draw_s())
        # In the receiver's context: a dead process hears nothing.
        loop.call_at(self._last_s, self._arrive, context=self.end.context)

    def _arrive(self) -> None:
        self._arrived += 1
        self.catch_up()


class Transport(asyncio.Transport):
    """One side of a connection.

    Attributes:
        context: in which its protocol is called.
        life: the process that it belongs to.
    """

    def __init__(self, network: "Network", out: Pipe, into: Pipe, peer: tuple[str, int], own: tuple[str, int]) -> None:
        super().__init__({"peername": peer, "sockname": own})
        self.context = contextvars.copy_context()
        self.life: Life | None = LIFE.get()
        self._is_reading = True
        self._network = network
        self._out, self._into = out, into
        self._protocol: Any = None
        self._is_closing = False
        into.end = self
        network.opened(self)

    def begin(self, factory: Callable[[], asyncio.Protocol]) -> asyncio.Protocol:
        """Hand the connection to a new protocol."""
        self._protocol = protocol = factory()
        protocol.connection_made(self)
        return protocol

    # -- what arrives

    def receive(self, data: bytes) -> None:
        if not self._is_closing:
            self._protocol.data_received(data)

    def ended(self, error: Exception | None) -> None:
        """Take note that the other side has closed, or that the connection broke."""
        if self._is_closing:
            return
        if error is None and self._protocol.eof_received():
            return
        self._lose(error)

    # -- what a protocol asks for

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def is_closing(self) -> bool:
        return self._is_closing

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if data and not self._is_closing:
            self._out.send(bytes(data))

    def can_write_eof(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def is_reading(self) -> bool:
        return self._is_reading

    def pause_reading(self) -> None:
        self._is_reading = False

    def resume_reading(self) -> None:
        if not self._is_reading:
            self._is_reading = True
            self._network.loop.call_soon(self._into.catch_up, context=self.context)

    def close(self) -> None:
        if not self._is_closing:
            self._out.send(None)
            self._lose(None)

    def abort(self) -> None:
        if not self._is_closing:
            self._out.send(_reset())
            self._lose(None)

    # -- what happens to it

    def cut(self) -> None:
        """Break it off with all that is under way: this side learns of it at once, the other a little later."""
        if not self._is_closing:
            self._into.lose()
            self._out.lose()
            self._out.send(_reset())
            self._lose(_reset())

    def vanish(self, *, loses: bool) -> None:
        """Be gone with the process: nobody on this side is told; what it had sent may get lost."""
        if not self._is_closing:
            self._is_closing = True
            if loses:
                self._out.lose()
            self._out.send(_reset())
            self._network.closed(self)

    @property
    def peer_name(self) -> str:
        return self._out.target

    def _lose(self, error: Exception | None) -> None:
        self._is_closing = True
        self._network.closed(self)
        self._network.loop.call_soon(self._protocol.connection_lost, error, context=self.context)


class Server(asyncio.AbstractServer):
    """What listens on a port."""

    def __init__(self, network: "Network", factory: Callable[[], asyncio.Protocol], port: int) -> None:
        self.context = contextvars.copy_context()
        self.factory = factory
        self.port = port
        self._network = network

    @property
    def sockets(self) -> list["Server"]:
        """As of a server of asyncio's, whose users ask each for its address."""
        return [self]

    def getsockname(self) -> tuple[str, int]:
        return HOST, self.port

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self._network.loop

    def is_serving(self) -> bool:
        return self.port in self._network.servers

    def close(self) -> None:
        self._network.servers.pop(self.port, None)

    async def wait_closed(self) -> None:
        pass


class Network:
    """All connections of one run.

    Attributes:
        loop: whose time it is.
        conditions: how it behaves.
        servers: what listens, by port.
        names: what a port is called in the trace and in `Conditions`.
        tap: hears of every piece.
        holding: the ways on which something waits for the light.
    """

    loop: VirtualLoop

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self.servers: dict[int, Server] = {}
        self.names: dict[int, str] = {}
        self.tap: Wiretap = lambda _pipe, _verb, _piece: None
        self.holding: dict[Pipe, None] = {}
        self._transports: dict[Transport, None] = {}
        self._pending: dict[int, Server] = {}
        self._ports = itertools.count(FIRST_PORT)
        self._numbers = itertools.count(1)

    # -- what the loop asks for

    def listen(self, factory: Callable[[], asyncio.Protocol], _host: str, port: int) -> Server:
        server = Server(self, factory, port or next(self._ports))
        self.servers[server.port] = server
        return server

    async def connect(self, sock: socket.socket, address: tuple[str, int]) -> None:
        """Wait for as long as a handshake takes; ``sock`` is only the ticket to `attach`."""
        name = self.name(address[1])
        await asyncio.sleep(self.conditions.draw_s())
        while self.conditions.is_dark("bot", name):  # noqa: ASYNC110 - the light wakes nobody
            # A SYN that got lost is sent again; the network wakes nobody.
            await asyncio.sleep(1)
        server = self.servers.get(address[1])
        if server is None or name in self.conditions.closed:
            raise ConnectionRefusedError(errno.ECONNREFUSED, f"Connect call failed {address}")
        self._pending[sock.fileno()] = server
        await asyncio.sleep(self.conditions.draw_s())

    def attach(
        self, factory: Callable[[], asyncio.Protocol], sock: socket.socket
    ) -> tuple[Transport, asyncio.Protocol]:
        server = self._pending.pop(sock.fileno())
        sock.close()
        name, number = self.name(server.port), next(self._numbers)
        there, back = Pipe(self, "bot", name, number), Pipe(self, name, "bot", number)
        own = (HOST, next(self._ports))
        here = Transport(self, there, back, server.getsockname(), own)
        context = server.context.copy()
        far = context.run(Transport, self, back, there, own, server.getsockname())
        context.run(far.begin, server.factory)
        return here, here.begin(factory)

    # -- what is done to it

    def name(self, port: int) -> str:
        return self.names.get(port, str(port))

    def darken(self, *ways: tuple[str, str]) -> None:
        """Let nothing through on some ways, as (from, to), from now on."""
        self.conditions.dark.update(ways)

    def lighten(self, *ways: tuple[str, str]) -> None:
        """Let everything through again on some ways."""
        self.conditions.dark.difference_update(ways)
        # Whoever closes or dies in the dark has sent what they had: a kernel goes on without them.
        for pipe in list(self.holding):
            if not pipe.is_dark:
                del self.holding[pipe]
                pipe.light()

    def cut(self, name: str) -> int:
        """Break off every connection with a listener; return how many there were."""
        ends = [one for one in self._transports if one.peer_name == name]
        for transport in ends:
            transport.context.run(transport.cut)
        return len(ends)

    def drop(self, life: Life) -> None:
        """Let the connections of a dead process vanish."""
        for transport in [one for one in self._transports if one.life is life]:
            transport.vanish(loses=self.conditions.dice.random() < 0.5)

    def reached_by(self, life: Life) -> list[str]:
        """Return the name of the other side of each open connection of a process."""
        return [one.peer_name for one in self._transports if one.life is life]

    def opened(self, transport: Transport) -> None:
        self._transports[transport] = None

    def closed(self, transport: Transport) -> None:
        self._transports.pop(transport, None)


def _reset() -> ConnectionResetError:
    return ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
