"""Who gives a charge back, and to whom: admins alone, and nobody themselves."""

import pytest

from sandbox.discord import Actor, Permission, SeenMessage
from tests.support.feeds import add_log
from tests.support.moderators import add_moderators, cases, forge, mod, replaced, said
from tests.support.quotas import confirm, fill, open_form, propose, quota, start
from tests.support.settings import add_admins
from tests.support.world import World, open_world

ADMINS_ONLY = {"mod": "Only admins of the server can do that", "min": "只有服务器管理员可以这样做"}
OWN = {
    "ada": "You can't give back what your own request was charged",
    "li": "你不能退回自己任务的费用",
    "mod": "You can't give back what your own request was charged",
    "min": "你不能退回自己任务的费用",
}
LABELS = {"ada": ("Remove", "Remove and give back the charge", "Keep"), "li": ("移除", "移除并退回费用", "保留")}
ASKING = {"mod": ("Remove", "Remove and ask for a refund", "Keep"), "min": ("移除", "移除并申请退费", "保留")}
REMOVING_ONLY = {"ada": ("Remove", "Keep"), "li": ("移除", "保留"), "mod": ("Remove", "Keep"), "min": ("移除", "保留")}


async def delivered(world: World, who: Actor, number: int = 1) -> None:
    await world.imagine(who)
    await world.job_is("delivered", number)


async def question(who: Actor, number: int = 1) -> SeenMessage:
    return await mod(who, "remove", number=number, reason="ugly")


def labels(message: SeenMessage) -> tuple[str | None, ...]:
    return tuple(button.label for button in message.buttons)


def key(message: SeenMessage, what: str) -> str:
    """Return the custom id of an answer to the question, also of one that is not offered."""
    return f"mod:{what}:{message.buttons[0].custom_id.rpartition(':')[2]}"


async def force(world: World, who: Actor, message: SeenMessage, custom_id: str) -> str:
    return await said(world, await who.press(forge(message, custom_id), custom_id, force=True))


def given_back(world: World) -> int:
    return len(world.rows("SELECT 1 FROM ledger WHERE kind IN ('refund', 'grant')"))


async def admins_and_moderators(world: World) -> dict[str, Actor]:
    people = (*add_admins(world), *add_moderators(world))
    for command in ("mod", "quota"):
        world.guild.grant_command(command, "@everyone")
    return {who.user.name: who for who in people}


async def test_nobody_removes_their_own_pictures_at_anybodys_cost_in_both_languages(world):
    people = await admins_and_moderators(world)
    for number, (name, who) in enumerate(people.items(), 1):
        await delivered(world, who, number)
        asked = await question(who, number)
        assert labels(asked) == REMOVING_ONLY[name]
        refused = OWN if name in ("ada", "li") else ADMINS_ONLY
        assert refused[name] in await force(world, who, asked, key(asked, "refund"))
        assert OWN[name] in await force(world, who, asked, key(asked, "ask"))
        assert world.job(number)["deleted_ms"] == 0
        after = await replaced(world, await who.press(asked, REMOVING_ONLY[name][0]), asked)
        assert str(number) in after.text
        assert world.job(number)["charged_free"] == 1
    assert given_back(world) == 0
    assert world.rows("SELECT 1 FROM outbox WHERE kind = 'refund-asked'") == []


