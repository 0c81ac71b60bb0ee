"""One HTTP request to the API and what came of it, without a judgement on what it means."""

import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
import yarl
from aiohttp.abc import AbstractStreamWriter

from bot.domain.time.moments import http_date_ms
from bot.errors import NOT_SENT
from bot.ports import Clock

_log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 10.0
"""Name, TCP and TLS together, in seconds of the wall's clock: three tries of a lost SYN (1, 3 and 7 s) fit in. It ends
before any other time limit, so that a host that can't be reached is known as "nothing was sent"."""

LONGEST_RETRY_AFTER_S = 3600.0
"""A Retry-After is believed up to an hour; the vendor's rate limits recover within a minute."""

STEP_MS = 2000
"""Further apart than that our two clocks have not just drifted: one has stepped."""

WITNESS_MS = 30_000
"""So far may two tell the time apart and confirm each other: one names whole seconds, and an answer takes its time."""

_NOTHING_SENT = (
    aiohttp.ClientConnectorError,  # refused, unreachable, no such name, no TLS, a wrong certificate
    aiohttp.ConnectionTimeoutError,  # none of these within CONNECT_TIMEOUT_S
    aiohttp.ServerFingerprintMismatch,
    aiohttp.ClientHttpProxyError,  # the proxy did not open the tunnel
    aiohttp.InvalidURL,
)
"""What aiohttp raises before the first byte of a request leaves."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer, whoever gave it; its body may hold signed URLs."""

    status: int
    body: bytes = field(repr=False)
    retry_after_s: float | None


@dataclass(frozen=True, slots=True)
class ServerTime:
    """The vendor's time at one moment of our own clocks.

    Attributes:
        then_ms: the ``Date`` of an answer, whole seconds in milliseconds since the epoch.
        monotonic_s: when that came, by `Clock.monotonic`.
        wall_ms: the same by `Clock.now_ms`.
    """

    then_ms: int
    monotonic_s: float
    wall_ms: int

    def carried_on(self, clock: Clock) -> int | None:
        """Return the vendor's time now; None if our two clocks disagree on how long ago the answer came."""
        passed_ms = int((clock.monotonic() - self.monotonic_s) * 1000)
        # The wall's clock steps when it is corrected; the other stands still while the machine sleeps.
        if abs(clock.now_ms() - self.wall_ms - passed_ms) > STEP_MS:
            return None
        return self.then_ms + passed_ms

    def is_confirmed_by(self, now_ms: int | None) -> bool:
        """Whether this newest word on the time is what somebody else makes it."""
        return now_ms is not None and abs(self.then_ms - now_ms) <= WITNESS_MS


@dataclass(frozen=True, slots=True)
class Silence:
    """No complete answer came.

    Attributes:
        code: one of `errormap.OUR_CODES`; ``not_sent`` is a proof that nothing left.
        detail: the error's class; its text could hold headers.
    """

    code: str
    detail: str


class _Body(aiohttp.BytesIOPayload):
    """A request's body that knows whether a byte of it may have left. It goes out in pieces: pictures make it large."""

    has_begun = False

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        self.has_begun = True
        await super().write_with_length(writer, content_length)


