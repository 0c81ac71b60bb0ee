"""The configuration file, read into checked models; environment variables win where custom demands them."""

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, SecretStr, ValidationError

from bot import config_faults, config_regions
from bot.config_models import Models, Rewriting, catalogue_of, remarks
from bot.config_values import (
    ApiKey,
    BaseUrl,
    Bind,
    BotToken,
    DatabaseFile,
    Days,
    DirectHosts,
    DiscordId,
    Folder,
    Hosts,
    Line,
    Micros,
    MicrosOrNone,
    ProxyUrl,
    Section,
    ServerIds,
    Whole,
    Zone,
    address,
)
from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.model import MOST_IMAGES
from bot.domain.requests.policy import Policy
from bot.domain.requests.quota import Rule
from bot.domain.servers.access import ServerAccess
from bot.domain.time.periods import PeriodKind
from bot.errors import ConfigurationError
from bot.proxies import Proxies, Proxy
from bot.storage.files import places


class Discord(Section):
    token: BotToken = SecretStr("")
    api_url: Annotated[str, address("https", "http")] = "https://discord.com/api/v10"
    gateway_url: Annotated[str, address("wss", "ws", may_be_empty=True)] = ""
    sync_commands: Literal["auto", "always", "never"] = "auto"
    operator_channel: DiscordId = 0
    attachment_hosts: Hosts = ("cdn.discordapp.com", "media.discordapp.net")


class Servers(Section):
    allowed: ServerIds = ()
    pool: MicrosOrNone = 20_000_000


class DashScope(Section):
    api_key: ApiKey = SecretStr("")
    base_url: BaseUrl = "https://dashscope.aliyuncs.com/api/v1"
    result_hosts: Hosts = (".aliyuncs.com",)


class Network(Section):
    proxy: ProxyUrl = SecretStr("")
    no_proxy: DirectHosts = ()


class Storage(Section):
    database: DatabaseFile = "data/imagine.db"
    images: Folder = Path("data/images")
    keep_images_days: Annotated[Days, Field(ge=1)] = 30
    keep_prompts_days: Annotated[Days, Field(ge=0)] = 365

    @property
    def file(self) -> Path:
        """The database's file, whether it was given as a path or as ``sqlite:///`` URL."""
        return Path(self.database)


class Quota(Section):
    free_images: Annotated[Whole, Field(ge=0)] = 10
    budget: Micros = 0
    period: PeriodKind = PeriodKind.DAY
    timezone: Zone = ZoneInfo("Asia/Shanghai")
    operator_cap: MicrosOrNone = 50_000_000
    images_per_job: Annotated[Whole, Field(ge=1, le=MOST_IMAGES)] = 4
    active_jobs: Annotated[Whole, Field(ge=1)] = 10
    cooldown: Annotated[Whole, Field(ge=0)] = 0


class Queue(Section):
    longest: Annotated[Whole, Field(ge=1)] = 500
    longest_wait: Annotated[Whole, Field(ge=60)] = 7200
    ping_after: Annotated[Whole, Field(ge=0)] = 120


class About(Section):
    operator: Line = ""
    contact: Line = ""


class Http(Section):
    bind: Bind = "127.0.0.1:8080"


