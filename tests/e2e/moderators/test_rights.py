"""How far power reaches, a channel's and a server's; also while the gateway has not told of the server yet."""

import pytest

from sandbox.discord import Actor, Guild, Permission, SeenMessage
from sandbox.faults import Fault
from tests.support.deleting import answer, delete
from tests.support.moderators import cases, forge, mod, refused, said
from tests.support.quotas import alone, quota
from tests.support.settings import add_admins, ask, choose
from tests.support.world import World, open_world

EVERY_POWER = (
    Permission.ADMINISTRATOR
    | Permission.MANAGE_GUILD
    | Permission.MODERATE_MEMBERS
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_ROLES
)
"""What Discord's own clients don't offer for one channel among it, but its API may take."""

GROUPS = ("mod", "logs", "settings", "quota")
SERVERS_OWN = {
    "mod block": {"member": "mei"},
    "mod unblock": {"member": "mei"},
    "mod remove": {"number": 1},
    "mod rules": {},
    "mod case": {"number": 1},
    "logs search": {},
    "logs job": {"number": 1},
    "logs export": {},
    "settings show": {},
    "settings posting": {"pictures": "private"},
    "quota show": {},
    "quota grant": {"member": "bob", "amount": "1", "reason": "x"},
    "quota report": {},
}
ONLY = ("Only moderators of the server", "Only admins of the server")
NOT_YOURS = {
    "bob": "#{} can be opened, canceled or deleted by whoever asked for it, by moderators of the whole",
    "mei": "只能由提交者",
}


async def own_channel(world: World, name: str, *, allow: int = EVERY_POWER) -> Actor:
    """Give a member a channel of their own, with all powers there, and let Discord list every command to everybody."""
    world.guild.add_channel("own")
    world.guild.overwrite("own", name, allow=allow)
    for command in GROUPS:
        world.guild.grant_command(command, "@everyone")
    return world.member(name)


async def show(who: Actor, number: int, *, channel: str) -> SeenMessage:
    return await alone(who, "job", number=number, channel=channel)


async def delivered(world: World, who: Actor, number: int = 1, *, channel: str = "general", **options: object) -> None:
    await (await who.invoke("imagine", {"prompt": "a flower shop", **options}, channel=channel)).reply()
    await world.job_is("delivered", number)


def job_id(world: World, number: int = 1) -> int:
    return world.job(number)["id"]


# -- a channel's permission


async def test_powers_in_ones_own_channel_open_and_delete_nothing_of_others_elsewhere(world):
    bob, mei = await own_channel(world, "bob"), world.member("mei")
    await delivered(world, mei, private=True)
    await delivered(world, mei, 2)
    for number in (1, 2):
        shown = await show(bob, number, channel="own")
        assert NOT_YOURS["bob"].format(number) in shown.text
        assert not shown.gallery
        assert NOT_YOURS["bob"].format(number) in (await alone(bob, "cancel", number=number, channel="own")).text
    await delivered(world, bob, 3, channel="own")
    card = await world.shown(bob, lambda seen: "#3" in seen.text, "own")
    for number in (1, 2):
        for action in ("delete", "send", "cancel"):
            key = f"job:{job_id(world, number)}:{action}"
            used = await bob.press(forge(card, key), key, force=True)
            # What opens a form is refused by the first answer itself.
            words = await answer(used) if action == "delete" else await said(world, used)
            assert NOT_YOURS["bob"].format(number) in str(words)
        assert world.job(number)["deleted_ms"] == 0


async def test_powers_in_ones_own_channel_do_not_moderate_or_administer_the_server(world):
    bob = await own_channel(world, "bob")
    await delivered(world, world.member("mei"))
    for command, options in SERVERS_OWN.items():
        told = await alone(bob, command, channel="own", **options)
        assert any(words in told.text for words in ONLY), command
    await delivered(world, bob, 2, channel="own")
    card = await world.shown(bob, lambda seen: "#2" in seen.text, "own")
    for key in (f"mod:remove:{job_id(world)}", f"mod:pause:{job_id(world)}", f"logs:job:{job_id(world)}"):
        used = await bob.press(forge(card, key), key, force=True)
        assert ONLY[0] in (await used.reply()).text
    for key in ("mod:rules:add:word", "mod:pause-for:1:1", "mod:take:1", "mod:refund:1", "appeal:accept:1"):
        assert ONLY[0] in await said(world, await bob.press(forge(card, key), key, force=True))
    assert cases(world) == []
    for table in ("settings", "rules", "acts"):
        assert world.rows(f"SELECT * FROM {table}") == []


