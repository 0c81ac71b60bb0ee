"""Result images: fetched from their signed URLs, decoded, and only then kept."""

import contextlib
import logging
import os
import re
import tempfile
from asyncio import to_thread
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import BinaryIO

import aiohttp

from bot.domain.jobs.vendor_task import Picture
from bot.domain.pictures.names import ENDINGS
from bot.domain.pictures.raster import measured
from bot.errors import NotAPicture, ResultError, ResultRefused, ResultRejected, ResultUnavailable
from bot.ports import Clock
from bot.providers.dashscope.exchange import CONNECT_TIMEOUT_S
from bot.providers.hosts import KnownHosts, without_query
from bot.proxies import Proxies

_log = logging.getLogger(__name__)

FETCH_TIMEOUT_S = 120.0
"""For one image, by the injected clock: 1 to 8 MB as a rule, so even 70 KB/s will do."""

SILENCE_TIMEOUT_S = 30.0
"""Without a byte, in seconds of the wall's clock."""

SIZE_CAP_BYTES = 50 * 1024 * 1024
"""Thirty times a usual picture (the vendor's samples of 1024*1024 have 1.5 MB); the largest there is, 4096*4096, has 48
of these MB before it is compressed."""

DIRECT = Proxies()

FOLDER_MODE = 0o700
"""Pictures are for their owner alone; the files have the mode that `tempfile.mkstemp` gives them, 0600."""

_CHUNK_BYTES = 256 * 1024
_PREFIX, _SUFFIX = ".fetch-", ".part"
_XML_CODE = re.compile(rb"<Code>([A-Za-z]{1,60})</Code>")
_XML_HEAD_BYTES = 4096
_EXPIRED = re.compile(rb"<Code>AccessDenied</Code>\s*<Message>Request has expired")
"""How OSS says that an address was good for its day (403); a proxy's page about some session is not that."""


