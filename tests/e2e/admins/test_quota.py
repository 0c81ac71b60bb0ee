"""Who may use /quota, what it gives and gives back, and what a member may use while it changes, over real sockets."""

import pytest

from sandbox.discord import ClientRefused
from tests.support.moments import NOON
from tests.support.quotas import (
    alone,
    assert_nothing_was_decided,
    details,
    fill,
    forge,
    make,
    open_form,
    propose,
    quota,
    rules,
    start,
)
from tests.support.settings import add_admins, ask, choose, now, refusal
from tests.support.world import World, make_config, open_world

TURBO = "wanx2.1-t2i-turbo"
PRICE = 140_000
DAY_S = 24 * 3600
COMMANDS = {
    "show": {},
    "set-default": {"free_images": 3},
    "set-role": {"role": "Moderator", "budget": "no amount"},
    "set-member": {"member": "bob", "cooldown": 5},
    "clear": {},
    "grant": {"member": "bob", "amount": "5", "reason": "a friend"},
    "reset": {"member": "bob"},
    "refund": {"number": 1, "reason": "a friend"},
    "pool": {"limit": "1"},
    "report": {},
}
FORMS = {"set-default": {}, "set-role": {"role": "@everyone"}, "set-member": {"member": "bob"}}
REFUSED = {
    "bob": "Only admins of the server can do that: it takes the permission “Manage Server”, or a role that /settings "
    "roles names.",
    "mod": "Only admins of the server can do that",
    "mei": "只有服务器管理员可以这样做：需要“管理服务器”权限，或 /settings roles 指定的身份组。",
}


def left(world: World, kind: str, guild_id: int | None = None) -> list[tuple[int, int, int]]:
    """Used, held and granted of each bucket of a kind, the oldest first."""
    query = "SELECT used, held, granted FROM buckets WHERE kind = ? AND server_id = ? ORDER BY id"
    return [tuple(row) for row in world.rows(query, kind, guild_id or world.guild.id)]


# -- who may


async def test_members_and_moderators_whom_discord_lets_pass_are_refused_by_the_bot_in_both_languages(world):
    for name in REFUSED:
        with pytest.raises(ClientRefused):
            await world.member(name).invoke("quota show")
    world.guild.grant_command("quota", "@everyone")
    for name, words in REFUSED.items():
        who = world.member(name)
        for command, options in COMMANDS.items():
            assert words in (await quota(who, command, **options)).text, command
        for command, options in FORMS.items():
            assert words in (await quota(who, command, **options)).text, command
    assert_nothing_was_decided(world)


async def test_a_role_that_counts_as_admin_opens_every_command_until_it_is_lost(world):
    ada, _ = add_admins(world)
    world.guild.add_role("Curator")
    world.guild.set_roles("bob", ["Curator"])
    world.guild.grant_command("quota", "@everyone")
    bob = world.member("bob")
    await choose(world, ada, await ask(ada, "roles"), "admins", ["Curator"])
    for command, options in COMMANDS.items():
        assert "Only admins" not in (await quota(bob, command, **options)).text, command
    question = await quota(bob, "clear")
    form, _ = await open_form(bob, "set-default")
    before = rules(world)
    world.guild.set_roles("bob", [])
    assert "Only admins" in (await refusal(world, await bob.press(question, "Clear it"))).text
    assert "Only admins" in (await fill(bob, form, free_images="9")).text
    assert "Only admins" in (await quota(bob, "show")).text
    assert rules(world) == before


async def test_a_press_and_a_form_are_refused_once_the_permission_is_gone_in_both_languages(world):
    words = {"ada": "Only admins of the server", "li": "只有服务器管理员"}
    for who in add_admins(world):
        await quota(who, "set-default", free_images=3)
        question, (form, _) = await quota(who, "clear"), await open_form(who, "set-default")
        before = rules(world)
        world.guild.set_roles(who.user.name, [])
        used = await who.press(question, question.buttons[0].custom_id)
        assert words[who.user.name] in (await refusal(world, used)).text
        assert now(used).text == question.text
        assert words[who.user.name] in (await fill(who, form, free_images="9")).text
        assert rules(world) == before