@pytest.mark.parametrize("name", ["bob", "mei"])
async def test_manage_messages_of_a_channel_reaches_that_channels_jobs_but_no_private_ones(world, name):
    other = world.member({"bob": "mei", "mei": "bob"}[name])
    who = await own_channel(world, name, allow=Permission.MANAGE_MESSAGES)
    await delivered(world, other, channel="own")
    await delivered(world, other, 2, channel="own", private=True)
    assert (await show(who, 1, channel="own")).gallery
    assert NOT_YOURS[name].format(1) in (await show(who, 1, channel="general")).text
    secret = await show(who, 2, channel="own")
    assert NOT_YOURS[name].format(2) in secret.text
    assert not secret.gallery
    card = await world.shown(who, lambda seen: seen.gallery, "own")
    key = f"job:{job_id(world, 2)}:delete"
    assert NOT_YOURS[name].format(2) in str(await answer(await who.press(forge(card, key), key, force=True)))
    await delete(who, card, f"job:{job_id(world)}:delete")
    await world.eventually(lambda: world.job()["deleted_ms"])
    assert world.job(2)["deleted_ms"] == 0


async def test_powers_of_another_kind_in_a_channel_reach_not_even_that_channels_jobs(world):
    bob = await own_channel(world, "bob", allow=EVERY_POWER & ~Permission.MANAGE_MESSAGES)
    await delivered(world, world.member("mei"), channel="own")
    assert NOT_YOURS["bob"].format(1) in (await show(bob, 1, channel="own")).text


async def test_a_thread_has_its_channels_moderators_and_they_reach_the_channel_from_there(world):
    bob, mei = await own_channel(world, "bob", allow=Permission.MANAGE_MESSAGES), world.member("mei")
    world.guild.add_thread("talk", parent="own")
    world.guild.add_thread("elsewhere", parent="general")
    await delivered(world, mei, channel="talk")
    await delivered(world, mei, 2, channel="own")
    await delivered(world, mei, 3, channel="elsewhere")
    for number in (1, 2):
        assert (await show(bob, number, channel="talk")).gallery
    # Who may read a channel does not see each of its threads: what is in one is moderated there.
    assert NOT_YOURS["bob"].format(1) in (await show(bob, 1, channel="own")).text
    for channel in ("talk", "own", "elsewhere", "general"):
        assert NOT_YOURS["bob"].format(3) in (await show(bob, 3, channel=channel)).text


async def test_what_a_channel_takes_from_a_moderator_takes_nothing_of_the_server(world):
    world.guild.add_channel("log")
    world.guild.overwrite("log", "Moderator", deny=Permission.MANAGE_MESSAGES | Permission.MODERATE_MEMBERS)
    world.guild.grant_command("mod", "Moderator")
    await delivered(world, world.member("bob"))
    moderator = world.member("mod")
    assert (await show(moderator, 1, channel="log")).gallery
    used = await moderator.invoke("mod block", {"member": "bob"}, channel="log")
    assert "Case #1" in (await used.reply()).text


# -- a server's permission


async def test_server_wide_power_comes_from_roles_and_goes_with_what_they_are_given(world):
    world.guild.add_role("Helper", permissions=Permission.MANAGE_MESSAGES)
    world.guild.grant_command("mod", "@everyone")
    bob = world.member("bob")
    assert ONLY[0] in (await mod(bob, "rules")).text
    world.guild.set_roles("bob", ["Helper"])
    assert ONLY[0] not in (await mod(bob, "rules")).text
    world.guild.change_role("Helper", permissions=0)
    assert ONLY[0] in (await mod(bob, "rules")).text
    world.guild.change_role("@everyone", permissions=int(world.guild.everyone.permissions | Permission.MANAGE_MESSAGES))
    assert ONLY[0] not in (await mod(bob, "rules")).text


