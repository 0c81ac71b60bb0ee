"""Reading the bot's requests, recording them, and answering as the API does."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.discord.rules.errors import ApiError, Json, refusal, unauthorized
from sandbox.discord.rules.limits import RateLimits
from sandbox.discord.state.composing import Body
from sandbox.discord.state.messages import Upload
from sandbox.discord.state.world import World

MAX_REQUEST_BYTES = 25 * 1024 * 1024
"""resources/message.mdx: "maximum request size when sending a message is 25 MiB"."""

READ_UP_TO_BYTES = 64 * 1024 * 1024
"""Larger bodies are cut off by aiohttp before this module sees them."""

API = "/api/v10"
BODY = web.RequestKey("body", Body)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

NO_AUTH = frozenset({"callback", "gateway_url"})


@dataclass
class RecordedRequest:
    """One request of the bot.

    Attributes:
        path: the template as in the OpenAPI description; the raw path if there is none.
        json: the body, ``payload_json`` of a multipart one; None without.
        files: name, bytes and declared content type of each.
        status: what was answered; None while it is under way or when the connection was cut.
    """

    method: str
    path: str
    raw_path: str
    operation: str
    json: Any
    files: list[tuple[str, int, str]]
    at_ms: int
    status: int | None = None
    content_type: str = ""
    query: dict[str, str] = field(default_factory=dict[str, str])


def json_answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """An answer with exactly ``Content-Type: application/json``: with a charset discord.py keeps it as text."""
    return web.Response(
        status=status,
        body=json.dumps(body).encode(),
        headers={**(headers or {}), "Content-Type": "application/json"},
    )


class Intake:
    """The two middlewares around the fault script: recording outside it, the API's manners inside."""

    def __init__(self, world: World, limits: RateLimits) -> None:
        self._world = world
        self._limits = limits
        self.requests: list[RecordedRequest] = []

    @web.middleware
    async def record(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(API):
            return await handler(request)
        body, refused = Body(), None
        try:
            body = await read_body(request)
        except ApiError as error:
            refused = error
        except web.HTTPRequestEntityTooLarge:
            refused = refusal(40005)
        request[BODY] = body
        recorded = self._recorded(request, body)
        self.requests.append(recorded)
        if refused is not None:
            answer = json_answer(refused.body, refused.status)
        else:
            answer = await self._handled(request, handler)
        recorded.status = None if request.transport is None or request.transport.is_closing() else answer.status
        self._world.notify()
        return answer

    async def _handled(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            return json_answer({"message": f"{error.status}: {error.reason}", "code": 0}, error.status)

    @web.middleware
    async def mind_manners(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Authorization, rate limits, and refusals as JSON."""
        if not request.path.startswith(API):
            return await handler(request)
        operation = request.match_info.route.name
        try:
            if "webhook_token" not in request.match_info and operation not in NO_AUTH:
                self._authorize(request)
            headers = self._limits.take(operation, request)
            answer = await handler(request)
        except ApiError as error:
            return json_answer(error.body, error.status, error.headers)
        answer.headers.update(headers)
        return answer

    def _authorize(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bot {self._world.token}":
            raise unauthorized()

    def _recorded(self, request: web.Request, body: Body) -> RecordedRequest:
        resource = request.match_info.route.resource
        template = resource.canonical.removeprefix(API) if resource else request.path.removeprefix(API)
        return RecordedRequest(
            request.method,
            template,
            request.path,
            request.match_info.route.name or "",
            body.json if request.body_exists else None,
            [(upload.name, len(upload.data), upload.content_type) for upload in body.uploads],
            self._world.now_ms(),
            content_type=request.content_type,
            query=dict(request.query),
        )


async def read_body(request: web.Request) -> Body:
    """The body of a JSON or multipart request.

    Raises:
        ApiError: 413 40005 for more than `MAX_REQUEST_BYTES`, 400 50109 for what is not JSON.
    """
    if request.content_type == "multipart/form-data":
        return await _multipart(request)
    raw = await request.read()
    if len(raw) > MAX_REQUEST_BYTES:
        raise refusal(40005)
    return Body(_parsed(raw.decode("utf-8", "replace"))) if raw else Body()


async def _multipart(request: web.Request) -> Body:
    """Read a form part by part: aiohttp's own ``post`` leaves its temporary files open where the bot hangs up."""
    payload: Json = {}
    uploads: list[Upload] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise refusal(50109)
        data = bytes(await part.read(decode=True))
        if part.filename:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads.append(Upload(_index(part.name or ""), part.filename, kind, data))
        elif part.name == "payload_json":
            payload = _parsed(data.decode())
    size = request.content_length or sum(len(upload.data) for upload in uploads)
    if size > MAX_REQUEST_BYTES:
        raise refusal(40005)
    return Body(payload, tuple(uploads))


def _index(name: str) -> int:
    number = name.removeprefix("files[").removesuffix("]")
    return int(number) if number.isdigit() else 0


def _parsed(text: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise refusal(50109) from None
