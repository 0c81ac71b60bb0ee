"""The client of DashScope's picture APIs: creates, queries, lists and cancels tasks, and waits for what has none."""

import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote, urlencode

import aiohttp

from bot.domain.jobs.vendor_task import CreatedTask, TaskReport, TaskResult, TaskStatus, TaskSummary
from bot.domain.pictures.inputs import SentPicture
from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.listing import Listing
from bot.domain.requests.request import ImageRequest
from bot.errors import NOT_SENT, OutcomeUnknown, RetryLater
from bot.ports import Clock
from bot.providers.dashscope import wire
from bot.providers.dashscope.creates import create_of
from bot.providers.dashscope.errormap import kind_of
from bot.providers.dashscope.exchange import Answer, Exchange, Silence
from bot.providers.dashscope.pace import Pacer
from bot.providers.dashscope.refusals import refusal, unexpected

_log = logging.getLogger(__name__)

CREATE_TIMEOUT_S = 60.0
"""A create answers in well under a second (recorded: 31 ms at the gateway). Waiting long is cheap, a false doubt isn't;
still a member should not wait the 298 s that the gateway allows itself."""

DRAW_TIMEOUT_S = 600.0
"""What the vendor advises for a model that answers with the pictures (its page on qwen-image); 15 to 100 s is usual."""
PICTURES_TIMEOUT_S = 90.0
"""For a create with pictures: 10 MB at 120 KB/s. With the longest handover before it (30 s) and what the gateway allows
itself after it (298 s), it still lies within the time for which a doubtful create is looked for."""

POLL_TIMEOUT_S = 15.0
"""For a query, one page of a list, or a cancel; whoever polls asks again in seconds anyway."""

POLLS_PER_S = 15.0
"""Queries, lists and cancels together; the vendor admits 20 of each per second and account, and others may use it.

For the list of models no page names a limit of its own."""

PAGE_SIZE = 10
"""Rows on a page of the task list: the vendor's default. No page says how many more it would give."""

_LONGEST_WINDOW_S = 24 * 3600
"""One list request covers at most 24 h (the vendor's page on asynchronous tasks)."""


