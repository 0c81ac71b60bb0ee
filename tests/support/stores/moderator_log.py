"""What tests of the moderators' log share: requests with their prompts, and finding them."""

from dataclasses import replace

from bot.domain.jobs.job import Job
from bot.domain.log.moderator_log import Search
from bot.domain.requests.catalogue import BUILT_IN
from bot.storage.log.moderator_log import READ_AT_ONCE, SqliteModeratorLog
from bot.storage.records.prompt_index import SNOWFLAKE_EPOCH_MS
from tests.support.ledger import Books, make_new_job, make_terms

TURBO, PLUS = "wanx2.1-t2i-turbo", "wanx2.1-t2i-plus"
NEWEST = 2**63 - 1
EVERYTHING = Search()


def log_of(books: Books, *, read_at_once: int = READ_AT_ONCE) -> SqliteModeratorLog:
    """Return the log of these books."""
    return SqliteModeratorLog(books.database, books.clock, read_at_once=read_at_once)


async def ask(
    books: Books, prompt: str = "a flower shop", *, member_id: int = 1, server_id: int = 1, model: str = TURBO
) -> Job:
    """Take a request with an id as Discord gives them: it tells the time."""
    job_id = (books.clock.now_ms() - SNOWFLAKE_EPOCH_MS << 22) | books.next_id()
    new_job = make_new_job(job_id, server_id, member_id, model)
    new_job = replace(new_job, request=replace(new_job.request, prompt=prompt))
    return await books.jobs.submit(new_job, make_terms(books.clock.now_ms(), dict(BUILT_IN), free=1000))


async def found(books: Books, text: str = "", *, server_id: int = 1, **wanted) -> list[int]:
    """Search, and give the numbers of the jobs that were found."""
    jobs = await log_of(books).jobs(server_id, Search(text=text, **wanted), before_id=NEWEST, most=100)
    return [job.number for job in jobs]
