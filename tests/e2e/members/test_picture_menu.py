"""*More…* under pictures: how they were made, and what can be made of one of them, over real sockets."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.discord import Actor, SeenMessage
from tests.support.quotas import now, said
from tests.support.world import World, make_config, open_world

ENLARGES, BEST, TURBO = "wanx2.1-imageedit", "wan2.7-image-pro", "wanx2.1-t2i-turbo"
ALL: dict[str, Any] = {TURBO: {}, "wan2.7-image": {}, BEST: {}, ENLARGES: {}}
QUOTA = {"free_images": 3, "budget": "10"}


async def drawn(world: World, who: Actor, **options: Any) -> SeenMessage:
    card = await world.imagine(who, "a fox", **options)
    return await world.shown(who, lambda seen: seen.id == card.id and seen.gallery)


async def opened(who: Actor, message: SeenMessage, label: str = "More…") -> SeenMessage:
    menu = await (await who.press(message, label)).reply()
    assert menu.ephemeral
    return menu


def labels(message: SeenMessage) -> list[str]:
    return [button.label for button in message.buttons]


async def made(world: World, who: Actor, menu: SeenMessage, label: str, number: int) -> dict[str, Any]:
    """Press a button of the menu, and return the job that it asks for, once its picture is there."""
    await (await who.press(menu, label)).reply()
    return dict(await world.job_is("delivered", number))


async def test_a_picture_of_several_is_varied_enlarged_finished_and_kept(tmp_path: Path):
    async with open_world(tmp_path, models=ALL, quota=QUOTA) as world:
        bob = world.member("bob")
        card = await drawn(world, bob, count=2, size="16:9", seed=7, negative_prompt="snow")
        menu = await opened(bob, card)
        assert "**Picture 1 of #1**" in menu.text
        assert "seed 7, 1280×720" in menu.text
        assert "From your free pictures: 2" in menu.text
        copied = f"/imagine prompt:a fox negative_prompt:snow model:{TURBO} size:1280*720 count:2 seed:7"
        assert copied in menu.text
        # One picture is still free.
        assert labels(menu) == [
            "Vary",
            "Upscale",
            f"Finish with {BEST}",
            "Keep as reference",
            "★ Favourite",
        ]
        picked = await bob.press(menu, menu.selects[0][0], values=["1"])
        await picked.response()
        await world.discord.until(lambda: "Picture 2" in now(picked).text)
        menu = now(picked)
        assert "seed 8" in menu.text
        varied = await made(world, bob, menu, "Vary", 2)
        assert (varied["model"], varied["count"], varied["private"]) == ("wan2.7-image", 1, 0)
        assert varied["prompt"] == "Another version of this picture, slightly different in its details. a fox"
        # It is the second picture that came in.
        (sent,) = [
            row["width"] for row in world.rows("SELECT width FROM input_pictures WHERE job_id = ?", varied["id"])
        ]
        assert sent == 1280
        # Nothing is free any more, and a press agrees to the price.
        menu = await opened(bob, card)
        assert labels(menu)[:3] == ["Vary · CN¥0.20", "Upscale · CN¥0.14", f"Finish with {BEST} · CN¥0.50"]
        enlarged = await made(world, bob, menu, "Upscale · CN¥0.14", 3)
        assert (enlarged["model"], enlarged["prompt"], enlarged["charged_micros"]) == (ENLARGES, "", 140_000)
        finished = await made(world, bob, menu, f"Finish with {BEST} · CN¥0.50", 4)
        assert (finished["model"], finished["charged_micros"]) == (BEST, 500_000)
        assert finished["prompt"].startswith("Draw this picture again in the finest quality")
        # What is finished by the best model can't be finished by a better one.
        best = await world.shown(bob, lambda seen: seen.gallery and "#4" in seen.text)
        assert not [label for label in labels(await opened(bob, best)) if label.startswith("Finish")]
        form = await bob.press(menu, "Keep as reference")
        await form.response()
        assert "foxes" in (await (await bob.submit_modal(form, {"name": "foxes"})).reply()).text
        (kept,) = world.rows("SELECT name FROM reference_sets")
        assert kept["name"] == "foxes"
        world.assert_books_agree()


async def test_others_see_how_a_picture_was_made_and_neither_its_charge_nor_what_is_private(tmp_path: Path):
    async with open_world(tmp_path, models=ALL, quota=QUOTA) as world:
        bob, mei = world.member("bob"), world.member("mei")
        card = await drawn(world, bob)
        menu = await opened(mei, card)
        assert "**#1 的图片**" in menu.text
        assert "/画图 提示词:a fox 模型:" in menu.text
        assert "0 张" not in menu.text
        assert "免费" not in menu.text
        assert labels(menu) == ["★ 收藏", "举报"]
        await (await mei.press(menu, "★ 收藏")).reply()
        assert [row["job_id"] for row in world.rows("SELECT job_id FROM stars")] == [world.job()["id"]]
        # Nobody would be told of it here.
        assert "日志频道" in (await (await mei.press(menu, "举报")).reply()).text
        own = await opened(bob, card)
        # A press proves nothing by the menu that it is on.
        sender = await mei.press(card, "More…")
        await sender.reply()
        private = await bob.invoke("imagine", {"prompt": "a secret", "private": True})
        await private.reply()
        await world.job_is("delivered", 2)
        assert private.message is not None
        menu = await opened(bob, private.message)
        await made(world, bob, menu, "Vary", 3)
        assert {row["private"] for row in world.rows("SELECT private FROM jobs WHERE number > 1")} == {1}
        assert own.ephemeral


async def test_the_menu_outlives_a_restart_and_what_it_offers_is_judged_anew(tmp_path: Path):
    async with open_world(tmp_path, models=ALL, quota=QUOTA) as world:
        bob = world.member("bob")
        card = await drawn(world, bob)
        menu = await opened(bob, card)
        await world.stop_bot()
        world.config = make_config(
            world.discord, world.vendor, tmp_path, quota=QUOTA, models={TURBO: {}, "wan2.7-image": {"price": "0.3"}}
        )
        await world.start_bot()
        gone = await said(world, await bob.press(menu, "Upscale"))
        assert gone == (
            "No model that you can use here does that any more. "
            "Nothing was taken from your quota; press *More…* again for what there is now."
        )
        await made(world, bob, menu, "Vary", 2)
        deleted = await bob.press(card, "Delete")
        await deleted.response()
        await (await bob.submit_modal(deleted, {})).response()
        await world.eventually(lambda: world.job(1)["deleted_ms"])
        refused = await said(world, await bob.press(menu, "Vary"))
        assert refused == "This picture is gone. Nothing was taken from your quota; ask for a new one with /imagine."


@pytest.mark.parametrize("free", [0, 1])
async def test_what_the_menu_calls_free_or_cheaper_is_never_paid_for_unasked(tmp_path: Path, free: int):
    quota = {"free_images": 1 + free, "budget": "10"}
    async with open_world(tmp_path, models=ALL, quota=quota) as world:
        bob = world.member("bob")
        menu = await opened(bob, await drawn(world, bob))
        label = "Vary" if free else "Vary · CN¥0.20"
        if free:
            await drawn(world, bob)
        await world.stop_bot()
        dearer = {**ALL, "wan2.7-image": {"price": "0.3"}}
        world.config = make_config(world.discord, world.vendor, tmp_path, quota=quota, models=dearer)
        await world.start_bot()
        question = await (await bob.press(menu, label)).reply()
        assert "would take CN¥0.30 from your budget" in question.text