class ResultFetcher:
    """Fetches result images into a folder; implements ``bot.ports.Results``.

    The text of a `ResultRejected` is "foreign host" or "expired"; that of a `ResultRefused` one of "redirected",
    "denied", "not found", "refused", "too large", "not a picture"; that of a `ResultUnavailable` "timeout", "broken",
    "busy", "truncated", "disk". None has the URL in it.

    Args:
        session: without any default header, since OSS refuses a signed URL that comes with an Authorization or a
            Content-Type (and the API key would leak), and with a DummyCookieJar. Not the API's session.
        folder: of the kept pictures; made if it is missing.
        result_hosts: see `KnownHosts`.
        clock: for the time limit.
        proxies: by which the hosts are reached.
        size_cap_bytes: a larger file is rejected.

    Raises:
        ValueError: the session or the hosts won't do.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        folder: Path,
        result_hosts: Sequence[str],
        clock: Clock,
        proxies: Proxies = DIRECT,
        size_cap_bytes: int = SIZE_CAP_BYTES,
    ) -> None:
        if session.headers or session.auth is not None or not isinstance(session.cookie_jar, aiohttp.DummyCookieJar):
            raise ValueError("the session for results needs a DummyCookieJar and must have no default headers")
        self._session = session
        self._folder = folder
        self._hosts = KnownHosts(result_hosts)
        self._clock = clock
        self._proxies = proxies
        self._size_cap_bytes = size_cap_bytes

    async def clear_leftovers(self) -> None:
        """Delete what downloads left behind that a kill cut short; only before the first `fetch`."""
        await to_thread(_clear, self._folder)

    async def fetch(self, url: str, name: str) -> Picture:
        """Download one image and keep its bytes as ``name`` plus its format's ending; a failure leaves no file behind.

        Args:
            url: as the vendor gave it, byte for byte.
            name: ours, relative to the folder, such as ``2026-11/812-0``.

        Raises:
            ResultUnavailable: nobody answered, or only to say "later".
            ResultRefused: the host said no, or sent no picture that may be kept; the next time it may do otherwise.
            ResultRejected: the host is foreign, or the URL expired.
        """
        problem: ResultError
        try:
            with _temporary(self._folder) as (file, temporary):
                length_known = await self._download(url, file)
                ending, width, height = await to_thread(_verified, file, length_known=length_known)
                path = f"{name}{ending}"
                # A cancellation from here on leaves a whole file without a row: `kept` finds it, or it is swept.
                size_bytes = await to_thread(_place, temporary, self._folder / path)
                return Picture(path, size_bytes, width, height)
        except ResultError as error:
            problem = error
        except TimeoutError:
            problem = ResultUnavailable("timeout")
        except aiohttp.ClientPayloadError:
            problem = ResultUnavailable("truncated")
        except aiohttp.ClientError as error:
            # Its text can hold the whole URL.
            _log.debug("result %s: %s", name, type(error).__name__)
            problem = ResultUnavailable("broken")
        except OSError as error:
            _log.warning("result %s: %s", name, error.strerror)
            problem = ResultUnavailable("disk")
        _log.info("result %s from %s: %s", name, without_query(url), problem)
        # Raised out here so that no error of the HTTP client hangs on to it as its context.
        raise problem

    async def kept(self, name: str) -> Picture | None:
        """Return the picture that an earlier `fetch` of that name kept, as in a run that was killed early."""
        return await to_thread(_find, self._folder, name)

    async def _download(self, url: str, file: BinaryIO) -> bool:
        """Write the body into ``file``. Whether its length was announced, and therefore proved by aiohttp."""
        address = self._hosts.admit(url)
        if address is None:
            raise ResultRejected("foreign host")
        proxy = self._proxies.to(str(address))
        async with (
            self._clock.timeout(FETCH_TIMEOUT_S),
            self._session.get(
                address,
                # A redirect could lead anywhere, and aiohttp would rewrite the signature on the way.
                allow_redirects=False,
                headers={"Accept-Encoding": "identity"},
                proxy=proxy.address if proxy else None,
                proxy_auth=proxy.auth if proxy else None,
                timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT_S, sock_read=SILENCE_TIMEOUT_S),
            ) as response,
        ):
            if response.status != 200:
                raise await _refusal(response)
            if (response.content_length or 0) > self._size_cap_bytes:
                raise ResultRefused("too large")
            size_bytes = 0
            async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                size_bytes += len(chunk)
                if size_bytes > self._size_cap_bytes:
                    raise ResultRefused("too large")
                await to_thread(file.write, chunk)
            return response.content_length is not None or response.headers.get("Transfer-Encoding") == "chunked"


async def _refusal(response: aiohttp.ClientResponse) -> ResultError:
    """Return what an answer without a picture means: only the host's "expired" is its last word."""
    status = response.status
    if status in (408, 429) or status >= 500:
        return ResultUnavailable("busy")
    if 300 <= status < 400:
        return ResultRefused("redirected")
    head = await response.content.read(_XML_HEAD_BYTES)
    code = _XML_CODE.search(head)
    _log.info("a result host said %s %s", status, code[1].decode() if code else "")
    if status == 403:
        return ResultRejected("expired") if _EXPIRED.search(head) else ResultRefused("denied")
    return ResultRefused("not found" if status in (404, 410) else "refused")


@contextlib.contextmanager
def _temporary(folder: Path) -> Generator[tuple[BinaryIO, Path]]:
    """Open a file in ``folder`` that is gone at the end, unless it was moved."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=_PREFIX, suffix=_SUFFIX)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file, Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _clear(folder: Path) -> None:
    for leftover in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        try:
            leftover.unlink(missing_ok=True)
        except OSError as error:
            # It is in nobody's way.
            _log.warning("%s can't be deleted: %s", leftover, error.strerror)


def _find(folder: Path, name: str) -> Picture | None:
    for ending in ENDINGS:
        path = f"{name}{ending}"
        try:
            with (folder / path).open("rb") as file:
                _, width, height = measured(file)
                size_bytes = os.fstat(file.fileno()).st_size
        except FileNotFoundError:
            continue
        except (NotAPicture, OSError) as error:
            _log.warning("%s is no picture: %s", path, error)
            continue
        return Picture(path, size_bytes, width, height)
    return None


def _verified(file: BinaryIO, *, length_known: bool) -> tuple[str, int, int]:
    """Decode all of ``file`` and bring it to the disk; return its ending, width and height."""
    try:
        found = measured(file)
    except NotAPicture as error:
        # Without an announced length it may only have been cut.
        raise ResultRefused(str(error)) if length_known else ResultUnavailable("truncated") from None
    file.flush()
    os.fsync(file.fileno())
    return found


def _place(temporary: Path, target: Path) -> int:
    """Give a file its name, to stay even if the machine loses its power: a row will name it. Return its size."""
    target.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    temporary.replace(target)
    for folder in (target.parent, target.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return target.stat().st_size
