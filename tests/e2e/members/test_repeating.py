"""The buttons under what came of a request that ask for the same again or otherwise, over real sockets."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.dashscope import Outcome
from sandbox.dashscope.refusals import INAPPROPRIATE, TIMED_OUT
from sandbox.discord import DIRECT, Actor, SeenMessage, Used
from sandbox.discord.rules.modals import fields
from tests.support.clients import privacy
from tests.support.quotas import alone, said
from tests.support.settings import add_admins, ask
from tests.support.world import World, make_config, open_world

ASKED = ("prompt", "negative_prompt", "model", "size", "count", "private", "watermark", "prompt_extend")
OTHERS = {
    "mod": "Only whoever asked for #1 can have it drawn again. Ask for pictures of your own with /imagine.",
    "mei": "#1 只有提交者本人可以再画。请用 /imagine 画你自己的图片。",
}


async def drawn(world: World, who: Actor, prompt: str = "a fox", **options: Any) -> SeenMessage:
    """Ask for pictures, and give their message once they are there."""
    return await _done(world, who, await world.imagine(who, prompt, **options))


async def _done(world: World, who: Actor, card: SeenMessage) -> SeenMessage:
    return await world.shown(who, lambda seen: seen.id == card.id and seen.gallery)


async def pressed(world: World, who: Actor, message: SeenMessage, label: str) -> SeenMessage:
    """Press a button, and give the message with the pictures that it asks for."""
    return await _done(world, who, await (await who.press(message, label)).reply())


def asked_for(world: World, number: int) -> tuple[Any, ...]:
    (row,) = world.rows(f"SELECT {', '.join(ASKED)} FROM jobs WHERE number = ?", number)
    return tuple(row)


def form_of(used: Used) -> dict[str, str]:
    """Return what stands in the fields of the form that a press opened."""
    assert used.interaction.modal is not None
    return {field["custom_id"]: field["value"] for field in fields(used.interaction.modal) if field.get("value")}


async def changed(who: Actor, message: SeenMessage, **values: Any) -> Used:
    """Open the form, and send it with these fields changed."""
    used = await who.press(message, "Change it")
    await used.response()
    return await who.submit_modal(used, values)


async def test_again_draws_the_same_with_another_seed(world: World):
    bob = world.member("bob")
    first = await drawn(world, bob, "a *fox*", negative_prompt="snow", size="16:9", count=2, watermark=True)
    assert [button.label for button in first.buttons] == ["Again", "Change it", "Edit picture", "More…", "Delete"]
    second = await pressed(world, bob, first, "Again")
    assert second.id != first.id
    assert asked_for(world, 1) == asked_for(world, 2)
    seeds = {row["seed"] for row in world.rows("SELECT seed FROM jobs")}
    assert len(seeds) == 2
    # The first stays as it was, and may be drawn once more.
    third = await pressed(world, bob, first, "Again")
    assert third.id not in {first.id, second.id}
    world.assert_books_agree()


async def test_again_works_after_a_restart_and_a_press_that_comes_twice_is_one_job(world: World):
    bob = world.member("bob")
    first = await drawn(world, bob)
    await world.stop_bot()
    await world.start_bot()
    used = await bob.press(first, "Again")
    world.discord.redeliver(used)
    await _done(world, bob, await used.reply())
    assert len(world.rows("SELECT id FROM jobs")) == 2
    world.assert_books_agree()


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("action", ["again", "change"])
async def test_nobody_else_has_it_drawn_again_not_even_a_moderator(world: World, name: str, action: str):
    first = await drawn(world, world.member("bob"))
    (button,) = [one for one in first.buttons if f":{action}" in one.custom_id]
    used = await world.member(name).press(first, button.custom_id)
    assert await said(world, used) == OTHERS[name]
    assert len(world.rows("SELECT id FROM jobs")) == 1


async def test_a_form_changes_what_is_asked_for(world: World):
    bob = world.member("bob")
    first = await drawn(world, bob, negative_prompt="snow", size="16:9", count=2, watermark=True)
    used = await bob.press(first, "Change it")
    await used.response()
    assert form_of(used) == {
        "prompt": "a fox",
        "negative": "snow",
        "size": "1280*720",
        "count": "2",
    }
    sent = await bob.submit_modal(used, {"prompt": "a red fox", "negative": "", "size": "1:1", "count": "1"})
    await _done(world, bob, await sent.reply())
    (prompt, negative, model, size, count, _, watermark, _) = asked_for(world, 2)
    assert (prompt, negative, model, size, count) == ("a red fox", "", "wanx2.1-t2i-turbo", "1024*1024", 1)
    # What the form does not ask about stays.
    assert watermark
    world.assert_books_agree()


async def test_a_prompt_that_no_form_has_room_for_is_not_cut(world: World):
    bob = world.member("bob")
    first = await drawn(world, bob, "fox " * 1100, model="wan2.7-image")
    refused = await (await bob.press(first, "Change it")).reply()
    assert "This prompt has more characters than a form takes (4,000)." in refused.text
    short = await drawn(world, bob, "fox " * 900, model="wan2.7-image")
    used = await bob.press(short, "Change it")
    await used.response()
    assert form_of(used)["prompt"] == ("fox " * 900).strip()


async def test_another_model_draws_the_ratio_in_its_own_size(world: World):
    bob = world.member("bob")
    first = await drawn(world, bob, size="512*1024", prompt_extend=False, watermark=True)
    await _done(world, bob, await (await changed(bob, first, model=["wan2.7-image"])).reply())
    (_, _, model, size, *_) = asked_for(world, 2)
    assert (model, size) == ("wan2.7-image", "1440*2896")


@pytest.mark.parametrize(
    ("name", "label", "words"),
    [
        ("bob", "Change it", "“two” is no number of pictures; put one such as 2. Nothing was taken from your quota."),
        ("mei", "改一改", "“two”不是张数，请填写数字，例如 2。没有扣额度。"),
    ],
)
async def test_a_number_that_is_none_is_refused_and_what_was_typed_given_back(
    world: World, name: str, label: str, words: str
):
    who = world.member(name)
    first = await drawn(world, who)
    used = await who.press(first, label)
    await used.response()
    sent = await who.submit_modal(used, {"prompt": "a red fox", "count": "two"})
    assert (await sent.reply()).text == words
    await world.discord.until(lambda: sent.followups)
    assert "a red fox" in sent.followups[0].text
    assert len(world.rows("SELECT id FROM jobs")) == 1


async def test_what_failed_is_tried_again_and_what_was_refused_for_its_words_is_changed(world: World):
    bob = world.member("bob")
    world.vendor.next_outcome(Outcome(failed_images={0: TIMED_OUT}))
    card = await world.imagine(bob, "a fox")
    failed = await world.shown(bob, lambda seen: seen.id == card.id and "No pictures" in seen.text)
    assert [button.label for button in failed.buttons] == ["Try again", "Change it", "Delete"]
    await pressed(world, bob, failed, "Try again")
    world.vendor.next_outcome(Outcome(refuse=INAPPROPRIATE))
    card = await world.imagine(bob, "something rude")
    refused = await world.shown(bob, lambda seen: seen.id == card.id and "Delete" in str(seen.buttons))
    assert [button.label for button in refused.buttons] == ["Change it", "Delete"]
    await _done(world, bob, await (await changed(bob, refused, prompt="something nice")).reply())
    world.assert_books_agree()


async def test_what_was_private_stays_so_also_from_a_copy(world: World):
    bob = world.member("bob")
    used = await bob.invoke("imagine", {"prompt": "a fox", "private": True})
    await used.reply()
    await world.job_is("delivered")
    assert used.message is not None
    again = await bob.press(used.message, "Again")
    assert (await again.reply()).ephemeral
    await world.job_is("delivered", 2)
    copied = await bob.press(await alone(bob, "job", number=1), "Again")
    assert (await copied.reply()).ephemeral
    await world.job_is("delivered", 3)
    assert {row["private"] for row in world.rows("SELECT private FROM jobs")} == {1}


async def test_a_public_job_is_drawn_again_for_all_also_from_a_copy(world: World):
    bob = world.member("bob")
    await drawn(world, bob)
    await world.job_is("delivered")
    copied = await bob.press(await alone(bob, "job", number=1), "Again")
    assert not (await copied.reply()).ephemeral
    await world.job_is("delivered", 2)


async def test_a_copy_in_direct_messages_says_where_pictures_are_made(world: World):
    bob = world.member("bob")
    await drawn(world, bob)
    await world.job_is("delivered")
    copied = await alone(bob, "job", channel=DIRECT, number=1)
    for label in ("Again", "Change it", "Edit picture"):
        assert await said(world, await bob.press(copied, label)) == "I make pictures in servers only."


async def test_a_press_on_a_price_agrees_to_it_and_whoever_has_nothing_left_is_told_so(tmp_path: Path):
    async with open_world(tmp_path, quota={"free_images": 1, "budget": "0.2"}) as world:
        bob = world.member("bob")
        first = await drawn(world, bob)
        second = await pressed(world, bob, first, "Again · CN¥0.14")
        assert world.rows("SELECT sum(charged_micros) AS paid FROM holds")[0]["paid"] == 140_000
        refused = await (await bob.press(second, "Again")).reply()
        assert refused.ephemeral
        assert "CN¥0.06" in refused.text
        assert len(world.rows("SELECT id FROM jobs")) == 2
        world.assert_books_agree()


async def test_what_its_button_called_free_is_paid_for_by_nobody_unasked(tmp_path: Path):
    async with open_world(tmp_path, quota={"free_images": 2, "budget": "1"}) as world:
        bob = world.member("bob")
        await ask(add_admins(world)[0], "posting", confirm_paid=False)
        first = await drawn(world, bob)
        await drawn(world, bob)
        question = await (await bob.press(first, "Again")).reply()
        assert "would take CN¥0.14 from your budget" in question.text
        assert len(world.rows("SELECT id FROM jobs")) == 2


async def test_what_became_dearer_than_its_button_says_is_asked_about(tmp_path: Path):
    quota = {"free_images": 1, "budget": "1"}
    async with open_world(tmp_path, quota=quota) as world:
        bob = world.member("bob")
        first = await drawn(world, bob)
        second = await pressed(world, bob, first, "Again · CN¥0.14")
        await world.stop_bot()
        dearer = {"wanx2.1-t2i-turbo": {"price": "0.28"}}
        world.config = make_config(world.discord, world.vendor, tmp_path, quota=quota, models=dearer)
        await world.start_bot()
        # Also whoever has paid in this period already.
        question = await (await bob.press(second, "Again · CN¥0.14")).reply()
        assert "would take CN¥0.28 from your budget" in question.text
        assert len(world.rows("SELECT id FROM jobs")) == 2


async def test_a_prompt_that_was_rewritten_is_drawn_again_as_it_was_without_a_second_rewriting(tmp_path: Path):
    async with open_world(tmp_path, rewriting={"daily": 3}) as world:
        bob = world.member("bob")
        first = await drawn(world, bob, enhance="improve")
        await pressed(world, bob, first, "Again")
        prompts = {(row["prompt"], row["original_prompt"]) for row in world.rows("SELECT * FROM jobs")}
        assert len(prompts) == 1
        assert len(world.rows("SELECT id FROM rewritings")) == 1
        # The form shows what was drawn, and what is changed is the server's to rewrite.
        used = await bob.press(first, "Change it")
        await used.response()
        assert form_of(used)["prompt"].startswith("a fox, ")


async def test_a_picture_is_edited_by_the_button_under_it(world: World):
    bob = world.member("bob")
    first = await drawn(world, bob)
    used = await bob.press(first, "Edit picture")
    await used.response()
    sent = await bob.submit_modal(used, {"instruction": "let it snow"})
    edited = await _done(world, bob, await sent.reply())
    # Its own message has the pictures that came in, which are not asked for again.
    assert [button.label for button in edited.buttons] == ["Edit picture", "More…", "Delete"]
    world.assert_books_agree()


async def test_the_same_edit_is_made_again_of_the_picture_that_was_handed_in(tmp_path: Path):
    async with open_world(tmp_path, quota={"free_images": 1, "budget": "1"}) as world:
        bob = world.member("bob")
        first = await _done(world, bob, await world.ask_for_edit(bob, "let it snow"))
        second = await pressed(world, bob, first, "Again · CN¥0.20")
        assert "Edited from an uploaded picture." in second.text
        assert asked_for(world, 1) == asked_for(world, 2)
        sizes = [row[0] for row in world.rows("SELECT size_bytes FROM input_pictures ORDER BY job_id")]
        assert sizes[0] == sizes[1]
        world.assert_books_agree()


async def test_what_was_forgotten_is_not_drawn_again(world: World):
    bob = world.member("bob")
    first = await drawn(world, bob)
    await world.job_is("delivered")
    await privacy.forget(world, bob)
    used = await bob.press(first, "Again", force=True)
    assert "I don't know any more what this was asked for with." in await said(world, used)
