"""What a server's log channel is told of refusals, and of what the image service refused, over real sockets."""

import sqlite3
from contextlib import closing

import pytest

from sandbox.dashscope import Outcome
from sandbox.dashscope.refusals import OUTPUT_INAPPROPRIATE
from sandbox.discord import Actor
from sandbox.faults import Fault
from tests.support.feeds import MARGIN_S, REFUSED, add_log, entries, entry, links, made, told
from tests.support.moderators import forbid_gore
from tests.support.settings import ask
from tests.support.world import World, open_world


async def test_what_the_service_refused_is_told_with_the_reason_and_without_pictures(world):
    await add_log(world)
    world.vendor.next_outcome(REFUSED)
    first = await world.imagine(world.member("bob"), "something bad")
    card = await entry(world, world.member("mod"), "#1")
    assert "refused by the image service" in card.text
    assert "The image service sees unsuitable content" in card.text
    assert "Nothing was charged." in card.text
    assert card.gallery == []
    assert [button.label for button in card.buttons] == ["Pause member", "Open timeline"]
    assert links(card) == [f"https://discord.com/channels/{world.guild.id}/{first.channel_id}/{first.id}"]


async def refused(who: Actor) -> str:
    """Ask for what a rule forbids, and give the answer."""
    return (await (await who.invoke("imagine", {"prompt": "gore"}, channel="general")).reply()).text


async def test_a_prompt_that_broke_a_rule_is_told_with_the_rule_and_covered_as_pictures_are(world):
    ada = await add_log(world)
    forbid_gore(world)
    bob, mei, mod = world.member("bob"), world.member("mei"), world.member("mod")
    assert "You can ask again" not in await refused(bob)
    line = await entry(world, mod, "that this server's rules don't allow")
    assert line.text.startswith(f"<@{bob.id}> · refused <t:")
    assert line.text.splitlines()[1:] == ["Rule broken: 1 · word: “gore”", "> ||gore||"]
    assert line.pinged == ()
    await world.eventually(lambda: not world.rows("SELECT 1 FROM refusal_tallies WHERE prompt <> ''"))
    await ask(ada, "moderation", previews="show")
    await refused(mei)
    assert (await entry(world, mod, f"<@{mei.id}> · refused")).text.splitlines()[-1] == "> gore"


async def test_however_often_one_member_is_refused_there_is_one_entry_that_counts(world):
    await add_log(world)
    forbid_gore(world)
    bob, mei, mod = world.member("bob"), world.member("mei"), world.member("mod")
    answers = [await refused(bob) for _ in range(10)]
    assert ["don't allow “gore”" in one for one in answers] == [True] * 5 + [False] * 5
    once_more = ["One more refused prompt, and you have to wait 10 minutes." in one for one in answers]
    assert once_more == [False] * 3 + [True] + [False] * 6
    assert answers[4].startswith(
        "The moderators of this server don't allow “gore” in prompts. Nothing was taken from your quota.\n"
    )
    assert "That was refused prompt number 5 within 10 minutes: you can only ask again <t:" in answers[4]
    assert ["try again" in one for one in answers] == [True] * 4 + [False] * 6
    assert answers[5].startswith("5 of your prompts were refused within 10 minutes")
    chinese = [await refused(mei) for _ in range(5)]
    assert "再被拒绝一次，就要等 10 分钟。" in chinese[3]
    assert "没有扣额度。\n这是 10 分钟内第 5 个被拒绝的提示词，<t:" in chinese[4]
    assert "请换个说法" not in chinese[4]
    assert "5 个提示词被本服务器的规则或图像服务拒绝" in await refused(mei)
    await made(world, mod)
    await entry(world, mod, "#1")
    counted = await entry(world, mod, f"<@{bob.id}> · 5 prompts refused (the first <t:")
    assert "The member can ask again <t:" in counted.text
    await entry(world, mod, f"<@{mei.id}> · 5 prompts refused (the first <t:")
    assert len(entries(mod)) == 3
    assert all(message.pinged == () for message in entries(mod))


