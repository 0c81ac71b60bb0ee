"""What was used and what it costs, summed up from jobs, holds, ledger and audit; nothing here changes them."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.domain.books.bill import Bill, CapUse, ModelBill, ServerUse, TierLeft, by_model
from bot.domain.books.figures import Figures
from bot.domain.books.ledger import BucketKind
from bot.domain.books.usage_report import DayUsage, MemberModelUsage, MonthUse, Usage, UsageReport
from bot.domain.requests import quota
from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.policy import Policy
from bot.domain.requests.quota import Terms
from bot.domain.time.periods import Period
from bot.ports import Clock
from bot.storage.ledger import entries
from bot.storage.ledger.holds import open_cost
from bot.storage.outbox import messages, said
from bot.storage.sqlite.database import Database

QUARTER_MS = 15 * 60 * 1000
"""In every time zone of this century days begin on a quarter of an hour of UTC, so that days are whole quarters."""

# A job belongs to the period of its hold: both are made at the same moment, in one transaction. Its id is Discord's
# word on the time, and the two clocks may differ. Read in the order of that id, which is about the order in which rows
# lie in the file: by members it takes four times as long.
JOBS = "FROM jobs INDEXED BY jobs_by_server_time CROSS JOIN holds ON holds.job_id = jobs.id"
WERE_CHARGED = """
WHERE jobs.server_id = :server_id AND jobs.created_ms >= :start_ms AND jobs.created_ms < :end_ms
    AND holds.charged_images > 0
"""
CHARGED = f"{JOBS} {WERE_CHARGED}"
# Of what was charged: free images count as any other.
AT_LIST_PRICE = "charged_images * min(price, billed_price) + min(inputs, billed_inputs) * input_price"
BY_MEMBER = f"""
SELECT used.*, coalesce(members.discord_id, 0) AS member_id FROM (
    SELECT jobs.account_id, holds.model, count(*) AS jobs, sum(charged_images) AS images,
        sum(charged_free) AS free_images, sum(charged_micros) AS charged_micros, sum({AT_LIST_PRICE}) AS list_micros
    {CHARGED} GROUP BY jobs.account_id, holds.model) AS used
LEFT JOIN members ON members.account_id = used.account_id
"""
# Of the jobs of the period, whenever it was given back.
REFUNDED = f"{JOBS} CROSS JOIN ledger ON ledger.job_id = jobs.id AND ledger.kind = 'refund' {WERE_CHARGED}"
GIVEN_BACK = f"""
SELECT jobs.account_id, holds.model, -sum(used_delta) AS free_images, sum(granted_delta) AS micros
{REFUNDED} GROUP BY jobs.account_id, holds.model
"""
TOTAL = f"""
SELECT count(*), coalesce(sum(charged_images), 0), coalesce(sum(charged_free), 0), coalesce(sum(charged_micros), 0),
    (SELECT coalesce(-sum(used_delta), 0) {REFUNDED}), (SELECT coalesce(sum(granted_delta), 0) {REFUNDED}),
    coalesce(sum({AT_LIST_PRICE}), 0)
{CHARGED}
"""
LAST_POOL = """
SELECT limit_then FROM jobs INDEXED BY jobs_by_server_time CROSS JOIN legs ON legs.job_id = jobs.id
JOIN buckets ON buckets.id = legs.bucket_id AND buckets.kind = 'pool'
WHERE jobs.server_id = :server_id AND jobs.created_ms >= :start_ms AND jobs.created_ms < :end_ms
ORDER BY jobs.created_ms DESC LIMIT 1
"""
BY_QUARTER = f"""
SELECT jobs.created_ms / {QUARTER_MS} AS quarter, sum(charged_images) AS images, sum(charged_free) AS free_images
{CHARGED} GROUP BY quarter ORDER BY quarter
"""
REFUSED = """
SELECT json_extract(detail, '$.reason') AS reason, count(*) AS requests FROM audit
WHERE server_id = :server_id AND act = 'request.refused' AND at_ms >= :start_ms AND at_ms < :end_ms
GROUP BY reason ORDER BY requests DESC, reason
"""

SETTLED = f"""
SELECT jobs.server_id, holds.model, sum(billed_images) AS images, sum(billed_free) AS tier_images,
    sum(cost_micros) AS cost_micros, sum(charged_micros) AS charged_micros, sum(charged_images) AS charged_images,
    sum(billed_inputs) AS inputs, sum(iif(charged_images > 0, {AT_LIST_PRICE}, 0)) AS list_micros
