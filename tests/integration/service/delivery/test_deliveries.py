from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.jobs.job import Job, JobState, Removal
from bot.domain.jobs.notice import Notice
from bot.errors import MemberError
from bot.service.delivery.remover import ENDS_WITHIN_S
from tests.support.service import Service

DAY_S = 24 * 3600


@pytest.fixture
async def ready(service: Service) -> Job:
    await service.start()
    return await service.until(await service.ask(), JobState.DELIVERING)


@pytest.mark.parametrize("is_late", [False, True])
async def test_who_waited_long_is_pinged(service: Service, ready: Job, is_late: bool):
    service.clock.advance(ready.created_ms / 1000 + 60 - service.clock.now_ms() / 1000 if is_late else 0)
    await service.deliveries.delivered(ready, {0: 5})
    delivered = await service.until(ready, JobState.DELIVERED)
    assert (delivered.kept[0].attachment_id, delivered.shown) == (5, ready.version)
    assert service.told_jobs[-1] == ready.id
    kinds = [(notice.kind, notice.job_id) for notice in await service.outbox.waiting()]
    assert kinds == ([("ping", ready.id)] if is_late else [])


async def test_what_discord_would_not_take_stays_charged_and_can_be_sent_again(service: Service, ready: Job):
    await service.deliveries.undelivered(ready, "too_large")
    kept = await service.until(ready, JobState.UNDELIVERED)
    assert (kept.failure, kept.charged, len(kept.kept)) == ("too_large", ready.charged, 1)
    assert await service.outbox.waiting() == []
    again = await service.deliveries.send_again(kept, ready.member_id)
    assert (again.state, again.failure, again.reply) == (JobState.DELIVERING, "", ready.reply)
    assert service.told_jobs[-1] == ready.id
    with pytest.raises(MemberError, match="nothing-to-send"):
        await service.deliveries.send_again(kept, ready.member_id)
    await service.deliveries.delivered(again, {})
    assert (await service.until(ready, JobState.DELIVERED)).charged == ready.charged
    assert "send_again" in await service.acts(ready)


async def test_whose_message_cannot_say_it_is_told_directly_and_once(service: Service, ready: Job):
    elsewhere = replace(ready.reply, message_id=77, token="fresh")
    told: list[Notice] = []
    for _ in range(2):
        await service.deliveries.undelivered(ready, "gone")
        kept = await service.until(ready, JobState.UNDELIVERED)
        assert await service.outbox.waiting() == told
        await service.deliveries.tell_directly(kept)
        told = await service.outbox.waiting()
        again = await service.deliveries.send_again(kept, ready.member_id, elsewhere)
        assert again.reply == elsewhere
    assert [(notice.kind, notice.job_id) for notice in told] == [("undelivered", ready.id)]
    assert service.told_jobs[-1] == ready.id


async def test_who_has_their_pictures_or_removed_them_is_not_told_that_they_are_kept(service: Service, ready: Job):
    await service.deliveries.tell_directly(ready)
    await service.deliveries.undelivered(ready, "locked")
    kept = await service.until(ready, JobState.UNDELIVERED)
    await service.remover.finish(kept.id, Removal.OPEN)
    await service.deliveries.tell_directly(kept)
    assert await service.outbox.waiting() == []


async def test_a_word_that_was_given_up_counts_as_told_only_where_its_member_takes_none(service: Service, ready: Job):
    await service.deliveries.undelivered(ready, "locked")
    kept = await service.until(ready, JobState.UNDELIVERED)
    for outcome, waits in (("given up: forbidden", 1), ("given up: closed", 0)):
        await service.deliveries.tell_directly(kept)
        (notice,) = await service.outbox.waiting()
        await service.outbox.done(notice.id, outcome)
        await service.deliveries.tell_directly(kept)
        assert len(await service.outbox.waiting()) == waits


async def test_pictures_that_are_not_kept_any_more_are_not_sent_again(service: Service, ready: Job):
    await service.deliveries.undelivered(ready, "gone")
    with pytest.raises(MemberError, match="pictures-gone"):
        await service.deliveries.send_again(replace(ready, images=()), ready.member_id)


async def test_removing_deletes_the_files_and_keeps_the_record(service: Service, ready: Job, tmp_path: Path):
    await service.deliveries.delivered(ready, {0: 5})
    await service.remover.begin(ready.id, 42)
    files = [tmp_path / "images" / image.path for image in ready.kept]
    assert [file.exists() for file in files] == [True]
    await service.remover.finish(ready.id, Removal.DONE)
    assert [file.exists() for file in files] == [False]
    removed = await service.until(ready, JobState.DELIVERED)
    assert (removed.kept, removed.deleted_ms > 0, removed.charged) == ((), True, ready.charged)
    assert not removed.still_stands
    assert (await service.acts(ready))[-2:] == ["removal_intent", "removal_done"]
    with pytest.raises(MemberError, match="removed-already"):
        await service.remover.begin(ready.id, 42)


