from typing import Any

import discord
import pytest

from bot.domain.servers.settings import Settings
from bot.errors import NotPermitted, Unavailable
from bot.presentation.kit.members import role_ids_of
from bot.presentation.kit.permissions import is_admin, is_moderator, require_admin, require_blockable, require_moderator
from sandbox.clock import SandboxClock

SERVER, CURATOR, HELPER, POWER = 10, 31, 32, 33
SETTINGS = Settings(admin_roles=frozenset({CURATOR}), moderator_roles=frozenset({HELPER}))
PLAIN = discord.Permissions(view_channel=True, send_messages=True, attach_files=True)
NOT_LONG_AGO, LATER = "2014-01-01T00:00:00+00:00", "2099-01-01T00:00:00+00:00"
CLOCK = SandboxClock(scale=0)


@pytest.fixture
async def client() -> discord.Client:
    """A client that has never connected, and knows one server from its gateway's words."""
    client = discord.Client(intents=discord.Intents(guilds=True))
    state = client._connection
    own: Any = {"id": "2", "username": "imagine-bot", "discriminator": "0", "global_name": None, "avatar": None}
    state.user = discord.ClientUser(state=state, data=own)
    know(client)
    return client


def know(client: discord.Client, power: discord.Permissions = PLAIN, owner_id: int = 3) -> None:
    """Tell the client of the server, with these permissions for one of its roles."""
    filler = {"color": 0, "colors": {"primary_color": 0}, "hoist": False, "managed": False, "mentionable": False}
    roles = {SERVER: PLAIN.value, CURATOR: 0, HELPER: 0, POWER: power.value}
    told = [{"id": str(one), "permissions": str(bits), **filler} for one, bits in roles.items()]
    data: Any = {"id": str(SERVER), "name": "Studio", "owner_id": str(owner_id)}
    data["roles"] = [{"name": "role", "position": 1, **role} for role in told]
    client._connection._add_guild(discord.Guild(data=data, state=client._connection))


