"""Pictures whose files are lost, or can't be read: what their member is told, charged and sent."""

import shutil
from pathlib import Path

import pytest

from sandbox.discord import SeenMessage
from sandbox.faults import Fault
from tests.support.quotas import details
from tests.support.world import World

LATER = Fault(status=500)


def pictures(world: World) -> list[Path]:
    return sorted(world.config.storage.images.rglob("*.png"))


def make_unreadable(file: Path) -> None:
    """Put something in a picture's place that can't be read from its beginning, whoever runs the test."""
    file.unlink()
    file.symlink_to("/proc/self/mem")


async def waiting_for_discord(world: World, who: str = "bob", count: int = 1) -> SeenMessage:
    """Let the pictures be kept and charged while Discord takes none of them; the bot is stopped there."""
    for operation in ("edit_followup", "edit_original", "edit_message"):
        world.discord.faults.add(
            operation, LATER, times=1000, matches=lambda request: "multipart" in request.content_type
        )
    first = await world.imagine(world.member(who), count=count)
    await world.job_is("delivering")
    await world.stop_bot()
    world.discord.faults.clear()
    return first


def standing(world: World) -> tuple[int, int]:
    """What bob's allowance has used, and what the vendor bills."""
    used = world.rows("SELECT sum(used) AS used FROM buckets WHERE kind = 'allowance'")[0]["used"]
    return used, sum(line.images for line in world.vendor.bill())


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("bob", ("No pictures this time", "their files were lost here", "Given back: 2 free pictures.")),
        ("mei", ("这次没有画成", "文件在发布之前就在我这边丢失了", "已退还：免费图片 2 张。")),
    ],
)
async def test_a_lost_folder_is_told_as_what_it_is_and_nothing_stays_charged(
    world: World, who: str, words: tuple[str, ...]
):
    first = await waiting_for_discord(world, who, count=2)
    assert standing(world) == (2, 2)
    shutil.rmtree(world.config.storage.images)
    await world.start_bot()
    told = await world.becomes(world.member(who), first, words[1])
    for word in words:
        assert word in told.text
    assert "Discord" not in told.text
    assert (await world.job_is("failed"))["failure"] == "file_lost"
    assert standing(world) == (0, 2)
    world.assert_books_agree()


async def test_what_is_left_of_several_pictures_comes_and_the_lost_one_is_given_back(world: World):
    bob = world.member("bob")
    first = await waiting_for_discord(world, count=3)
    pictures(world)[1].unlink()
    await world.start_bot()
    done = await world.becomes(bob, first, "Here are your pictures")
    assert [file.filename for file in done.attachments] == ["1-1.png", "1-3.png"]
    assert "1 picture was made, but its file was lost here" in done.text
    assert "Given back: 1 free picture." in await details(bob, done)
    assert "2 of 3 pictures" in done.text
    await world.job_is("delivered")
    assert standing(world) == (2, 3)


async def test_pictures_that_cannot_be_read_are_kept_and_sent_again_once_they_can(world: World):
    bob = world.member("bob")
    first = await waiting_for_discord(world)
    (file,) = pictures(world)
    content = file.read_bytes()
    make_unreadable(file)
    await world.start_bot()
    kept = await world.becomes(bob, first, "I can't read their files right now")
    assert "Discord" not in kept.text
    assert "They count against your quota all the same" in kept.text
    assert standing(world) == (1, 1)
    file.unlink()
    file.write_bytes(content)
    await bob.press(kept, "Send again")
    assert len((await world.becomes(bob, first, "Here is your picture")).gallery) == 1


async def test_one_picture_that_cannot_be_read_costs_its_siblings_nothing(world: World):
    bob = world.member("bob")
    first = await waiting_for_discord(world, count=2)
    make_unreadable(pictures(world)[0])
    await world.start_bot()
    done = await world.becomes(bob, first, "Here are your pictures")
    assert [file.filename for file in done.attachments] == ["1-2.png"]
    assert "1 picture's file can't be read here" in done.text
    assert "too large" not in done.text


async def test_a_job_whose_files_were_lost_after_it_was_delivered_is_still_shown(world: World):
    bob = world.member("bob")
    await world.becomes(bob, await world.imagine(bob, count=2), "Here are your pictures")
    await world.job_is("delivered")
    pictures(world)[0].unlink()
    shown = await (await bob.invoke("job", {"number": 1}, channel="general")).reply()
    assert [file.filename for file in shown.attachments] == ["1-2.png"]
    assert "1 picture can't be shown here any more; the message itself still shows it." in shown.text
    shutil.rmtree(world.config.storage.images)
    shown = await (await bob.invoke("job", {"number": 1}, channel="general")).reply()
    assert "2 pictures can't be shown here any more; the message itself still shows them." in shown.text
    assert standing(world) == (2, 2)


async def test_send_again_of_what_was_lost_gives_it_back(world: World):
    bob = world.member("bob")
    first = await world.imagine(bob)
    await world.job_is("running")
    world.discord.faults.add(
        "edit_followup",
        Fault(status=403, body=b'{"message": "Missing Permissions", "code": 50013}'),
        matches=lambda request: "multipart" in request.content_type,
    )
    kept = await world.becomes(bob, first, "Made, but not delivered")
    shutil.rmtree(world.config.storage.images)
    await bob.press(kept, "Send again")
    await world.becomes(bob, first, "their files were lost here")
    assert standing(world) == (0, 1)


async def test_pictures_that_are_deleted_while_their_job_is_shown_are_said_to_be_removed(world: World):
    bob = world.member("bob")
    done = await world.becomes(bob, await world.imagine(bob), "Here is your picture")
    await world.job_is("delivered")
    looking = world.discord.faults.gate("get_message", when="after")
    asked = await bob.invoke("job", {"number": 1}, channel="general")
    await looking.reached.wait()
    await bob.submit_modal(await bob.press(done, "Delete"), {})
    await world.eventually(lambda: not pictures(world))
    looking.open()
    assert "The pictures of this job were removed." in (await asked.reply()).text
