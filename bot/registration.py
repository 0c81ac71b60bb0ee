"""Registering the slash commands with Discord: no condition for running, and repeated until it is done."""

import asyncio
import logging
import secrets
from typing import Any, Literal

import discord
from discord.ext import commands
from discord.http import Route

from bot.domain.time.waits import spread
from bot.ports import Clock
from bot.presentation.kit.command_names import payload, same
from bot.presentation.kit.discord_errors import briefly
from bot.presentation.kit.reply_transport import PATIENT_TIMEOUT_S
from bot.presentation.kit.texts import Texts
from bot.presentation.notices.operator_notices import OperatorNotices

log = logging.getLogger(__name__)

SyncPolicy = Literal["auto", "always", "never"]

FIRST_RETRY_S, LONGEST_RETRY_S = 60.0, 3600.0
"""Discord allows 200 new commands a day: who has used them up waits for hours."""

ENTRY_POINT = 4
"""The command that opens an application's Activity. Discord makes it, and refuses a list without it (50240)."""

KEPT = (
    *("id", "type", "name", "name_localizations", "description", "description_localizations"),
    *("default_member_permissions", "handler", "contexts", "integration_types", "nsfw"),
)
"""What a command that is not ours is given back with; the rest is Discord's own (ApplicationCommandUpdateRequest)."""


class CommandRegistration:
    """Brings Discord the commands, beside those that are not ours to take away.

    Args:
        client: logged in, with its cogs.
        texts: what people read.
        policy: when: if they changed, at each start, or never.
        without: what is left out of them, as ``payload`` takes it.
        to_operator: told once in each run if Discord does not take them.
        clock: paces it.
    """

    def __init__(
        self,
        *,
        client: commands.AutoShardedBot,
        texts: Texts,
        policy: SyncPolicy,
        without: frozenset[str],
        to_operator: OperatorNotices,
        clock: Clock,
    ) -> None:
        self._client = client
        self._texts = texts
        self._policy: SyncPolicy = policy
        self._without = without
        self._to_operator = to_operator
        self._clock = clock
        self._nonce = f"commands-{secrets.token_hex(8)}"
        self._is_told = False
        self._failure: Exception | None = None

    async def attempt(self) -> None:
        """Try once; `run` goes on where that fails."""
        try:
            async with self._clock.timeout(PATIENT_TIMEOUT_S):
                await self._register()
        except Exception as error:  # noqa: BLE001 - whatever it was: the bot serves with the commands that are there
            log.warning("the commands can't be registered, and are tried again: %s", briefly(error))
            self._failure = error
        else:
            self._failure = None

    async def run(self) -> None:
        """Try again until it is done, and tell the operator; then wait until cancelled."""
        delay_s = FIRST_RETRY_S
        while self._failure is not None:
            await self._tell(self._failure)
            await self._clock.sleep(spread(delay_s))
            delay_s = min(LONGEST_RETRY_S, delay_s * 2)
            await self.attempt()
        await asyncio.get_running_loop().create_future()

    async def _register(self) -> None:
        if self._policy == "never":
            return
        ours = await payload(self._client.tree, self._texts, without=self._without)
        application_id = self._client.application_id
        route = Route("GET", "/applications/{application_id}/commands", application_id=application_id)
        registered = await self._client.http.request(route, params={"with_localizations": "true"})
        kept = [_kept(command) for command in registered if command.get("type") == ENTRY_POINT]
        theirs = {_key(command): command for command in registered if command.get("type") != ENTRY_POINT}
        if (
            self._policy == "auto"
            and len(theirs) == len(ours)
            and all(same(one, theirs.get(_key(one))) for one in ours)
        ):
            log.info("commands are registered as they are")
            self._learn_ids(registered)
            return
        wanted: list[Any] = [*ours, *kept]
        self._learn_ids(await self._client.http.bulk_upsert_global_commands(application_id or 0, payload=wanted))
        log.info("registered %s commands", len(ours))

    def _learn_ids(self, registered: list[Any]) -> None:
        """Have texts name the slash commands such that a click begins them."""
        self._texts.know_commands({one["name"]: int(one["id"]) for one in registered if (one.get("type") or 1) == 1})

    async def _tell(self, error: Exception) -> None:
        if self._is_told:
            return
        reason = f"{error.status} {error.code}" if isinstance(error, discord.HTTPException) else type(error).__name__
        try:
            async with self._clock.timeout(PATIENT_TIMEOUT_S):
                await self._to_operator.warn("operator-commands-unregistered", self._nonce, reason=reason)
        except Exception as failure:  # noqa: BLE001 - told with the next attempt
            log.warning("the operator can't be told that the commands are not registered: %s", briefly(failure))
        else:
            self._is_told = True


def _key(command: dict[str, Any]) -> tuple[int, str]:
    return command.get("type") or 1, command["name"]


def _kept(command: dict[str, Any]) -> dict[str, Any]:
    """Return a command as Discord takes it back: permissions it gives as a text and takes as a number."""
    kept = {name: command[name] for name in KEPT if command.get(name) is not None}
    if "default_member_permissions" in kept:
        kept["default_member_permissions"] = int(kept["default_member_permissions"])
    return kept
