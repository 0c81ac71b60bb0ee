"""The question before a member's first paid pictures of a period, over real sockets."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sandbox.discord import Actor, Permission
from sandbox.faults import Fault
from tests.support.faults import denied
from tests.support.quotas import AGREE, DROP, answer_to, details, forge, make, propose, quota, said, start
from tests.support.settings import add_admins, ask, choose
from tests.support.world import World, make_config, open_world

TURBO = "wanx2.1-t2i-turbo"
PAID = {"free_images": 0, "budget": "5"}
DAY_S = 24 * 3600
A_LITTLE_LATER_S = 10 * 60 + 1
GONE = {
    "bob": "This question is over: it was answered already, another one took its place, or its ten minutes have "
    "passed. This press took nothing from your quota; ask again if you still want it.",
    "mei": "这个询问已经结束：已经答复过、已被新的询问取代，或者已超过十分钟。"
    "这次点击没有扣额度；如果还需要，请重新提交。",
}


@pytest.fixture
async def paid(tmp_path):
    async with open_world(tmp_path, quota=PAID) as world:
        yield world


def assert_nothing_is_held(world: World) -> None:
    assert world.rows("SELECT * FROM holds WHERE outcome IS NULL") == []
    assert world.rows("SELECT * FROM buckets WHERE held <> 0") == []


async def test_the_first_paid_request_of_each_period_asks_once_and_holds_nothing_meanwhile(paid):
    bob = paid.member("bob")
    question = await propose(bob, count=2)
    assert question.text.startswith(
        "These 2 pictures would take CN¥0.28 from your budget: your free pictures are used up. "
        "Once you agree I don't ask again in this period. Until you agree nothing is held. End of the offer: <t:"
    )
    # It reads as well once the time is over.
    ending = ":R>; after that, ask again.\n> a flower shop"
    assert question.text.endswith(ending)
    assert [button.label for button in question.buttons] == ["Make them for CN¥0.28 from your budget", "Never mind"]
    assert paid.rows("SELECT * FROM jobs") == []
    assert paid.rows("SELECT * FROM ledger") == []
    done = await start(paid, bob, question)
    assert len(done.gallery) == 2
    assert not done.ephemeral
    assert "From your budget: CN¥0.28" in await details(bob, done)
    await make(paid, bob)
    paid.advance(DAY_S)
    await propose(bob)
    await paid.job_is("delivered", 2)
    paid.assert_books_agree()


async def test_of_partly_free_pictures_only_the_rest_is_asked_about_in_both_languages(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 1, "budget": "5"}) as world:
        english = await propose(world.member("bob"), count=3)
        assert english.text.startswith("1 of these 3 pictures is free; the rest would take CN¥0.28 from your budget.")
        chinese = await propose(world.member("mei"), count=3)
        assert chinese.text.startswith("3 张图片里有 1 张免费，其余将从你的预算中扣除 ¥0.28。")
        assert "同意之前不会预扣任何额度。失效时间：<t:" in chinese.text
        assert [button.label for button in chinese.buttons] == ["生成，从预算中扣除 ¥0.28", "算了"]
        done = await start(world, world.member("bob"), english)
        assert "From your free pictures: 1; from your budget: CN¥0.28" in await details(world.member("bob"), done)


async def test_what_was_asked_for_is_what_is_made_and_a_private_wish_stays_private(paid):
    mei = paid.member("mei")
    question = await propose(mei, "一间花店", count=2, seed=7, size="9:16", private=True)
    done = await start(paid, mei, question)
    assert done.ephemeral
    assert done.id not in [message.id for message in paid.member("bob").read()]
    (task,) = paid.vendor.tasks.values()
    sent = task.order
    assert (sent.sent_prompt, sent.n, task.seed, sent.width, sent.height) == ("一间花店", 2, 7, 720, 1280)


async def test_never_mind_makes_nothing_and_a_second_press_says_that_it_is_gone(paid):
    thanks = {
        "bob": "All right, nothing was made, and nothing was taken from your quota.",
        "mei": "好的，没有生成，也没有扣额度。",
    }
    for name, words in thanks.items():
        who = paid.member(name)
        question = await propose(who)
        await answer_to(who, question, DROP)
        closed = await paid.shown(who, lambda seen, question=question: seen.id == question.id and not seen.buttons)
        assert closed.text == f"{words}\n> a flower shop"
        for action in (AGREE, DROP):
            pressed = await who.press(question, f"draft:{custom_id_of(question)}:{action}", force=True)
            assert await said(paid, pressed) == GONE[name]
    assert paid.rows("SELECT * FROM jobs") == []
    assert paid.rows("SELECT * FROM drafts") == []


async def test_an_answered_question_loses_its_buttons_and_names_its_prompt_in_both_languages(paid):
    for name, agreed, number in (("bob", "You agreed; it is #1 now.", 1), ("mei", "你已同意，现在是任务 #2。", 2)):
        who = paid.member(name)
        question = await propose(who, "a *red*\n# door")
        paid.discord.rate_limits = False
        await start(paid, who, question)
        closed = await paid.shown(who, lambda seen, question=question: seen.id == question.id and not seen.buttons)
        assert closed.text == f"{agreed}\n> a \\*red\\* # door"
        await paid.job_is("delivered", number)
    assert paid.rows("SELECT * FROM drafts") == []


async def test_a_question_that_can_not_be_closed_starts_its_job_all_the_same(paid):
    bob = paid.member("bob")
    question = await propose(bob)
    paid.discord.faults.add("edit_followup", Fault(status=500))
    assert len((await start(paid, bob, question)).gallery) == 1


async def test_a_second_press_after_the_start_says_that_it_is_gone(paid):
    for name, words in GONE.items():
        who = paid.member(name)
        question = await propose(who)
        await start(paid, who, question)
        for action in (AGREE, DROP):
            pressed = await who.press(question, f"draft:{custom_id_of(question)}:{action}", force=True)
            assert await said(paid, pressed) == words
    assert len(paid.rows("SELECT * FROM jobs")) == 2


async def test_an_offer_ends_after_ten_minutes(paid):
    for name, words in GONE.items():
        who = paid.member(name)
        question = await propose(who)
        paid.advance(A_LITTLE_LATER_S)
        assert await said(paid, await answer_to(who, question, AGREE)) == words
        closed = await paid.shown(who, lambda seen, question=question: seen.id == question.id and not seen.buttons)
        assert closed.text.endswith("\n> a flower shop")
        pressed = await who.press(question, f"draft:{custom_id_of(question)}:{DROP}", force=True)
        assert await said(paid, pressed) == words
    assert paid.rows("SELECT * FROM jobs") == []


LOST = {
    "bob": "Discord didn't take my answer to your press, so nothing was made, and nothing was taken from your quota. "
    "Please ask again.",
    "mei": "Discord 没有收下我对这次点击的答复，所以没有画图，也没有扣额度。请重新提交。",
}


@pytest.mark.parametrize("fault", [Fault(cut=True), denied(400, 240000, "Blocked")], ids=["lost", "refused"])
async def test_who_agreed_and_got_no_answer_reads_that_nothing_came_of_it(paid, fault: Fault):
    for name, words in LOST.items():
        who = paid.member(name)
        question = await propose(who)
        paid.discord.faults.add("callback", fault)
        await answer_to(who, question, AGREE)
        closed = await paid.shown(who, lambda seen, question=question: seen.id == question.id and not seen.buttons)
        assert closed.text == f"{words}\n> a flower shop"
    assert {row["state"] for row in paid.rows("SELECT state FROM jobs")} == {"void"}
    assert_nothing_is_held(paid)


async def test_an_offer_survives_a_restart_of_the_bot_unless_its_model_is_gone(tmp_path):
    async with open_world(tmp_path, quota=PAID) as world:
        bob, mod = world.member("bob"), world.member("mod")
        kept, lost = await propose(bob), await propose(mod, model="wan2.2-t2i-plus")
        await world.stop_bot()
        without = {"wan2.2-t2i-plus": {"enabled": False}}
        world.config = make_config(world.discord, world.vendor, tmp_path, quota=PAID, models=without)
        await world.start_bot()
        done = await start(world, bob, kept)
        assert "From your budget: CN¥0.14" in await details(bob, done)
        assert await said(world, await answer_to(mod, lost)) == GONE["bob"]


async def test_somebody_elses_press_starts_and_drops_nothing_in_both_languages(paid):
    bob = paid.member("bob")
    question = await propose(bob)
    for name, words in (("mei", GONE["mei"]), ("mod", GONE["bob"])):
        for button in question.buttons:
            used = await forge(paid, paid.member(name), question, button.custom_id)
            assert await said(paid, used) == words
    assert paid.rows("SELECT * FROM jobs") == []
    await start(paid, bob, question)


async def test_a_server_can_switch_the_question_off(paid):
    ada, _ = add_admins(paid)
    await ask(ada, "posting", confirm_paid=False)
    done = await make(paid, paid.member("bob"))
    assert "From your budget: CN¥0.14" in await details(paid.member("bob"), done)


async def test_a_press_that_is_delivered_twice_is_one_job(paid):
    bob = paid.member("bob")
    question = await propose(bob)
    pressed = await answer_to(bob, question)
    paid.discord.redeliver(pressed)
    card = await pressed.reply()
    paid.discord.redeliver(pressed)
    await paid.shown(bob, lambda seen: seen.id == card.id and seen.gallery)
    await paid.job_is("delivered")
    assert pressed.followups == []
    assert len(paid.rows("SELECT * FROM jobs")) == 1
    assert paid.vendor.creates == 1
    paid.assert_books_agree()


async def test_a_request_that_is_delivered_again_neither_asks_again_nor_is_made_beside_its_agreed_self(paid):
    bob = paid.member("bob")
    used = await bob.invoke("imagine", {"prompt": "a flower shop"})
    question = await used.reply()
    paid.discord.redeliver(used)
    await start(paid, bob, question)
    paid.discord.redeliver(used)
    # The gateway's order holds: when this one is done, the other was looked at.
    await make(paid, bob)
    assert len(paid.rows("SELECT * FROM jobs")) == 2
    assert paid.vendor.creates == 2
    assert used.followups == []


async def test_two_presses_at_the_same_time_are_one_job(paid):
    bob = paid.member("bob")
    question = await propose(bob)
    presses = await asyncio.gather(*(answer_to(bob, question) for _ in range(4)))
    answers = [await said(paid, used) for used in presses]
    assert sorted(answer == GONE["bob"] for answer in answers) == [False, True, True, True]
    await paid.job_is("delivered")
    assert len(paid.rows("SELECT * FROM jobs")) == 1


# -- the press is a request like any other


async def pool_of_nothing(world: World, ada: Actor) -> None:
    await quota(ada, "pool", limit="0.27")


async def budget_gone(world: World, ada: Actor) -> None:
    await quota(ada, "set-default", budget="0")


async def own_budget_gone(world: World, ada: Actor) -> None:
    await quota(ada, "set-member", member="bob", budget="0.20")


async def fewer_at_a_time(world: World, ada: Actor) -> None:
    await quota(ada, "set-default", images_per_job=1)


async def elsewhere_only(world: World, ada: Actor) -> None:
    world.guild.add_channel("art")
    await choose(world, ada, await ask(ada, "channels"), "channels", ["art"])


async def another_model_only(world: World, ada: Actor) -> None:
    await choose(world, ada, await ask(ada, "models"), "models", ["wan2.2-t2i-plus"])


async def no_files(world: World, ada: Actor) -> None:
    world.guild.overwrite("general", "bot", deny=Permission.ATTACH_FILES)


CHANGES: list[Callable[[World, Actor], Awaitable[Any]]] = [
    pool_of_nothing,
    budget_gone,
    own_budget_gone,
    fewer_at_a_time,
    elsewhere_only,
    another_model_only,
    no_files,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
async def test_whatever_refuses_a_request_by_now_refuses_the_press_with_the_same_words(paid, change):
    ada, _ = add_admins(paid)
    bob = paid.member("bob")
    question = await propose(bob, count=2, model=TURBO)
    await change(paid, ada)
    pressed = await said(paid, await answer_to(bob, question))
    assert paid.rows("SELECT * FROM drafts") != []
    asked = await paid.imagine(bob, count=2, model=TURBO)
    assert asked.ephemeral
    assert pressed == asked.text
    assert_nothing_is_held(paid)


async def test_what_others_used_of_the_pool_meanwhile_binds_at_the_press(paid):
    ada, _ = add_admins(paid)
    bob = paid.member("bob")
    question = await propose(bob)
    await quota(ada, "set-member", member="mei", free_images=1)
    await quota(ada, "pool", limit="0.20")
    await make(paid, paid.member("mei"))
    pressed = await said(paid, await answer_to(bob, question))
    assert "CN¥0.06 is left, this would take CN¥0.14" in pressed
    assert len(paid.rows("SELECT * FROM jobs")) == 1


async def test_a_press_that_was_refused_can_be_repeated_once_the_limit_allows_it(paid):
    ada, _ = add_admins(paid)
    bob = paid.member("bob")
    question = await propose(bob)
    await quota(ada, "pool", limit="0")
    assert "This server's pool for the month" in await said(paid, await answer_to(bob, question))
    await quota(ada, "pool", limit="none")
    await start(paid, bob, question)


async def test_the_operators_cap_binds_at_the_press(tmp_path):
    terms = {"free_images": 1, "budget": "5", "operator_cap": "0.30"}
    async with open_world(tmp_path, quota=terms) as world:
        bob = world.member("bob")
        question = await propose(bob, count=2)
        await make(world, world.member("mei"))
        assert "The monthly limit of the whole bot is reached." in await said(world, await answer_to(bob, question))
        assert len(world.rows("SELECT * FROM jobs")) == 1


async def test_who_lost_the_role_that_paid_is_refused_at_the_press(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 0, "budget": "0"}) as world:
        ada, _ = add_admins(world)
        world.guild.add_role("Patrons")
        await quota(ada, "set-role", role="Patrons", budget="5")
        world.guild.set_roles("bob", ["Patrons"])
        bob = world.member("bob")
        question = await propose(bob)
        world.guild.set_roles("bob", [])
        assert "Your quota doesn't cover this picture. You have 0 free pictures left." in await said(
            world, await answer_to(bob, question)
        )
        assert_nothing_is_held(world)
        world.guild.set_roles("bob", ["Patrons"])
        await start(world, bob, question)


async def test_what_became_dearer_than_agreed_is_asked_about_anew(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 0, "budget": "5"}) as world:
        ada, _ = add_admins(world)
        world.guild.add_role("Artists")
        await quota(ada, "set-role", role="Artists", free_images=2)
        world.guild.set_roles("bob", ["Artists"])
        bob = world.member("bob")
        question = await propose(bob, count=3)
        assert "the rest would take CN¥0.14" in question.text
        world.guild.set_roles("bob", [])
        asked_anew = await (await answer_to(bob, question)).reply()
        assert "These 3 pictures would take CN¥0.42" in asked_anew.text
        assert_nothing_is_held(world)
        done = await start(world, bob, asked_anew)
        assert "From your budget: CN¥0.42" in await details(bob, done)


async def test_a_press_waits_its_turn_as_a_request_does(paid):
    ada, _ = add_admins(paid)
    bob = paid.member("bob")
    question = await propose(bob, count=2)
    await quota(ada, "set-member", member="bob", free_images=1, cooldown=3600, active_jobs=1)
    card = await paid.imagine(bob)
    assert "You already have 1 job under way" in await said(paid, await answer_to(bob, question))
    await paid.becomes(bob, card, "Here is your picture")
    await paid.job_is("delivered")
    assert "you can ask again <t:" in await said(paid, await answer_to(bob, question))
    assert len(paid.rows("SELECT * FROM jobs")) == 1


# -- the price before the request


async def test_the_models_are_offered_with_their_price_and_what_is_left(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 2}) as world:
        ada, _ = add_admins(world)
        world.guild.add_role("Artists")
        await quota(ada, "set-role", role="Artists", free_images=7)
        bob, mei = world.member("bob"), world.member("mei")

        async def offered(who: Actor, typed: str) -> list[str]:
            return [choice.name for choice in await who.autocomplete("imagine", {"model": typed}, focused="model")]

        assert (await offered(bob, "wan"))[:2] == [
            "wanx2.1-t2i-turbo (default) · CN¥0.14 per image · 2 free pictures left",
            "wanx2.1-t2i-plus · CN¥0.20 per image · 2 free pictures left",
        ]
        await make(world, bob)
        assert await offered(bob, "2.0") == ["wanx2.0-t2i-turbo · CN¥0.04 per image · 1 free picture left"]
        world.guild.set_roles("bob", ["Artists"])
        assert await offered(bob, "2.0") == ["wanx2.0-t2i-turbo · CN¥0.04 per image · 6 free pictures left"]
        assert "免费图片 2 张" in (await offered(mei, ""))[0]


def custom_id_of(question: Any) -> str:
    return question.buttons[0].custom_id.split(":")[1]
