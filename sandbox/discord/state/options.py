"""A command as a member's client fills it in: option values, resolved objects, and what the client refuses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.discord.rules import components as rules
from sandbox.discord.rules.command_rules import (
    ATTACHMENT,
    BOOLEAN,
    CHANNEL,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    SUBCOMMAND,
    SUBCOMMAND_GROUP,
    USER,
)
from sandbox.discord.rules.errors import ClientRefused, Json
from sandbox.discord.state import payloads
from sandbox.discord.state.cdn import EPHEMERAL_ATTACHMENTS
from sandbox.discord.state.guilds import Channel, Guild, Member, Role, User
from sandbox.discord.state.interactions import Interaction
from sandbox.discord.state.messages import MemberFile, uploaded
from sandbox.discord.state.permissions import ALL, in_channel
from sandbox.discord.state.world import World, bot_permissions

_MAX_STRING = 6000
_MAX_INTEGER = 2**53


@dataclass
class Filled:
    """The ``data`` of a command interaction in the making."""

    world: World
    guild: Guild | None
    member: Member | None
    place: Channel
    locale: str
    force: bool
    resolved: dict[str, Json] = field(default_factory=dict[str, Json])


def fill(filled: Filled, command: Json, path: list[str], values: dict[str, Any], focused: str | None) -> Json:
    """The ``data`` for ``command`` (and its subcommand, by ``path``) with these option values.

    Raises:
        ClientRefused: the client would not send this.
    """
    level = _descend(command, path)
    declared: dict[str, Json] = {option["name"]: option for option in level.get("options") or []}
    if unknown := set(values) - set(declared):
        raise ClientRefused(f"/{' '.join([command['name'], *path])} has no option {sorted(unknown)}")
    for name, option in declared.items():
        if option.get("required") and name not in values and focused is None:
            raise ClientRefused(f"the option {name!r} is required")
    options = [_entry(filled, declared[name], value, focused) for name, value in values.items()]
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    data["options"] = _nest(command, path, options)
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return {**data, "resolved": filled.resolved} if filled.resolved else data


def _descend(command: Json, path: list[str]) -> Json:
    """The level that holds the values."""
    level = command
    for name in path:
        inner = [each for each in level.get("options") or [] if each["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP)]
        level = next((each for each in inner if each["name"] == name), {})
        if not level:
            raise ClientRefused(f"/{command['name']} has no subcommand {name!r}")
    if any(each["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP) for each in level.get("options") or []):
        raise ClientRefused(f"/{' '.join([command['name'], *path])} needs a subcommand")
    return level


def _nest(command: Json, path: list[str], options: list[Json]) -> list[Json]:
    kinds: list[int] = []
    level = command
    for name in path:
        level = next(each for each in level["options"] if each["name"] == name)
        kinds.append(level["type"])
    for name, kind in zip(reversed(path), reversed(kinds), strict=True):
        options = [{"name": name, "type": kind, "options": options}]
    return options


def _entry(filled: Filled, option: Json, value: Any, focused: str | None) -> Json:  # noqa: ANN401 - any option
    kind = option["type"]
    if option["name"] == focused:
        if not option.get("autocomplete"):
            raise ClientRefused(f"{focused!r} has no autocomplete")
        # What is being typed is sent as text, whatever the option's type.
        return {"name": option["name"], "type": kind, "value": str(value), "focused": True}
    return {"name": option["name"], "type": kind, "value": _VALUES[kind](filled, option, value)}


def _string(filled: Filled, option: Json, value: Any) -> str:  # noqa: ANN401
    if not isinstance(value, str):
        raise ClientRefused(f"{option['name']} takes text, not {value!r}")
    if option.get("choices"):
        return _choice(filled, option, value)
    low, high = option.get("min_length") or 0, option.get("max_length") or _MAX_STRING
    if not max(low, 1) <= len(value) <= high and not filled.force:
        raise ClientRefused(f"{option['name']} takes {low} to {high} characters, not {len(value)}")
    return value


def _number(filled: Filled, option: Json, value: Any) -> Any:  # noqa: ANN401
    kinds = (int,) if option["type"] == INTEGER else (int, float)
    if option.get("choices"):
        return _choice(filled, option, value)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise ClientRefused(f"{option['name']} takes a number, not {value!r}")
    low, high = option.get("min_value", -_MAX_INTEGER), option.get("max_value", _MAX_INTEGER)
    if not low <= value <= high and not filled.force:
        raise ClientRefused(f"{option['name']} takes {low} to {high}, not {value}")
    return value


def _choice(filled: Filled, option: Json, value: Any) -> Any:  # noqa: ANN401
    for choice in option["choices"]:
        shown = (choice.get("name_localizations") or {}).get(filled.locale, choice["name"])
        if value in (choice["value"], choice["name"], shown):
            return choice["value"]
    if filled.force:
        return value
    raise ClientRefused(f"{option['name']} does not offer {value!r}")


def _boolean(_: Filled, option: Json, value: Any) -> bool:  # noqa: ANN401
    if not isinstance(value, bool):
        raise ClientRefused(f"{option['name']} takes True or False, not {value!r}")
    return value


def _user(filled: Filled, option: Json, value: Any) -> str:  # noqa: ANN401
    user = _account(filled, option, value)
    filled.resolved.setdefault("users", {})[str(user.id)] = payloads.user(user)
    member = filled.guild.members.get(user.id) if filled.guild else None
    if member is not None:
        answer = payloads.member(member, with_user=False)
        # As everywhere in an interaction: in the channel, with its overwrites.
        answer["permissions"] = str(in_channel(member, filled.place))
        filled.resolved.setdefault("members", {})[str(user.id)] = answer
    return str(user.id)


def _account(filled: Filled, option: Json, value: Any) -> User:  # noqa: ANN401
    if isinstance(value, User):
        return value
    if isinstance(value, Member):
        return value.user
    users = filled.world.users.values()
    found = next((user for user in users if value in (user.name, user.id, f"<@{user.id}>", str(user.id))), None)
    if found is None:
        raise ClientRefused(f"{option['name']}: there is no user {value!r}")
    return found


def _channel(filled: Filled, option: Json, value: Any) -> str:  # noqa: ANN401
    guild = _server(filled, option)
    try:
        channel: Channel = guild.channel(value)
    except KeyError:
        raise ClientRefused(f"{option['name']}: there is no channel {value!r}") from None
    kinds = option.get("channel_types")
    if kinds and channel.type not in kinds:
        raise ClientRefused(f"{option['name']} does not take channels of type {channel.type}")
    # Since July 2026 with what the app may do there (change log).
    of_app = {"app_permissions": str(bot_permissions(filled.world, channel) & ALL)}
    known = {**payloads.channel_for(channel, filled.member), **of_app}
    filled.resolved.setdefault("channels", {})[str(channel.id)] = known
    return str(channel.id)


def _role(filled: Filled, option: Json, value: Any) -> str:  # noqa: ANN401
    guild = _server(filled, option)
    try:
        role: Role = guild.role(value)
    except KeyError:
        raise ClientRefused(f"{option['name']}: there is no role {value!r}") from None
    filled.resolved.setdefault("roles", {})[str(role.id)] = payloads.role(role)
    return str(role.id)


def _mentionable(filled: Filled, option: Json, value: Any) -> str:  # noqa: ANN401
    is_role = isinstance(value, Role) or (filled.guild and any(r.name == value for r in filled.guild.roles.values()))
    return (_role if is_role else _user)(filled, option, value)


def _server(filled: Filled, option: Json) -> Guild:
    if filled.guild is None:
        raise ClientRefused(f"{option['name']} can only be given in a server")
    return filled.guild


def _attachment(filled: Filled, option: Json, value: Any) -> str:  # noqa: ANN401
    """Upload a file, as the client does while the command is filled in. Members with Nitro may hand in 500 MB."""
    if not isinstance(value, MemberFile):
        raise ClientRefused(f"{option['name']} takes a file, not {value!r}")
    world = filled.world
    file = uploaded(value, world.new_id(), ephemeral=True)
    world.cdn.handed_in[file.id] = file
    shown = payloads.attachment(file, world.application_id, world.cdn, folder=EPHEMERAL_ATTACHMENTS)
    filled.resolved.setdefault("attachments", {})[str(file.id)] = shown
    return str(file.id)


_VALUES: dict[int, Callable[[Filled, Json, Any], Any]] = {
    STRING: _string,
    INTEGER: _number,
    NUMBER: _number,
    BOOLEAN: _boolean,
    USER: _user,
    CHANNEL: _channel,
    ROLE: _role,
    MENTIONABLE: _mentionable,
    ATTACHMENT: _attachment,
}


_CHOSEN: dict[int, Callable[[Filled, Json, Any], str]] = {
    rules.USER_SELECT: _user,
    rules.ROLE_SELECT: _role,
    rules.MENTIONABLE_SELECT: _mentionable,
    rules.CHANNEL_SELECT: _channel,
}


def choose(filled: Filled, select: Json, values: Sequence[Any]) -> Json:
    """What a press on a select menu sends: ``values``, and ``resolved`` for all but string selects.

    Raises:
        ClientRefused: the client would not let these be chosen.
    """
    low, high = rules.value_limits(select)
    if not low <= len(values) <= high:
        raise ClientRefused(f"{select['custom_id']} takes {low} to {high} values, not {len(values)}")
    if select["type"] == rules.STRING_SELECT:
        offered = {option["value"] for option in select["options"]}
        if strange := set(values) - offered:
            raise ClientRefused(f"{select['custom_id']} does not offer {sorted(strange)}")
        return {"values": list(values)}
    option = {**select, "name": select["custom_id"]}
    chosen = [_CHOSEN[select["type"]](filled, option, value) for value in values]
    # The documentation's example has ``resolved`` where something was chosen; without a choice it is a guess.
    return {"values": chosen, "resolved": filled.resolved} if chosen else {"values": chosen}


def focused_type(interaction: Interaction) -> int:
    """The type of the option that an autocomplete interaction asks about."""
    options: list[Json] = interaction.data["options"]
    while options and options[0]["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP):
        options = options[0]["options"]
    return next((option["type"] for option in options if option.get("focused")), STRING)
