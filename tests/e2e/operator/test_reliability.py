"""Every fault that the bot rides out, as members, ledger and vendor live through it; makes docs/reliability.md."""

import logging
import os
from pathlib import Path

import pytest

from bot import app
from tests.support.faults import ReachableDatabase, open_faulty_world, table
from tests.support.reliability import discord_faults, storage_faults, vendor_faults

PAGE = Path(__file__).parents[3] / "docs" / "reliability.md"
UPDATE = "UPDATE_DOCS"
"""Set, the page is written anew (`make docs`); otherwise it must be what this test would write."""

HEAD = """# What becomes of a job when something goes wrong

Made by `tests/e2e/operator/test_reliability.py`: each fault was made to happen to a real bot between the two
stand-ins, and what came of it was read off the member's screen, the ledger and the vendor's bill. `make docs` writes
this page anew.

*Charged* and *billed* count images: what the member paid for, and what is on the vendor's bill. A *doubtful cost* is
what the ledger sets aside for the operator because nobody can tell whether the vendor billed it. *Tries* is what the
bot sent because of the fault, with the one that served in the end.
"""


@pytest.mark.slow
@pytest.mark.timeout(500)
async def test_every_fault_ends_as_the_page_says(tmp_path, monkeypatch):
    monkeypatch.setattr(app, "Database", ReachableDatabase)
    heard = storage_faults.StorageLog()
    log = logging.getLogger("bot")
    log.addHandler(heard)
    try:
        async with open_faulty_world(tmp_path) as world:
            page = HEAD + "".join(
                [
                    table("The image service: a create", await vendor_faults.creates(world)),
                    table("The image service: a query", await vendor_faults.queries(world)),
                    table("The image service: its list, in doubt about a create", await vendor_faults.lists(world)),
                    table("The image service: a task", await vendor_faults.tasks(world)),
                    table("The image service: a result", await vendor_faults.downloads(world)),
                    table("Discord: the edit that brings the picture", await discord_faults.edits(world)),
                    table("Discord: interactions and the gateway", await discord_faults.interactions(world)),
                    table("The database", await storage_faults.storage(world, heard)),
                ]
            )
    finally:
        log.removeHandler(heard)
    if os.environ.get(UPDATE):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, "docs/reliability.md is behind: run `make docs`"
