"""The HTTP side of the API: headers, bodies and statuses around an `Account`."""

import json
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from aiohttp import web

from bot.ports import Clock
from sandbox.dashscope import wire
from sandbox.dashscope.account import Account
from sandbox.dashscope.checks import model_of, order_of
from sandbox.dashscope.models import EDIT, NEW, OLD, SYNC
from sandbox.dashscope.refusals import (
    ARREARS,
    BODY_INVALID,
    NO_KEY,
    NOT_ASYNC,
    NOT_FOUND,
    NOT_JSON,
    NOT_SYNC,
    TOO_LARGE,
    WRONG_KEY,
    Refusal,
    Refused,
    invalid,
    undefined,
)
from sandbox.dashscope.tasks import DAY_MS, Status, TaskRecord
from sandbox.dashscope.texts import TEXT

SERVICES = "/api/v1/services/aigc/"
CREATE = SERVICES + "{service:" + f"{OLD}|{EDIT}|{NEW}" + "}"
LARGEST_BODIES = {OLD: 2**20, EDIT: 100 * 2**20, NEW: 100 * 2**20, SYNC: 100 * 2**20, TEXT: 2**20}
"""Bytes. Guess: of words alone a megabyte, else nine pictures, each as long a data URI as the vendor takes."""

TASKS = "/api/v1/tasks"
MODELS = "/api/v1/models"
OF_MODELS = frozenset(
    {"model", "language", "page_no", "page_size", "providers", "capabilities", "features", "service_site"}
)
"""What the list of models may be asked by (the vendor's page). Guess: that anything else is refused."""

LANGUAGES = ("en-US", "zh-CN")
_OF_TASKS = "application/json;charset=UTF-8"


class ApiRoutes:
    """The handlers of the main port."""

    def __init__(self, account: Account, clock: Clock, api_key: str) -> None:
        self._account = account
        self._clock = clock
        self._api_key = api_key

    def add_to(self, app: web.Application) -> None:
        """Mount everything; the names are the operations of the fault script."""
        app.router.add_post(CREATE, self.create, name="create")
        app.router.add_post(SERVICES + SYNC, self.call, name="call")
        app.router.add_post(SERVICES + TEXT, self.text, name="text")
        # The vendor's page writes /tasks/, its SDK sends /tasks.
        app.router.add_get(TASKS + "{slash:/?}", self.list, name="list")
        app.router.add_get(TASKS + "/{task_id}", self.query, name="query")
        app.router.add_post(TASKS + "/{task_id}/cancel", self.cancel, name="cancel")
        app.router.add_get(MODELS, self.list_models, name="models")
        app.router.add_get("/sandbox/bill", self.bill, name="bill")
        app.router.add_route("*", "/{anything:.*}", self.other)
        app.on_response_prepare.append(_drop_type_of_401)

    async def create(self, request: web.Request) -> web.StreamResponse:
        self._authorize(request)
        if request.headers.get("X-DashScope-Async", "").lower() != "enable":
            raise Refused(NOT_ASYNC)
        service = request.match_info["service"]
        body = await _json_object(request, LARGEST_BODIES[service])
        model = model_of(body, self._account.models, service)
        self._account.admit(model)
        task = self._account.accept(order_of(body, model))
        output = {"task_status": Status.PENDING, "task_id": task.task_id}
        return self._created(request, {"output": output, "request_id": task.request_id})

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Answer with the pictures themselves, once they are drawn."""
        self._authorize(request)
        # Guess: that the header is refused for each model here, as it was recorded for one.
        if request.headers.get("X-DashScope-Async", "").lower() == "enable":
            raise Refused(NOT_SYNC)
        body = await _json_object(request, LARGEST_BODIES[SYNC])
        model = model_of(body, self._account.models, SYNC)
        self._account.admit(model)
        call = await self._account.answer(order_of(body, model))
        return self._created(request, wire.call_body(call))

    async def text(self, request: web.Request) -> web.StreamResponse:
        """Answer with a text."""
        self._authorize(request)
        if request.headers.get("X-DashScope-Async", "").lower() == "enable":
            raise Refused(NOT_SYNC)
        body = await _json_object(request, LARGEST_BODIES[TEXT])
        row = self._account.texts.model_of(body)
        if self._account.arrears:
            raise Refused(ARREARS)
        self._account.count("text")
        answer = self._account.texts.answer(body, row)
        self._account.tell()
        return self._created(request, answer)

    async def query(self, request: web.Request) -> web.StreamResponse:
        self._authorize(request)
        self._account.count("query")
        task_id, request_id = request.match_info["task_id"], str(uuid.uuid4())
        task = self._account.find(task_id)
        if task is None:
            return _answer(wire.unknown_body(request_id, task_id))
        return _answer(wire.query_body(request_id, task, task.next_status()))

    async def list(self, request: web.Request) -> web.StreamResponse:
        self._authorize(request)
        self._account.count("list")
        page_no = _whole(request, "page_no", 1)
        # Guess: at most 100 on a page.
        page_size = min(_whole(request, "page_size", 10), 100)
        now_ms = self._clock.now_ms()
        newest_ms = now_ms - self._account.list_lag_s * 1000
        listed = [task for task in self._account.tasks.values() if task.submit_ms <= newest_ms]
        found = _matching(request, listed, now_ms)
        return _answer(wire.list_body(str(uuid.uuid4()), found, page_no, page_size))

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        self._authorize(request)
        self._account.count("cancel")
        self._account.cancel(request.match_info["task_id"])
        return _answer({"request_id": str(uuid.uuid4())})

    async def list_models(self, request: web.Request) -> web.StreamResponse:
        self._authorize(request)
        self._account.count("models")
        for name in request.query:
            if name not in OF_MODELS or len(request.query.getall(name)) > 1:
                raise undefined(name)
        if request.query.get("language", LANGUAGES[0]) not in LANGUAGES:
            raise undefined("language")
        found = self._account.listed(request.query.get("model") or None)
        page_no, page_size = _whole(request, "page_no", 1), min(_whole(request, "page_size", 20), 100)
        return _answer(wire.models_body(str(uuid.uuid4()), found, self._account.offline_times, page_no, page_size))

    async def bill(self, _request: web.Request) -> web.StreamResponse:
        """The bill for a person to read; the vendor has nothing like it."""
        lines = [asdict(line) for line in self._account.bill()]
        tiers = {name: asdict(tier) for name, tier in self._account.free_tiers.items()}
        texts = [{"model": call.model, "cost_micros": call.cost_micros} for call in self._account.texts.calls]
        total_micros = self._account.billed_micros
        return _answer({"billed_micros": total_micros, "lines": lines, "texts": texts, "free_tiers": tiers})

    async def other(self, request: web.Request) -> web.StreamResponse:
        paths = {MODELS, *(SERVICES + one for one in LARGEST_BODIES)}
        if request.path in paths or request.path.startswith(TASKS):
            raise invalid(f"Request method '{request.method}' is not supported.")
        raise Refused(NOT_FOUND)

    def _authorize(self, request: web.Request) -> None:
        given = request.headers.get("Authorization")
        if not given:
            raise Refused(NO_KEY)
        if given != f"Bearer {self._api_key}":
            raise Refused(WRONG_KEY)

    def _created(self, request: web.Request, body: Mapping[str, Any]) -> web.Response:
        now_ms = self._clock.now_ms()
        headers = {
            "Content-Type": "application/json",
            "vary": "Origin,Access-Control-Request-Method,Access-Control-Request-Headers,Accept-Encoding",
            "x-request-id": body["request_id"],
            "x-dashscope-call-gateway": "true",
            "x-dashscope-timeout": "298",
            "req-cost-time": "31",
            "req-arrive-time": str(now_ms - 31),
            "resp-start-time": str(now_ms),
            "x-envoy-upstream-service-time": "28",
            "server": "istio-envoy",
        }
        answer = web.Response(body=_dump(body), headers=headers)
        answer.enable_chunked_encoding()
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            answer.enable_compression(web.ContentCoding.gzip)
        return answer


@web.middleware
async def say_no(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Write a `Refused` as the vendor does: a flat body, and a header with the id where a capture has it."""
    try:
        return await handler(request)
    except Refused as refused:
        return _flat(request, refused.refusal)