FROM holds JOIN jobs ON jobs.id = holds.job_id
WHERE holds.made_ms >= :start_ms AND holds.made_ms < :end_ms AND holds.outcome = 'settled'
GROUP BY jobs.server_id, holds.model
"""
# What the vendor may have billed for a hold that was voided: held in the cap until the operator's word corrects it.
DOUBTED = """
SELECT holds.model,
    coalesce((SELECT json_extract(detail, '$.billed') FROM audit
        WHERE audit.job_id = holds.job_id AND act = 'job.doubt_resolved' ORDER BY id DESC LIMIT 1), 0) AS images,
    coalesce(sum(used_delta) FILTER (WHERE buckets.kind = 'tier'), 0) AS tier_images,
    coalesce(sum(used_delta) FILTER (WHERE buckets.kind = 'cap'), 0) AS cost_micros,
    coalesce(sum(held_delta) FILTER (WHERE buckets.kind = 'cap'), 0) AS doubtful_micros
FROM holds CROSS JOIN ledger ON ledger.job_id = holds.job_id JOIN buckets ON buckets.id = ledger.bucket_id
WHERE holds.made_ms >= :start_ms AND holds.made_ms < :end_ms AND holds.doubtful_micros > 0
    AND ledger.kind IN ('doubt', 'correction')
GROUP BY holds.job_id
"""
# Tasks that no job owns have no row of their own in the ledger but by their id in its reason.
BOOKED = """
SELECT booked_tasks.model, booked_tasks.images,
    coalesce(sum(used_delta) FILTER (WHERE buckets.kind = 'tier'), 0) AS tier_images,
    coalesce(sum(used_delta) FILTER (WHERE buckets.kind = 'cap'), 0) AS cost_micros
FROM booked_tasks CROSS JOIN buckets CROSS JOIN ledger ON ledger.bucket_id = buckets.id
WHERE booked_tasks.job_id IS NULL AND booked_tasks.at_ms >= :start_ms AND booked_tasks.at_ms < :end_ms
    AND buckets.kind IN ('cap', 'tier') AND buckets.server_id = 0 AND ledger.job_id IS NULL
    AND ledger.kind = 'cost' AND ledger.at_ms = booked_tasks.at_ms AND instr(ledger.reason, booked_tasks.task_id)
GROUP BY booked_tasks.task_id
"""
REWRITTEN = """
SELECT model, count(*) AS rewritings, sum(cost_micros) AS cost_micros,
    sum(doubtful_micros) AS doubtful_micros
FROM rewritings WHERE made_ms >= :start_ms AND made_ms < :end_ms AND outcome IN ('settled', 'doubtful') GROUP BY model
"""
JOBS_BY_STATE = "SELECT model, state, count(*) AS jobs FROM jobs GROUP BY state, model"
STOPPED = "SELECT model, stop_code FROM lanes WHERE stopped_ms > 0"


class SqliteReports:
    """The figures of reports."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def usage(self, server_id: int, period: Period, zone: ZoneInfo) -> UsageReport:
        """Return what one server used in a period, with the days of ``zone``."""
        return await self._db.read_long(lambda conn: _usage(conn, server_id, period, zone))

    async def month(self, server_id: int, month: Period, zone: ZoneInfo) -> MonthUse:
        """Return what one server used in a month of its pool, which is counted in ``zone``."""
        where = {"server_id": server_id, "start_ms": month.start_ms, "end_ms": month.end_ms}

        def used(conn: sqlite3.Connection) -> MonthUse:
            last = conn.execute(LAST_POOL, where).fetchone()
            total = Usage(*conn.execute(TOTAL, where).fetchone())
            return MonthUse(month, zone, total, last["limit_then"] if last else None)

        return await self._db.read_long(used)

    async def bill(self, period: Period, month: Period, policy: Policy) -> Bill:
        """Return what the operator should know of a period over all servers.

        Args:
            period: of whose holds figures are given.
            month: whose cap is shown.
            policy: whose free tiers and cap are shown.
        """
        now_ms = self._clock.now_ms()

        def billed(conn: sqlite3.Connection) -> Bill:
            within = {"start_ms": period.start_ms, "end_ms": period.end_ms}
            settled = conn.execute(SETTLED, within).fetchall()
            cap = entries.peek(conn, BucketKind.CAP, 0, "", month.key)
            return Bill(
                period,
                policy.zone,
                by_model(_billed(conn, settled, within)),
                _servers(settled),
                tuple(_tiers(conn, policy.catalogue, now_ms)),
                CapUse(month.key, cap.used, cap.held, policy.cap_micros),
            )

        return await self._db.read_long(billed)

    async def figures(self, terms: Terms) -> Figures:
        """Return how things stand at this moment, by the operator's terms."""
        now_ms = self._clock.now_ms()

        def figures(conn: sqlite3.Connection) -> Figures:
            cap = entries.peek(conn, BucketKind.CAP, 0, "", terms.month.key)
            return Figures(
                {(row["model"], row["state"]): row["jobs"] for row in conn.execute(JOBS_BY_STATE)},
                {row["model"]: row["stop_code"] for row in conn.execute(STOPPED)},
                billed_micros=cap.used,
                doubtful_micros=cap.held,
                open_micros=open_cost(conn, terms, now_ms),
                cap_micros=terms.cap_micros,
            )

        return await self._db.read_long(figures)

    async def was_said(self, what: str) -> bool:
        """Whether something that is said once was said."""
        return await self._db.read(lambda conn: said.was_said(conn, what))

    async def say_once(self, what: str, bill: Bill) -> bool:
        """Have the operator told of a bill, unless ``what`` was said already. Whether it is said now."""
        now_ms = self._clock.now_ms()

        def told(conn: sqlite3.Connection) -> bool:
            if not said.say(conn, what, now_ms):
                return False
            messages.add(conn, "operator-report", at_ms=now_ms, content={"bill": bill.to_json()})
            return True

        return await self._db.write(told)


