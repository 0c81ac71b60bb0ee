"""Prompts that are rewritten before they are drawn, as members, moderators and admins meet them, over real sockets."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.dashscope import TextOutcome
from sandbox.discord import Actor, ClientRefused, SeenMessage
from sandbox.faults import Fault
from tests.support.clients import privacy
from tests.support.faults import denied
from tests.support.quotas import alone, details, forge
from tests.support.settings import add_admins, ask
from tests.support.world import World, make_config, open_world

REWRITTEN = "a cat, in soft evening light, finely detailed"
GONE = {
    "bob": "This prompt was drawn already, or its hour is over. "
    "This press took nothing from your quota; ask for it again with /prompt.",
    "mei": "这段提示词已经画过，或者已超过一小时。这次点击没有扣额度；如果还需要，请重新使用 /prompt。",
}
LOST = {
    "bob": "Drawn as you wrote it: the answer of the model that rewrites prompts was lost on its way.",
    "mei": "按原文画的：改写的结果在传输途中丢失了。",
}
WAY = {
    "bob": "or use /imagine and choose “draw it as I wrote it” for enhance.",
    "mei": "或用 /imagine 并在“优化”中选“不改写”。",
}
OFF = {
    "ada": "Prompts can't be rewritten here: the bot's operator has not switched that on. Ask without it.",
    "li": "这里不能改写提示词：机器人的运营者没有开启这项功能。请不要选择改写。",
}


@pytest.fixture
async def helped(tmp_path: Path):
    async with open_world(tmp_path, rewriting={"daily": 3}) as world:
        yield world


def choices_of(world: World, command: str, option: str) -> list[dict[str, Any]]:
    (found,) = [one for one in world.discord.world.commands.of(None) if one["name"] == command]
    (named,) = [one for one in found["options"] if one["name"] == option]
    return named["choices"]


async def draw(world: World, who: Actor, shown: SeenMessage) -> SeenMessage:
    """Press the button under a rewritten prompt, and give the job's message once its pictures are there."""
    (button,) = shown.buttons
    card = await (await who.press(shown, button.custom_id)).reply()
    return await world.shown(who, lambda seen: seen.id == card.id and seen.gallery)


async def test_a_prompt_is_improved_shown_to_its_member_alone_and_drawn_by_a_press(helped: World):
    bob = helped.member("bob")
    shown = await alone(bob, "prompt improve", prompt="a cat")
    assert shown.text.splitlines() == [
        "**The prompt as it was improved**",
        REWRITTEN,
        "**As you wrote it**",
        "a cat",
        "-# The button draws it for everybody in this channel to see, with this server's first model, once, "
        "within an hour; "
        "your quota counts as with /imagine.",
    ]
    assert [button.label for button in shown.buttons] == ["Draw it"]
    assert helped.rows("SELECT * FROM jobs") == []
    card = await draw(helped, bob, shown)
    assert not card.ephemeral
    assert f"**The prompt as it was improved**\n{REWRITTEN}" in await details(bob, card)
    assert "a cat\n" in card.text
    (order,) = [task.order for task in helped.vendor.tasks.values()]
    assert (order.prompt, order.prompt_extend) == (REWRITTEN, False)
    (button,) = shown.buttons
    assert (await (await bob.press(shown, button.custom_id)).reply()).text == GONE["bob"]
    assert len(helped.rows("SELECT * FROM jobs")) == 1
    assert len(helped.vendor.texts.calls) == 1
    helped.assert_books_agree()


@pytest.mark.parametrize(
    ("name", "pictures", "words"),
    [
        ("bob", "private", "The button draws it for you alone to see, with"),
        ("mei", "private", "一小时内可以点按钮画一次，画出的图只有你能看到；"),
        ("mei", "public", "一小时内可以点按钮画一次，画出的图这个频道里的人都能看到；"),
    ],
)
async def test_who_will_see_what_the_button_draws_is_said_before_it_is_pressed(
    helped: World, name: str, pictures: str, words: str
):
    ada, _ = add_admins(helped)
    await ask(ada, "posting", pictures=pictures)
    who = helped.member(name)
    shown = await alone(who, "prompt improve", prompt="a cat")
    assert words in shown.text
    (button,) = shown.buttons
    card = await (await who.press(shown, button.custom_id)).reply()
    assert card.ephemeral is (pictures == "private")


