"""By which HTTP proxy the outside is reached: the configuration's, else the one that the environment names."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

import aiohttp


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy.

    Attributes:
        address: scheme, host and port; the HTTP client puts it into the texts of its errors, so it holds no password.
        login: user and password, if it demands them.
    """

    address: str
    login: tuple[str, str] | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read ``http://user:password@host:port``.

        Raises:
            ValueError: if it is none; never with what was given, which may hold a password.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError("must be a URL such as http://host:port") from None
        is_plain = url.isascii() and url.isprintable() and " " not in url
        if not is_plain or parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
            raise ValueError("must be a URL such as http://host:port; a SOCKS proxy can't be used")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must be a URL such as http://host:port, without anything after the port")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        address = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
        if parts.username is None:
            return cls(address)
        return cls(address, (unquote(parts.username), unquote(parts.password or "")))

    @property
    def auth(self) -> aiohttp.BasicAuth | None:
        """The login as aiohttp 3 takes it; discord.py can pass it on in no other form."""
        return aiohttp.BasicAuth(*self.login, encoding="utf-8") if self.login else None


@dataclass(frozen=True, slots=True)
class Proxies:
    """Which proxy serves which address.

    Attributes:
        by_scheme: of ``http`` and ``https``; websockets go by the same.
        direct: hosts that are reached without: a name and all below it, or ``*``.
        spares_loopback: this machine is, too.
    """

    by_scheme: Mapping[str, Proxy] = field(default_factory=dict[str, Proxy])
    direct: tuple[str, ...] = ()
    spares_loopback: bool = False

    def to(self, url: str) -> Proxy | None:
        """Return the proxy by which an address is reached; None: directly."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        port = str(parts.port or {"http": 80, "ws": 80}.get(parts.scheme, 443))
        if (self.spares_loopback and is_loopback(host)) or any(_covers(entry, host, port) for entry in self.direct):
            return None
        return self.by_scheme.get("http" if parts.scheme in {"http", "ws"} else "https")


def _covers(entry: str, host: str, port: str) -> bool:
    # As others write it: "*.example.com", ".example.com", "example.com:443".
    name = entry.strip().lower().removeprefix("*.").lstrip(".")
    # More than one colon is an address of IPv6.
    if name.count(":") == 1:
        name, _, only_port = name.partition(":")
        if only_port != port:
            return False
    return name == "*" or (bool(name) and (host == name or host.endswith(f".{name}")))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def session(proxy: Proxy | None) -> aiohttp.ClientSession:
    """Open a session all of whose requests go by ``proxy``.

    Not by aiohttp's ``trust_env``: that takes passwords for any host from ``~/.netrc``, too.
    """
    return aiohttp.ClientSession(proxy=proxy.address if proxy else None, proxy_auth=proxy.auth if proxy else None)
