from tests.support.world import open_world


async def test_a_prompt_becomes_an_attached_picture(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        used = await bob.invoke("imagine", {"prompt": "a flower shop", "count": 2, "seed": 7}, channel="general")
        first = await world.answer(used)
        assert "next in line" in first.text
        done = await world.shown(bob, lambda message: len(message.gallery) == 2)
        assert [picture.description for picture in done.gallery] == ["a flower shop"] * 2
        assert "seed 7" in done.text
        assert "seed 8" in done.text
        assert "Charged: 2 free pictures" in done.text
        assert [line.images for line in world.vendor.bill()] == [2]