async def test_a_button_outlasts_a_restart_and_is_its_members_alone(helped: World):
    mei, bob = helped.member("mei"), helped.member("bob")
    shown = await alone(mei, "prompt translate", prompt="一只猫")
    assert shown.text.splitlines()[:4] == ["**译成英文的提示词**", "一只猫 \\(in English\\)", "**你的原文**", "一只猫"]
    assert [button.label for button in shown.buttons] == ["就画这个"]
    await helped.stop_bot()
    await helped.start_bot()
    used = await forge(helped, bob, shown, shown.buttons[0].custom_id)
    assert (await used.reply()).text == GONE["bob"]
    card = await draw(helped, mei, shown)
    assert "一只猫 \\(in English\\)" in await details(mei, card)
    used = await mei.press(shown, shown.buttons[0].custom_id)
    assert (await used.reply()).text == GONE["mei"]
    helped.assert_books_agree()


async def test_imagine_rewrites_by_an_option_and_shows_both_prompts_everywhere(helped: World):
    bob, mod = helped.member("bob"), helped.member("mod")
    card = await helped.imagine(bob, "a cat", enhance="improve")
    assert f"**The prompt as it was improved**\n{REWRITTEN}" in card.text
    await helped.job_is("delivered")
    copy = await (await bob.invoke("job", {"number": 1})).reply()
    assert f"**The prompt as it was improved**\n{REWRITTEN}" in copy.text
    timeline = await (await mod.invoke("logs job", {"number": 1})).reply()
    assert f"**Prompt as typed**\na cat\n**Prompt as sent**\n{REWRITTEN}" in timeline.text.replace("\n\n", "\n")
    for words in ("a cat", "evening light"):
        assert "#1" in str((await (await mod.invoke("logs search", {"text": words})).reply()).as_json())
    helped.assert_books_agree()


async def test_a_prompt_in_which_nothing_had_to_change_is_shown_once(helped: World):
    ada, _ = add_admins(helped)
    await ask(ada, "prompts", enhance="translate")
    helped.vendor.texts.next_outcome(TextOutcome(says="a cat"))
    card = await helped.imagine(helped.member("bob"), "a cat")
    assert card.text.splitlines().count("a cat") == 1
    assert "in English" not in card.text
    done = await helped.shown(helped.member("bob"), lambda seen: seen.id == card.id and seen.gallery)
    assert done.text.splitlines().count("a cat") == 1
    helped.assert_books_agree()


@pytest.mark.parametrize("name", ["bob", "mei"])
async def test_a_lost_answer_is_said_on_the_card_and_the_original_drawn(helped: World, name: str):
    who = helped.member(name)
    helped.vendor.faults.add("text", Fault(cut=True, when="after"))
    card = await helped.imagine(who, "a cat", enhance="improve")
    assert LOST[name] in card.text
    done = await helped.shown(who, lambda seen: seen.id == card.id and seen.gallery)
    assert LOST[name] in done.text
    assert [task.order.prompt for task in helped.vendor.tasks.values()] == ["a cat"]
    ((held,),) = helped.rows("SELECT held FROM buckets WHERE kind = 'cap'")
    (call,) = helped.vendor.texts.calls
    assert held >= call.cost_micros
    assert len(helped.rows("SELECT * FROM ledger WHERE kind = 'doubt'")) == 1


async def test_a_prompt_that_the_service_refuses_is_refused_in_private_and_nothing_is_held(helped: World):
    said = await alone(helped.member("bob"), "imagine", prompt="a cat [refuse]", enhance="improve")
    assert said.text == (
        "The image service refuses to rewrite this prompt: it sees unsuitable content in it. "
        "Say it differently and try again; nothing was taken from your quota."
    )
    said = await alone(helped.member("mei"), "prompt improve", prompt="[refuse]")
    assert said.text.startswith("图像服务拒绝改写这段提示词：它认为其中含有不合适的内容。请换个说法再试；没有扣额度。")
    assert helped.rows("SELECT * FROM jobs") == []
    helped.assert_books_agree()
    logged = await (await helped.member("mod").invoke("logs search", {"status": "refused-here"})).reply()
    assert "refused to rewrite the prompt" in logged.text


@pytest.mark.parametrize(
    ("name", "said", "noted"),
    [
        (
            "bob",
            "The image service keeps the rewritten prompt back: it sees unsuitable content in it. Say yours",
            "Drawn as you wrote it: the image service kept the rewritten prompt back.",
        ),
        (
            "mei",
            "图像服务没有交出改写后的提示词：它认为其中含有不合适的内容。",
            "按原文画的：图像服务没有交出改写后的提示词。",
        ),
    ],
)
async def test_what_the_service_withholds_of_its_own_words_is_no_refused_prompt_of_the_member(
    helped: World, name: str, said: str, noted: str
):
    who = helped.member(name)
    assert said in (await alone(who, "prompt improve", prompt="a cat [withhold]")).text
    assert noted in (await helped.imagine(who, "a cat [withhold]", enhance="improve")).text
    assert helped.rows("SELECT * FROM refused_prompts") == []
    await helped.job_is("delivered")
    # It was written, and may be billed.
    assert [row["outcome"] for row in helped.rows("SELECT outcome FROM rewritings")] == ["doubtful"] * 2