async def test_who_has_to_wait_for_what_the_image_service_refused_reads_so_and_so_do_moderators(world):
    await add_log(world)
    forbid_gore(world)
    bob, mei, mod = world.member("bob"), world.member("mei"), world.member("mod")
    for who, again, one_more, waits in (
        (bob, "Try saying it differently", "One more refused prompt, and you have to wait 10 minutes.", "number 5"),
        (mei, "请换个说法试试", "再被拒绝一次，就要等 10 分钟。", "这是 10 分钟内第 5 个被拒绝的提示词，<t:"),
    ):
        for _ in range(3):
            await refused(who)
        cards = []
        for _ in range(2):
            world.vendor.next_outcome(REFUSED)
            first = await (await who.invoke("imagine", {"prompt": "a meadow"}, channel="general")).reply()
            cards.append(await world.becomes(who, first, "No pictures" if who is bob else "这次没有画成"))
        assert again in cards[0].text
        assert one_more in cards[0].text
        assert waits in cards[1].text
        assert again not in cards[1].text
    for number in (2, 4):
        assert "The member can ask again <t:" in (await entry(world, mod, f"**#{number}**")).text
    for number in (1, 3):
        assert "can ask again" not in (await entry(world, mod, f"**#{number}**")).text


@pytest.mark.parametrize("away_s", [0, MARGIN_S])
async def test_an_entry_about_refusals_whose_answer_was_lost_is_posted_once_and_counts_all(world, away_s):
    await add_log(world)
    forbid_gore(world)
    bob, mod = world.member("bob"), world.member("mod")
    world.discord.faults.add("create_message", Fault(cut=True, when="after"))
    await refused(bob)
    await world.eventually(lambda: world.rows("SELECT 1 FROM outbox WHERE feed > 0 AND attempts = 1"))
    await world.stop_bot()
    world.advance(away_s)
    await world.start_bot()
    await refused(bob)
    await entry(world, mod, "2 prompts refused")
    assert len(entries(mod)) == 1


async def test_an_entry_about_refusals_that_was_deleted_is_not_posted_again(world):
    await add_log(world)
    forbid_gore(world)
    bob, mod = world.member("bob"), world.member("mod")
    await refused(bob)
    line = await entry(world, mod, "refused <t:")
    world.member("operator").delete(line)
    await refused(bob)
    world.advance(60)
    assert await told(world, 2) == ["sent", "entry gone"]
    assert entries(mod) == []


async def test_who_is_forgotten_is_named_no_longer_by_the_entry_about_their_refusals(world):
    await add_log(world)
    forbid_gore(world)
    bob, mod = world.member("bob"), world.member("mod")
    await refused(bob)
    await entry(world, mod, f"<@{bob.id}> · refused <t:")
    question = await (await bob.invoke("privacy forget", {})).reply()
    await bob.press(question, "Erase everything")
    gone = await entry(world, mod, "A member who was forgotten · refused <t:")
    assert str(bob.id) not in gone.text


async def test_however_much_there_is_to_tell_no_ping_waits_for_it(tmp_path):
    async with open_world(tmp_path, queue={"ping_after": 0}) as world:
        await add_log(world)
        bob = world.member("bob")
        await made(world, bob)
        await told(world)
        fill(world, 50)
        await made(world, bob)
        query = "SELECT 1 FROM outbox WHERE kind = 'ping' AND done_ms > 0"
        await world.eventually(lambda: len(world.rows(query)) == 2)
        assert len(world.rows("SELECT 1 FROM outbox WHERE feed > 0 AND done_ms = 0")) > 10
        assert [message for message in bob.read("general") if message.pinged] != []


def fill(world: World, count: int) -> None:
    """Let a prompt of each of so many members have been refused."""
    tally = """INSERT INTO refusal_tallies (server_id, account_id, since_ms, last_ms, count, reason)
        VALUES (?, ?, ?, ?, 1, 'prompt-breaks-word') RETURNING id"""
    row = (
        "INSERT INTO outbox (kind, content, created_ms, feed) VALUES ('feed-refused', json_object('tally_id', ?), ?, ?)"
    )
    now_ms, account_id = world.clock.now_ms(), world.job()["account_id"]
    with closing(sqlite3.connect(world.config.storage.file, timeout=10)) as conn, conn:
        for at_ms in range(now_ms, now_ms + count):
            (tally_id,) = conn.execute(tally, (world.guild.id, account_id, at_ms, at_ms)).fetchone()
            conn.execute(row, (tally_id, at_ms, world.guild.id))


async def test_moderators_read_how_many_pictures_of_a_request_were_refused_and_why(world):
    await add_log(world)
    mod, bob = world.member("mod"), world.member("bob")
    world.vendor.next_outcome(Outcome(failed_images={1: OUTPUT_INAPPROPRIATE, 3: OUTPUT_INAPPROPRIATE}))
    await made(world, bob, "a crowd", count=4)
    card = await entry(world, mod, "#1")
    assert "2 of 4 pictures are missing: The image service sees unsuitable content" in card.text
    assert "Charged: 2 free pictures." in card.text
    assert len(card.attachments) == 2
