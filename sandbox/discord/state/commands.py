"""The registered application commands (interactions/application-commands.mdx)."""

from collections.abc import Callable
from typing import Any

from bot.ports import Clock
from sandbox.discord.rules.command_rules import CHAT_INPUT, ENTRY_POINT, check_command
from sandbox.discord.rules.errors import Json, invalid_form, refusal, require_count
from sandbox.discord.rules.limits import too_many

_MAX_PER_TYPE = {1: 100, 2: 15, 3: 15, ENTRY_POINT: 1}
_CREATES_PER_DAY = 200
_DAY_S = 24 * 3600.0

_LOCALISED = ("name_localizations", "description_localizations")


class CommandRegistry:
    """Global and per-server commands. A scope is a server's id, or None for the global ones."""

    def __init__(self, application_id: int, new_id: Callable[[], int], clock: Clock) -> None:
        self._application_id = application_id
        self._new_id = new_id
        self._clock = clock
        self._scopes: dict[int | None, dict[int, Json]] = {}
        self._created_at: dict[int | None, list[float]] = {}

    def of(self, scope: int | None) -> list[Json]:
        return list(self._scopes.get(scope, {}).values())

    def get(self, scope: int | None, command_id: int) -> Json:
        found = self._scopes.get(scope, {}).get(command_id)
        if found is None:
            raise refusal(10063)
        return found

    def visible(self, name: str, guild_id: int | None, kind: int = CHAT_INPUT) -> Json | None:
        """The command of that name and kind that a client shows; the server's own comes before the global one."""
        for scope in dict.fromkeys((guild_id, None)):
            for command in self.of(scope):
                if command["type"] == kind and command["name"] == name:
                    return command
        return None

    def replace_all(self, scope: int | None, wanted: object) -> list[Json]:
        """PUT: what is not listed goes; what keeps its name and type keeps its id."""
        commands = require_count("", wanted, 0, sum(_MAX_PER_TYPE.values()))
        for index, command in enumerate(commands):
            check_command(str(index), command)
        keys = [_key(command) for command in commands]
        if len(set(keys)) < len(keys):
            raise invalid_form("", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        if any(one["type"] == ENTRY_POINT and _key(one) not in keys for one in self.of(scope)):
            raise refusal(50240)
        self._check_room(commands)
        old = {_key(command): command for command in self.of(scope)}
        self._count_creates(scope, sum(key not in old for key in keys))
        stored = [self._stored(scope, command, old.get(_key(command))) for command in commands]
        self._scopes[scope] = {int(command["id"]): command for command in stored}
        return stored

    def upsert(self, scope: int | None, wanted: Json) -> tuple[Json, bool]:
        """POST: the command as stored, and whether it is new."""
        check_command("", wanted)
        old = next((each for each in self.of(scope) if _key(each) == _key(wanted)), None)
        if old is None:
            self._check_room([*self.of(scope), wanted])
            self._count_creates(scope, 1)
        stored = self._stored(scope, wanted, old)
        self._scopes.setdefault(scope, {})[int(stored["id"])] = stored
        return stored, old is None

    def change(self, scope: int | None, command_id: int, changes: Json) -> Json:
        """PATCH: only the given fields change."""
        old = self.get(scope, command_id)
        merged = {**old, **changes}
        check_command("", merged)
        self._scopes[scope][command_id] = stored = self._stored(scope, merged, old)
        return stored

    def remove(self, scope: int | None, command_id: int) -> None:
        self.get(scope, command_id)
        del self._scopes[scope][command_id]

    def _check_room(self, commands: list[Json]) -> None:
        for kind, most in _MAX_PER_TYPE.items():
            if sum(command.get("type", CHAT_INPUT) == kind for command in commands) > most:
                raise refusal(30032)

    def _count_creates(self, scope: int | None, created: int) -> None:
        now = self._clock.monotonic()
        recent = [at for at in self._created_at.get(scope, []) if now - at < _DAY_S]
        if len(recent) + created > _CREATES_PER_DAY:
            wait_s = _DAY_S - (now - min([*recent, now]))
            message = f"Max number of daily application command creates has been reached ({_CREATES_PER_DAY})"
            raise too_many(wait_s, {}, code=30034, message=message)
        self._created_at[scope] = recent + [now] * created

    def _stored(self, scope: int | None, command: Json, old: Json | None) -> Json:
        permissions = command.get("default_member_permissions")
        stored: Json = {
            "id": old["id"] if old else str(self._new_id()),
            "application_id": str(self._application_id),
            "version": str(self._new_id()),
            "type": command.get("type") or CHAT_INPUT,
            "name": command["name"],
            "name_localizations": command.get("name_localizations"),
            "description": command.get("description") or "",
            "description_localizations": command.get("description_localizations"),
            "default_member_permissions": None if permissions is None else str(permissions),
            "nsfw": bool(command.get("nsfw")),
            "options": command.get("options") or [],
            "integration_types": command.get("integration_types") or [0],
        }
        if stored["type"] == ENTRY_POINT:
            stored["handler"] = command["handler"]
        if scope is None:
            contexts = command.get("contexts")
            stored |= {"contexts": contexts, "dm_permission": contexts is None or 1 in contexts}
        else:
            stored["guild_id"] = str(scope)
        return stored


def without_localizations(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """A listing without ``with_localizations`` lacks the dictionaries at every depth."""
    if isinstance(value, list):
        return [without_localizations(each) for each in value]
    if isinstance(value, dict):
        return {key: without_localizations(each) for key, each in value.items() if key not in _LOCALISED}
    return value


def _key(command: Json) -> tuple[int, str]:
    return command.get("type") or CHAT_INPUT, command["name"]