class Config(Section):
    """All of the configuration."""

    discord: Discord = Discord()
    servers: Servers = Servers()
    dashscope: DashScope = DashScope()
    network: Network = Network()
    storage: Storage = Storage()
    quota: Quota = Quota()
    queue: Queue = Queue()
    models: Models = Field(default_factory=dict)
    rewriting: Rewriting | None = None
    about: About = About()
    http: Http | None = None
    _origins: config_faults.Origins = PrivateAttr(default_factory=dict[tuple[str, str], str])
    _path: Path = PrivateAttr(default=Path())
    _environments: Proxies = PrivateAttr(default_factory=Proxies)

    @property
    def path(self) -> Path:
        """The file that it was read from."""
        return self._path

    def whence(self, section: str, key: str) -> str:
        """Return how a key is named in a fault: with the file, or with the variable that it was taken from."""
        return config_faults.whence(self._path, self._origins, (section, key))

    def check_places(self) -> None:
        """Look whether database and pictures can be where they are to be; make and change nothing.

        Raises:
            ConfigurationError: if not.
        """
        faults = _faults_of_places(self.storage, self.whence)
        if faults:
            raise ConfigurationError(faults)

    def proxies(self) -> Proxies:
        """Return the proxies by which the outside is reached; what the configuration says wins over the environment."""
        url = self.network.proxy.get_secret_value()
        if not url:
            direct = (*self._environments.direct, *self.network.no_proxy)
            return replace(self._environments, direct=direct)
        proxy = None if url == "none" else Proxy.parse(url)
        return Proxies({"http": proxy, "https": proxy} if proxy else {}, self.network.no_proxy)

    def catalogue(self) -> Catalogue:
        """Return the built-in models with what the configuration changes and adds, at the prices of their region."""
        return catalogue_of(self.models, config_regions.region_of(self.dashscope.base_url))

    def remarks(self) -> list[str]:
        """Return what is to be known of the models, though it is no fault."""
        left_out = config_regions.left_out(self.models, self.dashscope.base_url)
        return list(remarks(self.models, self.catalogue(), left_out))

    def policy(self) -> Policy:
        """Return what the operator decided, as the service needs it."""
        return Policy(
            catalogue=self.catalogue(),
            rule=Rule(
                self.quota.free_images,
                self.quota.budget,
                self.quota.images_per_job,
                self.quota.active_jobs,
                self.quota.cooldown,
            ),
            period=self.quota.period,
            zone=self.quota.timezone,
            pool_micros=self.servers.pool,
            cap_micros=self.quota.operator_cap,
            longest_queue=self.queue.longest,
            longest_wait_s=self.queue.longest_wait,
            ping_after_s=self.queue.ping_after,
            keep_pictures_days=self.storage.keep_images_days,
            keep_prompts_days=self.storage.keep_prompts_days,
            rewriting=None if self.rewriting is None else self.rewriting.terms(),
        )

    def access(self) -> ServerAccess:
        """Return the servers that are allowed before Discord has told who owns the application."""
        return ServerAccess(None if self.servers.allowed == "any" else frozenset(self.servers.allowed))


ENVIRONMENT = {
    "DISCORD_TOKEN": ("discord", "token"),
    "DASHSCOPE_API_KEY": ("dashscope", "api_key"),
    "DASHSCOPE_HTTP_BASE_URL": ("dashscope", "base_url"),
    "DATABASE_URL": ("storage", "database"),
}
"""Environment variables that custom demands, and the keys that they replace."""


def load(path: Path, environment: Mapping[str, str] = os.environ, *, needs_secrets: bool = True) -> Config:
    """Read and check the configuration. Blanks and line breaks around a value are dropped.

    Args:
        path: the TOML file.
        environment: where the variables of `ENVIRONMENT` and ``PORT`` are looked up.
        needs_secrets: whether token and API key must be there.

    Raises:
        ConfigurationError: one line for each fault; never with a value, which may be a secret.
    """
    data = _stripped(_read(path))
    origins, faults = _take_environment(data, environment)
    environments = Proxies()
    if not _names_proxy(data):
        environments, wrong = _environments_proxies(environment)
        faults += wrong
    if needs_secrets:
        faults += _missing_secrets(path, data)
    config = None
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        faults = [one for detail in error.errors() for one in config_faults.sentences(path, origins, detail)] + faults
    else:
        faults += [f"{path}: {fault}" for fault in _faults_of_region(config)]
    if config is None or faults:
        # All that is wrong is named at once.
        raise ConfigurationError(faults + _faults_of_places_in(path, origins, data))
    config._origins, config._path, config._environments = origins, path, environments
    return config


def _faults_of_region(config: Config) -> Iterator[str]:
    yield from config_regions.faults(config.models, config.dashscope.base_url)
    if config.rewriting is not None:
        yield from config_regions.faults_of_rewriting(config.rewriting, config.dashscope.base_url)


def _faults_of_places_in(path: Path, origins: config_faults.Origins, data: Mapping[str, Any]) -> list[str]:
    try:
        storage = Storage.model_validate(data.get("storage", {}))
    except ValidationError:
        return []
    return _faults_of_places(storage, lambda section, key: config_faults.whence(path, origins, (section, key)))