async def test_the_servers_owner_administers_without_any_role_until_it_is_given_away(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any"}) as world:
        world.guild.add_member("eve")
        for command in ("mod", "settings"):
            world.guild.grant_command(command, "@everyone")
        first, eve = world.member(world.discord.application_owner), world.member("eve")
        assert ONLY[1] in (await ask(eve, "show")).text
        assert ONLY[1] not in (await ask(first, "show")).text
        world.guild.give_to("eve")
        assert ONLY[1] not in (await ask(eve, "show")).text
        assert ONLY[1] in (await ask(first, "show")).text


async def test_who_is_timed_out_has_no_power_by_permission_or_by_role_unless_nobody_can_time_them_out(world):
    ada, _ = add_admins(world)
    for command in ("mod", "settings"):
        world.guild.grant_command(command, "@everyone")
    world.guild.add_role("Helper")
    world.guild.add_member("hal", roles=["Helper"])
    world.guild.add_role("Root", permissions=Permission.ADMINISTRATOR)
    world.guild.add_member("rita", roles=["Root"])
    await choose(world, ada, await ask(ada, "roles"), "moderators", ["Helper"])
    listed = {name: await mod(world.member(name), "rules") for name in ("mod", "hal", "rita")}
    for name in listed:
        world.guild.time_out(name, 600)
    for name in ("mod", "hal"):
        used = await world.member(name).press(listed[name], "mod:rules:word")
        assert ONLY[0] in (await used.reply()).text
    shown = await world.member("rita").press(listed["rita"], "mod:rules:word")
    await shown.response()
    assert shown.interaction.modal is not None
    world.discord_clock.advance(601)
    shown = await world.member("mod").press(listed["mod"], "mod:rules:word")
    await shown.response()
    assert shown.interaction.modal is not None


# -- while the gateway has not told of the server


async def reconnect_without(world: World, guild: Guild) -> None:
    """Let the bot begin a session in which READY names the server, and no GUILD_CREATE follows."""
    guild.go_down()
    begun = world.discord.identified
    world.discord.drop_gateway(resumable=False)
    await world.discord.until(lambda: world.discord.identified > begun and world.discord.connected)


async def test_a_role_without_pictures_draws_none_before_the_server_is_known_and_in_an_outage(world):
    ada, _ = add_admins(world)
    world.guild.add_role("Muted")
    world.guild.add_role("Artists")
    await quota(ada, "set-role", role="Muted", free_images=0)
    await quota(ada, "set-role", role="Artists", free_images=20)
    world.guild.set_roles("bob", ["Muted"])
    world.guild.set_roles("mei", ["Artists"])
    bob, mei = world.member("bob"), world.member("mei")
    await reconnect_without(world, world.guild)
    for up in (False, True):
        assert "You have 0 free pictures left" in (await refused(bob, count=4)).text
        assert "0 free pictures" in (await alone(bob, "balance")).text
        assert "20 张" in (await alone(mei, "balance")).text
        choices = await bob.autocomplete("imagine", {"prompt": "x", "model": ""}, focused="model")
        assert all("0 free" in choice.name for choice in choices)
        assert "role <@&" in (await quota(ada, "show", member="bob")).text
        if not up:
            world.guild.come_up()
    world.guild.go_down()
    assert "You have 0 free pictures left" in (await refused(bob)).text
    assert world.rows("SELECT 1 FROM jobs") == []


async def test_power_is_looked_up_before_the_server_is_known_and_never_guessed(tmp_path):
    # The looking-up has its seconds at the wall's pace.
    async with open_world(tmp_path, scale=1, service_s=(0.1, 0.2)) as world:
        ada, _ = add_admins(world)
        world.guild.grant_command("mod", "@everyone")
        world.guild.grant_command("settings", "@everyone")
        bob, mei, moderator = world.member("bob"), world.member("mei"), world.member("mod")
        await delivered(world, mei)
        await reconnect_without(world, world.guild)
        assert ONLY[0] in (await mod(bob, "rules")).text
        listed = await mod(moderator, "rules")
        assert ONLY[0] not in listed.text
        assert (await show(moderator, 1, channel="general")).gallery
        assert "and can't be blocked" in (await mod(moderator, "block", member="ada")).text
        assert ONLY[1] not in (await ask(ada, "show")).text
        world.discord.faults.add("get_guild", Fault(status=503), times=100)
        for who, words in ((moderator, "Please try again in a moment"), (bob, "Please try again in a moment")):
            assert words in (await mod(who, "block", member="mei")).text
        assert "请稍后再试" in (await mod(mei, "block", member="bob")).text
        used = await moderator.press(listed, "mod:rules:word")
        assert "Please try again in a moment" in (await used.reply()).text
        assert "Please try again in a moment" in (await ask(ada, "show")).text
        assert (await show(mei, 1, channel="general")).gallery
        assert cases(world) == []


async def test_what_the_bot_knew_of_a_servers_roles_before_an_outage_counts_no_longer(world):
    world.guild.grant_command("mod", "@everyone")
    moderator = world.member("mod")
    assert ONLY[0] not in (await mod(moderator, "rules")).text
    world.guild.go_down()
    world.guild.change_role("Moderator", permissions=0)
    assert ONLY[0] in (await mod(moderator, "rules")).text


async def test_a_role_that_the_settings_name_counts_while_nothing_can_be_looked_up(world):
    ada, _ = add_admins(world)
    world.guild.grant_command("mod", "@everyone")
    helper = world.guild.add_role("Helper")
    world.guild.set_roles("bob", [helper])
    await choose(world, ada, await ask(ada, "roles"), "moderators", ["Helper"])
    await reconnect_without(world, world.guild)
    world.discord.faults.add("get_guild", Fault(status=503), times=100)
    assert ONLY[0] not in (await mod(world.member("bob"), "rules")).text


async def test_a_menu_of_roles_keeps_what_is_chosen_while_the_server_is_unknown(world):
    ada, _ = add_admins(world)
    world.guild.add_role("Helper")
    await choose(world, ada, await ask(ada, "roles"), "moderators", ["Helper"])
    await reconnect_without(world, world.guild)
    menu = await ask(ada, "roles")
    chosen = [one.get("default_values") for row in menu.components for one in row["components"]]
    assert chosen[1] == [{"id": world.guild.role("Helper").id, "type": "role"}]