def _usage(conn: sqlite3.Connection, server_id: int, period: Period, zone: ZoneInfo) -> UsageReport:
    where = {"server_id": server_id, "start_ms": period.start_ms, "end_ms": period.end_ms}
    back = {
        (row["account_id"], row["model"]): (row["free_images"], row["micros"])
        for row in conn.execute(GIVEN_BACK, where)
    }
    none = (0, 0)
    used = conn.execute(BY_MEMBER, where)
    rows = tuple(
        MemberModelUsage(
            account_id,
            member_id,
            model,
            Usage(jobs, images, free_images, charged_micros, *back.get((account_id, model), none), list_micros),
        )
        for account_id, model, jobs, images, free_images, charged_micros, list_micros, member_id in used
    )
    refused = {row["reason"] or "": row["requests"] for row in conn.execute(REFUSED, where)}
    return UsageReport(period, zone, rows, tuple(_days(conn, where, zone)), refused)


def _days(conn: sqlite3.Connection, where: dict[str, int], zone: ZoneInfo) -> Iterator[DayUsage]:
    sums: dict[date, list[int]] = {}
    for row in conn.execute(BY_QUARTER, where):
        begins = datetime.fromtimestamp(row["quarter"] * QUARTER_MS / 1000, UTC)
        of_day = sums.setdefault(begins.astimezone(zone).date(), [0, 0])
        of_day[0] += row["images"]
        of_day[1] += row["free_images"]
    for day, (images, free_images) in sums.items():
        yield DayUsage(day, images, free_images)


def _billed(conn: sqlite3.Connection, settled: list[sqlite3.Row], within: dict[str, int]) -> Iterator[ModelBill]:
    for row in settled:
        yield ModelBill(
            row["model"],
            images=row["images"],
            inputs=row["inputs"],
            tier_images=row["tier_images"],
            cost_micros=row["cost_micros"],
            charged_micros=row["charged_micros"],
        )
    for statement in (DOUBTED, BOOKED, REWRITTEN):
        for row in conn.execute(statement, within):
            yield ModelBill(**dict(row))


def _servers(settled: list[sqlite3.Row]) -> tuple[ServerUse, ...]:
    sums: dict[int, list[int]] = {}
    for row in settled:
        of_server = sums.setdefault(row["server_id"], [0, 0, 0])
        of_server[0] += row["charged_images"]
        of_server[1] += row["list_micros"]
        of_server[2] += row["charged_micros"]
    servers = [ServerUse(server_id, *of_server) for server_id, of_server in sums.items()]
    return tuple(sorted(servers, key=lambda server: (-server.list_micros, server.server_id)))


def _tiers(conn: sqlite3.Connection, catalogue: Catalogue, now_ms: int) -> Iterator[TierLeft]:
    for model in catalogue.values():
        tier = model.free_tier
        # Of one that has not begun, "nothing left" would be false.
        if tier is not None and tier.starts_ms <= now_ms:
            used = entries.peek(conn, BucketKind.TIER, 0, model.name, tier.key).used
            yield TierLeft(model.name, quota.tier_left(tier, used, now_ms), tier.expires_ms)
