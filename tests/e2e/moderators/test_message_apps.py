"""Apps > Report and Apps > Who made this, on messages with pictures."""

from sandbox.discord import Actor, SeenMessage
from tests.support.feeds import add_log, entry, links
from tests.support.moderators import add_moderators, delivered
from tests.support.world import World


async def used_on(who: Actor, message: SeenMessage, command: str) -> str:
    """Use a command of a message's menu, and give the words of the answer, which nobody else sees."""
    answer = await (await who.use_on(message, command)).reply()
    assert answer.ephemeral
    return answer.text


async def test_a_member_reports_pictures_and_moderators_find_them_with_what_can_be_done(world):
    english, _ = add_moderators(world)
    bob, mei = world.member("bob"), world.member("mei")
    first = await delivered(world, bob)
    assert "本服务器没有设置日志频道" in await used_on(mei, first, "Report")
    await add_log(world)
    taken = await used_on(mei, first, "Report")
    assert taken == "谢谢。已转告本服务器的版主，由他们决定如何处理。"
    told = await entry(world, english, "reports the pictures of #1")
    assert told.text.startswith(f"**{mei.mention} reports the pictures of #1** by {bob.mention} · <t:")
    assert told.pinged == ()
    assert [one.label for one in told.buttons] == ["Remove", "Cover", "Pause member"]
    assert links(told) == [f"https://discord.com/channels/{world.guild.id}/{first.channel_id}/{first.id}"]
    assert "举报过 #1" in await used_on(mei, first, "Report")
    assert "#1 is your own" in await used_on(bob, first, "Report")
    world.guild.add_member("tom")
    assert "are told" in await used_on(world.member("tom"), first, "Report")
    assert "2 members have reported" not in told.text
    posted = "SELECT outcome FROM outbox WHERE kind = 'picture-reported' AND done_ms > 0"
    assert [row["outcome"] for row in world.rows(posted)] == ["sent"]
    own = bob.say("look")
    assert "didn't post this" in await used_on(bob, own, "Report")
    assert "I don't know which pictures" in await used_on(english, told, "Report")
    timeline = await (await english.invoke("logs job", {"number": 1})).reply()
    assert f"pictures reported, by {mei.mention}" in timeline.text
    # An hour later it is told anew, and where that can't be, the server's owner is told where to look.
    world.advance(3601)
    world.guild.add_member("ann")
    world.guild.remove_channel("log")
    assert "are told" in await used_on(world.member("ann"), first, "Report")
    await world.eventually(lambda: [row["outcome"] for row in world.rows(posted)] == ["sent", "sent to the owner"])
    owner = world.member(world.discord.application_owner.name)
    (word,) = [one.text for one in owner.direct_messages() if "reports the pictures of #1" in one.text]
    assert "/logs job 1 there shows them" in word


async def test_who_made_pictures_is_told_everybody_who_sees_them_and_the_prompt_to_moderators(world: World):
    await add_log(world)
    english, chinese = add_moderators(world)
    bob, mei = world.member("bob"), world.member("mei")
    first = await delivered(world, bob, "a *flower* shop")
    assert (await used_on(mei, first, "Who made this")).startswith(f"#1 由 {bob.mention} 提交，<t:")
    told = await (await english.use_on(first, "Who made this")).reply()
    assert told.text.startswith(f"{bob.mention} asked for #1, <t:")
    assert told.text.splitlines()[1:] == ["> a \\*flower\\* shop"]
    assert "Open timeline" in [one.label for one in told.buttons]
    in_log = await entry(world, chinese, "**#1**")
    await world.eventually(lambda: world.rows("SELECT 1 FROM feed WHERE message_id = ?", in_log.id))
    assert f"#1 由 {bob.mention} 提交" in await used_on(chinese, in_log, "Who made this")
    question = await (await bob.invoke("privacy forget", {})).reply()
    await (await bob.press(question, "Erase everything")).response()
    await world.eventually(lambda: world.rows("SELECT 1 FROM jobs WHERE erased_ms > 0"))
    gone = await used_on(chinese, in_log, "Who made this")
    assert "一位已清除数据的成员" in gone
    assert "flower" not in gone
