"""Word to an owner of many edits of their pictures, as the outbox has it: what is listed of them."""

import asyncio
import re
import sqlite3

from bot.storage.outbox import messages
from bot.storage.outbox.edited_pictures import SEVERAL
from sandbox.faults import Fault
from tests.support.stage import Stage, ask

EDITS, DAMAGED = range(2, 10), 8
"""Numbers of the jobs that are told of, and of the one that lies in damage: the owner's newest, by its member."""


def write_digest(conn: sqlite3.Connection) -> None:
    """Make all jobs but the first edits of a picture of its member's, damage one, and write that they are told of."""
    conn.execute("UPDATE jobs SET pictures_of = (SELECT account_id FROM jobs WHERE number = 1) WHERE number > 1")
    conn.execute("UPDATE jobs SET prompt = CAST(X'ff' AS TEXT) WHERE number = ?", (DAMAGED,))
    ids = [row[0] for row in conn.execute("SELECT id FROM jobs WHERE number > 1 ORDER BY number")]
    content = {"jobs": " ".join(map(str, ids)), "more": 0}
    messages.add(conn, SEVERAL, at_ms=0, job_id=ids[-1], content=content)


async def test_of_many_edits_the_newest_are_listed_without_one_that_lies_in_damage(st: Stage, caplog):
    await ask(st, "tom")
    for number in EDITS:
        # Nobody may have more than five under way.
        await ask(st, "mei" if number % 2 else "tom", number)
    lost = await st.job(DAMAGED)
    # The first attempt fails: what is logged is logged once all the same.
    st.discord.faults.add("create_dm", Fault(cut=True))
    await st.store.write(write_digest)
    st.messenger.wake()
    for _ in range(400):
        if st.tom.direct_messages():
            break
        await asyncio.sleep(0.02)
        st.clock.advance(1)
    head, *lines, rest, way = st.tom.direct_messages()[0].text.splitlines()
    assert head == "7 edits of your pictures:"
    assert [re.findall(r"#(\d+)", line) for line in lines] == [["9"], ["7"], ["6"], ["5"], ["4"]]
    assert rest == "- and 2 more before that"
    assert "/preferences" in way
    logged = [one.getMessage() for one in caplog.records if "is not told" in one.getMessage()]
    assert logged == [f"job {lost.id}: the owner of what it edited is not told: a text is not in UTF-8"]
