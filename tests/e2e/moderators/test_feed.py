"""The feed of the log channel as moderators, members and other servers meet it, over real sockets."""

import io
import json

import aiohttp
import pytest
from PIL import Image

from bot.presentation.kit.escaping import length
from bot.presentation.log.feed import CHANGED_WITHIN_MS
from sandbox.dashscope import Outcome
from sandbox.dashscope.pictures.oddities import odd_pictures
from sandbox.discord import ClientRefused, Permission
from sandbox.discord.rules.components import TEXT, walk
from sandbox.faults import Fault
from tests.support.attacks import attacks
from tests.support.deleting import delete
from tests.support.feeds import MARGIN_S, OPEN, REFUSED, TOLD, add_log, entries, entry, hide, links, made, told
from tests.support.liveliness import living
from tests.support.settings import ask
from tests.support.world import open_world


async def test_moderators_see_who_made_what_at_which_charge_and_can_act_on_it(world):
    await add_log(world)
    mod, bob = world.member("mod"), world.member("bob")
    done = await made(world, bob, "a *red* door", count=2)
    card = await entry(world, mod, "#1")
    assert f"**#1** · <@{bob.id}> · delivered" in card.text
    assert "a \\*red\\* door" in card.text
    assert "Charged: 2 free pictures" in card.text
    assert "2 pictures" in card.text
    assert card.pinged == ()
    job_id = world.job()["id"]
    assert [(button.label, button.custom_id) for button in card.buttons] == [
        ("Remove", f"mod:remove:{job_id}"),
        ("Cover", f"mod:cover:{job_id}"),
        ("Pause member", f"mod:pause:{job_id}"),
        ("Open timeline", f"logs:job:{job_id}"),
    ]
    assert links(card) == [f"https://discord.com/channels/{world.guild.id}/{done.channel_id}/{done.id}"]
    assert [picture.spoiler for picture in card.gallery] == [True, True]
    assert all(picture.description for picture in card.gallery)
    assert [file.filename for file in card.attachments] == ["1-1.jpg", "1-2.jpg"]
    shown = Image.open(io.BytesIO(await world.discord.fetch(card.attachments[0].url)))
    assert (shown.format, max(shown.size)) == ("JPEG", 256)
    assert len([one for one in world.discord.requests if one.operation == "create_message"]) == 1
    with pytest.raises(ClientRefused):
        bob.read("log")


async def test_nothing_of_the_cost_and_no_secret_is_told(world):
    await add_log(world)
    await made(world, world.member("bob"))
    card = await entry(world, world.member("mod"), "#1")
    job = world.job()
    assert job["cost_micros"] > 0
    for secret in (job["task_id"], job["token"], "0.14", "cost"):
        assert secret not in json.dumps(card.components)


