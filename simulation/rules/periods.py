"""Each hold counts in the period that runs when it is made: whoever counts by the minute limits nobody."""

import itertools
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from simulation.rules.replay.audit import acts
from simulation.world import World

LEGS = """
SELECT legs.job_id, buckets.kind, buckets.period FROM legs JOIN buckets ON buckets.id = legs.bucket_id
WHERE buckets.kind IN ('allowance', 'budget', 'pool', 'cap') ORDER BY legs.job_id
"""
MONTHLY = ("pool", "cap")
KINDS, ZONES = re.compile(r"\b(?:day|week|month)\b"), re.compile(r"\b(?:[A-Z]\w+/\w+|UTC)\b")
LOOKED_UP_MS = 60_000
"""A month is looked up when a request comes in, a moment before its hold."""


def check(world: World) -> None:
    """Hold each hold's periods against the calendar, in the zone and the kinds that its server has named."""
    policy = world.config.policy()
    held = {act.job_id or 0: act for act in acts(world) if act.name == "job.held"}
    kinds, zones = _named(world, KINDS, str(policy.period)), _named(world, ZONES, "")
    is_set = world.tally["machine clock_step"] > 0
    wrong: list[str] = []
    for row in world.rows(LEGS):
        act = held[row["job_id"]]
        if row["kind"] not in MONTHLY:
            right = {
                " ".join((key(kind, _day(act.at_ms, zone or policy.zone.key)), zone)).strip()
                for kind, zone in itertools.product(kinds[act.server_id], zones[act.server_id])
            }
        elif is_set:
            continue
        else:
            right = {key("month", _day(at_ms, policy.zone.key)) for at_ms in (act.at_ms, act.at_ms - LOOKED_UP_MS)}
        if row["period"] not in right:
            wrong.append(f"{act.job_id}: {row['kind']} {row['period']}, not {sorted(right)}")
    assert not wrong, f"a hold counts in another period than runs: {wrong}"


def key(kind: str, day: date) -> str:
    """Return what a period is called that contains a day."""
    if kind == "month":
        return f"{day:%Y-%m}"
    if kind == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return day.isoformat()


def _day(at_ms: int, zone: str) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).astimezone(ZoneInfo(zone)).date()


def _named(world: World, words: re.Pattern[str], operators: str) -> dict[int, set[str]]:
    """Return what of a kind each server's admins have named for their calendar, with what the operator says."""
    named = {guild.id: {operators} for guild in world.guilds}
    for act in acts(world):
        if act.name == "settings.period":
            named[act.server_id].update(words.findall(str(act.detail)))
    return named
