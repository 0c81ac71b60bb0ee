"""What a moderator reads, from what was typed to what is found."""

from zoneinfo import ZoneInfo

import pytest

from bot.domain.act import Act
from bot.domain.jobs.job import JobState
from bot.domain.log.moderator_log import Search, Status
from bot.errors import AlreadyDone, MemberError
from bot.failure_kinds import Advice
from bot.service.moderation import moderator_log
from bot.service.moderation.moderator_log import Reviewing, Wanted
from bot.service.upkeep import sweeper
from tests.support.service import Service

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def reader(service: Service) -> Reviewing:
    return Reviewing(moderator_log=service.moderator_log, clock=service.clock)


async def test_what_was_typed_is_understood(service: Service, reader: Reviewing):
    await service.ask("a cat", member_id=7)
    account = await service.moderator_log.account(7)
    wanted = Wanted(7, Status.FAILED, " wanx ", " 花店 ", "2026-11-23", "2026-11-23")
    day_ms = 24 * 3600 * 1000
    since_ms = 1_795_363_200_000
    assert await reader.understand(wanted, ZONE) == Search(
        account, Status.FAILED, "wanx", "花店", since_ms, since_ms + day_ms
    )
    assert await reader.understand(Wanted(), ZONE) == Search()
    assert await reader.understand(Wanted(member_id=8), ZONE) == Search(account_id=0)


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        (Wanted(since="1d", until="1d"), "log-no-time-between"),
        (Wanted(since="soon"), "log-no-moment"),
        (Wanted(text="a b"), "log-words-too-short"),
        (Wanted(text="cat", status=Status.REFUSED_HERE), "log-refused-has-no-prompt"),
    ],
)
async def test_what_can_not_be_looked_for_is_refused(reader: Reviewing, wanted: Wanted, key: str):
    with pytest.raises(MemberError) as refused:
        await reader.understand(wanted, ZONE)
    assert refused.value.key == key


async def test_a_search_is_kept_for_its_moderator(reader: Reviewing):
    kept = await reader.keep(5, 1, 900, Search(text="cat"))
    assert await reader.kept(5, 1, 900) == kept
    for stranger in ((5, 2, 900), (5, 1, 901), (6, 1, 900)):
        with pytest.raises(MemberError, match="log-search-gone"):
            await reader.kept(*stranger)


async def test_all_that_is_found_is_read_in_pieces(service: Service, reader: Reviewing, monkeypatch):
    monkeypatch.setattr(moderator_log, "READ_AT_ONCE", 2)
    for nth in range(5):
        await service.ask(f"花店 {nth}")
        await service.jobs.record_refusal(1, 1, "prompt-empty")
    found = [job.number async for job in reader.every_job(1, Search(text="花店"))]
    assert found == [5, 4, 3, 2, 1]
    assert len([one async for one in reader.every_refusal(1, Search())]) == 5
    assert [job async for job in reader.every_job(2, Search())] == []
    assert [one async for one in reader.every_refusal(2, Search())] == []


async def test_a_job_is_found_by_number_and_id_in_its_own_server_only(service: Service, reader: Reviewing):
    job = await service.ask("a cat")
    assert (await reader.by_number(1, 1)).job.id == job.id
    assert (await reader.by_id(1, job.id)).job.id == job.id
    for server_id, number in ((1, 2), (2, 1)):
        with pytest.raises(MemberError, match="no-such-job"):
            await reader.by_number(server_id, number)
    for server_id, job_id in ((2, job.id), (1, 1)):
        with pytest.raises(MemberError, match="log-no-such-job"):
            await reader.by_id(server_id, job_id)


async def test_taking_a_part_of_the_log_along_is_an_act_that_names_no_words(service: Service, reader: Reviewing):
    act = Act(9, 1, 900, "logs.export")
    await reader.note_export(act, Search(3, Status.FAILED, text="secret"), "csv")
    with pytest.raises(AlreadyDone):
        await reader.note_export(act, Search(), "csv")
    (detail,) = await service.rows("SELECT detail FROM audit WHERE act = 'logs.export'")
    assert detail == ('{"kind": "csv", "account": 3, "status": "failed"}',)


async def test_the_sweeper_keeps_the_log_tidy(service: Service, reader: Reviewing):
    await reader.keep(5, 1, 900, Search())
    service.clock.advance(25 * 3600)
    await service.sweeper.sweep()
    assert await service.rows("SELECT * FROM searches") == []


async def test_what_was_done_and_said_is_forgotten_in_time(service: Service, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sweeper, "SAID_AT_ONCE", 2)
    act = service.act()
    await service.moderator_log.record(act, {})
    for model in ("a", "b", "c", "d"):
        await service.lanes.stop(model, "Arrearage", Advice.ARREARS)
    *done, waiting = await service.outbox.waiting()
    for notice in done:
        await service.outbox.done(notice.id, "sent")
    service.clock.advance(24 * 3600 - 60)
    await service.sweeper.sweep()
    with pytest.raises(AlreadyDone):
        await service.moderator_log.record(act, {})
    service.clock.advance(60)
    await service.sweeper.sweep()
    assert await service.rows("SELECT * FROM acts") == []
    service.clock.advance(6 * 24 * 3600 - 120)
    await service.sweeper.sweep()
    assert await service.rows("SELECT count(*) FROM outbox") == [(4,)]
    service.clock.advance(3600)
    for left in (2, 1, 1):
        await service.sweeper.sweep()
        assert await service.rows("SELECT count(*) FROM outbox") == [(left,)]
    # All rows are read to find old ones: not in each round.
    await service.outbox.done(waiting.id, "sent")
    service.clock.advance(3599)
    await service.sweeper.sweep()
    service.clock.advance(7 * 24 * 3600)
    assert await service.rows("SELECT count(*) FROM outbox") == [(1,)]
    await service.sweeper.sweep()
    assert await service.rows("SELECT count(*) FROM outbox") == [(0,)]


async def test_that_a_member_was_told_is_known_until_the_pictures_are_delivered(service: Service):
    await service.start()
    job = await service.until(await service.ask(), JobState.DELIVERING)
    await service.jobs.record_undelivered(job.id, "gone")
    await service.jobs.tell_end(job.id)
    (notice,) = await service.outbox.waiting()
    await service.outbox.done(notice.id, "sent")
    service.clock.advance(8 * 24 * 3600)
    await service.sweeper.sweep()
    await service.jobs.send_again(job.id, 1, None)
    await service.jobs.record_undelivered(job.id, "gone")
    await service.jobs.tell_end(job.id)
    told = "SELECT done_ms > 0 FROM outbox WHERE kind = 'undelivered'"
    assert await service.rows(told) == [(1,)]
    sent = await service.jobs.send_again(job.id, 1, None)
    assert sent is not None
    await service.jobs.record_delivery(job.id, {0: 1}, version=sent.version, ping=False)
    service.clock.advance(3601)
    await service.sweeper.sweep()
    assert await service.rows(told) == []
