import sqlite3

import pytest

from bot.domain.act import Act
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Refund
from bot.errors import AlreadyDone, Unavailable
from bot.storage.log.moderator_log import EVENTS
from bot.storage.records import prompt_index
from tests.support.failures import failure_of
from tests.support.ledger import Books, make_terms
from tests.support.stores.moderator_log import NEWEST, ask, found, log_of


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("清晨的花店门口有一只猫", "花店"),
        ("清晨的花店门口有一只猫", "猫"),
        ("清晨的花店门口有一只猫", "花店 猫"),
        ("さくらの下で", "さくら"),
        ("봄날의 고양이", "고양이"),
        ("ภาพวาดแมว", "แมว"),
        ("Кот на КРЫШЕ", "крыше"),
        ("A Sunflower, at Dawn", "flower"),
        ("A Sunflower, at Dawn", "DAWN sunflower"),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "full"),
        ("straße", "STRASSE"),
        ("a pool of bl\u200boo\u00add", "blood"),
        ("𝐁𝐥𝐨𝐨𝐝 moon", "blood"),
        ("50% off_now", "50%"),
        ("50% off_now", "off_now"),
        ('say "cheese" AND smile', '"cheese" AND'),
        ("a (cat) OR dog*", "(cat) dog*"),
        ("🩸 on snow", "🩸"),
    ],
)
async def test_words_of_any_script_are_found(books: Books, prompt, words):
    await ask(books, prompt)
    await ask(books, "nothing of the kind")
    assert await found(books, words) == [1]


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("花的店", "花店"),
        ("a low fl, we err", "flower"),
        ("a cat", "cat dog"),
        ("50 percent", "50%"),
        ("offXnow", "off_now"),
        ("flow er", "flower"),
    ],
)
async def test_a_prompt_with_the_pairs_but_not_the_words_is_not_found(books: Books, prompt, words):
    await ask(books, prompt)
    assert await found(books, words) == []


async def test_what_is_too_short_for_the_index_is_found_by_reading(books: Books):
    await ask(books, "x y")
    await ask(books, "a b")
    assert await found(books, "b a") == [2]


async def entries(books: Books) -> int:
    return await books.read(
        lambda conn: conn.execute("SELECT count(*) FROM log_words WHERE log_words MATCH '1i1'").fetchone()[0]
    )


async def test_a_request_that_is_refused_leaves_nothing_in_the_index(books: Books):
    terms = make_terms(books.clock.now_ms(), dict(BUILT_IN), free=1000, active_jobs=0)
    with pytest.raises(Unavailable):
        await books.submit(terms)
    assert await entries(books) == 0


async def test_an_erased_prompt_is_found_no_more_and_its_words_are_gone_from_the_index(books: Books):
    erased, kept = await ask(books, "清晨的花店"), await ask(books, "清晨的花店")

    def erase(conn: sqlite3.Connection) -> None:
        prompt_index.forget(conn, erased.id)
        conn.execute("UPDATE jobs SET prompt = '' WHERE id = ?", (erased.id,))

    for _ in range(2):
        await books.database.write(erase)
    assert await found(books, "花店") == [kept.number]
    assert await entries(books) == 1
    assert await log_of(books).tidy() == 0
    assert await entries(books) == 1
    assert await found(books) == [2, 1]


async def test_jobs_of_an_earlier_version_are_indexed_in_passing_and_those_that_were_forgotten_are_not(books: Books):
    jobs = [await ask(books, "花店") for _ in range(3)]

    def undo(conn: sqlite3.Connection) -> None:
        for job in jobs[:2]:
            prompt_index.forget(conn, job.id)
        conn.execute("UPDATE jobs SET indexed = 0 WHERE id IN (?, ?)", (jobs[0].id, jobs[1].id))
        prompt_index.forget(conn, jobs[0].id)

    await books.database.write(undo)
    assert await found(books, "花店") == [3]
    assert await log_of(books).tidy() == 1
    assert await found(books, "花店") == [3, 2]
    assert await log_of(books).tidy() == 0


async def test_a_timeline_tells_every_state_who_acted_the_vendors_ids_and_what_was_given_back(books: Books):
    job = await ask(books, "a cat")
    await books.bring_to_settled(job, made=1, fetched=1, tier=None)
    await books.jobs.record_delivery(job.id, {}, version=1, ping=False)
    await books.jobs.begin_removal(job.id, 7)
    await books.servers.refund(books.act("quota.refund", reason="blurred"), job.id)
    timeline = await log_of(books).by_number(1, 1)
    assert timeline is not None
    assert [event.act for event in timeline.events] == [
        "job.held", "job.queued", "job.submitting", "job.pending", "job.fetching", "job.delivering", "job.delivered",
        "job.removal_intent", "quota.refund",
    ]  # fmt: skip
    assert [event.member_id for event in timeline.events] == [1, 0, 0, 0, 0, 0, 0, 7, 900]
    assert timeline.events[-1].detail["reason"] == "blurred"
    assert (timeline.request_id, timeline.job.task_id) == ("r", f"task-{job.id}")
    assert timeline.job.given_back == Refund(1, 0)


async def test_the_request_of_a_create_that_failed_is_named_for_the_vendors_support(books: Books):
    job = await ask(books, "a cat")
    await books.bring_to_submitting(job)
    await books.jobs.fail(job.id, failure_of("DataInspectionFailed", "request-9"))
    timeline = await log_of(books).by_id(1, job.id)
    assert timeline is not None
    assert timeline.request_id == "request-9"


async def test_an_act_is_noted_once(books: Books):
    moderator_log, act = log_of(books), Act(70, 1, 900, "logs.export")
    await moderator_log.record(act, {"kind": "csv"})
    with pytest.raises(AlreadyDone):
        await moderator_log.record(act, {"kind": "csv"})
    assert await books.rows("SELECT act, detail FROM audit") == [("logs.export", '{"kind": "csv"}')]


async def test_the_index_keeps_no_text(books: Books):
    await ask(books, "secretword 花店")
    dump = await books.rows("SELECT quote(block) FROM log_words_data")
    assert not any(b"secretword".hex().upper() in row[0] for row in dump)
    assert not any("花店".encode().hex().upper() in row[0] for row in dump)


async def test_a_search_by_words_reads_no_row_of_jobs_but_those_that_it_finds(books: Books):
    plan = await books.read(
        lambda conn: [
            row["detail"]
            for row in conn.execute(
                "EXPLAIN QUERY PLAN " + prompt_index.BY_WORDS,
                {"tokens": '"x"', "from_id": 0, "before_id": NEWEST, "server_id": 1},
            )
        ]
    )
    assert len(plan) == 2
    assert "SCAN log_words VIRTUAL TABLE" in plan[0]
    assert plan[1] == "SEARCH jobs USING INTEGER PRIMARY KEY (rowid=?)"


async def test_a_timeline_reads_no_row_of_the_audit_but_its_jobs_own(books: Books):
    values = {"job_id": 1, "server_id": 1}
    plan = await books.read(lambda conn: [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {EVENTS}", values)])
    assert plan[0] == "SEARCH audit USING INDEX audit_by_job (job_id=?)"
