import sqlite3

import pytest

from bot.domain.jobs.job import JobState
from bot.domain.requests.catalogue import BUILT_IN
from bot.storage.books.verification import SqliteBooks
from tests.support.failures import failure_of
from tests.support.ledger import Books, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
CATALOGUE = {TURBO.name: TURBO}
PRICE = TURBO.price_micros
LEDGER_TRIGGERS = ("ledger_is_never_changed", "ledger_is_never_deleted")
HOLD_TRIGGERS = ("hold_is_resolved_once", "hold_keeps_its_terms", "hold_is_never_deleted")


@pytest.fixture
async def open_books(books: Books) -> SqliteBooks:
    """A job that was settled (3 asked, 3 billed, 2 fetched), one that waits, and one whose cost is doubtful."""
    terms = make_terms(books.clock.now_ms(), CATALOGUE, 1, 10 * PRICE, 100 * PRICE, 100 * PRICE)
    await books.grant(1, 1, 5 * PRICE)
    await books.bring_to_settled(await books.submit(terms, count=3), made=3, fetched=2, tier=None)
    await books.queue(terms, count=2)
    doubtful = await books.submit(terms)
    await books.bring_to_submitting(doubtful)
    await books.jobs.fail(doubtful.id, failure_of("in_doubt"), doubtful_images=1)
    return SqliteBooks(books.database)


async def falsify(books: Books, statement: str, *triggers: str) -> None:
    """Write past the triggers, and put them back."""

    def write(conn: sqlite3.Connection) -> None:
        made = {
            name: conn.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (name,)).fetchone()[0]
            for name in triggers
        }
        for name in triggers:
            conn.execute(f"DROP TRIGGER {name}")
        assert conn.execute(statement).rowcount == 1
        for sql in made.values():
            conn.execute(sql)

    await books.database.write(write)


async def test_books_that_nobody_touched_agree(open_books: SqliteBooks):
    assert await open_books.differences() == []
    buckets, rows, holds = await open_books.size()
    assert (buckets, holds) == (6, 3)
    assert rows > 10


@pytest.mark.parametrize(
    ("statement", "triggers", "named"),
    [
        (
            "UPDATE ledger SET used_delta = 0 WHERE kind = 'cost'",
            LEDGER_TRIGGERS,
            ["used is 420000, its rows make 0", "job #1 of server 1: cost: the rows make 0, its hold says 420000"],
        ),
        (
            "DELETE FROM ledger WHERE kind = 'doubt'",
            LEDGER_TRIGGERS,
            [
                "held is 140000, its rows make 0",
                "job #3 of server 1: cost in doubt: the rows make 0, its hold says 140000",
            ],
        ),
        (
            "UPDATE ledger SET held_delta = held_delta + 1 WHERE kind = 'hold' AND job_id = 1001 AND bucket_id IN"
            " (SELECT id FROM buckets WHERE kind = 'pool')",
            LEDGER_TRIGGERS,
            [
                "(pool, of server 1, ",
                "job #2 of server 1, pool: its rows hold 280001, its hold says 280000",
            ],
        ),
        (
            "UPDATE ledger SET used_delta = 2 WHERE kind = 'settle' AND bucket_id IN"
            " (SELECT id FROM buckets WHERE kind = 'allowance')",
            LEDGER_TRIGGERS,
            ["(allowance, of server 1, account 1, ", "allowance: its rows settle 2, its hold says 1"],
        ),
        (
            "UPDATE ledger SET granted_delta = 1 WHERE kind = 'grant'",
            LEDGER_TRIGGERS,
            ["(credit, of server 1, account 1): granted is 700000, its rows make 1"],
        ),
        ("UPDATE buckets SET used = 7 WHERE kind = 'tier'", (), ["(tier, model wanx2.1-t2i-turbo, none): used is 7"]),
        (
            "UPDATE holds SET charged_free = 0 WHERE job_id = 1000",
            HOLD_TRIGGERS,
            ["job #1 of server 1: free images charged: the rows make 1, its hold says 0"],
        ),
        (
            "UPDATE holds SET billed_images = 2 WHERE job_id = 1000",
            HOLD_TRIGGERS,
            ["images billed at a price: the rows make 280000, its hold says 420000"],
        ),
        (
            "UPDATE holds SET outcome = 'voided' WHERE job_id = 1001",
            HOLD_TRIGGERS,
            ["job #2 of server 1: is queued, and its hold is voided", "pool: the leg is open, the hold is not"],
        ),
        (
            "UPDATE jobs SET state = 'failed' WHERE id = 1001",
            (),
            ["job #2 of server 1: is failed, and its hold is open"],
        ),
        (
            "UPDATE jobs SET state = 'queued' WHERE id = 1000",
            (),
            ["job #1 of server 1: is queued, and its hold is settled"],
        ),
        (
            "UPDATE legs SET settled = 0 WHERE job_id = 1001 AND bucket_id IN"
            " (SELECT id FROM buckets WHERE kind = 'cap')",
            (),
            ["job #2 of server 1, cap: the leg is settled, the hold is not"],
        ),
        (
            "INSERT INTO ledger (at_ms, kind, bucket_id, job_id, used_delta, held_delta)"
            " SELECT 1, 'doubt', 1, 1000, 0, 5",
            (),
            ["cost in doubt: the rows make 5, its hold says 0", "5 of its doubtful cost of 0 are left"],
        ),
        (
            "INSERT INTO ledger (at_ms, kind, bucket_id, used_delta, held_delta) SELECT 1, 'hold', 1, 0, 5",
            (),
            ["(hold, job None): no hold has a leg in its bucket"],
        ),
    ],
)
async def test_a_falsified_row_is_named(
    books: Books, open_books: SqliteBooks, statement: str, triggers: tuple[str, ...], named: list[str]
):
    await falsify(books, statement, *triggers)
    differences = await open_books.differences()
    for words in named:
        assert any(words in difference for difference in differences), differences
    assert all("\n" not in difference for difference in differences)


