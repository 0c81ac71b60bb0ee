"""/reference over real sockets, and /edit by what is kept."""

import io
from typing import Any

import pytest
from PIL import Image

from sandbox.discord import Actor, ClientRefused, MemberFile, Permission, SeenMessage
from sandbox.faults import Fault
from sandbox.weather import page
from tests.support.clients.privacy import forget, pictures
from tests.support.feeds import add_log
from tests.support.handed_in import FILES, jpeg, png, see_through
from tests.support.moderators import mod as moderate
from tests.support.settings import add_admins, ask
from tests.support.world import CAT, World, open_world

HOSTILE = "**@everyone** <@&1> `x`"


async def use(who: Actor, command: str, **options: Any) -> SeenMessage:
    """Use a subcommand of /reference, and give the answer, which nobody else sees."""
    answer = await (await who.invoke(f"reference {command}", options, channel="general")).reply()
    assert answer.ephemeral
    return answer


async def add(who: Actor, name: str = "mascot", picture: MemberFile = CAT, **options: Any) -> SeenMessage:
    return await use(who, "add", name=name, picture=picture, **options)


async def edit(who: Actor, reference: str = "mascot", **options: Any) -> SeenMessage:
    """Edit by a set that is kept, and give the first reply that ``who`` sees."""
    used = await who.invoke(
        "edit", {"instruction": "let it snow", "reference": reference, **options}, channel="general"
    )
    return await used.reply()


def kept(world: World) -> list[str]:
    return [row["name"] for row in world.rows("SELECT name FROM reference_sets ORDER BY id")]


async def test_a_set_is_kept_shown_used_and_removed(world):
    bob = world.member("bob")
    answer = await add(bob, "Our  mascot", picture2=MemberFile("hat.png", see_through("RGBA")))
    assert answer.text.splitlines() == [
        "“Our mascot” is kept for you in this server, with 2 pictures. /edit with the option reference uses it.",
        "Transparent areas were treated as white.",
    ]
    assert (await use(bob, "show")).text == "**Yours in this server** (1 of 5)\n“Our mascot” · 2 pictures"
    shown = await use(bob, "show", name="our MASCOT")
    assert [(one.spoiler, one.description) for one in shown.gallery] == [
        (False, "Picture 1 of “Our mascot”"),
        (False, "Picture 2 of “Our mascot”"),
    ]
    assert Image.open(io.BytesIO(await world.discord.fetch(shown.gallery[0].url))).size == (400, 300)
    done = await world.becomes(bob, await edit(bob, "our mascot"), "Made by AI")
    assert "Edited from the 2 pictures of a kept reference." in done.text
    (task,) = world.vendor.tasks.values()
    assert len(task.order.pictures) == 2
    assert (await use(bob, "remove", name="our mascot")).text == "“Our mascot” is removed. What was made with it stays."
    assert kept(world) == []
    assert "no reference called “our mascot”" in (await edit(bob, "our mascot")).text
    world.assert_books_agree()


async def test_what_is_said_in_chinese(world):
    mei = world.member("mei")
    assert "已为你在本服务器保存参考图“吉祥物”，共 1 张。" in (await add(mei, "吉祥物")).text
    assert (await use(mei, "show")).text == "**你在本服务器的参考图**（1/5）\n“吉祥物” · 1 张"
    assert "已经有名为“吉祥物”的参考图了" in (await add(mei, "吉祥物")).text
    assert (await use(mei, "show", name="城堡")).text.startswith("这里没有名为“城堡”的参考图。")
    assert (await use(mei, "remove", name="吉祥物")).text.startswith("参考图“吉祥物”已删除。")
    assert (await use(mei, "show")).text.startswith("你在这里没有保存参考图")


async def test_a_set_and_a_picture_make_an_edit_of_the_pictures_ratio(world):
    bob = world.member("bob")
    await add(bob, picture=MemberFile("tall.png", png((300, 900))))
    first = await edit(bob, picture=MemberFile("wide.jpg", jpeg((900, 300))))
    await world.becomes(bob, first, "Made by AI")
    (task,) = world.vendor.tasks.values()
    assert [Image.open(io.BytesIO(one)).size for one in task.order.pictures] == [(300, 900), (900, 300)]
    assert round(task.order.width / task.order.height) == 3


