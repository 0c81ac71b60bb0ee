"""The configuration file, read into checked models; environment variables win where custom demands them."""

import os
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from bot.domain.access import ServerAccess
from bot.domain.catalogue import BUILT_IN, FREE_TIER_DAYS, FREE_TIER_IMAGES, SIDES_TO_1440, Catalogue, FreeTier, Model
from bot.domain.money import parse_cny
from bot.domain.periods import PeriodKind
from bot.domain.policy import Policy
from bot.domain.quota import Rule
from bot.errors import ConfigurationError
from bot.providers.dashscope.hosts import ResultHosts

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def _address(secure: str, plain: str, *, may_be_empty: bool = False) -> AfterValidator:
    def check(value: str) -> str:
        if not value and may_be_empty:
            return value
        parts = urlsplit(value)
        if not parts.hostname or parts.scheme not in {secure, plain}:
            raise ValueError(f"must be a URL that begins with {secure}://")
        if parts.scheme == plain and parts.hostname not in LOOPBACK:
            raise ValueError(f"must begin with {secure}://; {plain}:// is for this machine's own address only")
        return value.rstrip("/")

    return AfterValidator(check)


def _money(value: object) -> object:
    if isinstance(value, bool | float) or not isinstance(value, str | int):
        raise ValueError('must be an amount of CNY in quotes, such as "0.14"')  # noqa: TRY004
    return parse_cny(str(value))


def _money_or_none(value: object) -> object:
    return None if value == "none" else _money(value)


def _zone(value: object) -> object:
    if isinstance(value, str):
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            pass
    raise ValueError('must be the name of a time zone, such as "Asia/Shanghai"')


def _hosts(value: tuple[str, ...]) -> tuple[str, ...]:
    ResultHosts(value)
    return value


def _bind(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("must be host:port, such as 127.0.0.1:8080")
    return value


Micros = Annotated[int, BeforeValidator(_money)]
MicrosOrNone = Annotated[int | None, BeforeValidator(_money_or_none)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Discord(_Section):
    token: SecretStr = SecretStr("")
    api_url: Annotated[str, _address("https", "http")] = "https://discord.com/api/v10"
    gateway_url: Annotated[str, _address("wss", "ws", may_be_empty=True)] = ""
    sync_commands: Literal["auto", "always", "never"] = "auto"
    operator_channel: Annotated[int, Field(ge=0)] = 0


def _servers(value: object) -> object:
    if value == "any" or (isinstance(value, list) and all(type(one) is int and one > 0 for one in value)):
        return value
    raise ValueError('must be a list of server ids, such as [123456789012345678], or "any"')


class Servers(_Section):
    allowed: Annotated[Literal["any"] | tuple[int, ...], BeforeValidator(_servers)] = ()
    pool: MicrosOrNone = 20_000_000


class DashScope(_Section):
    api_key: SecretStr = SecretStr("")
    base_url: Annotated[str, _address("https", "http")] = "https://dashscope.aliyuncs.com/api/v1"
    result_hosts: Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(_hosts)] = (".aliyuncs.com",)


class Storage(_Section):
    database: str = "data/imagine.db"
    images: Path = Path("data/images")
    keep_images_days: Annotated[int, Field(ge=1)] = 30
    keep_prompts_days: Annotated[int, Field(ge=0)] = 365

    @property
    def file(self) -> Path:
        """The database's file, whether it was given as a path or as ``sqlite:///`` URL."""
        return Path(self.database.removeprefix("sqlite:///"))

    @model_validator(mode="after")
    def _is_sqlite(self) -> Self:
        if "://" in self.database and not self.database.startswith("sqlite:///"):
            raise ValueError("database must be a path, or sqlite:///relative or sqlite:////absolute")
        return self


class Quota(_Section):
    free_images: Annotated[int, Field(ge=0)] = 10
    budget: Micros = 0
    period: PeriodKind = PeriodKind.DAY
    timezone: Zone = ZoneInfo("Asia/Shanghai")
    operator_cap: MicrosOrNone = 50_000_000
    images_per_job: Annotated[int, Field(ge=1, le=4)] = 4
    active_jobs: Annotated[int, Field(ge=1)] = 10
    cooldown: Annotated[int, Field(ge=0)] = 0


class Queue(_Section):
    longest: Annotated[int, Field(ge=1)] = 500
    longest_wait: Annotated[int, Field(ge=60)] = 7200
    ping_after: Annotated[int, Field(ge=0)] = 120


class ModelEntry(_Section):
    """A table of ``[models]``; what is absent keeps the built-in value, which a model of one's own does not have."""

    price: Annotated[int | None, BeforeValidator(_money)] = None
    prompt_limit: Annotated[int | None, Field(ge=1)] = None
    create_rate: Annotated[float | None, Field(gt=0, le=50)] = None
    running_tasks: Annotated[int | None, Field(ge=1, le=100)] = None
    ahead: Annotated[int | None, Field(ge=0, le=10)] = None
    free_tier: Annotated[int | None, Field(ge=0)] = None
    free_tier_days: Annotated[int, Field(ge=1)] = FREE_TIER_DAYS
    free_tier_started: date | None = None
    free_tier_used: Annotated[int, Field(ge=0)] = 0
    enabled: bool = True


class Http(_Section):
    bind: Annotated[str, AfterValidator(_bind)] = "127.0.0.1:8080"


class Config(_Section):
    """All of the configuration."""

    discord: Discord = Discord()
    servers: Servers = Servers()
    dashscope: DashScope = DashScope()
    storage: Storage = Storage()
    quota: Quota = Quota()
    queue: Queue = Queue()
    models: dict[str, ModelEntry] = {}
    http: Http | None = None

    @model_validator(mode="after")
    def _models_are_complete(self) -> Self:
        for name, entry in self.models.items():
            if name not in BUILT_IN and entry.price is None:
                raise ValueError(f'models."{name}" is not built in: it needs a price')
        if not self.catalogue():
            raise ValueError("models: at least one model must stay enabled")
        return self

    def catalogue(self) -> Catalogue:
        """Give the built-in models with what the configuration changes and adds."""
        models = {name: _model(name, self.models.get(name, ModelEntry())) for name in (*BUILT_IN, *self.models)}
        return {name: model for name, model in models.items() if self.models.get(name, ModelEntry()).enabled}

    def policy(self) -> Policy:
        """Give what the operator decided, as the service needs it."""
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
        )

    def access(self) -> ServerAccess:
        """Give the servers that are allowed before Discord has told who owns the application."""
        return ServerAccess(None if self.servers.allowed == "any" else frozenset(self.servers.allowed))


