from typing import Any

import discord
import pytest

from bot.domain.settings import Settings
from bot.errors import NotPermitted, Unavailable
from bot.presentation.authority import is_admin, is_moderator, require_admin, require_blockable, require_moderator

SERVER, CURATOR, HELPER = 10, 31, 32
SETTINGS = Settings(admin_roles=frozenset({CURATOR}), moderator_roles=frozenset({HELPER}))
PLAIN = discord.Permissions(view_channel=True, send_messages=True, attach_files=True)


@pytest.fixture
async def client() -> discord.Client:
    """A client that has never connected, and knows one server from its gateway's words."""
    client = discord.Client(intents=discord.Intents(guilds=True))
    state = client._connection
    own: Any = {"id": "2", "username": "imagine-bot", "discriminator": "0", "global_name": None, "avatar": None}
    state.user = discord.ClientUser(state=state, data=own)
    roles = [{"id": str(one), "name": "role", "permissions": "0", "position": 1} for one in (SERVER, CURATOR, HELPER)]
    filler = {"color": 0, "colors": {"primary_color": 0}, "hoist": False, "managed": False, "mentionable": False}
    data: Any = {"id": str(SERVER), "name": "Studio", "owner_id": "3", "roles": [{**role, **filler} for role in roles]}
    state._add_guild(discord.Guild(data=data, state=state))
    return client


def acting(
    client: discord.Client, *roles: int, permissions: discord.Permissions = PLAIN, server_id: int | None = SERVER
) -> Any:
    """An interaction as Discord sends it when somebody with these roles acts."""
    user = {"id": "7", "username": "bob", "discriminator": "0", "global_name": None, "avatar": None}
    place: dict[str, Any] = {"user": user}
    if server_id is not None:
        member = {"user": user, "roles": [str(role) for role in roles], "permissions": str(permissions.value)}
        member |= {"joined_at": "2026-11-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
        place = {"guild_id": str(server_id), "guild": {"id": str(server_id)}, "member": member}
    data: Any = {"id": "1", "application_id": "2", "type": 2, "token": "made-up", "version": 1, **place}
    data["attachment_size_limit"] = 1
    return discord.Interaction(data=data, state=client._connection)


@pytest.mark.parametrize(
    ("permissions", "admin", "moderator"),
    [
        (discord.Permissions(administrator=True), True, True),
        (discord.Permissions(manage_guild=True), True, True),
        (discord.Permissions(moderate_members=True), False, True),
        (discord.Permissions(manage_messages=True), False, True),
        (discord.Permissions(manage_channels=True, manage_roles=True, kick_members=True), False, False),
        (PLAIN, False, False),
        (discord.Permissions.none(), False, False),
    ],
)
async def test_a_permission_makes_an_admin_or_a_moderator(client, permissions, admin, moderator):
    interaction = acting(client, permissions=permissions)
    assert (is_admin(interaction, Settings()), is_moderator(interaction, Settings())) == (admin, moderator)


@pytest.mark.parametrize(
    ("roles", "admin", "moderator"),
    [((CURATOR,), True, True), ((HELPER,), False, True), ((CURATOR, HELPER), True, True), ((), False, False)],
)
async def test_a_role_that_the_settings_name_makes_one_too(client, roles, admin, moderator):
    interaction = acting(client, *roles)
    assert (is_admin(interaction, SETTINGS), is_moderator(interaction, SETTINGS)) == (admin, moderator)
    assert not is_admin(interaction, Settings())
    assert not is_moderator(interaction, Settings())


async def test_nobody_administers_or_moderates_in_direct_messages(client):
    interaction = acting(client, server_id=None)
    assert not is_admin(interaction, SETTINGS)
    assert not is_moderator(interaction, SETTINGS)


async def test_whoever_may_not_is_told_what_it_takes(client):
    member, admin = acting(client), acting(client, CURATOR)
    require_admin(admin, SETTINGS)
    require_moderator(admin, SETTINGS)
    with pytest.raises(NotPermitted, match="admins-only"):
        require_admin(member, SETTINGS)
    with pytest.raises(NotPermitted, match="moderators-only"):
        require_moderator(member, SETTINGS)
    with pytest.raises(NotPermitted, match="admins-only"):
        require_admin(acting(client, HELPER), SETTINGS)


async def test_nobody_is_blocked_before_the_server_has_told_who_its_admins_are(client):
    interaction = acting(client, HELPER)
    target = acting(client, CURATOR).user
    with pytest.raises(NotPermitted, match="block-admin"):
        require_blockable(interaction, SETTINGS, target)
    # As after a start, until the gateway has sent the server.
    client._connection._remove_guild(target.guild)
    with pytest.raises(Unavailable, match="starting-up"):
        require_blockable(interaction, SETTINGS, acting(client, CURATOR).user)
