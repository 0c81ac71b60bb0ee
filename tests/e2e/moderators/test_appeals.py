"""A blocked member's appeal, from the button to the moderators' decision, over real sockets."""

import pytest

from sandbox.discord import Actor, SeenMessage, Used
from tests.support.moderators import add_moderators, add_strangers, cases, forge, mod, refused, replaced, said
from tests.support.settings import add_admins, report_in
from tests.support.world import World, open_world


async def appeal(who: Actor, refusal: SeenMessage, text: str) -> SeenMessage:
    """Press the refusal's button, fill in the modal, and give the answer."""
    used = await who.press(refusal, refusal.buttons[0].custom_id)
    return await (await who.submit_modal(used, {"typed": text})).reply()


async def reject(world: World, who: Actor, seen: SeenMessage, label: str = "Reject") -> SeenMessage:
    """Reject an appeal with a reason, and give the message as it is then."""
    used = await who.press(seen, label)
    return await replaced(world, await who.submit_modal(used, {"typed": "still **spam**"}), seen)


async def text_of(used: Used) -> str:
    return (await used.reply()).text


async def blocked(world: World, name: str, **options: str) -> SeenMessage:
    await mod(world.member("mod"), "block", force=False, member=name, **options)
    return await refused(world.member(name))


async def log_channel(world: World) -> None:
    ada, _ = add_admins(world)
    await report_in(world, ada, "general")


async def arrived(world: World, who: Actor) -> SeenMessage:
    """Wait for an appeal in the log channel."""

    def is_appeal(message: SeenMessage) -> bool:
        return not message.ephemeral and any(one.custom_id.startswith("appeal:accept:") for one in message.buttons)

    return await world.shown(who, is_appeal)


def states(world: World) -> list[str]:
    return [row["state"] for row in world.rows("SELECT state FROM appeals ORDER BY id")]


@pytest.mark.parametrize(
    ("member", "label", "taken", "verdict", "told", "state"),
    [
        (
            "bob",
            "Accept",
            "Your appeal is with the moderators.",
            "**Accepted** by {mod}: the block is lifted.",
            "The moderators of Studio accepted your appeal (case #1). You can ask for pictures there again.",
            "accepted",
        ),
        (
            "mei",
            "Reject",
            "你的申诉已经交给版主。",
            "**Rejected** by {mod}: the block stays.\nReason: still \\*\\*spam\\*\\*",
            "Studio 的版主驳回了你的申诉（处置记录 #1）。\n原因：still \\*\\*spam\\*\\*",
            "rejected",
        ),
    ],
)
async def test_an_appeal_reaches_the_log_channel_and_its_decision_the_member(
    world, member, label, taken, verdict, told, state
):
    await log_channel(world)
    who, moderator = world.member(member), world.member("mod")
    refusal = await blocked(world, member, reason="spam")
    assert taken in (await appeal(who, refusal, "I'm **sorry** @everyone <@1>\n# Case #7")).text
    notice = await arrived(world, moderator)
    assert notice.text.splitlines()[0].startswith(f"**Appeal of {who.mention}** against case #1 (a member was blocked")
    assert notice.text.splitlines()[1:] == [
        "Reason: spam",
        "> I'm \\*\\*sorry\\*\\* \\@\u200beveryone \\<\\@1\\>",
        "> \\# Case #7",
    ]
    assert notice.pinged == ()
    if state == "rejected":
        after = await reject(world, moderator, notice)
    else:
        after = await replaced(world, await moderator.press(notice, label), notice)
    assert after.text.endswith("\n" + verdict.format(mod=moderator.mention))
    assert after.buttons == []
    await world.discord.until(who.direct_messages)
    assert [one.text for one in who.direct_messages()] == [told]
    assert states(world) == [state]
    answer = await (await who.invoke("imagine", {"prompt": "a cat"})).reply()
    assert answer.ephemeral is (state == "rejected")
    assert [kind for _, kind, _ in cases(world)] == (["block", "unblock"] if state == "accepted" else ["block"])


