"""What a value of the configuration may be, and the sentence that says so. No sentence has the value in it."""

import os
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from bot.domain.money import parse_cny
from bot.domain.time.moments import FIRST_YEAR, LAST_YEAR
from bot.providers.hosts import KnownHosts
from bot.proxies import Proxy

LONGEST_NAME_BYTES = 240
"""Of a file or folder: file systems take 255 (NAME_MAX), and the files beside a database bear longer names."""

LONGEST_LINE = 200
"""Characters of what members are told in the operator's own words."""

MOST = 1_000_000_000
"""Of anything that is counted: far beyond any use, and far within what SQLite and the arithmetic of time can hold."""

MOST_DAYS = 36_500
"""A century: a calendar ends somewhere."""

SLOWEST_RATE, FASTEST_RATE = 1 / 60, 50.0
"""Creates per second. A lane's pace is remembered for no longer than a slow one of these takes."""

MOST_ID = 2**63 - 1
"""Discord's ids are 64 bits of which the highest is not used yet; SQLite's whole numbers end here."""

LOOPBACK = {"127.0.0.1", "::1", "localhost"}

_SECRET = re.compile(r"[!#-&(-\[\]-~]*")
"""Visible ASCII without quotes and backslash: all that a token or key is made of, and nothing that was copied along."""

_SCHEME = re.compile(r":|[A-Za-z][A-Za-z0-9+.-]+:")

_BIND = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):(?P<port>[0-9]{1,5})")


class Section(BaseModel):
    """A table of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def address(secure: str, plain: str, *, may_be_empty: bool = False) -> AfterValidator:
    """Return the check of a URL of a scheme, or of its plain one on this machine."""

    def check(value: str) -> str:
        if not value and may_be_empty:
            return value
        scheme, host = _parsed(value)
        if not host or scheme not in {secure, plain}:
            raise ValueError(f"must be a URL that begins with {secure}://")
        if scheme == plain and host not in LOOPBACK:
            raise ValueError(f"must begin with {secure}://; {plain}:// is for this machine's own address only")
        if set(value) & set("?#@"):
            # A password in it would be logged with it.
            raise ValueError("must be a URL without user, password, query and fragment")
        return value.rstrip("/")

    return AfterValidator(check)


def _parsed(url: str) -> tuple[str, str]:
    """Return a URL's scheme and host; empty where it has none, or is none."""
    if not url.isascii() or any(char <= " " or char in '"<>\\^`{|}' for char in url):
        return "", ""
    try:
        parts = urlsplit(url)
        # Only asking for the port finds that it is no number, or too large.
        port = parts.port
    except ValueError:
        return "", ""
    return (parts.scheme, parts.hostname or "") if port != 0 else ("", "")


PARTS_OF_A_TOKEN = 3
SWAPPED = "are the bot's token and the API key swapped?"


def _secret(value: SecretStr) -> SecretStr:
    if not _SECRET.fullmatch(value.get_secret_value()):
        raise ValueError(
            "has a blank, a quote, a line break or the like in it; copy it anew, without anything around it"
        )
    return value


def _token(value: SecretStr) -> SecretStr:
    if value.get_secret_value().startswith("sk-"):
        raise ValueError(f"is an API key by its beginning (sk-...); {SWAPPED}")
    return value


def _api_key(value: SecretStr) -> SecretStr:
    if value.get_secret_value().startswith("LTAI"):
        raise ValueError("is the id of an access key (LTAI...); an API key of Model Studio is meant (sk-...)")
    if value.get_secret_value().count(".") == PARTS_OF_A_TOKEN - 1:
        raise ValueError(f"has a bot token's three parts; {SWAPPED}")
    if value.get_secret_value().startswith("sk-sp-"):
        raise ValueError("is a plan key (sk-sp-...), which makes no pictures here; create an ordinary key (sk-...)")
    return value


def _line(value: str) -> str:
    if len(value) > LONGEST_LINE or not value.isprintable():
        raise ValueError(f"must be one line of at most {LONGEST_LINE} characters")
    return value


def _base_url(value: str) -> str:
    if "compatible-mode" in value:
        raise ValueError("is the compatible-mode address, which is for chat; pictures are made at .../api/v1")
    parts = urlsplit(value)
    if not parts.path.rstrip("/").endswith("/api/v1") and (parts.hostname or "").endswith(".aliyuncs.com"):
        raise ValueError("must end with /api/v1; config.example.toml has each region's address")
    return value


def _proxy(value: SecretStr) -> SecretStr:
    if (url := value.get_secret_value()) not in {"", "none"}:
        Proxy.parse(url)
    return value


_AMOUNT = "must be an amount of CNY in quotes, zero or more, with six decimals at most"


def _money(value: object) -> object:
    return _amount(value, f'{_AMOUNT}, such as "0.14"')


def _money_or_none(value: object) -> object:
    if value == "none":
        return None
    return _amount(value, f'{_AMOUNT}, such as "20", or "none"')


