"""Many members at once."""

import asyncio
from collections import defaultdict

import pytest

from bot.domain.catalogue import BUILT_IN
from tests.support.world import open_world

COUNT_DELIVERED = "SELECT count(*) FROM jobs WHERE state = 'delivered'"
REFUSALS = """
SELECT actor_id, detail ->> 'reason' AS reason, count(*) AS times FROM audit WHERE act = 'request.refused'
GROUP BY actor_id, reason HAVING times = 20
"""
MEMBERS, JOBS_EACH, FREE = 40, 30, 10


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_forty_members_with_thirty_jobs_each_stay_within_quota_and_lanes(tmp_path):
    models = [name for name in BUILT_IN if name != "wan2.5-t2i-preview"]  # the others draw small pictures
    async with open_world(tmp_path, quota={"free_images": FREE, "active_jobs": 30, "operator_cap": "none"}) as world:
        world.discord.rate_limits = False
        people = [f"member{index}" for index in range(MEMBERS)]
        for name in people:
            world.guild.add_member(name)

        async def ask_all(name: str, offset: int) -> None:
            who = world.member(name)
            for index in range(JOBS_EACH):
                model = models[(offset + index) % len(models)]
                options = {"prompt": f"{name} {index}", "model": model, "size": "512*512"}
                used = await who.invoke("imagine", options, channel="general")
                await used.response()

        await asyncio.gather(*(ask_all(name, index) for index, name in enumerate(people)))
        refused = await world.eventually(lambda: len(rows := world.rows(REFUSALS)) == MEMBERS and rows)
        assert [(row["reason"], row["times"]) for row in refused] == [("over-quota", JOBS_EACH - FREE)] * MEMBERS
        await world.vendor.until(lambda: len(world.vendor.bill()) == MEMBERS * FREE)
        await world.eventually(lambda: world.rows(COUNT_DELIVERED)[0][0] == MEMBERS * FREE)
        world.assert_books_agree()
        allowances = world.rows("SELECT owner, used FROM buckets WHERE kind = 'allowance'")
        assert [row["used"] for row in allowances] == [FREE] * MEMBERS
        assert_lanes_kept_their_limits(world)


def assert_lanes_kept_their_limits(world) -> None:
    """By the vendor's own records: few creates were ever too fast, and none stood beyond one ahead."""
    by_model = defaultdict(list)
    for task in world.vendor.tasks.values():
        by_model[task.model].append(task)
    for name, tasks in by_model.items():
        limit = BUILT_IN[name].running_tasks + BUILT_IN[name].ahead
        moments = sorted([(task.submit_ms, 1) for task in tasks] + [(task.end_ms, -1) for task in tasks])
        standing = 0
        for _, change in moments:
            standing += change
            assert standing <= limit, name