async def test_sharing_takes_a_moderator_and_everybody_may_use_it(world):
    bob, mei, mod = (world.member(name) for name in ("bob", "mei", "mod"))
    assert "moderators" in (await add(bob, shared=True)).text
    assert kept(world) == []
    answer = await add(mod, shared=True)
    assert "“mascot” is kept for everybody in this server, with one picture." in answer.text
    assert f"“mascot” · one picture · added by <@{mod.user.id}>" in (await use(bob, "show")).text
    await world.becomes(mei, await edit(mei), "由 AI 生成")
    for other in (bob, mei):
        assert (await use(other, "remove", name="mascot")).ephemeral
        assert kept(world) == ["mascot"]
    ada, _ = add_admins(world)
    assert "is removed" in (await use(ada, "remove", name="mascot")).text
    assert kept(world) == []


async def test_who_shared_a_set_may_remove_it_as_no_moderator_any_more(world):
    mod = world.member("mod")
    await add(mod, shared=True)
    world.guild.set_roles("mod", [])
    assert "is removed" in (await use(mod, "remove", name="mascot")).text


async def test_a_name_of_ones_own_goes_before_the_servers_unless_that_is_said(world):
    mod = world.member("mod")
    await add(mod, picture=MemberFile("a.png", png((300, 300))))
    await add(mod, picture=MemberFile("b.png", png((500, 500))), shared=True)
    sizes = []
    for options in ({}, {"shared": True}):
        shown = await use(mod, "show", name="mascot", **options)
        sizes.append(Image.open(io.BytesIO(await world.discord.fetch(shown.gallery[0].url))).size)
    assert sizes == [(300, 300), (500, 500)]
    await use(mod, "remove", name="mascot", shared=True)
    assert world.rows("SELECT is_shared FROM reference_sets")[0]["is_shared"] == 0
    offered = await mod.autocomplete("reference remove", {"shared": True}, focused="name")
    assert offered == []


async def test_moderators_see_and_remove_what_a_member_keeps_behind_a_spoiler(world):
    bob, mei, mod = (world.member(name) for name in ("bob", "mei", "mod"))
    await add(bob)
    for who, options in ((mei, {}), (mei, {"name": "mascot"})):
        answer = await use(who, "show", member="bob", **options)
        assert (answer.gallery, "版主" in answer.text) == ([], True)
    assert "版主" in (await use(mei, "remove", member="bob", name="mascot")).text
    assert (await use(mod, "show", member="bob")).text == (
        f"**What <@{bob.user.id}> keeps here**\n“mascot” · one picture"
    )
    assert (await use(mod, "show", member="mei")).text == f"<@{mei.user.id}> keeps no references here."
    assert [one.spoiler for one in (await use(mod, "show", member="bob", name="mascot")).gallery] == [True]
    # Whoever names themselves needs no power for that.
    assert [one.spoiler for one in (await use(bob, "show", member="bob", name="mascot")).gallery] == [False]
    assert "**Yours in this server**" in (await use(bob, "show", member="bob")).text
    await use(mod, "remove", member="bob", name="mascot")
    assert kept(world) == []
    acts = world.rows("SELECT act, discord_id FROM audit JOIN members ON account_id = actor_id WHERE act LIKE 'ref%'")
    assert [tuple(row) for row in acts] == [("reference.add", bob.user.id), ("reference.remove", mod.user.id)]


async def test_the_log_channel_tells_who_keeps_and_shares_pictures_but_not_their_names(world):
    await add_log(world)
    bob, mod = world.member("bob"), world.member("mod")
    await add(bob, "Nightingale", picture2=CAT)
    kept_by_bob = await world.shown(mod, lambda seen: "keeps 2 pictures here as a reference" in seen.text, "log")
    assert kept_by_bob.text.startswith(f"<@{bob.user.id}> ")
    assert kept_by_bob.pinged == ()
    await add(mod, "Nightingale", shared=True)
    await world.shown(mod, lambda seen: "shares one picture with this server" in seen.text, "log")
    assert "Nightingale" not in "".join(seen.text for seen in mod.read("log"))
    assert world.rows("SELECT content FROM outbox WHERE content LIKE '%Nightingale%'") == []