def _flat(request: web.Request, no: Refusal) -> web.Response:
    request_id = str(uuid.uuid4())
    body = {"code": no.code, "message": no.message, "request_id": request_id}
    if request.path.startswith(TASKS) and no.status != 401:
        return _answer(body, status=no.status)
    headers = {"Content-Type": "application/json", "X-Request-ID": request_id}
    return web.Response(status=no.status, body=_dump(body), headers=headers)


async def _drop_type_of_401(_request: web.Request, answer: web.StreamResponse) -> None:
    # The recorded 401 has no content-type at all; aiohttp would add one of its own.
    if answer.status == 401:
        answer.headers.popall("Content-Type", None)


async def _json_object(request: web.Request, most_bytes: int) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise Refused(NOT_JSON)  # Guess: which of the texts it is.
    try:
        text = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Refused(TOO_LARGE) from None
    if len(text) > most_bytes:
        raise Refused(TOO_LARGE)
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refused(BODY_INVALID)
    return body


def _matching(request: web.Request, tasks: Iterable[TaskRecord], now_ms: int) -> list[TaskRecord]:
    """The tasks that the list's filters let through. Guess: the newest first."""
    start_ms, end_ms = _window(request, now_ms)
    wanted = request.query
    return [
        task
        for task in reversed(list(tasks))
        if start_ms <= task.submit_ms <= end_ms
        and not task.is_gone(now_ms)
        and wanted.get("task_id") in (None, "", task.task_id)
        and wanted.get("model_name") in (None, "", task.model)
        and wanted.get("status") in (None, "", task.status)
    ]


def _window(request: web.Request, now_ms: int) -> tuple[int, int]:
    """The filter's first and last millisecond; at most 24 hours apart, by default the last 24."""
    start_ms, end_ms = (_filter_ms(request, name) for name in ("start_time", "end_time"))
    if start_ms is None:
        # `end_time` is a whole second: what was created within it counts.
        last_ms = now_ms if end_ms is None else end_ms + 999
        return last_ms - DAY_MS, last_ms
    last_ms = start_ms + DAY_MS if end_ms is None else end_ms + 999
    if not start_ms <= last_ms <= start_ms + DAY_MS + 999:
        raise undefined("start_time")  # Guess: the text.
    return start_ms, last_ms


def _filter_ms(request: web.Request, name: str) -> int | None:
    text = request.query.get(name)
    if not text:
        return None
    try:
        return wire.filter_time_ms(text)
    except ValueError:
        raise undefined(name) from None


def _whole(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isdecimal() or not int(text):
        raise undefined(name)
    return int(text)


def _answer(body: Mapping[str, Any], *, status: int = 200) -> web.Response:
    return web.Response(status=status, body=_dump(body), headers={"Content-Type": _OF_TASKS})


def _dump(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
