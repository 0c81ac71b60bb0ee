"""Which addresses files may be fetched from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import yarl

from bot.proxies import is_loopback

_DEFAULT_PORTS = {"http": 80, "https": 443}
_ENTRY = re.compile(r"(?P<dot>\.?)(?:(?P<name>[a-z0-9][a-z0-9.-]*)|\[(?P<ipv6>[0-9a-f:]+)\])(?::(?P<port>[0-9]{1,5}))?")
_HOST = re.compile(r"[a-z0-9.-]+|[0-9a-f:]+")


def without_query(url: str) -> str:
    """Return ``url`` as it may be logged: its query string is a key to the picture for a day."""
    return url.partition("?")[0].partition("#")[0]


@dataclass(frozen=True, slots=True)
class _Entry:
    host: str
    port: int | None

    def covers(self, url: yarl.URL) -> bool:
        host = (url.raw_host or "").lower()
        if self.port is not None:
            return host == self.host and url.port == self.port
        if url.port != _DEFAULT_PORTS[url.scheme]:
            return False
        return host.endswith(self.host) and host != self.host if self.host[0] == "." else host == self.host


class KnownHosts:
    """The operator's list of hosts, of results or of what members hand in.

    Args:
        entries: ``.aliyuncs.com`` is any name below it (the vendor's hosts differ within one task, so whole names
            won't do); ``example.com`` is that host alone; either at the scheme's own port. ``127.0.0.1:8080`` is
            that host at that port, which may then also be asked without TLS, as may the loopback.

    Raises:
        ValueError: an entry is none of these.
    """

    def __init__(self, entries: Sequence[str]) -> None:
        self._entries = tuple(_entry(text) for text in entries)

    def admit(self, url: str) -> yarl.URL | None:
        """Return the address to ask for ``url``, or None if it may not be fetched.

        The signature covers every byte, so none is changed, with one exception: some of the vendor's result URLs begin
        with ``http:``. OSS doesn't sign the scheme, so they are asked with TLS.
        """
        # Parsers disagree on these; a URL of the vendor's has none of them.
        if not url.isascii() or any(char <= " " or char in "\\\x7f" for char in url):
            return None
        try:
            parsed = yarl.URL(url, encoded=True)
            authority = parsed.raw_authority
            covering = self._covering(parsed)
        except ValueError:
            return None
        if "@" in authority or covering is None:
            return None
        if parsed.scheme == "https" or covering.port is not None or is_loopback(covering.host):
            return parsed
        return yarl.URL("https" + url[len("http") :], encoded=True) if parsed.explicit_port is None else None

    def _covering(self, url: yarl.URL) -> _Entry | None:
        # A name with %40 or the like in it would end as it should and yet be another for some resolver.
        if url.scheme not in _DEFAULT_PORTS or _HOST.fullmatch((url.raw_host or "").lower()) is None:
            return None
        return next((entry for entry in self._entries if entry.covers(url)), None)


def _entry(text: str) -> _Entry:
    found = _ENTRY.fullmatch(text.strip().lower())
    if found is None or (found["dot"] and found["port"]):
        raise ValueError(f"{text!r} is not a host, a host:port, or a .suffix of hosts")
    host = found["dot"] + (found["name"] or found["ipv6"])
    return _Entry(host, int(found["port"]) if found["port"] else None)
