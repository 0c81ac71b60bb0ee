"""What refuses a request, a press or a number that is right in itself, as readers of both languages meet it."""

import asyncio
from typing import Any

import pytest

from sandbox.dashscope import Outcome
from sandbox.dashscope.refusals import MODEL_NOT_FOUND
from sandbox.discord import ClientRefused, Permission
from sandbox.discord.people.actors import DIRECT
from sandbox.faults import Fault
from tests.support import deleting
from tests.support.faults import locked
from tests.support.moderators import forge, refused, said
from tests.support.quotas import plain, quota
from tests.support.settings import add_admins, ask, choose
from tests.support.world import Actor, Used, World, open_world

TURBO = "wanx2.1-t2i-turbo"
LONG = Outcome(service_s=3600)


async def assert_refused(world: World, english: str, chinese: str, **options: Any) -> None:
    """Let readers of both languages ask for pictures, and hold what they read to these words."""
    answers = await asyncio.gather(*(refused(world.member(name), **options) for name in ("bob", "mei")))
    for answer, words in zip(answers, (english, chinese), strict=True):
        assert words in plain(answer)


# -- limits


async def test_a_members_limits_and_a_full_queue_are_named(tmp_path):
    async with open_world(tmp_path, queue={"longest": 1}) as world:
        ada, _ = add_admins(world)
        world.vendor.outcome_for(lambda _: True, LONG)
        await quota(ada, "set-default", images_per_job=2)
        await assert_refused(
            world,
            "You may ask for at most 2 pictures at a time here, not 3.",
            "这里一次最多画 2 张，不能画 3 张。",
            count=3,
        )
        await world.hand_over(*(world.member(name) for name in ("bob", "mei", "mod")))
        await quota(ada, "set-default", cooldown=3600)
        await assert_refused(world, "One moment: you can ask again <t:", "请稍等，<t:")
        await quota(ada, "set-default", active_jobs=1)
        await assert_refused(
            world,
            "You already have 1 job under way, the most at a time here. Wait for one to finish",
            "你已有 1 个任务在进行，这是这里的上限。请等一个完成",
        )
        await quota(ada, "set-default", active_jobs=50, cooldown=0)
        await world.imagine(world.member("mod"))
        await assert_refused(
            world, f"The queue for {TURBO} is full (1 waiting).", f"{TURBO} 的队列已满（1 个在等）。请过几分钟再试"
        )
        elsewhere = world.discord.add_guild("Elsewhere", owner=world.discord.application_owner)
        elsewhere.add_member("zoe")
        assert "#1" in (await world.imagine(world.member("zoe", elsewhere))).text
        await assert_refused(
            world,
            f"This server has one request waiting for {TURBO}, as many as it may while other servers wait too.",
            f"本服务器已有 1 个请求在等 {TURBO}。其他服务器也在排队，所以本服务器暂时只能排这么多。",
        )


async def test_the_month_limit_of_the_whole_bot_is_named(tmp_path):
    async with open_world(tmp_path, quota={"operator_cap": "0.30"}) as world:
        await assert_refused(
            world,
            "The monthly limit of the whole bot is reached. It resets <t:",
            "机器人本月的总上限已用完，将于 <t:",
            count=4,
        )


async def test_a_stopped_account_is_not_called_a_stopped_model(world):
    world.vendor.arrears = True
    first = await world.imagine(world.member("mod"))
    await world.becomes(world.member("mod"), first, "isn't taking")
    await assert_refused(
        world,
        "takes no requests from this bot right now, with any model; the operator has been told. Try again later.",
        "图像服务现在不接受本机器人的任何请求，换模型也不行；已通知运营者。",
    )


async def test_a_stopped_model_is_named(world):
    world.vendor.outcome_for(lambda _: True, Outcome(refuse=MODEL_NOT_FOUND))
    first = await world.imagine(world.member("mod"))
    await world.becomes(world.member("mod"), first, "isn't taking")
    await assert_refused(
        world,
        f"{TURBO} is stopped right now; the operator has been told. Try another model",
        f"{TURBO} 暂时停用，已通知运营者。请换个模型",
    )


# -- models and what they can


async def test_more_pictures_than_a_model_draws_are_refused_with_the_models_that_draw_so_many(tmp_path):
    async with open_world(tmp_path, models={"qwen-image-2.0": {}, "qwen-image-2.0-pro": {}}) as world:
        ada, _ = add_admins(world)
        await assert_refused(
            world,
            f"{TURBO} draws 1 to 4 pictures at a time, not 6; these draw as many: qwen-image-2.0, qwen-image-2.0-pro.",
            f"{TURBO} 一次可画 1 到 4 张，不能画 6 张；能画这么多的有：qwen-image-2.0",
            count=6,
        )
        # No model is named that the server does not allow.
        await choose(world, ada, await ask(ada, "models"), "models", [TURBO, "qwen-image-2.0"])
        await assert_refused(
            world, "this one draws as many: qwen-image-2.0.", "能画这么多的有：qwen-image-2.0。", count=6
        )
        await assert_refused(
            world,
            f"{TURBO} draws 1 to 4 pictures at a time, not 7.",
            f"{TURBO} 一次可画 1 到 4 张，不能画 7 张。",
            count=7,
        )