async def test_a_set_that_is_gone_before_moderators_are_told_is_not_told(world):
    await add_log(world)
    bob, mod = world.member("bob"), world.member("mod")
    gate = world.discord.faults.gate("create_message")
    await add(bob)
    await gate.reached.wait()
    await add(bob, "another")
    await use(bob, "remove", name="another")
    gate.open()
    told = "SELECT outcome FROM outbox WHERE kind = 'reference-added' AND done_ms > 0 ORDER BY id"
    await world.eventually(lambda: len(world.rows(told)) == 2)
    assert [row["outcome"] for row in world.rows(told)] == ["sent", "nothing to tell any more"]
    assert len([seen for seen in mod.read("log") if "as a reference" in seen.text]) == 1


async def test_of_two_sets_alike_the_log_channel_tells_both_though_the_second_had_to_wait(world):
    await add_log(world)
    bob, mod = world.member("bob"), world.member("mod")
    await add(bob, "castle")
    await world.shown(mod, lambda seen: "as a reference" in seen.text, "log")
    # A second passes: the two were not added at once.
    world.advance(1)
    world.discord.faults.add("create_message", page(503), times=100)
    await add(bob, "tower")
    await world.eventually(lambda: world.rows("SELECT 1 FROM outbox WHERE done_ms = 0 AND attempts > 0"))
    await world.stop_bot()
    world.discord.faults.clear()
    # Longer than a nonce is known: only the channel's history tells then what was posted.
    world.advance(6 * 60)
    await world.start_bot()
    await world.eventually(lambda: len([seen for seen in mod.read("log") if "as a reference" in seen.text]) == 2)


async def test_sets_are_offered_while_somebody_types(world):
    bob, mei, mod = (world.member(name) for name in ("bob", "mei", "mod"))
    await add(bob, "Mascot", picture2=CAT)
    await add(mod, "mascot", shared=True)
    await add(mod, "castle", shared=True)
    await add(mod, "secret")

    async def offered(who: Actor, command: str = "edit", typed: str = "", **options: Any) -> list[tuple[str, str]]:
        focused = "reference" if command == "edit" else "name"
        given = {"instruction": "x"} if command == "edit" else {}
        found = await who.autocomplete(command, {**given, **options, focused: typed}, focused=focused)
        return [(one.name, one.value) for one in found]

    assert await offered(bob) == [
        ("Mascot · yours · 2 pictures", "Mascot"),
        ("castle · this server's · one picture", "castle"),
    ]
    assert await offered(bob, typed="MÁS") == [("Mascot · yours · 2 pictures", "Mascot")]
    assert await offered(mei) == [
        ("castle · 本服务器共享 · 1 张", "castle"),
        ("mascot · 本服务器共享 · 1 张", "mascot"),
    ]
    for command in ("reference show", "reference remove"):
        assert len(await offered(bob, command)) == 2
        assert [value for _, value in await offered(bob, command, shared=True)] == ["castle", "mascot"]
        # What another keeps is not told to whoever types their name.
        assert "secret" not in str(await offered(bob, command, member="mod"))


async def test_a_hostile_name_comes_alive_nowhere(world):
    bob = world.member("bob")
    await add(bob, HOSTILE)
    tower = "a" + "\u0301" * 25
    await add(bob, tower)
    for answer in (await use(bob, "show"), await use(bob, "show", name=HOSTILE), await add(bob, HOSTILE)):
        assert "\\*\\*" in answer.text
        assert "@everyone" not in answer.text.replace("@\u200beveryone", "")
        assert answer.pinged == ()
    offered = await bob.autocomplete("edit", {"instruction": "x", "reference": ""}, focused="reference")
    for one in offered:
        assert (await use(bob, "show", name=one.value)).gallery
    assert len(offered) == 2


async def test_twenty_five_sets_with_names_of_markup_are_listed_and_offered(world):
    ada, _ = add_admins(world)
    for k in range(25):
        assert "is kept" in (await add(ada, f"{k:02}" + "*" * 30, shared=k < 20)).text
    listed = (await use(ada, "show")).text
    assert listed.count("\\*" * 30) == 25
    assert len(await ada.autocomplete("edit", {"instruction": "x", "reference": ""}, focused="reference")) == 25