class Exchange:
    """Sends single requests; never again by itself, never to another address."""

    def __init__(self, session: aiohttp.ClientSession, *, base_url: str, api_key: str, clock: Clock) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._clock = clock
        self.server_time: ServerTime | None = None
        """What the newest answer with a believable ``Date`` said."""
        self._rumour: ServerTime | None = None

    def now_ms(self) -> int | None:
        """Return the vendor's time now; None before it is known, and once our own clocks have stepped since."""
        return None if self.server_time is None else self.server_time.carried_on(self._clock)

    @property
    def base_url(self) -> str:
        return self._base_url

    def redact(self, text: str) -> str:
        """Cut a text of the vendor's to a loggable length and take the key out, should it be quoted."""
        return text.replace(self._api_key, "***")[:500] if self._api_key else text[:500]

    async def send(
        self,
        method: str,
        path: str,
        *,
        timeout_s: float,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        own_connection: bool = False,
    ) -> Answer | Silence:
        """Send one request and read its answer to the end.

        Args:
            method: the verb. aiohttp sends a GET once more if a kept connection turns out to be closed, a POST never
                (``IDEMPOTENT_METHODS`` in its client.py).
            path: below the base URL, encoded, with its query.
            timeout_s: for all of it, by the injected clock.
            body: sent as it is.
            headers: further ones.
            own_connection: open a new connection and close it after the answer.
        """
        url = yarl.URL(f"{self._base_url}/{path}", encoded=True)
        payload = None if body is None else _Body(io.BytesIO(body))
        sent_headers = {"Authorization": f"Bearer {self._api_key}", "Accept": "application/json", **(headers or {})}
        # Connections are pooled by, among others, server_hostname. Naming the host that it is anyway gives these
        # requests a pool of their own, and Connection: close keeps that empty.
        hostname = url.host if own_connection else None
        if own_connection:
            sent_headers["Connection"] = "close"
        try:
            async with (
                self._clock.timeout(timeout_s),
                self._session.request(
                    method,
                    url,
                    data=payload,
                    headers=sent_headers,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT_S),
                    server_hostname=hostname,
                ) as response,
            ):
                answer = Answer(response.status, await response.read(), self._retry_after_s(response))
                self._note_date(response)
        except Exception as error:
            # Whatever it is: whether the request had begun decides what it means, and no other fault is swallowed.
            code = _code_of(error, has_begun=payload is None or payload.has_begun)
            if code is None:
                raise
            if not isinstance(error, (aiohttp.ClientError, OSError)):
                # A fault of our own or of a library's; its text could hold headers.
                _log.error("%s %s: %s before anything was sent", method, path.partition("?")[0], type(error).__name__)
            return Silence(code, type(error).__name__)
        _log.debug("%s %s: %s, %s bytes", method, path.partition("?")[0], answer.status, len(answer.body))
        return answer

    @property
    def has_rumour(self) -> bool:
        """Whether the newest ``Date`` is not believed until another answer confirms it."""
        return self._rumour is not None

    def _note_date(self, response: aiohttp.ClientResponse) -> None:
        """Believe what two agree on: a single ``Date`` may be by the wrong clock of a proxy.

        Whoever is to confirm it is what was believed so far, our own clock where nothing was, or the answer before.
        """
        date_ms = http_date_ms(response.headers.get("Date", ""))
        if date_ms is None:
            return
        now_ms = self._clock.now_ms()
        heard = ServerTime(date_ms, self._clock.monotonic(), now_ms)
        believed_ms, rumoured_ms = self.now_ms(), self._rumour.carried_on(self._clock) if self._rumour else None
        witness_ms = now_ms if believed_ms is None else believed_ms
        if heard.is_confirmed_by(witness_ms) or heard.is_confirmed_by(rumoured_ms):
            self.server_time, self._rumour = heard, None
        else:
            _log.info(
                "an answer is dated %+d s off; not believed until another is", (heard.then_ms - witness_ms) // 1000
            )
            self._rumour = heard

    def _retry_after_s(self, response: aiohttp.ClientResponse) -> float | None:
        text = response.headers.get("Retry-After", "").strip()
        if text.isascii() and text.isdecimal():
            seconds = float(text)
        elif (until_ms := http_date_ms(text)) is not None:
            server_ms = http_date_ms(response.headers.get("Date", ""))
            seconds = (until_ms - (self._clock.now_ms() if server_ms is None else server_ms)) / 1000
        else:
            return None
        return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_S)


def _code_of(error: Exception, *, has_begun: bool) -> str | None:
    """Return what a failed request is called, by one of `errormap.OUR_CODES`; None for a fault of our own."""
    # Whatever it is: before its body's first byte a request starts nothing.
    if not has_begun or isinstance(error, _NOTHING_SENT):
        return NOT_SENT
    if isinstance(error, TimeoutError):
        return "timeout"
    return "broken" if isinstance(error, (aiohttp.ClientError, OSError)) else None