@pytest.mark.parametrize("name", ["mod", "min"])
async def test_a_moderator_gives_back_nothing_of_another_moderators_but_has_the_admins_asked(world, name):
    await add_log(world)
    who, other = add_moderators(world)[:: 1 if name == "mod" else -1]
    await delivered(world, other)
    asked = await question(who)
    assert labels(asked) == ASKING[name]
    assert ADMINS_ONLY[name] in await force(world, who, asked, key(asked, "refund"))
    assert world.job()["deleted_ms"] == 0
    after = await replaced(world, await who.press(asked, ASKING[name][1]), asked)
    assert {"mod": "I've asked the server's admins", "min": "已请本服务器的管理员退回费用"}[name] in after.text
    notice = await world.shown(who, lambda seen: "asks admins to give back" in seen.text, "log")
    assert notice.text == (
        f"**{who.mention} asks admins to give back** what #1 of {other.mention} was charged: its pictures were "
        "removed. Case #1.\nCharged: 1 free picture.\nReason: ugly"
    )
    assert notice.pinged == ()
    for presser in (who, other):
        used = await presser.press(notice, "Give back the charge")
        assert ADMINS_ONLY[presser.user.name] in await said(world, used)
    assert given_back(world) == 0
    ada, li = world.member("ada"), world.member("li")
    used = await ada.press(notice, "Give back the charge")
    done = await replaced(world, used, notice)
    assert done.text == f"{notice.text}\n**{ada.mention} gave it back.**"
    assert done.buttons == []
    world.discord.redeliver(used)
    again = await li.press(notice, notice.buttons[0].custom_id, force=True)
    assert "已经退回过了" in await said(world, again)
    assert given_back(world) == 1
    refund = world.rows("SELECT reason, actor_id FROM ledger WHERE kind = 'refund'")[0]
    assert refund["reason"] == "ugly"
    by = world.rows("SELECT discord_id FROM members WHERE account_id = ?", refund["actor_id"])[0][0]
    assert by == ada.id
    assert [row["act"] for row in world.rows("SELECT act FROM audit WHERE act LIKE 'quota.%'")] == ["quota.refund"]
    world.assert_books_agree()


async def test_an_admin_who_made_the_removed_pictures_does_not_answer_the_wish_to_give_back_in_both_languages(world):
    await add_log(world)
    moderator = world.member("mod")
    for number, name in enumerate(("ada", "li"), 1):
        who = world.member(name)
        await delivered(world, who, number)
        asked = await question(moderator, number)
        await moderator.press(asked, ASKING["mod"][1])
        notice = await world.shown(who, lambda seen, number=number: f"what #{number} of" in seen.text, "log")
        assert OWN[name] in await said(world, await who.press(notice, notice.buttons[0].custom_id))
    assert given_back(world) == 0


async def test_without_a_log_channel_the_owner_is_asked_in_the_servers_language(tmp_path):
    for locale, words in (
        ("en-US", "In Studio a moderator removed the pictures of #1 and asks to give back what was charged"),
        ("zh-CN", "Studio 的一位版主移除了 #1 的图片，并申请退回费用"),
    ):
        async with open_world(tmp_path / locale) as world:
            world.guild.locale = locale
            world.discord.drop_gateway(resumable=False)
            await world.discord.until(lambda world=world: world.discord.identified == 2 and world.discord.connected)
            moderator, owner = world.member("mod"), world.member(world.discord.application_owner)
            await delivered(world, world.member("bob"))
            asked = await question(moderator)
            await moderator.press(asked, ASKING["mod"][1])
            await world.eventually(lambda owner=owner: owner.direct_messages())
            (told,) = owner.direct_messages()
            assert words in told.text
            assert told.buttons == []


@pytest.mark.parametrize("name", ["ada", "li"])
async def test_an_admin_who_removes_anothers_pictures_may_give_the_charge_back(world, name):
    world.guild.add_role("Both", permissions=Permission.MODERATE_MEMBERS)
    add_admins(world)
    world.guild.set_roles(name, ["Boss", "Both"])
    who = world.member(name)
    await delivered(world, world.member("bob"))
    asked = await question(who)
    assert labels(asked) == LABELS[name]
    await replaced(world, await who.press(asked, LABELS[name][1]), asked)
    assert given_back(world) == 1
    assert cases(world) == [(1, "remove", "ugly")]
    world.assert_books_agree()


GIVEN_BACK = {
    "ada": "Its charge was given back already.",
    "li": "费用此前已退回。",
    "mod": "Its charge was given back already.",
    "min": "费用此前已退回。",
}


