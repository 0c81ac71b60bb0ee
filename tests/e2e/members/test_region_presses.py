"""Buttons for the fields of a region, pressed twice, in a hurry or too late, and Discord's answers that come slowly."""

import asyncio

from sandbox.faults import Fault
from tests.support.faults import denied
from tests.support.quotas import said
from tests.support.regions import DROP, GONE, asked, chosen, done, edited
from tests.support.world import World


async def test_two_presses_at_once_draw_once(world: World):
    bob = world.member("bob")
    question = await chosen(world, bob, await asked(bob), "B2")
    first, second = await edited(bob, question), await edited(bob, question, force=True)
    await first.response()
    assert await said(world, second) == GONE["bob"]
    closed = "You chose the region; it is #1 now.\n> a red hat"
    await world.shown(bob, lambda seen: seen.id == question.id and seen.text == closed)
    # A client that lags behind takes nothing back of that.
    assert await said(world, await edited(bob, question, force=True)) == GONE["bob"]
    assert (await world.shown(bob, lambda seen: seen.id == question.id)).text == closed
    assert len(world.rows("SELECT * FROM jobs")) == 1
    await world.job_is("delivered")
    assert world.vendor.creates == 1


async def test_a_press_that_comes_too_late_does_not_hide_what_the_first_one_has_begun(world: World):
    bob = world.member("bob")
    question = await chosen(world, bob, await asked(bob), "B2")
    answering = world.discord.faults.gate("callback")
    await edited(bob, question)
    await answering.reached.wait()
    looking = world.discord.faults.gate("get_original", when="after")
    late = await edited(bob, question, force=True)
    await looking.reached.wait()
    answering.open()
    # Time enough for the question to be closed, if that went ahead.
    await asyncio.sleep(0.5)
    looking.open()
    assert await said(world, late) == GONE["bob"]
    closed = "You chose the region; it is #1 now.\n> a red hat"
    await world.shown(bob, lambda seen: seen.id == question.id and seen.text == closed)


async def test_a_field_that_is_pressed_twice_at_once_is_chosen(world: World):
    bob = world.member("bob")
    question = await asked(bob)
    for used in [await bob.press(question, "B2"), await bob.press(question, "B2", force=True)]:
        await used.response()
    await chosen(world, bob, question, "C3")
    shown = await world.shown(bob, lambda seen: seen.id == question.id and "C3" in seen.text)
    assert "Chosen: B2, C3." in shown.text


async def test_of_two_quick_presses_the_slow_one_does_not_hide_the_other(world: World):
    bob = world.member("bob")
    question = await asked(bob)
    gate = world.discord.faults.gate("edit_original")
    await bob.press(question, "B2")
    await gate.reached.wait()
    used = await bob.press(question, "C3")
    await used.response()
    # Time enough for the second one, if it went ahead.
    await asyncio.sleep(0.5)
    gate.open()
    await gate.ended.wait()
    shown = await world.shown(bob, lambda seen: seen.id == question.id and "C3" in seen.text)
    assert "Chosen: B2, C3." in shown.text


async def test_whoever_goes_on_before_discord_has_the_answer_to_a_field_goes_on_with_it(world: World):
    bob = world.member("bob")
    question = await chosen(world, bob, await asked(bob), "B2")
    gate = world.discord.faults.gate("callback")
    late = await bob.press(question, "C2")
    await gate.reached.wait()
    shown = await done(world, bob, await edited(bob, question))
    assert "Region: B2–C2 (" in shown.text
    gate.open()
    await late.response()
    closed = await world.shown(bob, lambda seen: seen.id == question.id and not seen.buttons)
    assert closed.text == "You chose the region; it is #1 now.\n> a red hat"
    await world.stop_bot()
    assert late.followups == []


async def test_a_slow_answer_to_a_field_does_not_bring_back_a_question_that_is_answered(world: World):
    bob = world.member("bob")
    question = await chosen(world, bob, await asked(bob), "B2")
    gate = world.discord.faults.gate("edit_original")
    await bob.press(question, "C2")
    await gate.reached.wait()
    card = await (await edited(bob, question)).reply()
    # Time enough for the question to be closed, if that went ahead.
    await asyncio.sleep(0.5)
    gate.open()
    await gate.ended.wait()
    closed = await world.shown(bob, lambda seen: seen.id == question.id and not seen.buttons)
    assert closed.text == "You chose the region; it is #1 now.\n> a red hat"
    await world.becomes(bob, card, "Region: B2–C2 (")


async def test_a_slow_answer_to_a_field_does_not_bring_back_a_question_that_is_dropped(world: World):
    bob = world.member("bob")
    question = await chosen(world, bob, await asked(bob), "B2")
    gate = world.discord.faults.gate("edit_original")
    await bob.press(question, "C2")
    await gate.reached.wait()
    dropped = await bob.press(question, DROP["bob"])
    await dropped.response()
    # Time enough for the question to be closed, if that went ahead.
    await asyncio.sleep(0.5)
    gate.open()
    await gate.ended.wait()
    closed = await world.shown(bob, lambda seen: seen.id == question.id and not seen.buttons)
    assert closed.text == "All right, nothing was made, and nothing was taken from your quota.\n> a red hat"
    assert dropped.followups == []


async def test_a_question_that_is_sent_twice_takes_back_no_field_that_was_pressed_meanwhile(world: World):
    bob = world.member("bob")
    # It stands, though Discord says otherwise: a second later the library sends it once more.
    world.discord.faults.add("edit_original", Fault(status=502, content_type="text/html", when="after"))
    question = await asked(bob)
    await (await bob.press(question, "B2")).response()
    await world.discord.until(lambda: [one.operation for one in world.discord.requests].count("edit_original") == 3)
    # Whichever of them came last has been taken by then.
    await asyncio.sleep(0.5)
    assert "Chosen: B2." in (await world.shown(bob, lambda seen: seen.id == question.id)).text


async def test_a_slow_answer_to_a_field_does_not_bring_back_a_question_whose_answer_discord_refused(world: World):
    bob = world.member("bob")
    question = await chosen(world, bob, await asked(bob), "B2")
    gate = world.discord.faults.gate("edit_original")
    await bob.press(question, "C2")
    await gate.reached.wait()
    world.discord.faults.add("callback", denied(403, 50013, "Missing Permissions"))
    await edited(bob, question)
    # Time enough for the question to be closed, if that went ahead.
    await asyncio.sleep(0.5)
    gate.open()
    await gate.ended.wait()
    closed = await world.shown(bob, lambda seen: seen.id == question.id and not seen.buttons)
    assert closed.text.startswith("Discord didn't take my answer to your press")