def _model(name: str, entry: ModelEntry) -> Model:
    base = BUILT_IN.get(name) or Model(name, entry.price or 0, 500, SIDES_TO_1440)
    tier = None
    if entry.free_tier_started is not None:
        images = entry.free_tier if entry.free_tier is not None else FREE_TIER_IMAGES.get(name, 0)
        tier = FreeTier(images, entry.free_tier_started, entry.free_tier_days, entry.free_tier_used)
    return Model(
        name=name,
        price_micros=base.price_micros if entry.price is None else entry.price,
        prompt_limit=entry.prompt_limit or base.prompt_limit,
        sizes=base.sizes,
        prompt_note_above=base.prompt_note_above,
        create_rate=entry.create_rate or base.create_rate,
        running_tasks=entry.running_tasks or base.running_tasks,
        ahead=base.ahead if entry.ahead is None else entry.ahead,
        free_tier=tier,
    )


ENVIRONMENT = {
    "DISCORD_TOKEN": ("discord", "token"),
    "DASHSCOPE_API_KEY": ("dashscope", "api_key"),
    "DASHSCOPE_HTTP_BASE_URL": ("dashscope", "base_url"),
    "DATABASE_URL": ("storage", "database"),
}
"""Environment variables that custom demands, and the keys that they replace."""

SECRETS = {("discord", "token"), ("dashscope", "api_key")}


def load(path: Path, environment: Mapping[str, str] = os.environ, *, needs_secrets: bool = True) -> Config:
    """Read and check the configuration.

    Args:
        path: the TOML file.
        environment: where the variables of `ENVIRONMENT` and ``PORT`` are looked up.
        needs_secrets: whether token and API key must be there.

    Raises:
        ConfigurationError: one line for each fault; never with a secret's value.
    """
    data = _read(path)
    for variable, (section, key) in ENVIRONMENT.items():
        if environment.get(variable) and isinstance(data.setdefault(section, {}), dict):
            data[section][key] = environment[variable]
    if environment.get("PORT") and isinstance(data.setdefault("http", {}), dict):
        # A platform that sets PORT expects its health check to be answered from outside the process.
        data["http"]["bind"] = f"0.0.0.0:{environment['PORT']}"
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError([_fault(path, detail) for detail in error.errors()]) from None
    if needs_secrets:
        _require_secrets(path, config)
    return config


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            [f"{path}: there is no such file; copy config.example.toml to {path} and fill in the two secrets"]
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{path}: can't be read: {error}"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError([f"{path}: is not valid TOML: {error}"]) from None


def _fault(path: Path, detail: ErrorDetails) -> str:
    where = ".".join(str(part) for part in detail["loc"])
    reason = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        # Its value is not shown: it may be a secret under a misspelt name.
        return f"{path}: {where}: is no key that is known here; config.example.toml lists them all"
    shown = f", not {detail['input']!r}" if _may_be_shown(detail) else ""
    return f"{path}: {where}: {reason}{shown}" if where else f"{path}: {reason}"


def _may_be_shown(detail: ErrorDetails) -> bool:
    value = detail["input"]
    # A URL may carry a password before its @.
    return isinstance(value, str | int | float) and "@" not in str(value) and tuple(detail["loc"]) not in SECRETS


def _require_secrets(path: Path, config: Config) -> None:
    faults: list[str] = []
    if not config.discord.token.get_secret_value().strip():
        faults.append(f"{path}: discord.token: is empty; fill it in or set DISCORD_TOKEN to the bot's token")
    if not config.dashscope.api_key.get_secret_value().strip():
        faults.append(f"{path}: dashscope.api_key: is empty; fill it in or set DASHSCOPE_API_KEY to a DashScope key")
    if faults:
        raise ConfigurationError(faults)
