"""The vendor's bill and the bot's ledger, job by job: read apart, then compared."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sandbox.dashscope import BillLine

JOBS = """
SELECT jobs.number, jobs.state, jobs.task_id, members.discord_id, holds.images, holds.charged_images,
    holds.charged_free, holds.charged_micros, holds.billed_images, holds.billed_free, holds.cost_micros
FROM jobs JOIN holds ON holds.job_id = jobs.id JOIN members ON members.account_id = jobs.account_id
ORDER BY jobs.number
"""
BUCKETS = "SELECT kind, sum(used) AS used, sum(held) AS held FROM buckets GROUP BY kind"
MOVED = """
SELECT kind, sum(used_delta) AS used, sum(held_delta) AS held
FROM (SELECT buckets.kind, ledger.used_delta, ledger.held_delta FROM ledger JOIN buckets ON buckets.id = bucket_id)
GROUP BY kind
"""


@dataclass(frozen=True)
class Entry:
    """One job in both books; money is micro-yuan.

    Attributes:
        made: pictures that the member got charged for.
        free, paid_micros: how they were charged.
        ours: images, free images and cost that the ledger expects on the bill.
        theirs: the same on the vendor's bill.
    """

    number: int
    who: str
    state: str
    task_id: str
    asked: int
    made: int
    free: int
    paid_micros: int
    ours: tuple[int, int, int]
    theirs: tuple[int, int, int]


@dataclass(frozen=True)
class Sums:
    asked: int
    made: int
    free: int
    paid_micros: int
    ours: tuple[int, int, int]
    theirs: tuple[int, int, int]


def entries(database: Path, bill: Iterable[BillLine], names: Mapping[int, str]) -> list[Entry]:
    """Return every job with what the ledger says and what the vendor's bill says."""
    billed = {line.task_id: (line.images, line.free_images, line.cost_micros) for line in bill}
    return [
        Entry(
            number=row["number"],
            who=names.get(row["discord_id"], "?"),
            state=row["state"],
            task_id=row["task_id"],
            asked=row["images"],
            made=row["charged_images"],
            free=row["charged_free"],
            paid_micros=row["charged_micros"],
            ours=(row["billed_images"], row["billed_free"], row["cost_micros"]),
            theirs=billed.get(row["task_id"], (0, 0, 0)),
        )
        for row in _read(database, JOBS)
    ]


def sums(entries: list[Entry]) -> Sums:
    """Add everything up."""
    return Sums(
        asked=sum(entry.asked for entry in entries),
        made=sum(entry.made for entry in entries),
        free=sum(entry.free for entry in entries),
        paid_micros=sum(entry.paid_micros for entry in entries),
        ours=_added(entry.ours for entry in entries),
        theirs=_added(entry.theirs for entry in entries),
    )


def faults(database: Path, bill: Iterable[BillLine], entries: list[Entry]) -> list[str]:
    """Return where the books disagree; empty if they don't."""
    found = [
        f"job #{one.number}: the ledger has {_words(one.ours)}, the bill has {_words(one.theirs)}"
        for one in entries
        if one.ours != one.theirs
    ]
    ids = [line.task_id for line in bill]
    known = {entry.task_id for entry in entries}
    found += [f"the bill has a task that no job knows: {task_id}" for task_id in ids if task_id not in known]
    found += [f"the bill has task {task_id} more than once" for task_id in dict.fromkeys(ids) if ids.count(task_id) > 1]
    buckets = {row["kind"]: (row["used"], row["held"]) for row in _read(database, BUCKETS)}
    moved = {row["kind"]: (row["used"], row["held"]) for row in _read(database, MOVED)}
    total = sums(entries)
    expected = {"allowance": total.free, "tier": total.theirs[1], "cap": total.theirs[2]}
    found += [
        f"the ledger's {kind} stands at {buckets.get(kind, (0, 0))[0]}, the jobs add up to {used}"
        for kind, used in expected.items()
        if buckets.get(kind, (0, 0))[0] != used
    ]
    paid = sum(buckets.get(kind, (0, 0))[0] for kind in ("budget", "credit"))
    if paid != total.paid_micros:
        found.append(f"budget and credit stand at {paid}, the jobs add up to {total.paid_micros}")
    found += [f"{held} of {kind} is still held" for kind, (_, held) in buckets.items() if held]
    found += [
        f"the rows of the ledger do not add up to its {kind}"
        for kind in buckets
        if moved.get(kind, (0, 0)) != buckets[kind]
    ]
    return found


def _added(figures: Iterable[tuple[int, int, int]]) -> tuple[int, int, int]:
    images, free, cost = 0, 0, 0
    for more in figures:
        images, free, cost = images + more[0], free + more[1], cost + more[2]
    return images, free, cost


def _words(figures: tuple[int, int, int]) -> str:
    return f"{figures[0]} images, {figures[1]} of them free, {figures[2]} micro-yuan"


def _read(database: Path, question: str) -> list[sqlite3.Row]:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(question).fetchall()
