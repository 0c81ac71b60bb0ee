"""Many members at once."""

import asyncio
from collections import defaultdict
from pathlib import Path

import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.sizes import Size
from sandbox.discord import InteractionFailed
from tests.support.service import small_picture
from tests.support.world import World, open_world

UNDER_WAY = "SELECT 1 FROM jobs WHERE state NOT IN ('delivered', 'void')"
PER_MEMBER = """
SELECT account_id, sum(state = 'delivered') AS delivered, sum(state = 'void') AS void,
    (SELECT used FROM buckets WHERE kind = 'allowance' AND owner = account_id) AS used,
    (SELECT count(*) FROM audit WHERE act = 'request.refused' AND actor_id = account_id) AS refused
FROM jobs GROUP BY account_id
"""
MEMBERS, JOBS_EACH, FREE = 40, 30, 10


@pytest.mark.slow
@pytest.mark.untraced
@pytest.mark.timeout(400)
async def test_forty_members_with_thirty_jobs_each_stay_within_quota_and_lanes(tmp_path: Path):
    models = [name for name, model in BUILT_IN.items() if model.is_offered and model.sizes.admits(Size(512, 512))]
    quota = {"free_images": FREE, "active_jobs": JOBS_EACH, "operator_cap": "none"}
    # Slower time than elsewhere: the bot's time limits must be fair for forty requests at once on two cores.
    async with open_world(tmp_path, scale=4, service_s=(1, 2), quota=quota) as world:
        world.discord.rate_limits = False
        world.vendor.image_bytes_override = small_picture()
        people = [f"member{index}" for index in range(MEMBERS)]
        for name in people:
            world.guild.add_member(name)

        async def ask_all(name: str, offset: int) -> int:
            who, unanswered = world.member(name), 0
            for index in range(JOBS_EACH):
                model = models[(offset + index) % len(models)]
                options = {"prompt": f"{name} {index}", "model": model, "size": "512*512"}
                used = await who.invoke("imagine", options, channel="general")
                try:
                    await used.response()
                except InteractionFailed:
                    unanswered += 1
            return unanswered

        unanswered = await asyncio.gather(*(ask_all(name, index) for index, name in enumerate(people)))
        await world.eventually(lambda: not world.rows(UNDER_WAY), timeout_s=300)
        members = world.rows(PER_MEMBER)
        assert len(members) == MEMBERS
        for member in members:
            assert member["used"] == member["delivered"] <= FREE
            assert member["delivered"] + member["void"] + member["refused"] <= JOBS_EACH
            # What Discord showed nobody was given back, and may leave a member short of what was free.
            assert member["delivered"] == FREE or member["void"]
        asked = sum(member["delivered"] + member["void"] + member["refused"] for member in members)
        assert asked >= MEMBERS * JOBS_EACH - sum(unanswered)
        world.assert_books_agree()
        assert_lanes_kept_their_limits(world)


def assert_lanes_kept_their_limits(world: World) -> None:
    """By the vendor's own records: never more tasks than it runs, and one ahead."""
    by_model = defaultdict(list)
    for task in world.vendor.tasks.values():
        by_model[task.model].append(task)
    for name, tasks in by_model.items():
        limit = BUILT_IN[name].running_tasks + BUILT_IN[name].ahead
        ends = [(task.end_ms or 0, -1) for task in tasks]
        standing = 0
        for _, change in sorted([(task.submit_ms, 1) for task in tasks] + ends):
            standing += change
            assert standing <= limit, name
