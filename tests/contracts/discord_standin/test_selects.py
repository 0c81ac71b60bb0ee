"""Select menus of the Discord stand-in: what it refuses of the bot, and what its members' clients send."""

from typing import Any

import pytest

from sandbox.clock import SandboxClock
from sandbox.discord import ClientRefused, DiscordStandIn
from sandbox.discord.rules.components import check
from sandbox.discord.rules.errors import ApiError

OPTIONS = [{"label": name, "value": name} for name in ("a", "b", "c")]


def menu(kind: int, **fields: Any) -> list[dict[str, Any]]:
    return [{"type": 1, "components": [{"type": kind, "custom_id": "choose", **fields}]}]


@pytest.mark.parametrize(
    "components",
    [
        menu(3, options=OPTIONS, min_values=0, max_values=3),
        menu(8, channel_types=[0, 4], min_values=0, max_values=25),
        menu(8, default_values=[{"id": "1", "type": "channel"}]),
        menu(6, default_values=[{"id": 1, "type": "role"}, {"id": 2, "type": "role"}], max_values=2),
        menu(5, default_values=[{"id": "1", "type": "user"}]),
        menu(7, default_values=[{"id": "1", "type": "user"}, {"id": "2", "type": "role"}], max_values=5),
    ],
)
def test_menus_as_documented_are_taken_and_say_how_many_may_be_chosen(components):
    (row,) = check(components, v2=False)
    assert {"min_values", "max_values"} <= row["components"][0].keys()


@pytest.mark.parametrize(
    "components",
    [
        menu(3, options=OPTIONS, max_values=4),
        menu(3, options=[]),
        menu(3, options=OPTIONS, min_values=2),
        menu(8, max_values=26),
        menu(8, max_values=0),
        menu(8, min_values=-1),
        menu(8, options=OPTIONS),
        menu(6, channel_types=[0]),
        menu(8, channel_types=[0, 0]),
        menu(8, default_values=[{"id": "1", "type": "role"}]),
        menu(6, default_values=[{"id": "x", "type": "role"}]),
        menu(6, default_values=[{"id": "1", "type": "role"}, {"id": "2", "type": "role"}]),
        menu(6, default_values=[{"id": "1", "type": "role"}], min_values=2, max_values=3),
    ],
)
def test_menus_against_the_documentation_are_refused(components):
    with pytest.raises(ApiError) as refused:
        check(components, v2=False)
    assert (refused.value.status, refused.value.body["code"]) == (400, 50035)


@pytest.fixture
async def discord():
    async with DiscordStandIn(clock=SandboxClock()) as standin:
        yield standin


def posted(discord: DiscordStandIn, components: list[dict[str, Any]]):
    """A message of mei's with menus in it, as if the bot had posted it: nobody is connected to answer."""
    guild = discord.add_guild("Studio", owner="mei")
    guild.add_role("Curator")
    guild.add_channel("art", category=guild.add_category("Works"))
    mei = discord.member("mei", guild)
    said = mei.say("Choose")
    guild.channel("general").messages[said.id].components = check(components, v2=False)
    return guild, mei, mei.read()[-1]


async def test_a_client_sends_chosen_channels_and_roles_with_what_they_are(discord):
    guild, mei, message = posted(discord, menu(8, channel_types=[0, 4], max_values=2))
    used = await mei.press(message, "choose", values=["art", "Works"])
    art, works = guild.channel("art"), guild.channel("Works")
    data = used.interaction.data
    assert data["values"] == [str(art.id), str(works.id)]
    assert data["resolved"]["channels"][str(art.id)]["parent_id"] == str(works.id)
    assert data["resolved"]["channels"][str(works.id)]["type"] == 4
    guild.channel("general").messages[message.id].components = check(menu(6), v2=False)
    used = await mei.press(message, "choose", values=["Curator"])
    role = guild.role("Curator")
    assert used.interaction.data["resolved"]["roles"][str(role.id)]["managed"] is False


@pytest.mark.parametrize(
    ("components", "values"),
    [
        (menu(3, options=OPTIONS), ["d"]),
        (menu(3, options=OPTIONS), ["a", "b"]),
        (menu(3, options=OPTIONS), []),
        (menu(8, channel_types=[0]), ["Works"]),
        (menu(8), ["nowhere"]),
        (menu(6), ["Nobody"]),
    ],
)
async def test_a_client_lets_nothing_be_chosen_that_the_menu_does_not_offer(discord, components, values):
    _, mei, message = posted(discord, components)
    with pytest.raises(ClientRefused):
        await mei.press(message, "choose", values=values)


async def test_a_channel_in_a_category_has_overwrites_of_its_own(discord):
    guild, _, _ = posted(discord, menu(8))
    guild.add_member("bob")
    guild.overwrite("Works", "@everyone", deny=1 << 10)
    assert discord.member("bob", guild).read("art") == []