# -- prompts


async def test_a_prompt_of_which_nothing_shows_is_refused_and_nothing_is_charged(world):
    for invisible in ("\u200b", "\u2800 \u3164"):
        await assert_refused(world, "The prompt is empty.", "提示词是空的。", prompt=invisible)
    assert world.rows("SELECT 1 FROM jobs") == []
    assert world.vendor.tasks == {}


# -- places and moments


async def test_where_the_bot_may_not_show_pictures_it_names_what_it_lacks(world):
    world.guild.overwrite("general", "bot", deny=Permission.ATTACH_FILES | Permission.SEND_MESSAGES)
    await assert_refused(
        world,
        "I'm missing “Send Messages”, “Attach Files”. An admin of the server can grant that; nothing was taken "
        "from your quota.",
        "我无法在这个频道展示图片：缺少权限“发送消息”、“附加文件”。请服务器管理员授予；没有扣额度。",
    )


async def test_in_direct_messages_no_picture_is_made(world):
    command = world.discord.world.commands.visible("imagine", None)
    for name, words in (("bob", "I make pictures in servers only."), ("mei", "我只在服务器里画图。")):
        who = world.member(name)
        with pytest.raises(ClientRefused):
            await who.invoke("imagine", {"prompt": "a cat"}, channel=DIRECT)
        # As it was registered by an earlier program, and is in a client that has not heard of the new one.
        contexts = command.pop("contexts")
        assert (await (await who.invoke("imagine", {"prompt": "a cat"}, channel=DIRECT)).reply()).text == words
        command["contexts"] = contexts
    assert world.rows("SELECT * FROM holds") == []


async def test_a_server_that_can_not_be_left_is_served_no_more_than_any_stranger(world):
    world.discord.faults.add("leave_guild", Fault(status=500), times=100)
    stranger = world.discord.add_guild("Strangers", owner="eve")
    stranger.add_member("mei")
    for name, words in (
        ("eve", "This server isn't on the list of those I work for. The bot's operator can add it."),
        ("mei", "本服务器不在我的服务名单上，机器人的运营者可以添加。"),
    ):
        assert (await refused(world.member(name, stranger))).text == words
    assert world.rows("SELECT * FROM holds") == []


async def test_a_bot_that_is_about_to_stop_takes_nothing_on(tmp_path):
    # A create in flight is given eight seconds; at the wall's pace they are enough for a busy machine.
    async with open_world(tmp_path, scale=1) as world:
        held = world.vendor.faults.gate("create")
        await world.imagine(world.member("mod"))
        await held.reached.wait()
        world.stop.set()
        await assert_refused(
            world, "I'm about to restart. Please try again in a minute.", "我马上要重启，请一分钟后再试。"
        )
        held.open()
        await world.stop_bot()
        assert len(world.rows("SELECT * FROM jobs")) == 1


@pytest.mark.parametrize("command", ["balance", "imagine"])
async def test_a_command_that_is_answered_slowly_does_not_outlive_the_bot(tmp_path, caplog, command):
    async with open_world(tmp_path) as world:
        held = world.discord.faults.gate("callback")
        await world.member("bob").invoke(command, {"prompt": "a fox"} if command == "imagine" else {})
        await held.reached.wait()
        await world.stop_bot()
        of_discord = ("CommandTree-invoker", "discord.py: ", "discord-ui-")
        assert [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith(of_discord)] == []
        held.open()
    assert "reference" not in caplog.text


async def test_an_answer_whose_acknowledgement_was_lost_is_no_fault_of_the_program(world, caplog):
    world.discord.faults.add("callback", Fault(cut=True), times=4)
    searched = await world.member("mod").invoke("logs search")
    await world.eventually(lambda: "an answer did not reach Discord" in caplog.text)
    assert "reference" not in caplog.text
    assert not searched.acknowledged.is_set()


async def test_an_answer_in_a_thread_that_was_locked_meanwhile_is_no_fault_of_the_program(world, caplog):
    archived = Fault(status=400, body=b'{"message": "Thread is archived", "code": 50083}')
    world.discord.faults.add("edit_original", archived)
    await world.member("mod").invoke("logs search")
    await world.eventually(lambda: "Thread is archived" in caplog.text)
    assert "an answer did not reach Discord" in caplog.text
    assert "reference" not in caplog.text