def _amount(value: object, otherwise: str) -> int:
    if isinstance(value, str | int) and not isinstance(value, bool):
        try:
            return parse_cny(str(value))
        except ValueError:
            pass
    raise ValueError(otherwise)


def _rate(value: object) -> float:
    """Read creates per second: a number, or text such as ``5/min``."""
    per_second: float = 0
    if isinstance(value, float | int) and not isinstance(value, bool):
        # Compared as it stands: a whole number may be too large for a float.
        per_second = value
    elif isinstance(value, str) and (found := re.fullmatch(r"([0-9]{1,4})/min", value)):
        per_second = int(found[1]) / 60
    if SLOWEST_RATE <= per_second <= FASTEST_RATE:
        return float(per_second)
    raise ValueError(
        'must be creates per second, a number up to 50, or per minute in quotes, from "1/min" to "3000/min"'
    )


def _zone(value: object) -> object:
    if isinstance(value, str):
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    raise ValueError('must be the name of a time zone, such as "Asia/Shanghai"')


def _hosts(value: tuple[str, ...]) -> tuple[str, ...]:
    try:
        KnownHosts(value)
    except ValueError:
        raise ValueError('must be hosts, such as [".aliyuncs.com"] or ["127.0.0.1:8080"], without https://') from None
    return value


def _bind(value: str) -> str:
    found = _BIND.fullmatch(value)
    if found is None or not 0 < int(found["port"]) < 65536:
        raise ValueError("must be host:port, such as 127.0.0.1:8080")
    return value


def _file(value: str) -> str:
    path = value.removeprefix("sqlite:///")
    # "sqlite:x", ":memory:" and "file:x" are SQLite's own ways, and would be files of that name here.
    if not path or _SCHEME.match(path) or not _can_be_path(path):
        raise ValueError("must be a path, or sqlite:///relative or sqlite:////absolute")
    if path != value and set(path) & set("?#"):
        # Else the file would be called so.
        raise ValueError("must be sqlite:///relative or sqlite:////absolute, without anything from ? or # on")
    return str(_at_home(Path(path)))


def _folder(value: Path) -> Path:
    if value == Path() or not _can_be_path(str(value)):
        raise ValueError("must be the path of a folder of its own")
    return _at_home(value)


def _at_home(path: Path) -> Path:
    """Put a home in the place of a leading ``~``, as a shell does."""
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError("begins with ~, and there is no such home; give the whole path") from None


def _can_be_path(text: str) -> bool:
    is_plain = not any(char < " " or char == "\x7f" for char in text)
    return is_plain and all(len(os.fsencode(part)) <= LONGEST_NAME_BYTES for part in Path(text).parts)


_DIRECT = re.compile(r"\*|(\*?\.)?[\w-]+(\.[\w-]+)*(:[0-9]{1,5})?|[0-9A-Fa-f]*(:[0-9A-Fa-f]*){2,}")


def _direct(hosts: tuple[str, ...]) -> tuple[str, ...]:
    if not all(_DIRECT.fullmatch(host) for host in hosts):
        raise ValueError('must be names of hosts, such as ["aliyuncs.com"], or ["*"]')
    return hosts


def _servers(value: object) -> object:
    if value == "any" or (isinstance(value, list) and all(type(one) is int and 0 < one <= MOST_ID for one in value)):
        return value
    raise ValueError('must be a list of server ids, such as [123456789012345678], or "any"')


def _day(value: date) -> date:
    # Days are counted on from it, and a calendar ends somewhere.
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"must be a day from the year {FIRST_YEAR} to {LAST_YEAR}, such as 2026-11-01")
    return value


Micros = Annotated[int, BeforeValidator(_money)]
MicrosOrNone = Annotated[int | None, BeforeValidator(_money_or_none)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
ApiKey = Annotated[Secret, AfterValidator(_api_key)]
BotToken = Annotated[Secret, AfterValidator(_token)]
Line = Annotated[str, AfterValidator(_line)]
BaseUrl = Annotated[str, address("https", "http"), AfterValidator(_base_url)]
DirectHosts = Annotated[tuple[str, ...], AfterValidator(_direct)]
ProxyUrl = Annotated[SecretStr, AfterValidator(_proxy)]
Whole = Annotated[int, Field(strict=True, le=MOST)]
DiscordId = Annotated[int, Field(strict=True, ge=0, le=MOST_ID)]
Days = Annotated[int, Field(strict=True, le=MOST_DAYS)]
Rate = Annotated[float, BeforeValidator(_rate)]
Flag = Annotated[bool, Field(strict=True)]
Day = Annotated[date, Field(strict=True), AfterValidator(_day)]
Hosts = Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(_hosts)]
ServerIds = Annotated[Literal["any"] | tuple[int, ...], BeforeValidator(_servers)]
Bind = Annotated[str, AfterValidator(_bind)]
DatabaseFile = Annotated[str, AfterValidator(_file)]
Folder = Annotated[Path, AfterValidator(_folder)]
