"""Every place at which the bot is killed while a gallery channel comes to show a picture, or does no more."""

from typing import Any

from sandbox.discord import Permission
from tests.crash.acts import AWAY_S
from tests.crash.points import Point, around
from tests.crash.stage import Death, Stage

POSTS = "SELECT message_id FROM gallery_posts"


def opens_gallery(stage: Stage) -> None:
    stage.guild.add_channel("gallery")
    stage.guild.add_role("Boss", permissions=Permission.MANAGE_GUILD)
    stage.guild.add_member("ada", roles=["Boss"])


async def one_is_liked(stage: Stage) -> None:
    bob, mei, ada = (stage.member(name) for name in ("bob", "mei", "ada"))
    await (await ada.invoke("settings gallery", {"channel": "gallery", "stars": 1})).reply()
    panel = await (await bob.invoke("preferences")).reply()
    await (await bob.press(panel, f"prefer:{bob.id}:shown", values=["yes"])).response()
    await stage.ask(bob, "a flower shop", count=2)
    await stage.job_is("delivered")
    card = await stage.shown(mei, lambda seen: seen.gallery)
    await mei.use_on(card, "Favourite")


async def one_is_liked_and_deleted(stage: Stage) -> None:
    await one_is_liked(stage)
    await stage.eventually(lambda: [row for row in stage.rows(POSTS) if row["message_id"]])
    bob = stage.member("bob")
    card = await stage.shown(bob, lambda seen: seen.gallery)
    await bob.submit_modal(await bob.press(card, "Delete"), {})


def shown_once(stage: Stage) -> bool:
    """Whether the channel has the one message that is noted."""
    there = [message.id for message in stage.member("mei").read("gallery")]
    return len(there) == 1 and there == [row["message_id"] for row in stage.rows(POSTS)]


def shown_no_more(stage: Stage) -> bool:
    is_left = stage.rows("SELECT 1 FROM leftover_messages")
    return not (stage.member("mei").read("gallery") or stage.rows(POSTS) or is_left) and stage.job()["deleted_ms"]


LIKED: dict[str, Any] = {"act": one_is_liked, "trouble": opens_gallery, "enough": shown_once}
DELETED: dict[str, Any] = {"act": one_is_liked_and_deleted, "trouble": opens_gallery, "enough": shown_no_more}

SHOWING: list[Point] = [
    Point((Death("stars.toggle", "after"),), **LIKED),
    *around("stars.begin_post", within=True, **LIKED),
    *around("discord:create_message", **LIKED),
    *around("stars.note_post", within=True, **LIKED),
    *around("outbox.done", **LIKED),
    Point((Death("stars.note_post", "before", downtime_s=AWAY_S),), **LIKED),
    *around("jobs.end_removal", within=True, **DELETED),
    *around("discord:delete_message", **DELETED),
    *around("privacy.message_gone", within=True, **DELETED),
]
