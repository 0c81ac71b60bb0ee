"""Made, but not in Discord: kept, told, and sent again; and pictures of any size."""

import io

import pytest
from PIL import Image

from sandbox.dashscope import Outcome
from sandbox.discord import Permission, SeenMessage
from sandbox.discord.http.requests import BODY
from sandbox.discord.rules.components import walk
from sandbox.faults import Fault
from tests.support.feeds import add_log, entry
from tests.support.world import World, open_world

MIB = 1024 * 1024
TOO_LARGE = Fault(status=413, body=b'{"message": "Request entity too large", "code": 40005}')

FORBIDDEN = Fault(status=403, body=b'{"message": "Missing Permissions", "code": 50013}')


async def job_shown(world: World, who: str, number: int = 1, channel: str = "general") -> SeenMessage:
    """Let somebody look at a job by its number."""
    used = await world.member(who).invoke("job", {"number": number}, channel=channel)
    return await used.reply()


async def lost(world: World) -> None:
    """Let bob's message be deleted while his picture is drawn."""
    bob = world.member("bob")
    first = await world.imagine(bob)
    await world.job_is("running")
    world.member("mod").delete(first)
    await world.job_is("undelivered")


async def test_a_deleted_message_is_never_posted_again_and_its_pictures_come_where_they_are_asked_for(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        await lost(world)
        await world.discord.until(bob.direct_messages)
        (told,) = bob.direct_messages()
        assert "#1" in told.text
        assert "/job number:1" in told.text
        shown = await job_shown(world, "bob")
        assert shown.ephemeral
        assert "the message or its channel is gone" in shown.text
        await bob.press(shown, "Send again")
        await world.eventually(lambda: world.job()["state"] == "delivered")
        done = await world.becomes(bob, shown, "Here is your picture")
        assert len(done.gallery) == 1
        assert "the message or its channel is gone" not in done.text
        assert [message for message in world.member("mod").read("general") if message.author == "bot"] == []
        assert len(bob.direct_messages()) == 1
        world.assert_books_agree()


async def test_lost_pictures_are_had_in_a_direct_message_too(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        await lost(world)
        used = await world.discord.member("bob").invoke("job", {"number": 1}, channel="@dm")
        shown = await used.reply()
        await bob.press(shown, "Send again")
        await world.becomes(bob, shown, "Here is your picture", channel="@dm")
        await world.eventually(lambda: world.job()["state"] == "delivered")


async def test_what_discord_refused_is_sent_again_in_its_place(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        first = await world.imagine(bob)
        await world.job_is("running")
        world.guild.overwrite("general", "bot", deny=Permission.ATTACH_FILES)
        kept = await world.becomes(bob, first, "Made, but not delivered")
        assert "permission" in kept.text
        assert (await world.job_is("undelivered"))["charged_images"] == 1
        await bob.press(kept, "Send again")
        await world.eventually(lambda: world.job()["version"] > 9)
        await world.becomes(bob, first, "Made, but not delivered")
        world.guild.overwrite("general", "bot", allow=Permission.ATTACH_FILES)
        await bob.press(await world.becomes(bob, first, "Made, but not delivered"), "Send again")
        done = await world.becomes(bob, first, "Here is your picture")
        assert len(done.gallery) == 1
        await world.job_is("delivered")
        assert len(world.rows("SELECT 1 FROM ledger WHERE kind = 'settle' AND used_delta > 0")) >= 1
        world.assert_books_agree()


async def test_pictures_of_an_upload_whose_answer_was_lost_do_not_stand_on_a_card_that_calls_them_undelivered(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        first = await world.imagine(bob)
        for fault in (Fault(cut=True, when="after"), FORBIDDEN):
            world.discord.faults.add("edit_followup", fault, matches=lambda request: bool(request[BODY].uploads))
        shown = await world.becomes(bob, first, "Made, but not delivered")
        # Also where nobody sees them, since no part of the card names them.
        assert world.guild.channel("general").messages[first.id].attachments == []
        await bob.press(shown, "Send again")
        assert len((await world.becomes(bob, first, "Here is your picture")).attachments) == 1


async def test_a_moderator_can_have_it_sent_again_in_its_place_but_not_to_themselves(tmp_path):
    async with open_world(tmp_path) as world:
        await lost(world)
        shown = await job_shown(world, "mod")
        used = await world.member("mod").press(shown, "Send again")
        await used.response()
        await world.eventually(lambda: world.rows("SELECT 1 FROM audit WHERE act = 'job.send_again'"))
        await world.eventually(lambda: world.job()["state"] == "undelivered")
        assert [one.gallery for one in world.member("mod").read("general") if one.gallery and not one.ephemeral] == []


async def test_a_job_is_shown_to_its_owner_and_moderators_alone(tmp_path):
    async with open_world(tmp_path) as world:
        await world.becomes(world.member("bob"), await world.imagine(world.member("bob")), "Here is your picture")
        await world.job_is("delivered")
        for who in ("bob", "mod"):
            shown = await job_shown(world, who)
            assert shown.ephemeral
            assert len(shown.gallery) == 1
            assert "/channels/" in str(shown.components)
        refused = await job_shown(world, "mei")
        assert "不是你" in refused.text or "#1" in refused.text
        assert refused.gallery == []
        assert "no job #7" in (await job_shown(world, "bob", 7)).text
        other = world.discord.add_guild("Elsewhere", owner=world.discord.application_owner)
        other.add_member("bob")
        used = await world.member("bob", other).invoke("job", {"number": 1}, channel="general")
        assert "no job #1" in (await used.reply()).text
        used = await world.discord.member("bob").invoke("job", {"number": 1}, channel="@dm")
        assert len((await used.reply()).gallery) == 1
        used = await world.discord.member("mei").invoke("job", {"number": 1}, channel="@dm")
        assert "#1" in (await used.reply()).text


@pytest.mark.slow
async def test_four_pictures_of_9_mib_come_whole_in_two_edits(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        world.vendor.next_outcome(Outcome(image_size_bytes=9 * MIB))
        first = await world.imagine(bob, count=4)
        await world.job_is("delivered")
        done = await world.becomes(bob, first, "Here are your pictures")
        assert [file.size for file in done.attachments] == [9 * MIB] * 4
        assert len(done.gallery) == 4
        assert [len(request.files) for request in world.discord.requests if request.files] == [2, 2]


@pytest.mark.slow
async def test_pictures_of_30_mib_are_shown_as_jpeg_and_kept_as_they_came(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        world.vendor.next_outcome(Outcome(image_size_bytes=30 * MIB))
        first = await world.imagine(bob, count=2)
        await world.job_is("delivered")
        done = await world.becomes(bob, first, "Shown as JPEG")
        assert [file.filename for file in done.attachments] == ["1-1.jpg", "1-2.jpg"]
        shown = Image.open(io.BytesIO(await world.discord.fetch(done.attachments[0].url)))
        assert (shown.format, shown.size) == ("JPEG", (1024, 1024))
        kept = world.rows("SELECT path FROM images ORDER BY ordinal")
        assert [(world.config.storage.images / row["path"]).stat().st_size for row in kept] == [30 * MIB] * 2


async def test_an_upload_that_is_too_large_after_all_costs_its_siblings_nothing(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")

        def has_the_second(request) -> bool:
            return any(upload.name.startswith("1-2") for upload in request[BODY].uploads)

        world.discord.faults.add("edit_followup", TOO_LARGE, times=10, matches=has_the_second)
        first = await world.imagine(bob, count=3)
        done = await world.becomes(bob, first, "too large for Discord even as JPEG")
        assert [file.filename for file in done.attachments] == ["1-1.png", "1-3.png"]
        assert (await world.job_is("delivered"))["charged_images"] == 3


async def test_who_takes_no_direct_messages_is_told_that_and_not_of_a_permission_in_both_languages(tmp_path):
    async with open_world(tmp_path) as world:
        mod = await add_log(world)
        for number, (name, words, fed) in enumerate(
            (
                ("bob", "you take no direct messages from me", "The member takes no direct messages from me."),
                ("mei", "你不接收我的私信", "The member takes no direct messages from me."),
            ),
            1,
        ):
            who = world.member(name)
            who.user.accepts_dms = False
            world.vendor.next_outcome(Outcome(service_s=16 * 60))
            await world.imagine(who, private=True)
            await world.job_is("running", number)
            world.advance(16 * 60)
            await world.job_is("undelivered", number)
            shown = await job_shown(world, name, number)
            assert words in shown.text
            assert "permission" not in shown.text
            assert fed in (await entry(world, mod, f"**#{number}**")).text
            who.user.accepts_dms = True
            await who.press(shown, shown.buttons[0].custom_id)
            await world.discord.until(
                lambda shown=shown, who=who: any(one.gallery for one in who.read("general") if one.id == shown.id)
            )


async def test_job_offers_a_link_only_to_a_message_that_is_there(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        first = await world.imagine(bob)
        await world.becomes(bob, first, "Here is your picture")
        await world.job_is("delivered")
        assert [one["url"].endswith(str(first.id)) for one in links(await job_shown(world, "bob"))] == [True]
        world.discord.faults.add("get_message", Fault(status=500), times=10)
        assert len(links(await job_shown(world, "bob"))) == 1  # it may be there
        world.discord.faults.clear()
        world.member("mod").delete(first)
        shown = await job_shown(world, "bob")
        assert links(shown) == []
        assert len(shown.gallery) == 1


def links(message: SeenMessage) -> list[dict[str, str]]:
    return [one for one in walk(message.components) if one["type"] == 2 and "url" in one]