async def test_while_nothing_can_be_written_down_nothing_is_started(world):
    with locked(world.config.storage.file):
        await assert_refused(
            world,
            "I can't write anything down right now, so nothing was started, and nothing was taken from your quota.",
            "我现在无法保存数据，所以什么都没有开始，也没有扣额度。请一分钟后再试。",
        )
    assert world.rows("SELECT * FROM jobs") == []


# -- numbers and buttons of jobs


async def answer_of(who: Actor, command: str, number: int, channel: str = "general") -> str:
    return plain(await (await who.invoke(command, {"number": number}, channel=channel)).reply())


async def press(who: Actor, key: str) -> Used:
    """Press a button that no message of this member has, or has any more."""
    own = await (await who.invoke("balance", {})).reply()
    return await who.press(forge(own, key), key, force=True)


async def pressed(world: World, who: Actor, key: str) -> str:
    used = await press(who, key)
    return await deleting.answer(used) or await said(world, used)


def kept(world: World, number: int) -> list[str]:
    """Return the paths of a job's pictures."""
    query = "SELECT path FROM images JOIN jobs ON jobs.id = job_id WHERE number = ? AND path <> ''"
    return [row["path"] for row in world.rows(query, number)]


async def test_what_a_job_can_not_do_is_said_to_its_owner_and_to_others(world):
    bob, mei = world.member("bob"), world.member("mei")
    for number, who in enumerate((bob, mei), 1):
        await world.imagine(who)
        await world.job_is("delivered", number)
    theirs = [row["id"] for row in world.rows("SELECT id FROM jobs ORDER BY number")]
    for who, mine, other, words in (
        (
            bob,
            1,
            2,
            {
                "no job": "There is no job #99 in this server.",
                "none of yours": "You have no job #99. Numbers count within each server: try it there.",
                "not yours": "#2 can be opened, canceled or deleted by whoever asked for it, by",
                "ended": "#1 has already ended.",
                "gone": "I don't know this job any more.",
                "nothing": "#1 has nothing left to be sent again.",
                "late": "It's too late to cancel #3: the picture is already being made",
                "under way": "#3 is still under way; it can be deleted once it is done.",
                "no pictures": "The pictures of #1 aren't kept any more.",
                "removed": "The pictures of #1 are removed already.",
            },
        ),
        (
            mei,
            2,
            1,
            {
                "no job": "本服务器没有编号为 #99 的任务。",
                "none of yours": "你没有编号为 #99 的任务。编号按服务器分别计算：请到那个服务器里试试。",
                "not yours": "#1 只能由提交者、整个服务器的版主，或（非私密任务）",
                "ended": "#2 已经结束了。",
                "gone": "我已经找不到这个任务了。",
                "nothing": "#2 没有需要重新发送的图片。",
                "late": "来不及取消 #4 了：图片已在生成，送到后会照常扣额度。",
                "under way": "#4 还在进行中，完成后才能删除。",
                "no pictures": "#2 的图片已经不再保存。",
                "removed": "#2 的图片已经移除了。",
            },
        ),
    ):
        own_id, others_id = theirs[mine - 1], theirs[other - 1]
        for command in ("job", "cancel"):
            assert words["no job"] in await answer_of(who, command, 99)
            assert words["not yours"] in await answer_of(who, command, other)
        assert words["none of yours"] in await answer_of(who, "job", 99, DIRECT)
        assert words["ended"] in await answer_of(who, "cancel", mine)
        for action in ("cancel", "delete", "send"):
            assert words["not yours"] in await pressed(world, who, f"job:{others_id}:{action}")
            assert words["gone"] in await pressed(world, who, f"job:99:{action}")
        assert words["ended"] in await pressed(world, who, f"job:{own_id}:cancel")
        assert words["nothing"] in await pressed(world, who, f"job:{own_id}:send")
        await who.submit_modal(await press(who, f"job:{own_id}:delete"), {})
        await world.eventually(lambda mine=mine: world.job(mine)["deleted_ms"] and not kept(world, mine))
        assert words["no pictures"] in await pressed(world, who, f"job:{own_id}:send")
        assert words["removed"] in await pressed(world, who, f"job:{own_id}:delete")
        world.vendor.next_outcome(LONG)
        await world.imagine(who)
        drawn = await world.job_is("running", mine + 2)
        assert words["late"] in await answer_of(who, "cancel", mine + 2)
        assert words["late"] in await pressed(world, who, f"job:{drawn['id']}:cancel")
        assert words["under way"] in await pressed(world, who, f"job:{drawn['id']}:delete")