async def test_a_button_of_an_admins_answer_does_nothing_for_a_member_who_presses_it(world):
    ada, _ = add_admins(world)
    await quota(ada, "set-default", free_images=3)
    question, before = await quota(ada, "clear"), rules(world)
    for name in ("bob", "mei", "mod"):
        used = await forge(world, world.member(name), question, question.buttons[0].custom_id)
        assert REFUSED[name] in (await refusal(world, used)).text
    assert rules(world) == before


async def test_an_admin_of_another_server_neither_reaches_this_one_nor_sees_it(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any", "pool": "20"}) as world:
        other = world.discord.add_guild("Elsewhere", owner="eve")
        other.add_member("bob")
        other.add_role("Moderator")
        world.guild.add_member("eve")
        world.guild.grant_command("quota", "@everyone")
        ada, _ = add_admins(world)
        bob, eve = world.member("bob"), world.member("eve", other)
        await quota(ada, "set-default", free_images=3)
        await quota(ada, "grant", member="mei", amount="7.77", reason="contest")
        await make(world, bob)
        here = [left(world, kind) for kind in ("allowance", "credit", "pool")], rules(world)
        answers = [await quota(eve, name, **options) for name, options in COMMANDS.items() if name != "set-role"]
        answers += [await quota(eve, "show", member="mei"), await quota(eve, "show"), await quota(eve, "report")]
        assert "There is no job #1 in this server." in [answer.text for answer in answers]
        for told_of_us in ("7.77", "0.14", str(world.guild.id), world.guild.name, str(world.member("mei").id) + ">:"):
            assert not [answer.text for answer in answers if told_of_us in answer.text]
        for command, options in COMMANDS.items():
            assert "Only admins" in (await quota(world.member("eve"), command, **options)).text
        ours = [rule for rule in rules(world) if rule[0] == world.guild.id]
        assert ([left(world, kind) for kind in ("allowance", "credit", "pool")], ours) == here
        assert left(world, "credit", other.id) == [(0, 0, 5_000_000)]


async def test_no_answer_to_an_admin_tells_what_the_vendor_bills_or_what_the_operator_allows_it_to(tmp_path):
    today = NOON.date()
    model = {"free_tier": 2, "free_tier_started": today}
    terms = {"free_images": 1, "budget": "5", "operator_cap": "77"}
    # Of three pictures the admins see 0.42 at list price and 0.28 charged; the vendor bills 0.14.
    async with open_world(tmp_path, models={TURBO: model}, quota=terms, servers={"pool": "20"}) as world:
        ada, li = add_admins(world)
        bob = world.member("bob")
        await start(world, bob, await propose(bob, count=3))
        await world.job_is("delivered")
        assert world.cost_in_ledger() == PRICE
        answers = []
        for who in (ada, li):
            answers += [await quota(who, command, **options) for command, options in COMMANDS.items()]
            answers += [await quota(who, "show", member="bob"), await quota(who, "pool")]
        texts = [answer.text for answer in answers]
        files = [file for answer in answers for file in answer.attachments if file.filename.endswith(".csv")]
        texts += [(await world.discord.fetch(file.url)).decode("utf-8-sig") for file in files]
        assert len(files) == 2
        assert [text for text in texts if "0.28" in text]
        assert [text for text in texts if "0.42" in text]
        for not_theirs in ("0.14", "77.00"):
            assert not [text for text in texts if not_theirs in text]


# -- credit and refunds


async def test_a_grant_shows_before_and_after_and_delivered_twice_is_given_once(world):
    ada, li = add_admins(world)
    bob = world.member("bob")
    used = await ada.invoke("quota grant", {"member": "bob", "amount": "5", "reason": "won the *contest*"})
    assert (await used.reply()).text == (
        f"<@{bob.id}> got CN¥5.00 credit: before CN¥0.00, now CN¥5.00. "
        "What is spent of it counts against the server's pool."
    )
    world.discord.redeliver(used)
    second = await quota(li, "grant", member="bob", amount="2.5元", reason="再来一次")
    assert second.text == f"已赠送 <@{bob.id}> 余额 ¥2.50：之前 ¥5.00，现在 ¥7.50。使用时计入服务器的总额度。"
    assert left(world, "credit") == [(0, 0, 7_500_000)]
    granted = world.rows("SELECT reason, actor_id FROM ledger WHERE kind = 'grant' ORDER BY id")
    assert [row["reason"] for row in granted] == ["won the *contest*", "再来一次"]
    actors = "SELECT discord_id FROM members WHERE account_id = ?"
    assert [world.rows(actors, row["actor_id"])[0][0] for row in granted] == [ada.id, li.id]


async def test_a_refund_gives_back_once_what_was_charged_to_the_jobs_own_period(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 1, "budget": "5"}) as world:
        ada, li = add_admins(world)
        bob = world.member("bob")
        await start(world, bob, await propose(bob, count=3))
        await world.job_is("delivered")
        # The period that paid for it ends; another one begins.
        world.advance(DAY_S)
        await make(world, bob)
        await world.job_is("delivered", 2)
        assert left(world, "allowance") == [(1, 0, 0), (1, 0, 0)]
        used = await ada.invoke("quota refund", {"number": 1, "reason": "blurred"})
        assert (await used.reply()).text == (
            f"What #1 of <@{bob.id}> was charged is given back.\n"
            "1 free picture goes back to the period that it came from.\n"
            "CN¥0.28 is given back as credit: before CN¥0.00, now CN¥0.28."
        )
        world.discord.redeliver(used)
        for who, words in ((ada, "was given back already"), (li, "已经退回过了")):
            assert words in (await quota(who, "refund", number=1, reason="again")).text
        assert left(world, "allowance") == [(0, 0, 0), (1, 0, 0)]
        assert left(world, "budget") == [(2 * PRICE, 0, 0), (0, 0, 0)]
        assert left(world, "credit") == [(0, 0, 2 * PRICE)]
        chinese = await quota(li, "refund", number=2, reason="模糊")
        assert chinese.text == f"<@{bob.id}> 的 #2 的费用已退回。\n1 张免费图片退到原来的周期。"
        world.assert_books_agree()


