"""Cancel while the vendor allows it, Delete afterwards: for the owner and for moderators."""

import pytest
from aiohttp import web

from sandbox.dashscope import Outcome
from sandbox.discord import ShownModal
from sandbox.discord.http.requests import BODY
from sandbox.faults import Fault
from tests.support.deleting import answer, delete
from tests.support.moderators import cases
from tests.support.settings import add_admins, ask, choose
from tests.support.world import SeenMessage, Used, World, open_world

LONG = Outcome(service_s=600)


async def test_a_queued_job_is_canceled_at_once_and_its_hold_returns(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        world.vendor.outcome_for(lambda _: True, LONG)
        await world.hand_over(bob, bob, bob)  # two are drawn, one waits ahead in PENDING
        queued = await world.imagine(bob)
        await bob.press(queued, "Cancel")
        await world.becomes(bob, queued, "Canceled")
        job = await world.job_is("canceled", 4)
        assert job["outcome"] == "voided"
        assert world.vendor.creates == 3


async def test_who_cancels_before_the_bot_hears_that_its_answer_stands_sees_that_it_is_canceled(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        gate = world.discord.faults.gate("callback", when="after")
        asked = await bob.invoke("imagine", {"prompt": "a flower shop"}, channel="general")
        await gate.reached.wait()
        queued = await asked.reply()
        await bob.press(queued, "Cancel")
        await world.eventually(lambda: world.job()["cancel_wished_ms"])
        gate.open()
        await world.job_is("canceled")
        await world.becomes(bob, queued, "Canceled")
        assert world.vendor.creates == 0


async def test_a_pending_task_is_canceled_when_the_vendor_says_so(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        world.vendor.outcome_for(lambda _: True, LONG)
        *_, ahead = await world.hand_over(bob, bob, bob)
        await world.job_is("pending", 3)
        await bob.press(await world.becomes(bob, ahead, "The image service has it"), "Cancel")
        await world.becomes(bob, ahead, "Canceled")
        assert (await world.job_is("canceled", 3))["outcome"] == "voided"
        assert [task.status.name for task in world.vendor.tasks.values()][2] == "CANCELED"


async def test_a_running_task_is_too_late_to_cancel_and_is_charged_with_a_word_why(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        world.vendor.next_outcome(Outcome(service_s=30))
        first = await world.imagine(bob)
        await world.job_is("running")
        drawing = await world.becomes(bob, first, "Drawing")
        pressed = await bob.press(drawing, "Cancel")
        await world.discord.until(lambda: pressed.followups)
        (answer,) = pressed.followups
        assert answer.ephemeral
        assert "too late" in answer.text
        done = await world.becomes(bob, first, "Here is your picture")
        assert "came too late" in done.text
        assert (await world.job_is("delivered"))["charged_images"] == 1


async def test_only_the_owner_and_moderators_may_cancel_or_delete(tmp_path):
    async with open_world(tmp_path) as world:
        bob, mei, mod = world.member("bob"), world.member("mei"), world.member("mod")
        world.vendor.next_outcome(Outcome(service_s=30))
        first = await world.imagine(bob)
        pressed = await mei.press(first, "Cancel")
        await world.discord.until(lambda: pressed.followups)
        assert pressed.followups[0].ephemeral
        assert "#1" in pressed.followups[0].text
        assert world.job()["cancel_wished_ms"] == 0
        done = await world.becomes(bob, first, "Here is your picture")
        await world.job_is("delivered")
        assert "#1" in str(await answer(await mei.press(done, "Delete")))
        assert world.job()["deleted_ms"] == 0
        await delete(mod, done)
        await world.discord.until(lambda: not [message for message in bob.read("general") if message.id == done.id])
        acts = await world.eventually(
            lambda: (
                len(rows := world.rows("SELECT act FROM audit WHERE act LIKE 'job.removal%' ORDER BY id")) == 2 and rows
            )
        )
        assert [row["act"] for row in acts] == ["job.removal_intent", "job.removal_done"]
        assert cases(world) == [(1, "remove", "")]
        assert [row["count"] for row in world.rows("SELECT count(*) AS count FROM audit WHERE act = 'mod.remove'")] == [
            1
        ]
        # Its files go after what is noted of it.
        await world.eventually(lambda: not list(world.config.storage.images.rglob("*.png")))
        assert world.job()["charged_images"] == 1


async def test_delete_asks_once_and_says_that_the_charge_stays_in_both_languages(tmp_path):
    async with open_world(tmp_path) as world:
        for number, (name, title, lines) in enumerate(
            (
                (
                    "bob",
                    "Delete #1?",
                    "The message, its pictures and the stored files are deleted for good.\n"
                    "From your free pictures: 1. That isn't given back.",
                ),
                (
                    "mei",
                    "删除 #2？",
                    "这条消息、其中的图片和保存的文件会被永久删除。\n从你的免费图片中扣除 1 张。已扣的额度不会退还。",
                ),
            ),
            1,
        ):
            who = world.member(name)
            first = await world.imagine(who)
            done = await world.shown(who, lambda seen, first=first: seen.id == first.id and seen.gallery)
            await world.job_is("delivered", number)
            asked = await who.press(done, done.buttons[-1].custom_id)
            form = await asked.response()
            assert isinstance(form, ShownModal)
            assert (form.title, [one["content"] for one in form.data["components"]]) == (title, [lines])
            assert world.job(number)["deleted_ms"] == 0
            assert world.rows("SELECT 1 FROM audit WHERE act = 'job.removal_intent' AND job_id = ?", done.id) == []
            await who.submit_modal(asked, {})
            await world.eventually(lambda number=number: world.job(number)["deleted_ms"])
            assert done.id not in [message.id for message in who.read("general")]
            assert world.job(number)["charged_images"] == 1


async def test_a_form_that_was_opened_before_a_restart_deletes_a_private_reply(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        first = await world.imagine(bob, private=True)
        done = await world.becomes(bob, first, "Here is your picture")
        await world.job_is("delivered")
        world.advance(16 * 60)  # the token of the request is dead, and the bot's own reaches no private reply
        asked = await bob.press(done, "Delete")
        await asked.response()
        await world.stop_bot()
        await world.start_bot()
        await bob.submit_modal(asked, {})
        await world.eventually(lambda: world.job()["deleted_ms"])
        await world.discord.until(lambda: done.id not in [message.id for message in bob.read("general")])


async def test_what_its_owner_deletes_is_no_case(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        done = await world.becomes(bob, await world.imagine(bob), "Here is your picture")
        await world.job_is("delivered")
        await delete(bob, done)
        await world.eventually(lambda: world.job()["deleted_ms"])
        assert cases(world) == []


async def test_a_role_that_counts_as_moderator_shows_cancels_and_deletes(tmp_path):
    async with open_world(tmp_path) as world:
        ada, _ = add_admins(world)
        bob, mei = world.member("bob"), world.member("mei")
        world.guild.add_role("Helper")
        world.guild.set_roles("mei", ["Helper"])
        done = await world.becomes(bob, await world.imagine(bob), "Here is your picture")
        await world.job_is("delivered")
        for command in ("job", "cancel"):
            assert "只能由" in (await (await mei.invoke(command, {"number": 1})).reply()).text
        await choose(world, ada, await ask(ada, "roles"), "moderators", ["Helper"])
        assert len((await (await mei.invoke("job", {"number": 1})).reply()).gallery) == 1
        assert "已经结束" in (await (await mei.invoke("cancel", {"number": 1})).reply()).text
        await delete(mei, done)
        await world.eventually(lambda: world.job()["deleted_ms"])
        assert cases(world) == [(1, "remove", "")]


async def test_a_moderator_of_another_server_can_not_reach_a_job(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any", "pool": "none"}) as world:
        bob = world.member("bob")
        done = await world.becomes(bob, await world.imagine(bob), "Here is your picture")
        await world.job_is("delivered")
        other = world.discord.add_guild("Other", owner="olga")
        olga = world.member("olga", other)
        await world.discord.until(lambda: world.discord.connected)
        used = await olga.invoke("imagine", {"prompt": "mine"}, channel="general")
        theirs = await world.shown(olga, lambda message: message.gallery)
        assert used.interaction_id
        # A press on her own message that carries the id of bob's job.
        foreign = done.buttons[-1].custom_id
        theirs.components[-1]["components"][-1]["components"][0]["custom_id"] = foreign
        assert "#1" in str(await answer(await olga.press(theirs, foreign, force=True)))
        assert world.rows("SELECT deleted_ms FROM jobs ORDER BY id")[0]["deleted_ms"] == 0


async def test_cancel_by_number(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        world.vendor.outcome_for(lambda _: True, LONG)
        await world.hand_over(bob, bob, bob)
        await world.imagine(bob)
        used = await bob.invoke("cancel", {"number": 4}, channel="general")
        await world.job_is("canceled", 4)
        await world.discord.until(lambda: used.followups or (used.message and not used.message.loading))
        used = await bob.invoke("cancel", {"number": 99}, channel="general")
        await world.discord.until(lambda: "no job #99" in "".join(seen.text for seen in seen_of(used)))


async def test_what_is_being_posted_can_not_be_canceled_and_is_shown_without_a_button_in_both_languages(tmp_path):
    async with open_world(tmp_path) as world:
        bob, mei = world.member("bob"), world.member("mei")
        world.discord.faults.add("edit_original", Fault(status=500), times=1000, matches=is_upload)
        world.discord.faults.add("edit_followup", Fault(status=500), times=1000, matches=is_upload)
        for number, who, title, late in (
            (1, bob, "Posting", "It's too late to cancel #1: the picture is made, and counts against your quota."),
            (2, mei, "正在发布", "来不及取消 #2：图片已画好并扣额度。"),
        ):
            await world.imagine(who)
            await world.job_is("delivering", number)
            assert (await (await who.invoke("cancel", {"number": number})).reply()).text == late
            shown = await (await who.invoke("job", {"number": number})).reply()
            assert title in shown.text
            assert [one.custom_id for one in shown.buttons if one.custom_id] == []


def is_upload(request: web.Request) -> bool:
    return request.content_type == "multipart/form-data"


def seen_of(used: Used) -> list[SeenMessage]:
    return [*used.followups, *([used.message] if used.message else [])]


@pytest.mark.parametrize("lost", [Fault(cut=True, when="after"), Fault(status=502, body=b"<html>", when="after")])
async def test_a_press_whose_acknowledgement_is_lost_is_done_all_the_same(tmp_path, lost: Fault):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        world.vendor.outcome_for(lambda _: True, LONG)
        await world.hand_over(bob, bob, bob)
        queued = await world.imagine(bob)
        world.discord.faults.add("callback", lost)
        await bob.press(queued, "Cancel")
        await world.job_is("canceled", 4)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(cut=True),
        Fault(status=404, body=b'{"message": "Unknown interaction", "code": 10062}'),
        Fault(status=429, body=b"<html>", content_type="text/html"),
    ],
)
async def test_a_form_that_discord_never_took_may_be_asked_for_again(tmp_path, caplog, fault: Fault):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        done = await world.becomes(bob, await world.imagine(bob), "Here is your picture")
        await world.job_is("delivered")
        world.discord.faults.add("callback", fault)
        assert "Discord didn't take my answer" in str(await answer(await bob.press(done, "Delete")))
        assert "reference" not in caplog.text
        assert isinstance(await (await bob.press(done, "Delete")).response(), ShownModal)


async def test_an_answer_after_a_lost_acknowledgement_reaches_the_member(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        await world.imagine(bob)
        world.discord.faults.add("callback", Fault(cut=True, when="after"))
        used = await bob.invoke("cancel", {"number": 7}, channel="general")
        await world.discord.until(lambda: used.message is not None and "no job #7" in used.message.text)


@pytest.mark.parametrize(
    "lost", [Fault(cut=True), Fault(cut=True, when="after"), Fault(status=502, body=b"<html>"), Fault(delay_s=1e6)]
)
async def test_an_answer_that_is_lost_once_is_given_again(tmp_path, lost: Fault):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        await world.imagine(bob)
        world.discord.faults.add("edit_original", lost, matches=lambda one: "no job" in str(one[BODY].json))
        used = await bob.invoke("cancel", {"number": 7}, channel="general")
        async with world.time_passing(5):
            await world.discord.until(lambda: used.message is not None and "no job #7" in used.message.text)
            await world.eventually(lambda: len(edits(world)) > 1)


def edits(world: World) -> list[object]:
    return [one for one in world.discord.requests if one.operation == "edit_original" and "no job" in str(one.json)]