async def test_a_server_is_told_in_its_own_language_and_of_its_own_jobs_alone(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any", "pool": "none"}) as world:
        await add_log(world)
        second = world.discord.add_guild("Second", owner="eve", locale="zh-CN")
        second.add_member("bob")
        second.add_channel("log")
        hide(second)
        eve = world.member("eve", second)
        await ask(eve, "log-channel", channel="log")
        await made(world, world.member("bob"), "one")
        world.vendor.next_outcome(REFUSED)
        await (await world.member("bob", second).invoke("imagine", {"prompt": "two"}, channel="general")).reply()
        theirs = await entry(world, eve, "#1")
        assert "被图像服务拒绝" in theirs.text
        assert "图像服务认为提示词或图片含有不当内容。" in theirs.text
        assert [button.label for button in theirs.buttons] == ["暂停该成员", "查看时间线"]
        ours = await entry(world, world.member("mod"), "#1")
        assert ("one" in ours.text, "two" in ours.text) == (True, False)
        assert await told(world, 2) == ["sent", "sent"]
        assert len(entries(eve)) == len(entries(world.member("mod"))) == 1


async def test_what_is_posted_privately_is_told_and_said_to_be_private(world):
    await add_log(world)
    await made(world, world.member("bob"), "a secret garden", private=True)
    card = await entry(world, world.member("mod"), "#1")
    assert "Posted privately: only the member sees the message." in card.text
    assert "a secret garden" in card.text
    assert links(card) == []
    assert len(card.gallery) == 1


async def test_what_was_canceled_and_what_a_server_without_a_log_channel_makes_is_not_told(world):
    await made(world, world.member("bob"))
    await add_log(world)
    world.vendor.next_outcome(Outcome(service_s=300), times=3)
    first = await world.imagine(world.member("mod"))
    second = await world.imagine(world.member("mod"))
    third = await world.imagine(world.member("mod"))
    await world.member("mod").press(third, "Cancel")
    await world.job_is("canceled", 4)
    for number in (2, 3):
        await world.job_is("running", number)
    world.advance(300)
    for message in (first, second):
        await world.becomes(world.member("mod"), message, "Here")
    await entry(world, world.member("mod"), "#3")
    await told(world, 2)
    assert [text for message in entries(world.member("mod")) for text in ("#1", "#4") if text in message.text] == []


@pytest.mark.parametrize("age_restricted", [False, True])
async def test_previews_are_shown_as_the_server_says_and_uncovered_where_it_is_age_restricted(tmp_path, age_restricted):
    async with open_world(tmp_path) as world:
        ada = await add_log(world, age_restricted=age_restricted)
        bob, mod = world.member("bob"), world.member("mod")
        await made(world, bob)
        assert [one.spoiler for one in (await entry(world, mod, "#1")).gallery] == [not age_restricted]
        answer = await ask(ada, "moderation", previews="show")
        assert "unless that channel is age-restricted" in answer.text
        await made(world, bob)
        assert [one.spoiler for one in (await entry(world, mod, "#2")).gallery] == [False]
        await ask(ada, "moderation", previews="none")
        await made(world, bob)
        assert (await entry(world, mod, "#3")).gallery == []


async def test_removed_pictures_leave_the_feed_too_and_the_record_stays(world):
    await add_log(world)
    mod, bob = world.member("mod"), world.member("bob")
    done = await made(world, bob, "an old barn")
    card = await entry(world, mod, "#1")
    url = card.attachments[0].url
    await delete(bob, done)
    gone = await entry(world, mod, "· removed")
    assert gone.id == card.id
    assert (gone.gallery, gone.attachments) == ([], [])
    assert "an old barn" in gone.text
    assert [button.label for button in gone.buttons] == ["Pause member", "Open timeline"]
    assert links(gone) == []
    with pytest.raises(aiohttp.ClientResponseError):
        await world.discord.fetch(url)
    assert await told(world, 2) == ["sent", "changed"]


async def test_pictures_that_are_removed_before_their_entry_is_posted_never_reach_it(world):
    await add_log(world)
    mod, bob = world.member("mod"), world.member("bob")
    gate = world.discord.faults.gate("create_message")
    done = await made(world, bob)
    await gate.reached.wait()
    await delete(bob, done)
    await world.eventually(lambda: world.rows("SELECT 1 FROM outbox WHERE kind = 'feed-changed'"))
    gate.open()
    gone = await entry(world, mod, "· removed")
    assert gone.gallery == []
    assert len(entries(mod)) == 1


async def test_pictures_that_are_removed_while_the_answer_was_lost_leave_the_entry(world):
    await add_log(world)
    mod, bob = world.member("mod"), world.member("bob")
    world.discord.faults.add("create_message", Fault(cut=True, when="after"))
    done = await made(world, bob)
    await entry(world, mod, "#1")
    await delete(bob, done)
    gone = await entry(world, mod, "· removed")
    assert gone.gallery == []
    await told(world, 2)
    assert len(entries(mod)) == 1


@pytest.mark.parametrize("away_s", [0, MARGIN_S])
async def test_an_entry_whose_answer_was_lost_is_posted_once_also_across_a_restart(world, away_s):
    await add_log(world)
    mod = world.member("mod")
    world.discord.faults.add("create_message", Fault(cut=True, when="after"))
    await made(world, world.member("bob"))
    await entry(world, mod, "#1")
    await world.eventually(lambda: world.rows("SELECT 1 FROM outbox WHERE feed > 0 AND attempts = 1"))
    await world.stop_bot()
    world.advance(away_s)
    await world.start_bot()
    assert await told(world) == ["sent"]
    assert len(entries(mod)) == 1
    assert [row["message_id"] for row in world.rows("SELECT * FROM feed")] == [entries(mod)[0].id]


async def test_what_ended_while_discord_would_not_listen_is_told_after_a_restart(world):
    await add_log(world)
    mod = world.member("mod")
    world.discord.faults.add("create_message", Fault(status=500), times=100)
    await made(world, world.member("bob"))
    await world.eventually(lambda: world.rows("SELECT 1 FROM outbox WHERE feed > 0 AND attempts > 0"))
    await world.stop_bot()
    world.discord.faults.clear()
    await world.start_bot()
    await entry(world, mod, "#1")
    assert len(entries(mod)) == 1


async def test_what_is_sent_again_changes_its_entry(world):
    await add_log(world)
    mod, bob = world.member("mod"), world.member("bob")
    first = await world.imagine(bob)
    await world.job_is("running")
    world.guild.overwrite("general", "bot", deny=Permission.ATTACH_FILES)
    kept = await world.becomes(bob, first, "Made, but not delivered")
    card = await entry(world, mod, "made, but not delivered")
    assert "I may be missing a permission" in card.text
    assert len(card.gallery) == 1
    world.guild.overwrite("general", "bot", allow=Permission.ATTACH_FILES)
    await bob.press(kept, "Send again")
    assert (await entry(world, mod, "· delivered")).id == card.id
    assert len(entries(mod)) == 1


async def test_a_closed_log_channel_is_left_alone_for_a_while_and_the_owner_is_told_once(world):
    await add_log(world)
    mod, bob, owner = world.member("mod"), world.member("bob"), world.member("operator")
    world.guild.overwrite("log", "bot", deny=Permission.SEND_MESSAGES)
    for _ in range(2):
        await made(world, bob)
    assert await told(world, 2) == ["log channel closed"] * 2
    await world.discord.until(owner.direct_messages)
    (word,) = owner.direct_messages()
    assert "can't write in <#" in word.text
    log_id = str(world.guild.channel("log").id)
    refused = [one for one in world.discord.requests if one.status == 403]
    assert [log_id in one.raw_path for one in refused] == [True]
    world.guild.overwrite("log", "bot", allow=OPEN)
    world.advance(11 * 60)
    await made(world, bob)
    await entry(world, mod, "#3")
    world.guild.remove_channel("log")
    await made(world, bob)
    assert (await told(world, 4))[3] == "log channel closed"
    await world.discord.until(lambda: len(owner.direct_messages()) == 2)


async def test_an_entry_in_a_channel_that_is_closed_for_a_while_loses_its_previews_once_it_is_open(world):
    await add_log(world)
    mod, bob = world.member("mod"), world.member("bob")
    done = await made(world, bob)
    await entry(world, mod, "#1")
    world.guild.overwrite("log", "bot", deny=Permission.VIEW_CHANNEL)
    await delete(bob, done)
    await world.discord.until(lambda: [one.operation for one in world.discord.requests if one.status == 403])
    world.guild.overwrite("log", "bot", allow=OPEN)
    async with world.time_passing(120):
        await world.discord.until(lambda: not entries(mod)[0].attachments, timeout_s=60)
    (refused,) = [one for one in world.discord.requests if one.status == 403]
    assert refused.operation == "edit_message"


async def test_an_entry_in_a_channel_that_stays_closed_is_given_up_after_a_week(world):
    await add_log(world)
    bob = world.member("bob")
    done = await made(world, bob)
    await entry(world, world.member("mod"), "#1")
    world.guild.overwrite("log", "bot", deny=Permission.VIEW_CHANNEL)
    await delete(bob, done)
    await world.discord.until(lambda: [one.operation for one in world.discord.requests if one.status == 403])
    world.machine.ahead_s = CHANGED_WITHIN_MS / 1000
    async with world.time_passing(120):
        # What was done a week ago is forgotten by then.
        await world.eventually(lambda: "given up: forbidden" in [row["outcome"] for row in world.rows(TOLD)])


async def test_an_entry_that_somebody_deleted_is_not_posted_again(world):
    await add_log(world)
    mod, bob = world.member("mod"), world.member("bob")
    done = await made(world, bob)
    world.member("operator").delete(await entry(world, mod, "#1"))
    await delete(bob, done)
    assert await told(world, 2) == ["sent", "entry gone"]
    assert entries(mod) == []


async def test_no_hostile_prompt_pings_or_breaks_an_entry(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 100, "active_jobs": 100}) as world:
        await add_log(world)
        world.discord.rate_limits = False
        bob, mod = world.member("bob"), world.member("mod")
        texts = {one.family: one.text for one in attacks() if one.text.replace("\0", "").strip()}
        assert len(texts) >= 10
        for text in texts.values():
            await bob.invoke("imagine", {"prompt": text.replace("MEMBER", str(mod.id))}, channel="general")
        await world.eventually(lambda: len(world.rows("SELECT 1 FROM feed")) == len(texts))
        cards = entries(mod)
        assert len(cards) == len(texts)
        for card in cards:
            heading, prompt, *_ = [one["content"] for one in walk(card.components) if one["type"] == TEXT]
            assert living(prompt) == "", ascii(prompt)
            assert "\n" not in heading
            assert length(card.text) < 4000
            assert card.pinged == ()


@pytest.mark.parametrize("odd", ["a PNG with 16 bits of grey", "a PNG with a text of 1.5 MB", "a WebP"])
async def test_an_odd_picture_is_posted_unchanged_and_told_in_the_feed_with_its_preview(world, odd):
    await add_log(world)
    mod, bob = world.member("mod"), world.member("bob")
    world.vendor.next_outcome(Outcome(image_bytes=odd_pictures()[odd]))
    done = await made(world, bob, "an odd barn")
    (file,) = done.attachments
    assert await world.discord.fetch(file.url) == odd_pictures()[odd]
    card = await entry(world, mod, "#1")
    preview = Image.open(io.BytesIO(await world.discord.fetch(card.attachments[0].url)))
    assert (preview.format, preview.size) == ("JPEG", (64, 48))