async def test_the_days_number_is_said_in_private(helped: World):
    bob = helped.member("bob")
    for _ in range(3):
        await alone(bob, "prompt improve", prompt="a cat")
    said = await alone(bob, "prompt improve", prompt="a cat")
    assert said.text.startswith("You have had your 3 prompts of today rewritten. You can have more rewritten <t:")
    card = await helped.imagine(bob, "a cat", enhance="improve")
    assert "Drawn as you wrote it: your rewritten prompts of today are used up." in card.text
    assert len(helped.vendor.texts.calls) == 3


@pytest.mark.parametrize("name", ["bob", "mei"])
async def test_the_way_to_the_original_that_is_named_leads_there_whatever_the_server_has(helped: World, name: str):
    ada, _ = add_admins(helped)
    await ask(ada, "prompts", enhance="improve")
    who = helped.member(name)
    helped.vendor.faults.add("text", Fault(status=500))
    said = await alone(who, "prompt improve", prompt="a cat")
    assert WAY[name] in said.text
    (off,) = [one for one in choices_of(helped, "imagine", "enhance") if one["value"] == "off"]
    assert off["name_localizations"]["zh-CN"] in WAY["mei"]
    assert off["name"] in WAY["bob"]
    assert REWRITTEN not in (await helped.imagine(who, "a cat", enhance="off")).text


async def test_admins_set_what_happens_to_prompts_whose_members_say_nothing(helped: World):
    ada, li = add_admins(helped)
    answer = await ask(ada, "prompts", enhance="improve")
    assert answer.text == ("**Prompts of members who don't choose**\nBefore: drawn as they were written\nNow: improved")
    assert "成员没有选择时的提示词" in (await ask(li, "show")).text
    assert REWRITTEN in (await helped.imagine(helped.member("bob"), "a cat")).text
    assert "润色" in (await ask(li, "prompts", enhance="improve")).text


async def test_where_the_operator_has_not_switched_it_on_nothing_of_it_is_offered(world: World):
    ada, _ = add_admins(world)
    with pytest.raises(ClientRefused, match="there is no command /prompt here"):
        await world.member("bob").invoke("prompt improve", {"prompt": "a cat"})
    with pytest.raises(ClientRefused, match="has no option"):
        await world.member("bob").invoke("imagine", {"prompt": "a cat", "enhance": "improve"})
    with pytest.raises(ClientRefused):
        await ask(ada, "prompts", enhance="translate")


async def test_who_is_still_offered_what_was_switched_off_is_told_so(tmp_path: Path):
    async with open_world(tmp_path, rewriting={"daily": 3}) as world:
        ada, li = add_admins(world)
        await world.stop_bot()
        world.config = make_config(world.discord, world.vendor, tmp_path, discord={"sync_commands": "never"})
        await world.start_bot()
        for admin, words in (
            (ada, "with the table [rewriting] of its configuration."),
            (li, "在配置中用 [rewriting] 开启。"),
        ):
            assert words in (await ask(admin, "prompts", enhance="translate")).text
            assert (await alone(admin, "imagine", prompt="a cat", enhance="improve")).text == OFF[admin.user.name]


async def test_what_was_rewritten_is_handed_out_and_erased(helped: World):
    bob = helped.member("bob")
    await helped.imagine(bob, "a secret cat", enhance="improve")
    await helped.job_is("delivered")
    await alone(bob, "prompt improve", prompt="a secret dog")
    await privacy.forget(helped, bob)
    for table in ("jobs", "prompt_offers", "images"):
        kept: list[Any] = [list(row) for row in helped.rows(f"SELECT * FROM {table}")]
        assert "secret" not in str(kept), table
    assert len(helped.rows("SELECT * FROM rewritings")) == 2


async def test_words_that_discord_refuses_are_left_out_and_the_button_stays(helped: World):
    helped.discord.faults.add("edit_original", denied(400, 240000, "Blocked"))
    shown = await alone(helped.member("bob"), "prompt improve", prompt="a cat")
    assert shown.text == (
        "Your prompt is rewritten, but Discord doesn't let me show its words. "
        "The button draws it all the same, for everybody in this channel to see, once, within an hour."
    )
    assert [button.label for button in shown.buttons] == ["Draw it"]