async def test_a_file_that_will_not_do_is_refused_in_one_private_sentence(world):
    for name in ("a text", "a moving GIF", "a PNG bomb"):
        file = MemberFile("cat.png", FILES[name].make())
        for who in ("bob", "mei"):
            answer = await add(world.member(who), picture2=file)
            assert "cat.png" in answer.text
            assert len(answer.text.splitlines()) == 1
    world.discord.faults.add("handed_in", Fault(status=404))
    assert "Discord didn't hand “cat.png” over" in (await add(world.member("bob"))).text
    assert kept(world) == []
    assert world.rows("SELECT * FROM incoming_files") == []


async def test_a_name_is_needed_and_no_longer_than_a_members(world):
    bob = world.member("bob")
    with pytest.raises(ClientRefused, match="1 to 32"):
        await add(bob, "x" * 33)
    used = await bob.invoke("reference add", {"name": "x" * 33, "picture": CAT}, channel="general", force=True)
    assert "The name has 33 characters; at most 32 work." in (await used.reply()).text
    assert "shows nothing" in (await add(bob, "\u2800")).text
    assert kept(world) == []


async def test_who_is_blocked_and_a_channel_that_will_not_do_add_nothing(world):
    bob, mod = world.member("bob"), world.member("mod")
    await moderate(mod, "block", member="bob", reason="rude")
    assert "You can't ask for pictures in this server any more" in (await add(bob)).text
    await moderate(mod, "unblock", member="bob")
    ada, _ = add_admins(world)
    await ask(ada, "moderation", age_restricted_only=True)
    assert "age-restricted" in (await add(bob)).text
    assert kept(world) == []


async def test_one_server_never_sees_anothers(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any", "pool": "none"}) as world:
        other = world.discord.add_guild("Elsewhere", owner="eve")
        other.add_role("Moderator", permissions=Permission.MANAGE_MESSAGES | Permission.MODERATE_MEMBERS)
        other.add_member("bob", roles=["Moderator"])
        bob, there = world.member("bob"), world.member("bob", other)
        await add(bob)
        await add(world.member("mod"), "ours", shared=True)
        assert "You keep no references here" in (await use(there, "show")).text
        assert "no reference called" in (await use(there, "show", name="ours")).text
        assert "no reference called" in (await use(there, "remove", name="ours", shared=True)).text
        assert "no reference called" in (await edit(there)).text
        assert "keeps no references here" in (await use(there, "show", member="mod")).text
        assert await there.autocomplete("edit", {"instruction": "x", "reference": ""}, focused="reference") == []
        assert kept(world) == ["mascot", "ours"]


async def test_where_the_bot_was_removed_its_sets_are_not_kept(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any", "pool": "none"}) as world:
        other = world.discord.add_guild("Elsewhere", owner="eve")
        other.add_member("bob")
        await add(world.member("bob"), "stays")
        await add(world.member("bob", other), "goes")
        assert len(pictures(world)) == 2
        other.remove_bot()
        # It looks at its servers every three minutes until it has heard of all of them.
        async with world.time_passing(2):
            await world.eventually(lambda: kept(world) == ["stays"])
            await world.eventually(lambda: len(pictures(world)) == 1)


async def test_forgetting_names_the_sets_and_takes_them(world):
    bob = world.member("bob")
    world.guild.set_roles("bob", ["Moderator"])
    await add(bob, "mine")
    await add(bob, "ours", shared=True)
    question = await (await bob.invoke("privacy forget", {}, channel="general")).reply()
    assert "your 2 kept references, those included that you shared with a server" in question.text
    assert "2 kept pictures" in question.text
    assert "2 kept pictures" in await forget(world, bob)
    assert kept(world) == []
    assert pictures(world) == []


async def test_a_set_whose_file_is_lost_is_shown_without_and_said_where_it_is_used(world):
    bob = world.member("bob")
    await add(bob)
    pictures(world)[0].unlink()
    shown = await use(bob, "show", name="mascot")
    assert (shown.text, shown.gallery) == ("“mascot” · one picture", [])
    assert "“mascot \\(1\\)” can't be read now" in (await edit(bob)).text
    assert world.rows("SELECT * FROM holds") == []
