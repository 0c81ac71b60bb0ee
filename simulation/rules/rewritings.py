"""What it cost to have prompts rewritten, how many of a member's were, and who had them drawn."""

import sqlite3
from collections import Counter, defaultdict
from datetime import UTC, datetime

from sandbox.dashscope.texts import TextCall
from simulation.rules.forgotten import ESSENCE
from simulation.world import World

ROWS = """
SELECT rewritings.*, coalesce(sum(used_delta), 0) AS booked, coalesce(sum(held_delta), 0) AS kept
FROM rewritings LEFT JOIN ledger ON ledger.rewriting_id = rewritings.id GROUP BY rewritings.id
"""


def check_bill(world: World) -> None:
    """Each prompt is rewritten once, and what the vendor bills for that is in the books, as cost or as doubt."""
    calls: dict[str, list[TextCall]] = defaultdict(list)
    for call in world.vendor.texts.calls:
        calls[call.prompt].append(call)
    rows = {world.wishes.prompts[row["id"]]: row for row in world.rows(ROWS)}
    strange = calls.keys() - rows.keys()
    assert not strange, f"a prompt was rewritten of which the books know nothing: {strange}"
    wrong = [f"{row['id']} ({row['outcome']})" for words, row in rows.items() if not _is_booked(row, calls[words])]
    assert not wrong, f"a rewritten prompt is booked otherwise than billed: {wrong}"


def _is_booked(row: sqlite3.Row, calls: list[TextCall]) -> bool:
    cost = sum(call.cost_micros for call in calls)
    if row["outcome"] == "doubtful":
        return len(calls) <= 1 and row["booked"] == 0 and cost <= row["kept"] == row["doubtful_micros"]
    told = [(call.tokens_in, call.tokens_out) for call in calls]
    said = [(row["tokens_in"], row["tokens_out"])] if row["outcome"] == "settled" else []
    return row["outcome"] is not None and told == said and (row["booked"], row["kept"]) == (cost, 0)


def check_number(world: World) -> None:
    """Nobody has more prompts rewritten in a server on a day than the operator lets them, forgotten meanwhile or not.

    Which day it is, the clock says: where it was set, who was forgotten is taken for another.
    """
    terms, zone = world.config.policy().rewriting, world.config.policy().zone
    people, is_set = world.trace.known.people, world.tally["machine clock_step"] > 0
    counts = Counter[tuple[int, int, str]]()
    for row in world.rows(ROWS):
        day = datetime.fromtimestamp(row["made_ms"] / 1000, UTC).astimezone(zone).date().isoformat()
        whose = row["account_id"] if is_set else people[row["account_id"]]
        counts[row["server_id"], whose, day] += row["outcome"] != "voided"
    over = {key: count for key, count in counts.items() if terms is None or count > terms.daily}
    assert not +Counter(over), f"more prompts were rewritten than may be: {over}"


def check_drawn(world: World) -> None:
    """What somebody wrote is drawn for nobody else."""
    known, users = world.trace.known, world.discord.world.users
    wrong = []
    for job_id, job in known.jobs.items():
        found = ESSENCE.search(job.prompt)
        if found and found[1] != users[known.member_of(job.account_id)].name:
            wrong.append(f"{job_id}: {job.prompt}")
    assert not wrong, f"a prompt was drawn for another than wrote it: {wrong}"
