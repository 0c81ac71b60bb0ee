"""Erasing as the service does it: rows, then files, also after a crash between the two."""

import logging
from dataclasses import replace

import pytest

from bot.domain.jobs.job import JobState
from bot.domain.privacy import Keepings, Lasting
from bot.errors import AlreadyDone, MemberError
from bot.service.kit.alarm import KEEPS_FAILING
from bot.service.kit.leftover_files import LeftoverFiles
from bot.service.privacy.erasure import Erasure
from bot.storage.privacy.privacy import SqlitePrivacy
from tests.support.service import make_policy, spoil

DAY_S = 24 * 3600


def files_of(service):
    return LeftoverFiles(privacy=service.privacy, pictures=service.stores.pictures, clock=service.clock)


async def deliver(service, member_id=1, prompt="a flower shop"):
    job = await service.ask(prompt, member_id=member_id)
    fetched = await service.until(job, JobState.DELIVERING)
    return await service.jobs.record_delivery(job.id, {0: 1}, version=fetched.version, ping=False)


async def test_forgetting_erases_rows_and_files_and_leaves_those_of_others(service, tmp_path):
    await service.start()
    mine, other = await deliver(service), await deliver(service, member_id=2)
    files = [tmp_path / "images" / job.kept[0].path for job in (mine, other)]
    assert [file.is_file() for file in files] == [True, True]
    forgotten = await service.erasure.forget(77, 1)
    assert (forgotten.jobs, forgotten.pictures) == (1, 1)
    assert [file.is_file() for file in files] == [False, True]
    assert await service.privacy.leftover_files() == []
    assert (await service.jobs.get(mine.id)).request.prompt == ""
    assert (await service.jobs.get(other.id)).request.prompt == "a flower shop"
    with pytest.raises(AlreadyDone):
        await service.erasure.forget(77, 1)
    assert await service.erasure.forget(78, 1) is None
    period = service.quotas.terms().period
    assert await service.erasure.keepings(1) == Keepings(outlasting={Lasting.USED: period.end_ms})


async def test_what_is_under_way_is_named_before_anything_is_asked_or_erased(service):
    job = await service.ask()
    for attempt in (service.erasure.ask(1), service.erasure.forget(5, 1)):
        with pytest.raises(MemberError, match="forget-under-way"):
            await attempt
    await service.canceler.cancel(job.id, 1)
    assert (await service.erasure.ask(1)).jobs == 1
    assert await service.erasure.forget(6, 1) is not None


async def test_files_that_a_crash_left_go_with_the_next_sweep(service, reopen, tmp_path):
    await service.start()
    job = await deliver(service)
    file = tmp_path / "images" / job.kept[0].path
    # The program dies right after its commit.
    await service.privacy.forget(5, 1, service.quotas.terms())
    assert file.is_file()
    await service.stop()
    async with reopen() as again:
        await again.sweeper.sweep()
        assert not file.exists()
        assert await again.privacy.leftover_files() == []


async def test_old_requests_are_erased_by_the_sweep_with_their_files_and_what_was_charged_stays(service, tmp_path):
    await service.start()
    job = await deliver(service)
    before = await service.hold(job)
    service.clock.advance(364 * DAY_S)
    await service.erasure.sweep()
    assert (await service.jobs.get(job.id)).request.prompt == "a flower shop"
    service.clock.advance(2 * DAY_S)
    await service.erasure.sweep()
    erased = await service.jobs.get(job.id)
    assert (erased.request.prompt, erased.reply.channel_id, erased.member_id) == ("", 0, 1)
    assert await service.hold(job) == before
    assert not (tmp_path / "images" / job.kept[0].path).exists()


async def test_prompts_are_kept_for_ever_where_the_operator_says_so(service):
    await service.start()
    job = await deliver(service)
    erasure = Erasure(
        privacy=service.privacy,
        files=files_of(service),
        quotas=service.quotas,
        policy=replace(make_policy(), keep_prompts_days=0),
        clock=service.clock,
        alarm=service.alarm,
    )
    service.clock.advance(5000 * DAY_S)
    await erasure.sweep()
    assert (await service.jobs.get(job.id)).request.prompt == "a flower shop"


async def test_the_operator_is_warned_of_a_file_that_is_too_large_to_be_written_anew(service, caplog):
    await service.start()
    await deliver(service)
    await service.erasure.forget(5, 1)
    erasure = Erasure(
        privacy=SqlitePrivacy(service.database, service.clock, most_scrubbed_bytes=1),
        files=files_of(service),
        quotas=service.quotas,
        policy=service.policy,
        clock=service.clock,
        alarm=service.alarm,
    )
    with caplog.at_level(logging.WARNING):
        await erasure.sweep()
        await erasure.sweep()
    assert [record.message for record in caplog.records if "too large" in record.message] == [
        "storage: too large to be written anew while the bot runs; docs/privacy.md says why it should be"
    ]


async def test_the_operator_hears_of_an_erasure_that_keeps_failing(service):
    old = "INSERT INTO acts (interaction_id, at_ms) VALUES (1, 0)"
    await service.database.write(lambda conn: conn.execute(old).rowcount)
    await spoil(service.database, "BEFORE DELETE ON acts")
    for _ in range(KEEPS_FAILING):
        assert await service.outbox.waiting() == []
        await service.sweeper.sweep()
    (notice,) = await service.outbox.waiting()
    assert (notice.kind, notice.content["work"]) == ("work-failing", "forgetting interactions that are done with")
