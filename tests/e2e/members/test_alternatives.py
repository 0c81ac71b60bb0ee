"""The buttons under a refusal by quota, over real sockets."""

from pathlib import Path

from sandbox.discord import SeenMessage
from tests.support.moderators import forge
from tests.support.quotas import alone, said
from tests.support.world import World, open_world

CHEAP = "wanx2.0-t2i-turbo"


def labels(message: SeenMessage) -> list[str]:
    return [button.label for button in message.buttons]


async def asked_for(world: World, number: int) -> tuple[int, str, str, int]:
    row = await world.job_is("delivered", number)
    return row["count"], row["model"], row["prompt"], row["private"]


async def test_what_quota_does_not_cover_is_had_in_part_or_by_a_cheaper_model(tmp_path: Path):
    async with open_world(tmp_path, quota={"free_images": 2, "budget": "0.10"}) as world:
        bob, mei = world.member("bob"), world.member("mei")
        refusal = await alone(bob, "imagine", prompt="a fox", count=4, size="16:9", private=True)
        assert "doesn't cover these 4 pictures" in refusal.text
        assert labels(refusal) == ["Make 2 pictures instead", f"Use {CHEAP} · CN¥0.08"]
        card = await world.imagine(mei)
        await world.job_is("delivered")
        # Also after a restart, and no press of anybody else's.
        await world.stop_bot()
        await world.start_bot()
        forged = forge(card, refusal.buttons[0].custom_id)
        pressed = await mei.press(forged, refusal.buttons[0].custom_id, force=True)
        assert "这个按钮已经失效：它只在十分钟内有效" in await said(world, pressed)
        used = await bob.press(refusal, "Make 2 pictures instead")
        world.discord.redeliver(used)
        assert (await used.reply()).ephemeral
        assert await asked_for(world, 2) == (2, "wanx2.1-t2i-turbo", "a fox", 1)
        # Nothing is free any more: what is not covered now is refused, with what would be.
        refusal = await (await bob.press(refusal, "Make 2 pictures instead")).reply()
        assert labels(refusal) == [f"Use {CHEAP} · CN¥0.08"]
        await (await bob.press(refusal, labels(refusal)[0])).reply()
        assert await asked_for(world, 3) == (2, CHEAP, "a fox", 1)
        assert len(world.rows("SELECT id FROM jobs")) == 3
        # Where nothing is left there is nothing to press.
        assert labels(await alone(bob, "imagine", prompt="a fox")) == []
        world.assert_books_agree()