async def test_of_one_case_one_appeal_waits_and_a_rejected_one_is_repeated_after_a_week_in_both_languages(world):
    moderators = add_moderators(world)
    refusals = {name: await blocked(world, name) for name in ("bob", "mei")}
    for number, (name, moderator, label, waiting, verdict, words) in enumerate(
        (
            (
                "bob",
                moderators[0],
                "Reject",
                ", open: please",
                "**Rejected** by {mod}: the block stays.",
                {
                    "waits": "You appealed case #1 <t:",
                    "again": "(their reason: still \\*\\*spam\\*\\*). You can appeal again <t:",
                    "empty": "Say in a few words why the appeal is rejected: the member is told.",
                    "decided": "The appeal of case #1 is decided already",
                },
            ),
            (
                "mei",
                moderators[1],
                "驳回",
                "待决定：please",
                "{mod} **已驳回**：封禁不变。",
                {
                    "waits": "对处置记录 #2 提出了申诉，版主还没有决定。",
                    "again": "的申诉（原因：still \\*\\*spam\\*\\*）。<t:",
                    "empty": "请简单说明为什么驳回：会告诉该成员。",
                    "decided": "处置记录 #2 的申诉已经有了决定；结果见 /mod case。",
                },
            ),
        ),
        1,
    ):
        who = world.member(name)
        await appeal(who, refusals[name], "please")
        used = await who.press(refusals[name], refusals[name].buttons[0].custom_id)
        assert words["waits"] in (await used.reply()).text
        file = await mod(moderator, "case", number=number)
        assert waiting in file.text
        used = await moderator.press(file, label)
        assert words["empty"] in await said(world, await moderator.submit_modal(used, {"typed": " \u200b "}))
        late = await moderator.press(file, label)
        after = await reject(world, moderator, file, label)
        assert words["decided"] in await said(world, await moderator.submit_modal(late, {"typed": "no"}))
        assert verdict.format(mod=moderator.mention) in after.text
        used = await who.press(refusals[name], refusals[name].buttons[0].custom_id)
        assert words["again"] in (await used.reply()).text
        key = f"appeal:accept:{number}"
        stale = forge(await mod(moderator, "case", number=number), key)
        assert words["decided"] in await said(world, await moderator.press(stale, key, force=True))
    world.clock.advance(7 * 24 * 3600)
    await appeal(world.member("bob"), await refused(world.member("bob")), "please, again")
    assert states(world) == ["rejected", "rejected", "open"]


async def test_an_appeal_that_says_nothing_a_second_one_and_one_after_the_block_are_refused_in_both_languages(world):
    for name, empty, taken, already, over in (
        (
            "bob",
            "Say in a few words why you should be let in again.",
            "is with the moderators. ",
            "You appealed case #1",
            "This isn't what keeps you from asking",
        ),
        (
            "mei",
            "请简单说明为什么应该让你再次画图。",
            "你的申诉已经交给版主。",
            "版主还没有决定。",
            "你在这里不能画图并不是因为这个处置记录。",
        ),
    ):
        who = world.member(name)
        refusal = await blocked(world, name)
        key = refusal.buttons[0].custom_id
        first, second, third = [await who.press(refusal, key) for _ in range(3)]
        for used, typed, words in ((first, " \u200b ", empty), (second, "one", taken), (third, "two", already)):
            assert words in (await (await who.submit_modal(used, {"typed": typed})).reply()).text
        await mod(world.member("mod"), "unblock", member=name)
        assert over in (await (await who.press(refusal, key)).reply()).text
    assert states(world) == ["open", "open"]


@pytest.mark.parametrize("name", ["bob", "mei"])
async def test_others_cases_can_not_be_appealed_by_guessing_their_ids(world, name):
    await mod(world.member("mod"), "block", member={"bob": "mei", "mei": "bob"}[name])
    who = world.member(name)
    mine = await blocked(world, name)
    for custom_id in ("appeal:1", "appeal:99", "appeal:x", "appeal:"):
        used = await who.press(forge(mine, custom_id), custom_id, force=True)
        words = {"bob": "This isn't what keeps you from asking", "mei": "并不是因为这个处置记录"}[name]
        assert words in (await used.reply()).text
    assert states(world) == []


