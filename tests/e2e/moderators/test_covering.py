"""Pictures that moderators cover and uncover: in the log channel, in /job, and by Apps > Cover picture."""

import pytest

from sandbox.discord import Actor, ClientRefused, SeenMessage, Used
from sandbox.faults import Fault
from tests.support.feeds import add_log, entry
from tests.support.moderators import add_moderators, cases, delivered, forge, said
from tests.support.world import World


def spoilers(message: SeenMessage) -> list[bool]:
    return [picture.spoiler for picture in message.gallery]


async def card(world: World, who: Actor, first: SeenMessage, words: str, *, spoiler: bool) -> SeenMessage:
    """Wait until a card shows its pictures under a spoiler, or without, with small print or without."""

    def is_so(seen: SeenMessage) -> bool:
        return seen.id == first.id and spoilers(seen) == [spoiler] * 2 and (words in seen.text) is spoiler

    return await world.shown(who, is_so)


async def test_moderators_cover_and_uncover_pictures_in_each_place_also_across_a_restart(world):
    await add_log(world)
    english, chinese = add_moderators(world)
    bob = world.member("bob")
    first = await delivered(world, bob, count=2)
    shown = await card(world, bob, first, "Covered by the moderators", spoiler=False)
    files = [one.filename for one in shown.attachments]
    before = told = await entry(world, english, "**#1**")
    assert [one.label for one in told.buttons] == ["Remove", "Cover", "Pause member", "Open timeline"]
    used = await english.press(told, "Cover")
    answer = await used.reply()
    assert answer.ephemeral
    assert answer.text == "The pictures of #1 are covered: they show once somebody clicks them. Case #1."
    covered = await card(world, bob, first, "-# Covered by the moderators", spoiler=True)
    assert [one.filename for one in covered.attachments] == files
    assert "pictures were covered" in (await entry(world, english, "Case #1")).text
    told = await world.shown(english, lambda seen: "**#1**" in seen.text and "Uncover" in str(seen.buttons), "log")
    assert "Covered by the moderators" in told.text
    late = await (await chinese.press(before, "Cover", force=True)).reply()
    assert late.text == "#1 的图片已经遮挡了。"

    # Nothing is shown as it was, wherever it is shown again.
    own = await (await bob.invoke("job", {"number": 1})).reply()
    assert spoilers(own) == [True, True]
    assert "Uncover" not in [one.label for one in own.buttons]
    timeline = await (await english.invoke("logs job", {"number": 1})).reply()
    assert spoilers(timeline) == [True, True]
    assert "pictures covered, by" in timeline.text

    await world.stop_bot()
    world.discord.faults.add("edit_message", Fault(status=500))
    await world.start_bot()
    copy = await (await chinese.invoke("job", {"number": 1})).reply()
    assert "版主已为图片加上遮挡" in copy.text
    await chinese.press(copy, "取消遮挡")
    await card(world, bob, first, "Covered by the moderators", spoiler=False)
    after = await world.shown(chinese, lambda seen: seen.id == copy.id and spoilers(seen) == [False, False])
    assert "遮挡" in [one.label for one in after.buttons]
    assert world.rows("SELECT kind FROM ledger WHERE kind = 'refund'") == []

    by_menu = await (await english.use_on(first, "Cover picture")).reply()
    assert "are covered" in by_menu.text
    await world.stop_bot()
    await world.start_bot()
    await card(world, bob, first, "Covered by the moderators", spoiler=True)
    undone = await (await english.press(by_menu, "Uncover")).reply()
    assert undone.text == "The pictures of #1 are covered no longer. Case #4."
    await card(world, bob, first, "Covered by the moderators", spoiler=False)

    with pytest.raises(ClientRefused):
        await bob.use_on(first, "Cover picture")
    for custom_id in (f"job:{world.job()['id']}:cover", f"mod:cover:{world.job()['id']}"):
        used = await bob.press(forge(own, custom_id), custom_id, force=True)
        words = await (said(world, used) if custom_id.startswith("job") else text_of(used))
        assert "Only moderators" in words
    assert [kind for _, kind, _ in cases(world)] == ["cover", "uncover", "cover", "uncover"]


async def test_covering_a_private_reply_that_nothing_reaches_covers_the_copies_and_sends_nothing(world):
    english, chinese = add_moderators(world)
    bob = world.member("bob")
    await delivered(world, bob, count=2, private=True)
    world.advance(16 * 60)
    copy = await (await english.invoke("job", {"number": 1})).reply()
    await english.press(copy, "Cover")
    await world.shown(english, lambda seen: seen.id == copy.id and spoilers(seen) == [True, True])
    await world.eventually(lambda: world.job()["shown"] == world.job()["version"])
    assert bob.direct_messages() == []
    timeline = await (await chinese.invoke("logs job", {"number": 1})).reply()
    undone = await (await chinese.press(timeline, "取消遮挡")).reply()
    assert undone.text.splitlines() == [
        "#1 的图片已取消遮挡。处置记录 #2。",
        "那条消息只有成员本人看得到：如果已无法修改，就会保持原样。",
    ]


async def text_of(used: Used) -> str:
    return (await used.reply()).text
