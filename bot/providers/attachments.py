"""Files that members hand in, fetched from Discord's own hosts."""

import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

import aiohttp

from bot.domain.pictures.inputs import HandedIn
from bot.errors import AttachmentError, AttachmentForeign, AttachmentUnavailable
from bot.ports import Clock
from bot.providers.hosts import KnownHosts
from bot.proxies import Proxies

_log = logging.getLogger(__name__)

FETCH_TIMEOUT_S = 60.0
"""For one file, by the injected clock: 20 MB at 350 KB/s. The member is waiting."""

CONNECT_TIMEOUT_S, SILENCE_TIMEOUT_S = 10.0, 20.0
"""For name, TCP and TLS together, and without a byte; in seconds of the wall's clock."""

DIRECT = Proxies()
NO_HOST = "no host"

_CHUNK_BYTES = 256 * 1024


class AttachmentFetcher:
    """Downloads attachments; implements ``bot.ports.Attachments``.

    The text of an `AttachmentError` is "foreign host", "timeout", "broken" or the HTTP status; none has the address in
    it, whose query string is a key to the file for a day.

    Args:
        session: without any default header, since the bot's token is none of the files' business, and with a
            DummyCookieJar.
        hosts: see `KnownHosts`.
        clock: for the time limit.
        proxies: by which the hosts are reached.
    """

    def __init__(
        self, session: aiohttp.ClientSession, *, hosts: Sequence[str], clock: Clock, proxies: Proxies = DIRECT
    ) -> None:
        self._session = session
        self._hosts = KnownHosts(hosts)
        self._clock = clock
        self._proxies = proxies

    async def fetch(self, handed_in: HandedIn, most_bytes: int) -> bytes:
        """Download a file; of a larger one than ``most_bytes`` one byte more.

        Raises:
            AttachmentUnavailable: it could not be had now.
            AttachmentForeign: it may not be asked for.
        """
        problem: AttachmentError
        try:
            async with self._clock.timeout(FETCH_TIMEOUT_S):
                return await self._download(handed_in.url, most_bytes + 1)
        except AttachmentError as error:
            problem = error
        except TimeoutError:
            problem = AttachmentUnavailable("timeout")
        except (aiohttp.ClientError, OSError):
            # Its text can hold the whole address.
            problem = AttachmentUnavailable("broken")
        _log.info("an attachment from %s: %s", _host_of(handed_in.url), problem)
        # Raised out here so that no error of the HTTP client hangs on to it as its context.
        raise problem

    async def _download(self, url: str, most_bytes: int) -> bytes:
        address = self._hosts.admit(url)
        if address is None:
            raise AttachmentForeign("foreign host")
        proxy = self._proxies.to(str(address))
        async with self._session.get(
            address,
            # A redirect could lead anywhere.
            allow_redirects=False,
            headers={"Accept-Encoding": "identity"},
            proxy=proxy.address if proxy else None,
            proxy_auth=proxy.auth if proxy else None,
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT_S, sock_read=SILENCE_TIMEOUT_S),
        ) as response:
            if response.status != 200:
                raise AttachmentUnavailable(str(response.status))
            data = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                data += chunk[: most_bytes - len(data)]
                if len(data) >= most_bytes:
                    break
            return bytes(data)


def _host_of(url: str) -> str:
    """Return where a file is said to lie; its path, which has the name that its member gave it, is left out."""
    try:
        return urlsplit(url).hostname or NO_HOST
    except ValueError:
        return NO_HOST