async def test_a_job_that_charged_nothing_cannot_be_refunded_in_both_languages(world):
    ada, li = add_admins(world)
    failed = await world.imagine(world.member("bob"), "[fail]")
    await world.becomes(world.member("bob"), failed, "Nothing was taken from your quota")
    for who, words in ((ada, "Nothing was charged for this job"), (li, "这个任务没有收费")):
        assert words in (await quota(who, "refund", number=1, reason="x")).text
    assert world.rows("SELECT * FROM ledger WHERE kind IN ('grant', 'refund')") == []


# -- the pool


async def test_the_pool_is_lowered_by_admins_binds_at_once_and_is_never_raised_above_the_operators(tmp_path):
    async with open_world(tmp_path, servers={"pool": "20"}) as world:
        ada, li = add_admins(world)
        bob = world.member("bob")
        await make(world, bob)
        shown = (await quota(ada, "pool")).text
        assert shown.startswith(
            "The server has used CN¥0.14 of its pool this month; CN¥19.86 is left of what the operator gives. "
            "It resets <t:"
        )
        lowered = (await quota(ada, "pool", limit="0.20")).text
        assert lowered.startswith(
            "Monthly limit: CN¥20.00 → **CN¥0.20**\nThe server has used CN¥0.14 of its pool this month; "
            "CN¥0.06 is left of the limit that its admins set."
        )
        assert "CN¥0.06 is left, this would take CN¥0.14" in (await world.imagine(bob)).text
        assert "还剩 ¥0.06，这次需要 ¥0.14" in (await world.imagine(world.member("mei"))).text
        assert "at most" in (await quota(ada, "pool", limit="21")).text
        chinese = (await quota(li, "pool", limit="无")).text
        assert chinese.startswith(
            "每月限额：¥0.20 → **¥20.00**\n本月服务器的总额度用了 ¥0.14；按运营者给的上限还剩 ¥19.86。"
        )
        await quota(ada, "pool", limit="0")
        assert "CN¥0.00 → **CN¥20.00**" in (await quota(ada, "pool", limit="none")).text
        assert "Queued" in (await world.imagine(bob)).text


