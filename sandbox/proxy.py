"""An HTTP proxy as a company or a country's edge asks for: it tunnels (CONNECT) and forwards, and may demand a login.

It resolves names by itself, as such proxies do: `hosts` says where those that don't exist lead to.
"""

import asyncio
import base64
import contextlib
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

_END = b"\r\n\r\n"
_CHUNK_BYTES = 64 * 1024
_HOP_BY_HOP = ("proxy-", "connection:", "keep-alive:")
"""Headers that are for the proxy itself (RFC 9110, 7.6.1)."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What the proxy was asked for: the method (``CONNECT`` for a tunnel) and the host with its port."""

    method: str
    target: str


@dataclass(frozen=True, slots=True)
class _Head:
    method: str
    target: str
    lines: list[str]

    def value(self, name: str) -> str:
        found = (line.partition(":")[2].strip() for line in self.lines if line.lower().startswith(f"{name}:"))
        return next(found, "")


class ProxyStandIn:
    """Serves on a port of loopback while it is entered.

    Args:
        login: user and password that it demands; None: none.
        hosts: ``name:port`` to the port of loopback that it stands for.

    Attributes:
        address: host and port.
        seen: what it was asked for and let pass.
        refused: how many requests came without the right login.
    """

    def __init__(self, *, login: tuple[str, str] | None = None, hosts: Mapping[str, int] | None = None) -> None:
        self.seen: list[Forwarded] = []
        self.refused = 0
        self._hosts = dict(hosts or {})
        wanted = ":".join(login).encode() if login else b""
        self._wanted = f"Basic {base64.b64encode(wanted).decode()}" if login else ""
        self._resources = AsyncExitStack()
        self._open: set[asyncio.StreamWriter] = set()
        self.address = ""

    async def __aenter__(self) -> Self:
        server = await self._resources.enter_async_context(await asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.address = "{}:{}".format(*server.sockets[0].getsockname())
        return self

    async def __aexit__(self, *_: object) -> None:
        for writer in self._open:
            writer.close()
        await self._resources.aclose()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        # Either side may go whenever it likes.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await self._serve(reader, writer)
        await _close(writer)
        self._open.discard(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = _read(await reader.readuntil(_END))
        if head.value("proxy-authorization") != self._wanted:
            self.refused += 1
            await _say(writer, "407 Proxy Authentication Required", "Proxy-Authenticate: Basic")
            return
        is_tunnel = head.method == "CONNECT"
        url = urlsplit(f"//{head.target}" if is_tunnel else head.target)
        target = f"{url.hostname}:{url.port or 80}"
        self.seen.append(Forwarded(head.method, target))
        try:
            there, back = await asyncio.open_connection(*self._resolve(target))
        except OSError:
            await _say(writer, "502 Bad Gateway")
            return
        try:
            if is_tunnel:
                writer.write(b"HTTP/1.1 200 Connection established" + _END)
            else:
                back.write(_onward(head, url.path + (f"?{url.query}" if url.query else "")))
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        finally:
            await _close(back)

    def _resolve(self, target: str) -> tuple[str, int]:
        host, _, port = target.rpartition(":")
        if target in self._hosts:
            return "127.0.0.1", self._hosts[target]
        if host not in {"127.0.0.1", "localhost"}:
            raise OSError(f"{host} is no name that this proxy knows")
        return host, int(port)


def _read(raw: bytes) -> _Head:
    first, *lines = raw.removesuffix(_END).decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    return _Head(method, target, lines)


def _onward(head: _Head, path: str) -> bytes:
    """Make of a request to the proxy one to the server; the connection ends with the answer, but for an upgrade."""
    upgrade = head.value("upgrade")
    kept = [line for line in head.lines if not line.lower().startswith(_HOP_BY_HOP)]
    connection = "Connection: Upgrade" if upgrade else "Connection: close"
    return ("\r\n".join([f"{head.method} {path or '/'} HTTP/1.1", *kept, connection, "Via: 1.1 stand-in"])).encode(
        "latin-1"
    ) + _END


async def _say(writer: asyncio.StreamWriter, status: str, *headers: str) -> None:
    lines = [f"HTTP/1.1 {status}", *headers, "Content-Length: 0", "Connection: close"]
    writer.write("\r\n".join(lines).encode() + _END)
    await writer.drain()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK_BYTES):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