def acting(
    client: discord.Client,
    *roles: int,
    person_id: int = 7,
    permissions: discord.Permissions = PLAIN,
    server_id: int | None = SERVER,
    timed_out_until: str | None = None,
) -> Any:
    """An interaction as Discord sends it when somebody with these roles acts, with these permissions in the channel."""
    user = {"id": str(person_id), "username": "bob", "discriminator": "0", "global_name": None, "avatar": None}
    place: dict[str, Any] = {"user": user}
    if server_id is not None:
        member = {"user": user, "roles": [str(role) for role in roles], "permissions": str(permissions.value)}
        member |= {"joined_at": "2026-11-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
        member["communication_disabled_until"] = timed_out_until
        place = {"guild_id": str(server_id), "guild": {"id": str(server_id)}, "member": member}
    data: Any = {"id": "1", "application_id": "2", "type": 2, "token": "made-up", "version": 1, **place}
    data["attachment_size_limit"] = 1
    return discord.Interaction(data=data, state=client._connection)


POWERS = [
    (discord.Permissions(administrator=True), True, True),
    (discord.Permissions(manage_guild=True), True, True),
    (discord.Permissions(moderate_members=True), False, True),
    (discord.Permissions(manage_messages=True), False, True),
    (discord.Permissions(manage_channels=True, manage_roles=True, kick_members=True), False, False),
    (PLAIN, False, False),
    (discord.Permissions.none(), False, False),
]


@pytest.mark.parametrize(("permissions", "admin", "moderator"), POWERS)
async def test_a_roles_permission_makes_an_admin_or_a_moderator_whatever_the_channel_takes(
    client, permissions, admin, moderator
):
    know(client, permissions)
    interaction = acting(client, POWER, permissions=discord.Permissions.none())
    assert await is_admin(interaction, Settings(), CLOCK) == admin
    assert await is_moderator(interaction, Settings(), CLOCK) == moderator


@pytest.mark.parametrize("permissions", [permissions for permissions, *_ in POWERS])
async def test_a_permission_in_the_channel_alone_makes_neither(client, permissions):
    interaction = acting(client, permissions=permissions)
    assert not await is_admin(interaction, Settings(), CLOCK)
    assert not await is_moderator(interaction, Settings(), CLOCK)


async def test_the_owner_of_the_server_is_both(client):
    know(client, owner_id=7)
    assert await is_admin(acting(client), Settings(), CLOCK)
    assert await is_moderator(acting(client), Settings(), CLOCK)


@pytest.mark.parametrize(
    ("roles", "admin", "moderator"),
    [((CURATOR,), True, True), ((HELPER,), False, True), ((CURATOR, HELPER), True, True), ((), False, False)],
)
async def test_a_role_that_the_settings_name_makes_one_too(client, roles, admin, moderator):
    interaction = acting(client, *roles)
    assert await is_admin(interaction, SETTINGS, CLOCK) == admin
    assert await is_moderator(interaction, SETTINGS, CLOCK) == moderator
    assert not await is_admin(interaction, Settings(), CLOCK)
    assert not await is_moderator(interaction, Settings(), CLOCK)


@pytest.mark.parametrize(
    ("permissions", "role", "stays"),
    [
        (discord.Permissions(manage_guild=True, moderate_members=True), POWER, False),
        (PLAIN, CURATOR, False),
        (discord.Permissions(administrator=True), POWER, True),
    ],
)
async def test_who_is_timed_out_has_no_power_but_as_administrator(client, permissions, role, stays):
    know(client, permissions)
    now = acting(client, role, timed_out_until=LATER)
    over = acting(client, role, timed_out_until=NOT_LONG_AGO)
    assert await is_admin(now, SETTINGS, CLOCK) == stays
    assert await is_moderator(now, SETTINGS, CLOCK) == stays
    assert await is_admin(over, SETTINGS, CLOCK)


async def test_a_role_that_was_deleted_since_gives_nothing(client):
    assert not await is_moderator(acting(client, 99), Settings(), CLOCK)


async def test_nobody_administers_or_moderates_in_direct_messages(client):
    interaction = acting(client, server_id=None)
    assert not await is_admin(interaction, SETTINGS, CLOCK)
    assert not await is_moderator(interaction, SETTINGS, CLOCK)


async def test_whoever_may_not_is_told_what_it_takes(client):
    member, admin = acting(client), acting(client, CURATOR)
    await require_admin(admin, SETTINGS, CLOCK)
    await require_moderator(admin, SETTINGS, CLOCK)
    with pytest.raises(NotPermitted, match="admins-only"):
        await require_admin(member, SETTINGS, CLOCK)
    with pytest.raises(NotPermitted, match="moderators-only"):
        await require_moderator(member, SETTINGS, CLOCK)
    with pytest.raises(NotPermitted, match="admins-only"):
        await require_admin(acting(client, HELPER), SETTINGS, CLOCK)


async def test_the_roles_of_a_member_are_those_that_discord_sent_also_of_a_server_that_is_not_known_yet(client):
    # discord.py keeps them in an attribute of its own; what it offers leaves out roles that it has not been told of.
    member = acting(client, CURATOR, 99).user
    assert role_ids_of(member) == {CURATOR, 99}
    client._connection._remove_guild(member.guild)
    member = acting(client, CURATOR, HELPER).user
    assert member.roles == []
    assert role_ids_of(member) == {CURATOR, HELPER}
    assert role_ids_of(acting(client, server_id=None).user) == frozenset()


async def test_nobody_has_power_or_is_blocked_before_the_server_is_known(client):
    interaction = acting(client, HELPER)
    target = acting(client, CURATOR, person_id=8).user
    with pytest.raises(NotPermitted, match="block-admin"):
        await require_blockable(interaction, SETTINGS, target, CLOCK)
    # As after a start, until the gateway has sent the server; and this client can't ask for it.
    client._connection._remove_guild(target.guild)
    with pytest.raises(Unavailable, match="server-not-known"):
        await require_blockable(acting(client, HELPER), SETTINGS, acting(client, person_id=8).user, CLOCK)
    with pytest.raises(Unavailable, match="server-not-known"):
        await is_moderator(acting(client, POWER), SETTINGS, CLOCK)
