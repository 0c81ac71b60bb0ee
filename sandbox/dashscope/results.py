"""The store of result images: holds a GET against its signature, as OSS does, and against the issued URL."""

import asyncio
import hashlib
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.ports import Clock
from sandbox.dashscope import wire
from sandbox.dashscope.pictures.drawing import draw, padded
from sandbox.dashscope.signing import SignedTarget, issue, path_of, read_query, sign
from sandbox.dashscope.tasks import TaskRecord

LIFETIME_S = 24 * 3600
"""Seconds for which a result URL is valid."""


@dataclass(frozen=True)
class _Stored:
    target: SignedTarget
    task: TaskRecord
    index: int


class ResultStore:
    """Issues signed URLs and serves what they name.

    Args:
        clock: by which they expire.
        draw: makes a picture; see `sandbox.dashscope.pictures.drawing.draw`.

    Attributes:
        tricky_signatures: whether every signature holds both ``+`` and ``/``.
        image_bytes_override: served instead of every image.
        host: ``name:port``, once it is known.
    """

    def __init__(self, clock: Clock, draw: Callable[..., bytes] = draw) -> None:
        self.tricky_signatures = True
        self.image_bytes_override: bytes | None = None
        self.host = ""
        self._clock = clock
        self._dice = random.Random()
        self._draw = draw
        self._stored: dict[str, _Stored] = {}

    def add_to(self, app: web.Application) -> None:
        app.router.add_route("*", "/{path:.*}", self.serve, name="result")

    def new_image(self, task: TaskRecord, index: int) -> str:
        """Issue the URL of one image; it is drawn when it is asked for."""
        end_ms = task.end_ms or self._clock.now_ms()
        day = wire.local_time(end_ms)[:10].replace("-", "")
        target = issue(end_ms, self._dice, lifetime_s=LIFETIME_S, day=day, tricky=self.tricky_signatures)
        self._stored[target.path] = _Stored(target, task, index)
        return f"http://{self.host}{target.raw}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        body = await self._body(self._stored[path_of(request.raw_path)])
        etag = hashlib.md5(body, usedforsecurity=False).hexdigest().upper()
        return web.Response(body=body, headers=_headers(_type_of(body)) | {"ETag": f'"{etag}"'})

    def _refusal(self, request: web.Request) -> web.Response | None:
        """Why ``request`` isn't served; the checks of OSS, then the one that is stricter."""
        if "Authorization" in request.headers:
            return _xml(400, "InvalidArgument", "Only one auth mechanism allowed.")
        given = read_query(request.raw_path)
        if given is None or not given.expires.isdecimal():
            return _xml(403, "AccessDenied", "You have no right to access this object.")
        if self._clock.now_ms() >= int(given.expires) * 1000:
            return _xml(403, "AccessDenied", "Request has expired.")
        path = path_of(request.raw_path)
        # OSS signs the verb, Content-MD5 and Content-Type as they come: HEAD or a header too many won't fit.
        expected = sign(
            request.method,
            path,
            given.expires,
            content_type=request.headers.get("Content-Type", ""),
            content_md5=request.headers.get("Content-MD5", ""),
        )
        if given.signature != expected:
            return _mismatch()
        stored = self._stored.get(path)
        if stored is None:
            return _xml(404, "NoSuchKey", "The specified key does not exist.")
        # Stricter than OSS, which decodes first: a client that rewrites %2F works there and fails elsewhere.
        return None if request.raw_path == stored.target.raw else _mismatch()

    async def _body(self, stored: _Stored) -> bytes:
        outcome = stored.task.outcome
        override = self.image_bytes_override if outcome.image_bytes is None else outcome.image_bytes
        if override is not None:
            return override
        order = stored.task.order
        png = await asyncio.to_thread(
            self._draw,
            order.prompt,
            stored.task.seed + stored.index,
            (order.width, order.height),
            watermark=order.watermark,
            pictures=order.pictures,
            change=order.change,
            boxes=order.boxes,
        )
        return png if outcome.image_size_bytes is None else padded(png, outcome.image_size_bytes)


def _type_of(body: bytes) -> str:
    """Guess: the type with which the vendor stores a file is the true one."""
    if body.startswith(b"\xff\xd8"):
        return "image/jpeg"
    return "image/webp" if body[8:12] == b"WEBP" else "image/png"


def _mismatch() -> web.Response:
    return _xml(
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. "
        "Check your key and signing method.",
    )


def _xml(status: int, code: str, message: str) -> web.Response:
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n  <Code>{code}</Code>\n'
        f"  <Message>{message}</Message>\n</Error>\n"
    )
    return web.Response(status=status, body=text.encode(), headers=_headers("application/xml"))


def _headers(content_type: str) -> dict[str, str]:
    return {
        "Content-Type": content_type,
        "Server": "AliyunOSS",
        "x-oss-request-id": uuid.uuid4().hex[:24].upper(),
    }