async def test_a_trigger_that_was_dropped_or_changed_is_named(books: Books, open_books: SqliteBooks):
    def tamper(conn: sqlite3.Connection) -> None:
        for name in LEDGER_TRIGGERS:
            conn.execute(f"DROP TRIGGER {name}")
        conn.execute(f"CREATE TRIGGER {LEDGER_TRIGGERS[1]} BEFORE DELETE ON ledger BEGIN SELECT 1; END")

    await books.database.write(tamper)
    assert await open_books.differences() == [
        "trigger ledger_is_never_changed is missing: rows may have been altered",
        "trigger ledger_is_never_deleted is changed: rows may have been altered",
    ]


async def test_a_job_without_a_hold_is_named(books: Books, open_books: SqliteBooks):
    def tamper(conn: sqlite3.Connection) -> None:
        columns = ", ".join(row["name"] for row in conn.execute("PRAGMA table_info(jobs)"))
        values = columns.replace("id, number", "77, 77", 1)
        conn.execute(f"INSERT INTO jobs ({columns}) SELECT {values} FROM jobs WHERE id = 1001")

    await books.database.write(tamper)
    assert await open_books.differences() == ["job #77 of server 1: has no hold"]


async def test_tasks_whose_hold_is_resolved_are_given_with_what_the_books_say(books: Books, open_books: SqliteBooks):
    submitted = books.clock.now_ms()
    (task,) = await open_books.resolved_tasks(submitted - 1)
    assert (task.task_id, task.number, task.billed_images) == ("task-1000", 1, 3)
    assert await open_books.resolved_tasks(submitted) == []


async def test_no_task_counts_as_nobodys_while_one_may_be_about_to_be_owned(books: Books, open_books: SqliteBooks):
    assert await open_books.unowned_tasks(TURBO.name, ["task-1000", "x"]) == {"x"}
    waiting = await books.jobs.ids_in_state(JobState.QUEUED)
    job = await books.jobs.get(waiting[0])
    assert job is not None
    await books.bring_to_submitting(job)
    assert await open_books.unowned_tasks(TURBO.name, ["x"]) == set()
    assert await open_books.unowned_tasks("another", ["x"]) == {"x"}


async def test_failed_jobs_with_doubtful_cost_are_given_to_be_matched(open_books: SqliteBooks):
    assert [job.number for job in await open_books.doubtful_jobs(TURBO.name)] == [3]
    assert await open_books.doubtful_jobs("another") == []