async def test_pictures_whose_charge_was_given_back_are_removed_without_a_word_of_giving_it_back(world):
    people = await admins_and_moderators(world)
    for number, (name, who) in enumerate(people.items(), 1):
        await delivered(world, world.member("bob"), number)
        await quota(people["ada"], "refund", number=number, reason="blurred")
        asked = await question(who, number)
        assert labels(asked) == REMOVING_ONLY[name]
        assert asked.text.splitlines()[1:] == [GIVEN_BACK[name]]
        after = await replaced(world, await who.press(asked, REMOVING_ONLY[name][0]), asked)
        assert GIVEN_BACK[name] not in after.text
        assert world.job(number)["deleted_ms"]
    assert given_back(world) == 4


@pytest.mark.parametrize("name", ["ada", "li", "mod", "min"])
async def test_a_press_for_a_charge_that_was_given_back_meanwhile_removes_all_the_same_and_says_so(world, name):
    people = await admins_and_moderators(world)
    for one in ("ada", "li"):
        world.guild.set_roles(one, ["Boss", "Moderator"])
    who = people[name]
    await delivered(world, world.member("bob"))
    asked = await question(who)
    await quota(people["ada"], "refund", number=1, reason="blurred")
    label = {**LABELS, **ASKING}[name][1]
    after = await replaced(world, await who.press(asked, label), asked)
    assert GIVEN_BACK[name] in after.text
    assert after.buttons == []
    assert world.job()["deleted_ms"]
    assert given_back(world) == 1
    assert world.rows("SELECT 1 FROM outbox WHERE kind = 'refund-asked'") == []
    world.assert_books_agree()


async def test_an_admin_gives_themselves_no_credit_no_refund_and_no_rule_in_both_languages(world):
    admins = add_admins(world)
    words = {
        "ada": ("You can't give credit or pictures to yourself", "You can't set or clear your own rule"),
        "li": ("你不能给自己赠送余额或图片", "你不能设置或清除自己的规则"),
    }
    for number, who in enumerate(admins, 1):
        name, other = who.user.name, admins[-number]
        no_credit, no_rule = words[name]
        await delivered(world, who, number)
        assert OWN[name] in (await quota(who, "refund", number=number, reason="x")).text
        assert no_credit in (await quota(who, "grant", member=name, amount="1", reason="x")).text
        assert no_rule in (await quota(who, "set-member", member=name, free_images=20)).text
        # Without a value it would open the form.
        assert no_rule in (await quota(who, "set-member", member=name)).text
        form, _ = await open_form(other, "set-member", member=name)
        assert "3" in (await fill(other, form, free_images="3")).text
        assert no_rule in (await quota(who, "clear", member=name)).text
        theirs = await quota(other, "clear", member=name)
        assert no_rule in await force(world, who, theirs_as(world, who, theirs), theirs.buttons[0].custom_id)
        await confirm(world, other, theirs)
    assert given_back(world) == 0
    assert world.rows("SELECT 1 FROM rules") == []


def theirs_as(world: World, who: Actor, message: SeenMessage) -> SeenMessage:
    """Return a message that ``who`` sees, for a forged button of one that they don't."""
    return next(one for one in reversed(who.read("general")) if one.id != message.id and one.ephemeral)


async def test_what_somebody_was_charged_who_was_forgotten_since_goes_to_nobody_in_both_languages(world):
    admins = add_admins(world)
    bob = world.member("bob")
    await delivered(world, bob)
    asked = await (await bob.invoke("privacy forget", {})).reply()
    await replaced(world, await bob.press(asked, "Erase everything"), asked)
    for who, words in zip(
        admins, ("so there is nobody to give it back to", "已清除自己的数据，无法再退给任何人"), strict=True
    ):
        assert words in (await quota(who, "refund", number=1, reason="x")).text
    assert given_back(world) == 0


async def test_an_admin_who_was_forgotten_and_came_back_gives_back_nothing_of_their_earlier_requests(world):
    ada, _ = add_admins(world)
    await delivered(world, ada)
    asked = await (await ada.invoke("privacy forget", {})).reply()
    await replaced(world, await ada.press(asked, "Erase everything"), asked)
    await delivered(world, ada, 2)
    for number in (1, 2):
        text = (await quota(ada, "refund", number=number, reason="x")).text
        assert ("data erased since" if number == 1 else OWN["ada"]) in text
    assert given_back(world) == 0