async def test_a_removal_that_discord_refuses_stays_open_and_may_be_repeated_until_discord_carries_it_out(
    service: Service, ready: Job
):
    await service.deliveries.delivered(ready, {0: 5})
    for _ in range(2):
        await service.remover.begin(ready.id, 42)
        await service.remover.finish(ready.id, Removal.OPEN)
    removed = await service.until(ready, JobState.DELIVERED)
    assert (removed.kept, removed.still_stands) == ((), True)
    assert (await service.acts(ready))[-4:] == ["removal_intent", "removal_open"] * 2
    await service.jobs.mark_shown(ready.id, removed.version - 1)
    assert (await service.acts(ready))[-1] == "removal_open"
    for _ in range(2):
        await service.jobs.mark_shown(ready.id, removed.version)
    assert (await service.acts(ready))[-2:] == ["removal_open", "removal_done"]
    assert not (await service.until(ready, JobState.DELIVERED)).still_stands


async def test_old_pictures_are_deleted_while_the_record_stays(service: Service, ready: Job, tmp_path: Path):
    await service.deliveries.delivered(ready, {0: 5})
    files = [tmp_path / "images" / image.path for image in ready.kept]
    service.clock.advance(29 * DAY_S)
    await service.sweeper.sweep()
    assert [file.exists() for file in files] == [True]
    service.clock.advance(2 * DAY_S)
    for _ in range(2):
        await service.sweeper.sweep()
    assert [file.exists() for file in files] == [False]
    after = await service.until(ready, JobState.DELIVERED)
    assert (after.kept, after.charged, after.images[0].attachment_id) == ((), ready.charged, 5)


async def test_a_removal_that_was_cut_short_is_ended_at_the_next_start(service: Service, ready: Job, tmp_path: Path):
    await service.deliveries.delivered(ready, {0: 5})
    await service.remover.begin(ready.id, 42)
    await service.remover.take_up()
    assert [(tmp_path / "images" / image.path).exists() for image in ready.kept] == [False]
    removed = await service.until(ready, JobState.DELIVERED)
    assert (removed.kept, removed.deleted_ms > 0) == ((), True)
    await service.remover.take_up()
    assert (await service.acts(ready))[-2:] == ["removal_intent", "removal_open"]


async def test_a_removal_that_was_begun_by_who_was_forgotten_since_is_ended_without_knowing_them_again(
    service: Service, ready: Job
):
    await service.deliveries.delivered(ready, {0: 5})
    await service.remover.begin(ready.id, 42)
    assert await service.erasure.forget(5001, 42) is not None
    await service.remover.take_up()
    removed = await service.until(ready, JobState.DELIVERED)
    assert (removed.kept, removed.deleted_ms > 0) == ((), True)
    assert await service.rows("SELECT 1 FROM members WHERE discord_id = 42") == []
    acts = "SELECT count(DISTINCT actor_id) FROM audit WHERE act LIKE 'job.removal%' AND actor_id IS NOT NULL"
    assert await service.rows(acts) == [(1,)]


async def test_a_card_stays_in_its_members_language_whoever_has_it_sent_again(service: Service, ready: Job):
    elsewhere = replace(ready.reply, message_id=77, locale="zh-CN")
    for presser, locale in ((42, ready.reply.locale), (ready.member_id, "zh-CN")):
        await service.deliveries.undelivered(ready, "gone")
        kept = await service.until(ready, JobState.UNDELIVERED)
        again = await service.deliveries.send_again(kept, presser, elsewhere)
        assert again.reply == replace(elsewhere, locale=locale)


async def test_a_removal_that_storage_cut_short_is_ended_by_the_sweeper_and_one_under_way_is_left_alone(
    service: Service, ready: Job
):
    await service.deliveries.delivered(ready, {})
    await service.remover.begin(ready.id, 42)
    for _ in range(3):
        await service.sweeper.sweep()
    assert (await service.acts(ready))[-1] == "removal_intent"
    service.clock.advance(ENDS_WITHIN_S)
    await service.sweeper.sweep()
    assert (await service.acts(ready))[-1] == "removal_open"
    assert await service.jobs.removals_begun() == []
    await service.sweeper.sweep()
    assert (await service.acts(ready)).count("removal_open") == 1