class DashScopeClient:
    """Talks to one account; implements ``bot.ports.ImageService``.

    What an answer means is decided in `errormap`; see there for creates and for polls. A create is sent exactly once.

    Args:
        session: injected and not closed here. Headers are set per request, so it needs none of its own.
        base_url: ends in ``/api/v1``; a trailing slash is dropped.
        api_key: only ever sent, never logged, shown or put into an error.
        catalogue: the models, each with the protocol by which it is asked.
        clock: for time limits and for the pace.
    """

    def __init__(
        self, session: aiohttp.ClientSession, *, base_url: str, api_key: str, catalogue: Catalogue, clock: Clock
    ) -> None:
        self._exchange = Exchange(session, base_url=base_url, api_key=api_key, clock=clock)
        self._catalogue = catalogue
        self._pacer = Pacer(clock, per_second=POLLS_PER_S)

    def __repr__(self) -> str:
        return f"DashScopeClient(base_url={self._exchange.base_url!r})"

    @property
    def last_server_ms(self) -> int | None:
        """The vendor's time, whole seconds in milliseconds since the epoch, as of its newest believable answer."""
        return self._exchange.server_time.then_ms if self._exchange.server_time is not None else None

    def server_now_ms(self) -> int | None:
        """Carry `last_server_ms` on to now; the vendor's time is between this and a second later.

        None before the first answer, and once our own clocks have stepped since the newest. One that is dated off by
        more than half a minute is believed once another confirms it.
        """
        return self._exchange.now_ms()

    async def learn_time(self) -> None:
        """Read one row of the task list, so that `server_now_ms` is known; the ``Date`` of any answer will do.

        Raises:
            RetryLater: no answer.
        """
        await self._send_poll("GET", "tasks?page_no=1&page_size=1")
        if self._exchange.has_rumour:
            await self._send_poll("GET", "tasks?page_no=1&page_size=1")

    async def create(self, request: ImageRequest, pictures: Sequence[SentPicture] = ()) -> CreatedTask:
        """Start a task, with the pictures that came in. Being canceled meanwhile leaves its outcome unknown too.

        Raises:
            OutcomeUnknown: no answer after the request left, or one that doesn't say whether a task was made.
            ImageServiceError: any other of its kinds, if no task was made.
        """
        timeout_s = PICTURES_TIMEOUT_S if pictures else CREATE_TIMEOUT_S
        answer = await self._send_create(request, pictures, timeout_s, {"X-DashScope-Async": "enable"})
        made = wire.read(wire.CreateAnswer, answer.body)
        if made is not None and made.code and not made.output.task_id:
            raise refusal(self._exchange, answer, for_create=True)
        if made is None or not made.output.task_id:
            raise unexpected(answer, "unreadable" if made is None else "incomplete", OutcomeUnknown)
        return CreatedTask(made.output.task_id, made.request_id)

    async def draw(self, request: ImageRequest, pictures: Sequence[SentPicture] = ()) -> TaskReport:
        """Have a synchronous model draw, and wait for its answer. Being canceled meanwhile leaves its outcome unknown.

        Raises:
            OutcomeUnknown: no answer after the request left, or one that doesn't say whether anything was drawn.
            ImageServiceError: any other of its kinds, if nothing was.
        """
        answer = await self._send_create(request, pictures, DRAW_TIMEOUT_S, {})
        told = wire.read(wire.TaskAnswer, answer.body)
        if told is None:
            raise unexpected(answer, "unreadable", OutcomeUnknown)
        if not told.output.images and told.code:
            raise refusal(self._exchange, answer, for_create=True)
        report = _report("", told, TaskStatus.SUCCEEDED)
        if report.image_count is None:
            raise unexpected(answer, "incomplete", OutcomeUnknown)
        # What a model says beside its picture is the prompt from which it drew it (the vendor's page on z-image).
        text = next((part.text for part in told.output.parts if part.text), None) if request.prompt_extend else None
        return replace(report, results=tuple(replace(result, actual_prompt=text) for result in report.results))

    async def _send_create(
        self, request: ImageRequest, pictures: Sequence[SentPicture], timeout_s: float, headers: dict[str, str]
    ) -> Answer:
        """Send a create, exactly once, and return an answer of success, whatever it holds."""
        # A server may close a kept connection just when the next request goes out on it. A poll shrugs that off; a
        # create would be in doubt, so it gets a new connection.
        create = create_of(request, self._catalogue[request.model], pictures)
        answer = await self._exchange.send(
            "POST",
            create.path,
            timeout_s=timeout_s,
            body=create.body,
            headers={"Content-Type": "application/json", **headers},
            own_connection=True,
        )
        if isinstance(answer, Silence):
            meaning = RetryLater if answer.code == NOT_SENT else OutcomeUnknown
            raise meaning(answer.code, answer.detail)
        if not 200 <= answer.status < 300:
            raise refusal(self._exchange, answer, for_create=True)
        return answer

    async def query(self, task_id: str) -> TaskReport:
        """Ask after a task. A status that nobody knows (the SDK has SUSPENDED) reads as RUNNING: it goes on.

        Raises:
            RetryLater: no usable answer now.
            AccountStopped: the vendor's 401 or 403; the task runs on.
        """
        answer = await self._poll("GET", f"tasks/{quote(task_id, safe='')}")
        told = wire.read(wire.TaskAnswer, answer.body)
        if told is None or not told.output.task_status:
            raise unexpected(answer, "unreadable" if told is None else "incomplete", RetryLater)
        return _report(task_id, told, _status(told.output.task_status))

    async def tasks_between(self, model: str, from_ms: int, until_ms: int) -> list[TaskSummary]:
        """Return all tasks of the account's ``model`` that were created from ``from_ms`` to ``until_ms``, oldest first.

        Both ends are within; times are the vendor's, see `server_now_ms`. The vendor forgets a task after 24 h.

        Raises:
            RetryLater: not every page could be read, or rows went missing between pages.
            AccountStopped: the vendor's 401 or 403.
        """
        found: dict[str, TaskSummary] = {}
        # The filter has whole seconds, and whether its ends are within is nowhere said: ask for a little more.
        for start_s, end_s in _windows(from_ms // 1000, until_ms // 1000 + 1):
            for row in await self._list(model, start_s, end_s):
                found[row.task_id] = row
        within = [row for row in found.values() if row.model == model and from_ms <= row.created_ms <= until_ms]
        return sorted(within, key=lambda row: (row.created_ms, row.task_id))

    async def cancel(self, task_id: str) -> bool:
        """Ask to cancel a task. Whether it was still PENDING. Only a query tells what became of it.

        Raises:
            RetryLater: no usable answer now.
            AccountStopped: the vendor's 401 or 403.
        """
        answer = await self._send_poll("POST", f"tasks/{quote(task_id, safe='')}/cancel")
        if answer.status == 400:
            told = wire.read(wire.ErrorBody, answer.body)
            if told is not None and told.code == "UnsupportedOperation":
                return False
        if answer.status != 200:
            raise refusal(self._exchange, answer, for_create=False)
        if wire.read(wire.ErrorBody, answer.body) is None:
            raise unexpected(answer, "unreadable", RetryLater)
        return True

    async def listing(self, model: str) -> Listing:
        """Return what the list of models says of one: that it is absent only by a list that is whole.

        Where it names no day on which the model goes offline, that of the configuration counts.

        Raises:
            RetryLater: no answer, or none that says it.
            AccountStopped: the vendor's 401 or 403.
        """
        answer = await self._poll("GET", f"models?{urlencode({'model': model, 'language': 'en-US'})}")
        told = wire.read(wire.ModelsAnswer, answer.body)
        if told is not None and told.code:
            raise refusal(self._exchange, answer, for_create=False)
        entry = told.entry(model) if told is not None else None
        if entry is not None:
            known = self._catalogue.get(model)
            said_ms = known.said_to_end_ms if known is not None else 0
            return Listing(is_listed=True, ends_ms=entry.inference_offline_info.offline_time or said_ms)
        if told is None or not told.is_whole:
            raise unexpected(answer, "unreadable" if told is None else "incomplete", RetryLater)
        return Listing(is_listed=False)

    async def _list(self, model: str, start_s: int, end_s: int) -> list[TaskSummary]:
        rows: dict[str, TaskSummary] = {}
        page, pages, total = 0, 1, 0
        while page < pages:
            page += 1
            query = {
                "model_name": model,
                "start_time": wire.filter_time(start_s),
                "end_time": wire.filter_time(end_s),
                "page_no": page,
                "page_size": PAGE_SIZE,
            }
            answer = await self._poll("GET", f"tasks?{urlencode(query)}")
            told = wire.read(wire.ListAnswer, answer.body)
            if told is None or told.total is None or told.total_page is None:
                raise unexpected(answer, "unreadable" if told is None else "incomplete", RetryLater)
            pages, total = told.total_page, max(total, told.total)
            if page < pages and not told.data:
                raise unexpected(answer, "incomplete", RetryLater)
            rows |= {row.task_id: row for entry in told.data if (row := _summary(entry, model)) is not None}
        # Rows shift between pages while tasks come and go; fewer than the vendor counts is no complete answer.
        if len(rows) < total:
            raise RetryLater("incomplete", f"{len(rows)} of {total} tasks read")
        return list(rows.values())

    async def _poll(self, method: str, path: str) -> Answer:
        answer = await self._send_poll(method, path)
        if answer.status != 200:
            raise refusal(self._exchange, answer, for_create=False)
        return answer

    async def _send_poll(self, method: str, path: str) -> Answer:
        await self._pacer.turn()
        answer = await self._exchange.send(method, path, timeout_s=POLL_TIMEOUT_S)
        if isinstance(answer, Silence):
            raise RetryLater(answer.code, answer.detail)
        return answer


def _report(task_id: str, told: wire.TaskAnswer, status: TaskStatus) -> TaskReport:
    results = tuple(
        TaskResult(
            entry.url,
            entry.code,
            entry.message,
            entry.orig_prompt,
            entry.actual_prompt,
            kind_of(entry.code, entry.message),
        )
        for entry in told.output.images
    )
    # Why it failed is documented in the output; wherever else it is said it means the same.
    why = next((place for place in (told.output, told, *told.output.images) if place.code), told.output)
    return TaskReport(
        task_id=task_id,
        status=status,
        results=results,
        image_count=_image_count(told, status),
        total=told.output.task_metrics.total,
        code=why.code,
        message=why.message,
        kind=kind_of(why.code, why.message),
        request_id=told.request_id,
        area=told.usage.area,
        input_count=told.usage.input_image_count,
    )


def _status(text: str) -> TaskStatus:
    try:
        return TaskStatus(text.upper())
    except ValueError:
        _log.warning("task_status %r is new to us; taken for RUNNING", text[:40])
        return TaskStatus.RUNNING


def _image_count(told: wire.TaskAnswer, status: TaskStatus) -> int | None:
    if status is not TaskStatus.SUCCEEDED:
        return told.usage.images or 0
    # The rule is "successful images are billed", so where usage is missing those are counted.
    named = told.output.images
    counted = sum(entry.url is not None for entry in named) if named else None
    candidates = (told.usage.images, told.output.task_metrics.succeeded, counted)
    return next((count for count in candidates if count is not None), None)


def _summary(entry: wire.ListEntry, model: str) -> TaskSummary | None:
    if not entry.task_id or entry.gmt_create is None:
        return None
    return TaskSummary(entry.task_id, entry.model_name or model, entry.status, entry.gmt_create)


def _windows(start_s: int, end_s: int) -> Iterator[tuple[int, int]]:
    for part in range(math.ceil((end_s - start_s) / _LONGEST_WINDOW_S)):
        first_s = start_s + part * _LONGEST_WINDOW_S
        yield first_s, min(first_s + _LONGEST_WINDOW_S, end_s)
