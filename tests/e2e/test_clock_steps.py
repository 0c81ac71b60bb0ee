"""The bot's machine has its clock set, back and ahead, while people wait for their pictures."""

import pytest

from sandbox.dashscope import Outcome
from tests.support.world import open_world

HOUR_S = 3600
DAY_S = 24 * HOUR_S


@pytest.mark.parametrize("step_s", [-DAY_S, -HOUR_S, HOUR_S, DAY_S], ids=["-1d", "-1h", "+1h", "+1d"])
async def test_everybody_has_their_pictures_however_the_clock_is_set(tmp_path, step_s):
    quota = {"cooldown": 20, "free_images": 100}
    async with open_world(tmp_path, quota=quota) as world:
        bob, mei = world.member("bob"), world.member("mei")
        world.vendor.next_outcome(Outcome(service_s=10))
        world.vendor.next_outcome(Outcome(service_s=10))
        public = await world.imagine(bob)
        await world.imagine(mei, private=True)
        await world.job_is("running")
        await world.job_is("running", 2)
        world.machine.ahead_s = step_s
        await world.becomes(bob, public, "Here is your picture")
        await world.job_is("delivered")
        await world.job_is("delivered", 2)
        # Where the token seemed dead, the pictures went by direct message.
        shown = [message for message in (*mei.read("general"), *mei.direct_messages()) if message.gallery]
        assert len([message for message in shown if message.ephemeral or message in mei.direct_messages()]) == 1
        # Whoever asks from now on is answered as ever, the member who asks privately in the same place.
        world.clock.advance(20)
        again = await world.imagine(mei, private=True)
        done = await world.becomes(mei, again, "画好了")
        assert done.ephemeral
        await world.job_is("delivered", 3)
        world.assert_books_agree()