async def test_only_moderators_of_the_same_server_decide_and_nobody_about_their_own_in_both_languages(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any"}) as world:
        await log_channel(world)
        other = world.discord.add_guild("Elsewhere", owner="eve")
        add_strangers(other)
        bob, mei, moderator = world.member("bob"), world.member("mei"), world.member("mod")
        await appeal(bob, await blocked(world, "bob"), "please")
        notice = await arrived(world, moderator)
        assert "Only moderators" in await said(world, await bob.press(notice, "Accept"))
        assert "只有服务器版主" in await said(world, await mei.press(notice, "Accept"))
        for name, words in (("eve", "I don't know this appeal."), ("lan", "我找不到这个申诉。")):
            stranger = world.member(name, other)
            theirs = await mod(stranger, "rules")
            for custom_id in ("appeal:accept:1", "appeal:reject:1"):
                used = await stranger.press(forge(theirs, custom_id), custom_id, force=True)
                # What opens a form is refused by the first answer.
                refusal = await (said(world, used) if "accept" in custom_id else text_of(used))
                assert refusal == words
        await appeal(mei, await blocked(world, "mei"), "please")
        for who, words in ((bob, "Nobody decides about their own appeal."), (mei, "不能由本人决定自己的申诉。")):
            key = f"appeal:accept:{1 if who is bob else 2}"
            world.guild.set_roles(who.user.name, ["Moderator"])
            assert await said(world, await who.press(forge(notice, key), key, force=True)) == words
        assert states(world) == ["open", "open"]


async def test_an_appeal_whose_block_was_replaced_is_not_accepted_in_both_languages(world):
    english, chinese = add_moderators(world)
    bob = world.member("bob")
    await appeal(bob, await blocked(world, "bob"), "please")
    await mod(english, "block", member="bob", duration="1d")
    for who, words in ((english, "Case #2 keeps this member from asking now"), (chinese, "现在的封禁是处置记录 #2")):
        file = await mod(who, "case", number=1)
        assert words in await said(world, await who.press(file, file.buttons[0].custom_id))
    assert states(world) == ["open"]
    assert bob.direct_messages() == []


async def test_button_modal_and_decision_work_across_restarts(world):
    await log_channel(world)
    bob, moderator = world.member("bob"), world.member("mod")
    refusal = await blocked(world, "bob")
    await world.stop_bot()
    await world.start_bot()
    used = await bob.press(refusal, "Appeal")
    await used.response()
    await world.stop_bot()
    await world.start_bot()
    await (await bob.submit_modal(used, {"typed": "please"})).reply()
    notice = await arrived(world, moderator)
    await world.stop_bot()
    await world.start_bot()
    await replaced(world, await moderator.press(notice, "Accept"), notice)
    assert states(world) == ["accepted"]
    await world.discord.until(bob.direct_messages)


async def test_who_was_forgotten_and_is_still_blocked_appeals_and_is_answered(world):
    await log_channel(world)
    bob, moderator = world.member("bob"), world.member("mod")
    await blocked(world, "bob")
    question = await (await bob.invoke("privacy forget", {})).reply()
    await replaced(world, await bob.press(question, "Erase everything"), question)
    await appeal(bob, await refused(bob), "please")
    notice = await arrived(world, moderator)
    assert notice.text.startswith(f"**Appeal of {bob.mention}** against case #1")
    await replaced(world, await moderator.press(notice, "Accept"), notice)
    await world.discord.until(bob.direct_messages)
    assert "You can ask for pictures there again" in bob.direct_messages()[0].text
    assert "Queued" in (await world.imagine(bob)).text


async def test_without_a_log_channel_the_owner_is_told_where_to_look_and_the_case_can_be_decided(world):
    bob, moderator = world.member("bob"), world.member("mod")
    await appeal(bob, await blocked(world, "bob"), "please")
    owner = world.member(world.discord.application_owner.name)
    await world.discord.until(owner.direct_messages)
    (told,) = owner.direct_messages()
    assert "Somebody in Studio appeals case #1" in told.text
    assert "/mod case 1" in told.text
    assert told.buttons == []
    file = await mod(moderator, "case", number=1)
    await replaced(world, await moderator.press(file, "Accept"), file)
    assert states(world) == ["accepted"]


async def test_where_the_log_channel_was_deleted_the_owner_is_told(world):
    ada, _ = add_admins(world)
    world.guild.add_channel("log")
    await report_in(world, ada, "log")
    world.guild.remove_channel("log")
    await appeal(world.member("bob"), await blocked(world, "bob"), "please")
    owner = world.member(world.discord.application_owner.name)
    await world.discord.until(owner.direct_messages)
    assert "appeals case #1" in owner.direct_messages()[0].text