# -- what a member may use, while it changes


async def test_a_lost_role_takes_its_allowance_along_at_once(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 0, "budget": "0"}) as world:
        ada, _ = add_admins(world)
        world.guild.add_role("Artists")
        world.guild.add_role("Patrons")
        await quota(ada, "set-role", role="Artists", free_images=2)
        await quota(ada, "set-role", role="Patrons", free_images=1, cooldown=0)
        world.guild.set_roles("bob", ["Artists", "Patrons"])
        bob = world.member("bob")
        assert "2 free pictures" in (await alone(bob, "balance")).text
        await make(world, bob)
        world.guild.set_roles("bob", ["Patrons"])
        refused = await world.imagine(bob)
        assert "You have 0 free pictures left" in refused.text
        world.guild.set_roles("bob", ["Artists"])
        assert "1 free" in (await alone(bob, "balance")).text
        await make(world, bob)


async def test_what_is_held_keeps_its_terms_when_rules_and_prices_change(tmp_path):
    terms = {"free_images": 1, "budget": "1"}
    async with open_world(tmp_path, service_s=(25, 26), quota=terms) as world:
        ada, _ = add_admins(world)
        bob = world.member("bob")
        await ask(ada, "posting", confirm_paid=False)
        card = await world.imagine(bob, count=3)
        await world.job_is("running")
        await quota(ada, "set-default", free_images=0, budget="0", images_per_job=1)
        await world.stop_bot()
        dearer = {TURBO: {"price": "0.50"}}
        world.config = make_config(world.discord, world.vendor, tmp_path, quota=terms, models=dearer)
        await world.start_bot()
        done = await world.shown(bob, lambda seen: seen.id == card.id and seen.gallery)
        assert "From your free pictures: 1; from your budget: CN¥0.28" in await details(bob, done)
        job = await world.job_is("delivered")
        assert (job["charged_free"], job["charged_micros"], job["cost_micros"]) == (1, 2 * PRICE, 3 * PRICE)
        assert left(world, "pool") == [(3 * PRICE, 0, 0)]
        assert "You may ask for at most 1 picture" in (await world.imagine(bob, count=2)).text
        assert "doesn't cover this picture" in (await world.imagine(bob)).text


async def test_credit_is_spent_after_the_budget_and_outlasts_the_period(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 0, "budget": "0.20"}) as world:
        ada, _ = add_admins(world)
        bob = world.member("bob")
        await ask(ada, "posting", confirm_paid=False)
        await quota(ada, "grant", member="bob", amount="0.36", reason="contest")
        done = await make(world, bob, count=2)
        assert "From your budget and credit: CN¥0.28." in await details(bob, done)
        assert "Left: 0 free pictures, CN¥0.28 credit" in await details(bob, done)
        await world.job_is("delivered")
        assert (left(world, "budget"), left(world, "credit")) == ([(200_000, 0, 0)], [(80_000, 0, 360_000)])
        world.advance(DAY_S)
        assert "CN¥0.20 budget, CN¥0.28 credit" in (await alone(bob, "balance")).text
        await make(world, bob, count=3)
        assert "Left: 0 free pictures, CN¥0.06 credit ·" in (await alone(bob, "balance")).text
