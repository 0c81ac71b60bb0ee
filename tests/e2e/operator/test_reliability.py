"""Every fault that the bot rides out, as members, ledger and vendor live through it; makes docs/reliability.md."""

import logging
from collections.abc import Awaitable, Callable, Iterator

import pytest

from bot import app
from tests.support.faults import ReachableDatabase, Row, begins_table, open_faulty_world, table
from tests.support.pages import GeneratedPage
from tests.support.reliability import call_faults, discord_faults, storage_faults, vendor_faults
from tests.support.reliability.storage_faults import StorageLog
from tests.support.world import World

HEAD = """# What becomes of a job when something goes wrong

Made by `tests/e2e/operator/test_reliability.py`: each fault was made to happen to a real bot between the two
stand-ins, and what came of it was read off the member's screen, the ledger and the vendor's bill. `make docs` writes
this page anew.

*Charged* and *billed* count images: what the member paid for, and what is on the vendor's bill. A *doubtful cost* is
what the ledger sets aside for the operator because nobody can tell whether the vendor billed it. *Tries* is what the
bot sent because of the fault, with the one that served in the end.
"""

FAULTS: dict[str, Callable[[World], Awaitable[list[Row]]]] = {
    "The image service: a create": vendor_faults.creates,
    "The image service: a create that is answered with the picture": call_faults.calls,
    "The image service: a query": vendor_faults.queries,
    "The image service: its list, in doubt about a create": vendor_faults.lists,
    "The image service: a task": vendor_faults.tasks,
    "The image service: a result": vendor_faults.downloads,
    "Discord: the edit that brings the picture": discord_faults.edits,
    "Discord: interactions and the gateway": discord_faults.interactions,
}
DATABASE = "The database"
PAGE = GeneratedPage("reliability.md", [begins_table(title) for title in (*FAULTS, DATABASE)])


@pytest.fixture
def heard() -> Iterator[StorageLog]:
    """What the log says of storage, and of parts of the program that failed: at the end, nothing that no test read."""
    heard = StorageLog()
    log = logging.getLogger("bot")
    log.addHandler(heard)
    yield heard
    log.removeHandler(heard)
    assert (heard.said, heard.failed) == ([], [])


def test_the_page_says_how_it_is_read():
    PAGE.assert_has(HEAD)


@pytest.mark.slow
@pytest.mark.untraced
@pytest.mark.timeout(400)
@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("title", FAULTS)
async def test_every_fault_ends_as_the_page_says(tmp_path, title):
    async with open_faulty_world(tmp_path) as world:
        rows = await FAULTS[title](world)
    PAGE.assert_has(table(title, rows))


@pytest.mark.slow
@pytest.mark.untraced
async def test_every_fault_of_the_database_ends_as_the_page_says(tmp_path, monkeypatch, heard):
    monkeypatch.setattr(app, "Database", ReachableDatabase)
    async with open_faulty_world(tmp_path) as world:
        rows = await storage_faults.storage(world, heard)
    PAGE.assert_has(table(DATABASE, rows))