def _faults_of_places(storage: Storage, whence: Callable[[str, str], str]) -> list[str]:
    file, images = storage.file, storage.images
    faults: list[str] = []
    if fault := places.fault_of_file(file):
        faults.append(f"{whence('storage', 'database')}: {fault}")
    if file.absolute() in (images.absolute(), *images.absolute().parents):
        faults.append(f"{whence('storage', 'images')}: is the database's file; it must be a folder of its own")
    elif fault := places.fault_of_folder(images):
        faults.append(f"{whence('storage', 'images')}: {fault}")
    return faults


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = path.read_bytes()
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw:
            raise ConfigurationError([f"{path}: is in UTF-16 (Windows calls it Unicode); save it as UTF-8"])
        # Some editors begin a file of UTF-8 with a mark.
        return tomllib.loads(raw.decode("utf-8-sig"))
    except FileNotFoundError:
        raise ConfigurationError(
            [f"{path}: there is no such file; copy config.example.toml to {path} and fill in the two secrets"]
        ) from None
    except OSError as error:
        raise ConfigurationError([f"{path}: can't be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigurationError(
            [f"{path}: is not text in UTF-8, but perhaps in GBK or ANSI; save it as UTF-8"]
        ) from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError([f"{path}: is not valid TOML: {error}"]) from None


def _stripped(value: Any) -> Any:  # noqa: ANN401 - whatever TOML may hold
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return [_stripped(one) for one in value]
    if isinstance(value, dict):
        return {key: _stripped(one) for key, one in value.items()}
    return value


def _take_environment(data: dict[str, Any], environment: Mapping[str, str]) -> tuple[config_faults.Origins, list[str]]:
    """Put the environment's values in the place of the file's; return which came from where, and faults."""
    origins: dict[tuple[str, str], str] = {}
    for variable, (section, key) in ENVIRONMENT.items():
        value = environment.get(variable, "").strip()
        if value and isinstance(data.setdefault(section, {}), dict):
            data[section][key] = value
            origins[section, key] = variable
    port = environment.get("PORT", "").strip()
    if port and not (re.fullmatch("[0-9]{1,5}", port) and 0 < int(port) < 65536):
        return origins, ["PORT, from the environment: must be a number from 1 to 65535"]
    if port and isinstance(data.setdefault("http", {}), dict):
        # A platform that sets PORT expects its health check to be answered from outside the process.
        data["http"]["bind"] = f"0.0.0.0:{port}"
        origins["http", "bind"] = "PORT"
    return origins, []


def _names_proxy(data: Mapping[str, Any]) -> bool:
    section = data.get("network", {})
    return isinstance(section, dict) and bool(section.get("proxy"))


def _environments_proxies(environment: Mapping[str, str]) -> tuple[Proxies, list[str]]:
    """Return the proxies that the usual variables name, and what is wrong with them.

    As with other programs a name in lower case wins, and this machine is reached without.
    """
    found: dict[str, Proxy] = {}
    faults: list[str] = []
    for scheme in ("http", "https"):
        for variable in (f"{scheme}_proxy", f"{scheme}_proxy".upper()):
            if url := environment.get(variable, "").strip():
                try:
                    found[scheme] = Proxy.parse(url if "://" in url else f"http://{url}")
                except ValueError as error:
                    wins = 'network.proxy wins over it, and "none" there goes without'
                    faults.append(f"{variable}, from the environment: {error}; {wins}")
                break
    direct = environment.get("no_proxy", "") or environment.get("NO_PROXY", "")
    return Proxies(found, tuple(direct.split(",")), spares_loopback=True), faults


def _missing_secrets(path: Path, data: Mapping[str, Any]) -> list[str]:
    secrets = {
        ("discord", "token"): "discord.token: is empty; fill it in or set DISCORD_TOKEN to the bot's token",
        ("dashscope", "api_key"): "dashscope.api_key: is empty; fill it in or set DASHSCOPE_API_KEY to a DashScope key",
    }
    # A section that is none is named as that.
    sections = {key: data.get(section, {}) for section, key in secrets}
    return [
        f"{path}: {sentence}"
        for (_, key), sentence in secrets.items()
        if isinstance(sections[key], dict) and sections[key].get(key, "") == ""
    ]
