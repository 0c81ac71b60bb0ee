"""Discord's bad days at the start and in between: commands it does not take, dead addresses, many servers."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from bot.errors import ConfigurationError, DiscordRefuses
from sandbox.faults import Fault
from tests.support.faults import denied
from tests.support.world import World, open_world

LAUNCH = {
    "type": 4,
    "name": "launch",
    "handler": 2,
    "integration_types": [0, 1],
    "contexts": [0, 1, 2],
    # For admins alone.
    "default_member_permissions": "8",
}
MINUTE_S, HOUR_S = 60, 3600


async def serves(world: World) -> None:
    """See that a member still gets a card."""
    assert "Cancel" in [button.label for button in (await world.imagine(world.member("bob"))).buttons]


async def restart(world: World) -> None:
    await world.stop_bot()
    await world.start_bot()


def commands(world: World, kind: int = 1) -> set[str]:
    return {one["name"] for one in world.discord.world.commands.of(None) if one["type"] == kind}


def told(world: World, operation: str) -> int:
    return len([one for one in world.discord.requests if one.operation == operation])


def puts(world: World) -> int:
    return told(world, "put_global_commands")


def taken(world: World) -> bool:
    return [one.status for one in world.discord.requests if one.operation == "put_global_commands"][-1] == 200


def named(thing: Any) -> Iterator[tuple[str, str]]:
    """Yield the name and the English name of each command, option and choice that has both."""
    for one in thing if isinstance(thing, list) else []:
        if one.get("name_localizations"):
            yield one["name"], one["name_localizations"]["en-US"]
        yield from named(one.get("options"))
        yield from named(one.get("choices"))


async def test_who_reads_neither_language_gets_the_english_names_also_of_choices(tmp_path):
    async with open_world(tmp_path) as world:
        names = list(named(world.discord.world.commands.of(None)))
        assert [one for one in names if one[0] != one[1]] == []
        assert len(names) > 100


@pytest.mark.parametrize("policy", ["auto", "always"])
async def test_the_entry_point_command_of_an_activity_stays_when_ours_are_registered(tmp_path, policy):
    async with open_world(tmp_path, discord={"sync_commands": policy}) as world:
        registry = world.discord.world.commands
        registry.upsert(None, LAUNCH)
        before = next(one for one in registry.of(None) if one["type"] == 4)
        imagine = next(one for one in registry.of(None) if one["name"] == "imagine")
        registry.remove(None, int(imagine["id"]))
        await restart(world)
        assert "imagine" in commands(world)
        (after,) = (one for one in registry.of(None) if one["type"] == 4)
        assert {**after, "version": ""} == {**before, "version": ""}
        before = puts(world)
        await restart(world)
        # An entry point beside them does not make them look changed.
        assert puts(world) - before == (policy == "always")


@pytest.mark.parametrize(
    "fault",
    [
        denied(400, 50240, "You cannot remove this app's Entry Point command"),
        denied(429, 30034, "Max number of daily application command creates has been reached (200)"),
        Fault(status=503, body=b"<html>unavailable</html>", content_type="text/html"),
        Fault(cut=True),
    ],
    ids=["50240", "30034", "503", "cut"],
)
async def test_commands_that_discord_does_not_take_keep_nothing_from_running(tmp_path, fault):
    async with open_world(tmp_path, discord={"sync_commands": "always"}) as world:
        operator = world.discord.member(world.discord.application_owner)
        world.discord.faults.add("put_global_commands", fault, times=2)
        await restart(world)
        await serves(world)
        await world.discord.until(operator.direct_messages)
        await back(world, lambda: taken(world), 3 * MINUTE_S)
        (told,) = operator.direct_messages()
        assert "not registered" in told.text


async def back(world: World, condition: Callable[[], object], step_s: float = 2) -> None:
    async with world.time_passing(step_s):
        await world.discord.until(condition)


async def test_a_dead_resume_address_is_left_for_the_gateway(tmp_path):
    async with open_world(tmp_path, discord={"gateway_url": ""}) as world:
        gateway = world.discord.gateway
        gateway.resume_down = True
        world.discord.drop_gateway(resumable=True)
        await back(world, lambda: world.discord.identified == 2 and world.discord.connected)
        # A few attempts were worth it: what is resumed loses nothing.
        assert world.discord.gateway_refusals == 3
        await serves(world)


async def test_a_configured_gateway_holds_for_resuming_too(tmp_path):
    async with open_world(tmp_path) as world:
        world.discord.gateway.resume_down = True
        world.discord.drop_gateway(resumable=True)
        await world.discord.until(lambda: world.discord.resumed == 1 and world.discord.connected)
        assert world.discord.gateway_refusals == 0
        await serves(world)


async def test_a_gateway_that_hangs_up_at_once_is_not_called_in_a_tight_loop(tmp_path):
    async with open_world(tmp_path) as world:
        gateway = world.discord.gateway
        gateway.deaf = True
        world.discord.drop_gateway(resumable=True)
        began_s = world.clock.monotonic()
        await world.discord.until(lambda: world.discord.gateway_refusals >= 4)
        # The pauses before the second to the fourth are 1, 2 and 4 s, a fifth less at least.
        assert world.clock.monotonic() - began_s >= 0.8 * 7
        gateway.deaf = False
        await back(world, lambda: world.discord.connected)
        await serves(world)


async def test_pauses_between_attempts_grow_to_a_minute_and_no_further(tmp_path, caplog):
    caplog.set_level(logging.INFO, logger="bot.connection")
    async with open_world(tmp_path) as world:
        world.discord.gateway_down = True
        world.discord.drop_gateway(resumable=True)
        await back(world, lambda: world.discord.gateway_refusals >= 12)
        pauses = [record.args[1] for record in caplog.records if "connecting again" in record.msg]
        assert 48 <= max(pauses) <= 72
        assert not [record for record in caplog.records if record.exc_info]
        # A line that people read, without the request's headers.
        assert "is not connected to Discord: WSServerHandshakeError: 503" in caplog.text
        assert "headers" not in caplog.text
        world.discord.gateway_down = False
        await back(world, lambda: world.discord.connected)
        await serves(world)


async def test_a_bot_in_many_servers_has_as_many_shards_as_discord_says(tmp_path):
    async with open_world(tmp_path) as world:
        await world.stop_bot()
        while {(guild.id >> 22) % 2 for guild in world.discord.world.guilds.values()} != {0, 1}:
            world.discord_clock.advance(0.001)
            world.discord.add_guild("Another", owner=world.discord.application_owner)
        gateway = world.discord.gateway
        gateway.shards, gateway.servers_per_shard = 2, len(world.discord.world.guilds) - 1
        await world.start_bot()
        for guild in world.discord.world.guilds.values():
            owner = world.member(world.discord.application_owner, guild)
            card = await world.imagine(owner)
            await world.becomes(owner, card, "Here is your picture")
        # One shard is lost and found again, without the other's being touched.
        world.discord.drop_gateway(resumable=True)
        await world.discord.until(lambda: world.discord.resumed == 2 and world.discord.connected)
        await serves(world)


async def test_sessions_that_do_not_stand_are_begun_ever_more_slowly_and_never_beyond_the_days(tmp_path):
    async with open_world(tmp_path) as world:
        gateway = world.discord.gateway
        gateway.sessions_left = 3
        began_s = world.clock.monotonic()
        for begun in range(2, 5):
            world.discord.drop_gateway(resumable=False)
            await back(world, lambda begun=begun: world.discord.identified == begun and world.discord.connected)
        # The first is taken up at once; the pauses before the others are 1 and 2 s, a fifth less at least.
        assert world.clock.monotonic() - began_s >= 0.8 * 3
        world.discord.drop_gateway(resumable=False)
        asked = told(world, "gateway_bot")
        await back(world, lambda: told(world, "gateway_bot") > asked)
        assert world.discord.identified == 4
        gateway.sessions_left = 1000
        await back(world, lambda: world.discord.connected, HOUR_S)
        await serves(world)


async def test_what_is_not_discord_at_the_gateway_does_not_end_the_bot(tmp_path):
    async with open_world(tmp_path) as world:
        gateway = world.discord.gateway
        gateway.heartbeat_interval_ms = cast("int", None)
        greeted = gateway.greeted
        world.discord.drop_gateway(resumable=True)
        await back(world, lambda: gateway.greeted >= greeted + 3)
        gateway.heartbeat_interval_ms = 41_250
        await back(world, lambda: world.discord.connected)
        await serves(world)


async def test_all_of_a_days_sessions_are_not_overdrawn(tmp_path):
    async with open_world(tmp_path) as world:
        await world.stop_bot()
        world.discord.gateway.sessions_left = 0
        begun = world.discord.identified
        starting = asyncio.create_task(world.start_bot())
        await world.discord.until(lambda: [one for one in world.discord.requests if one.operation == "gateway_bot"][1:])
        await asyncio.sleep(0.2)
        assert world.discord.identified == begun
        world.discord.gateway.sessions_left = 1000
        await back(world, lambda: world.discord.connected, HOUR_S)
        await starting


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        (4004, ConfigurationError, "discord.token"),
        (4011, DiscordRefuses, "more shards"),
        (4013, DiscordRefuses, "4013"),
    ],
)
async def test_a_connection_that_discord_closes_for_good_ends_the_bot_in_one_sentence(tmp_path, code, error, words):
    async with open_world(tmp_path) as world:
        await world.discord.gateway.expel(code)
        assert world.running is not None
        with pytest.raises(error, match=words):
            await world.running
        world.running = None


UNREACHABLE = [
    Fault(status=429, body=b"<html>error code: 1015</html>", content_type="text/html"),
    Fault(status=503),
    Fault(status=200, body=b"<html>Sign in to the wireless network</html>", content_type="text/html"),
    Fault(cut=True),
]


@pytest.mark.parametrize("operation", ["current_user", "application_info", "gateway_bot"])
@pytest.mark.parametrize("fault", UNREACHABLE, ids=["429-html", "503", "portal", "cut"])
async def test_discord_that_is_away_at_the_start_is_waited_for_in_single_lines(tmp_path, caplog, fault, operation):
    async with open_world(tmp_path) as world:
        await world.stop_bot()
        caplog.clear()
        world.discord.faults.add(operation, fault, times=3)
        await world.start_bot()
        await serves(world)
        said = [record for record in caplog.records if "can't be reached" in record.getMessage()]
        # aiohttp asks once more by itself where the connection was cut.
        assert len(said) == 3 if not fault.cut else said
        assert not [record for record in caplog.records if record.exc_info or "\n" in record.getMessage()]
