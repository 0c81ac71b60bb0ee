"""The bot's machine has its clock set, back and ahead, while people wait for their pictures."""

import pytest

from sandbox.dashscope import Outcome
from tests.support.world import open_world

MINUTE_S = 60
A_QUARTER_S = 15 * MINUTE_S
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
        # The token lives by Discord's clock, and a private reply has its pictures where it stands.
        assert [message.ephemeral for message in mei.read("general") if message.gallery and message.ephemeral] == [True]
        assert mei.direct_messages() == []
        # Whoever asks from now on is answered as ever, the member who asks privately in the same place.
        world.clock.advance(20)
        again = await world.imagine(mei, private=True)
        done = await world.becomes(mei, again, "画好了")
        assert done.ephemeral
        await world.job_is("delivered", 3)
        world.assert_books_agree()


@pytest.mark.parametrize("step_s", [-DAY_S, -20 * MINUTE_S, 20 * MINUTE_S, DAY_S])
async def test_a_token_lives_as_long_as_discord_says_across_a_restart_with_another_clock(tmp_path, step_s):
    async with open_world(tmp_path) as world:
        mei = world.member("mei")
        world.vendor.next_outcome(Outcome(service_s=90))
        first = await world.imagine(mei, private=True)
        await world.job_is("running")
        await world.stop_bot()
        world.machine.ahead_s = step_s
        await world.start_bot()
        # More than a round of all that looks after what was left, such as dead tokens.
        done = await world.becomes(mei, first, "画好了")
        assert done.ephemeral
        assert mei.direct_messages() == []


@pytest.mark.parametrize("step_s", [-DAY_S, DAY_S])
async def test_a_dead_token_is_not_tried_however_wrong_the_clock_is(tmp_path, step_s):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        world.machine.ahead_s = step_s
        world.vendor.next_outcome(Outcome(service_s=2 * A_QUARTER_S))
        first = await world.imagine(bob)
        await world.job_is("running")
        world.machine.ahead_s = 0
        world.advance(A_QUARTER_S + 5)
        # Any answer of Discord's tells its time.
        await world.imagine(world.member("mei"))
        world.advance(A_QUARTER_S)
        await world.becomes(bob, first, "Here is your picture")
        await world.job_is("delivered")
        by_token = [one for one in world.discord.requests if one.operation in ("edit_original", "edit_followup")]
        assert [one.status for one in by_token if one.status == 401] == []


async def test_a_tokens_end_is_told_by_the_interactions_own_id(tmp_path):
    async with open_world(tmp_path) as world:
        world.machine.ahead_s = DAY_S
        await world.imagine(world.member("bob"))
        job = world.rows("SELECT id, token_expires_ms FROM jobs")[0]
        asked_ms = (job["id"] >> 22) + 1_420_070_400_000
        assert A_QUARTER_S * 1000 - 60_000 < job["token_expires_ms"] - asked_ms < A_QUARTER_S * 1000
