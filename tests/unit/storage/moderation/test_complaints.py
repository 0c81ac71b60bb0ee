import json
from dataclasses import replace

import pytest

from bot.domain.act import Act
from bot.domain.jobs.job import Job, Removal
from bot.domain.moderation.complaints import COMPLAINTS_WITHIN_MS, MOST_COMPLAINTS, TOLD_EVERY_MS, Complaint
from bot.errors import AlreadyDone, MemberError, NotPermitted, Unavailable
from bot.storage.moderation.complaints import SqliteComplaints
from tests.support.forgetting import forget
from tests.support.ledger import Books
from tests.support.stores.cases import delivered, is_refused, terms

TABLES = ("complaints", "acts", "audit", "accounts", "outbox")


@pytest.fixture
async def complaints(books: Books) -> SqliteComplaints:
    for server_id in (1, 2):
        act = books.act(server_id=server_id)
        await books.servers.change_settings(act, lambda old: replace(old, log_channel=77))
    return SqliteComplaints(books.database, books.clock)


def by(books: Books, member_id: int, server_id: int = 1) -> Act:
    return replace(books.act("member.report", server_id=server_id), actor_id=member_id)


async def written(books: Books) -> list[object]:
    return [await books.rows(f"SELECT * FROM {table}") for table in TABLES]


async def told(books: Books, job: Job) -> int:
    query = "SELECT count(*) FROM outbox WHERE kind = 'picture-reported' AND job_id = ?"
    return (await books.rows(query, job.id))[0][0]


async def test_a_report_is_told_once_and_noted_with_who_made_it(books: Books, complaints: SqliteComplaints):
    job, act = await delivered(books), by(books, 5)
    await complaints.add(act, job.id)
    before = await written(books)
    with pytest.raises(AlreadyDone):
        await complaints.add(act, job.id)
    await is_refused(complaints.add(by(books, 5), job.id), MemberError, "reported-already")
    assert await written(books) == before
    ((content,),) = await books.rows("SELECT content FROM outbox WHERE kind = 'picture-reported'")
    account_id = json.loads(content)["account_id"]
    assert await complaints.find(job.id, account_id) == Complaint(5, 1)
    assert await complaints.find(job.id, 99) is None
    assert await books.rows("SELECT job_id, actor_id FROM audit WHERE act = 'member.report'") == [(job.id, account_id)]
    await forget(books, terms(books), 5)
    assert await complaints.find(job.id, account_id) == Complaint(0, 1)


async def test_what_others_report_within_an_hour_only_counts(books: Books, complaints: SqliteComplaints):
    job = await delivered(books)
    for member_id in (5, 6):
        await complaints.add(by(books, member_id), job.id)
    assert await told(books, job) == 1
    books.clock.advance(TOLD_EVERY_MS / 1000)
    await complaints.add(by(books, 7), job.id)
    assert await told(books, job) == 2


async def test_one_member_reports_few_jobs_within_an_hour_in_each_server(books: Books, complaints: SqliteComplaints):
    jobs = [await delivered(books) for _ in range(MOST_COMPLAINTS + 2)]
    first_ms = books.clock.now_ms()
    for job in jobs[:MOST_COMPLAINTS]:
        await complaints.add(by(books, 5), job.id)
        books.clock.advance(60)
    refusal = await is_refused(complaints.add(by(books, 5), jobs[-1].id), Unavailable, "reported-too-often")
    assert refusal.values == {"limit": MOST_COMPLAINTS, "again_ms": first_ms + COMPLAINTS_WITHIN_MS}
    await complaints.add(by(books, 6), jobs[-1].id)
    elsewhere = await delivered(books, server_id=2)
    await complaints.add(by(books, 5, 2), elsewhere.id)
    books.clock.advance((first_ms + COMPLAINTS_WITHIN_MS - books.clock.now_ms()) / 1000)
    await complaints.add(by(books, 5), jobs[-2].id)
    await is_refused(complaints.add(by(books, 5), jobs[-1].id), Unavailable, "reported-too-often")


async def test_own_pictures_removed_ones_and_those_of_other_servers_are_not_reported(
    books: Books, complaints: SqliteComplaints
):
    job = await delivered(books)
    await is_refused(complaints.add(by(books, 1), job.id), MemberError, "report-own")
    await is_refused(complaints.add(by(books, 5, 2), job.id), NotPermitted, "job-gone")
    await is_refused(complaints.add(by(books, 5), 99), NotPermitted, "job-gone")
    await is_refused(complaints.add(by(books, 5), (await books.submit(terms(books))).id), MemberError, "report-nothing")
    await books.jobs.end_removal(job.id, Removal.DONE)
    await is_refused(complaints.add(by(books, 5), job.id), MemberError, "report-nothing")
    assert await books.rows("SELECT * FROM complaints") == []


async def test_without_a_log_channel_nothing_is_taken(books: Books):
    job = await delivered(books)
    complaints = SqliteComplaints(books.database, books.clock)
    await is_refused(complaints.add(by(books, 5), job.id), MemberError, "report-nowhere")
    assert await books.rows("SELECT * FROM complaints") == []


async def test_the_job_of_a_message_is_found_as_its_card_and_as_its_entry_in_its_own_server(books: Books):
    job = await delivered(books)
    message_id = job.reply.message_id
    assert message_id
    for server_id, wanted, found in ((1, message_id, job.id), (2, message_id, None), (1, 0, None), (1, 12345, None)):
        one = await books.jobs.by_message(server_id, wanted)
        assert (one.id if one else None) == found