# -- where a refund shows


async def shown_to(who: Actor, command: str, **options: int | str) -> str:
    used = await who.invoke(command, options, channel="general")
    return (await used.reply()).text


async def refund_parts(world: World) -> dict[str, Actor]:
    """Have bob charged a free picture and two paid ones, a free one, and two paid ones; give back but the last."""
    ada, _ = add_admins(world)
    world.guild.add_member("xia", locale="zh-CN")
    bob = world.member("bob")
    await start(world, bob, await propose(bob, count=3))
    await world.job_is("delivered")
    world.advance(86_400)
    await delivered(world, bob, 2)
    await start(world, bob, await propose(bob, count=2))
    await world.job_is("delivered", 3)
    for number in (1, 2):
        await quota(ada, "refund", number=number, reason="blurred")
    return {name: world.member(name) for name in ("ada", "li", "bob")}


async def test_what_was_given_back_shows_wherever_the_charge_does_in_both_languages(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 1, "budget": "5", "period": "day"}) as world:
        people = await refund_parts(world)
        bob = people["bob"]
        balance = await shown_to(bob, "balance")
        first, second, third = (next(line for line in balance.splitlines() if f"#{n} " in line) for n in (1, 2, 3))
        assert first.endswith(
            "3 pictures, CN¥0.28 from your budget · given back: 1 free picture, and CN¥0.28 as credit"
        )
        assert second.endswith("1 free picture · given back: 1 free picture")
        assert third.endswith("2 pictures, CN¥0.28 from your budget")
        shown = await shown_to(bob, "job", number=1)
        assert "From your free pictures: 1; from your budget: CN¥0.28." in shown
        assert "Given back: 1 free picture." in shown
        assert "Given back as credit: CN¥0.28." in shown
        assert "Given back" not in await shown_to(bob, "job", number=3)
        bob.user.locale = "zh-CN"
        balance = await shown_to(bob, "balance")
        assert "3 张，预算 ¥0.28 · 已退还免费图片 1 张，并以余额退还 ¥0.28" in balance
        assert "1 张免费 · 已退还免费图片 1 张" in balance
        assert "已以余额退还：¥0.28" in await shown_to(bob, "job", number=1)


async def test_a_report_says_what_was_given_back_of_the_period_it_shows_in_both_languages(tmp_path):
    async with open_world(tmp_path, scale=4, quota={"free_images": 1, "budget": "5", "period": "day"}) as world:
        people = await refund_parts(world)
        ada, li = people["ada"], people["li"]
        today = await quota(ada, "report", period="current")
        assert "3 pictures in 2 jobs · 1 free · CN¥0.28 charged · given back: 1 free picture" in today.text
        assert "- Bob: 3 pictures · CN¥0.28 charged · CN¥0.42 at list price · given back: 1 free picture" in today.text
        before = await quota(li, "report", period="previous")
        assert "扣费 ¥0.28 · 已退还免费图片 1 张，并以余额退还 ¥0.28" in before.text
        assert "Bob：3 张 · 扣费 ¥0.28 · 按标价 ¥0.42 · 已退还免费图片 1 张，并以余额退还 ¥0.28" in before.text
        (sheet,) = (file for file in before.attachments if file.filename.endswith(".csv"))
        header, row = (await world.discord.fetch(sheet.url)).decode("utf-8-sig").splitlines()
        assert header.endswith(",扣费（元）,退还免费图片数,以余额退还（元）,按标价（元）,占当月总额度（%）")
        assert row.endswith(",1,3,1,0.28,1,0.28,0.42,")


async def test_a_removed_jobs_owner_reads_what_became_of_its_charge(world):
    people = await admins_and_moderators(world)
    ada, bob = people["ada"], world.member("bob")
    await delivered(world, bob)
    asked = await question(ada)
    await replaced(world, await ada.press(asked, LABELS["ada"][1]), asked)
    shown = await shown_to(bob, "job", number=1)
    assert "A moderator removed these pictures" in shown
    assert "From your free pictures: 1." in shown
    assert "Given back: 1 free picture." in shown
