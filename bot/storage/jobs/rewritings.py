"""Prompts that a text model rewrites: counted, paid for, and offered. Each method is one transaction."""

import sqlite3
from typing import Any

from bot.domain.books.ledger import BucketKind, EntryKind
from bot.domain.requests.quota import Terms
from bot.domain.requests.rewriting import NewRewriting, PromptOffer, Written
from bot.domain.text.enhance import Enhance
from bot.errors import AlreadyDone, OverQuota
from bot.ports import Clock
from bot.storage.ledger import entries, holds
from bot.storage.records import acts, cases, retained_limits
from bot.storage.records.accounts import account_of
from bot.storage.sqlite.database import Database

LIVES_MS = 60 * 60 * 1000
"""For how long a prompt that was rewritten can be drawn by its button: an hour to think it over."""

# What the vendor did not take does not count.
COUNT = """
SELECT count(*) FROM rewritings WHERE account_id = :account_id AND server_id = :server_id
    AND made_ms >= :start_ms AND made_ms < :end_ms AND outcome IS NOT 'voided'
"""
IS_KNOWN = """
SELECT EXISTS (SELECT 1 FROM rewritings WHERE id = :id) OR EXISTS (SELECT 1 FROM jobs WHERE id = :id)
"""
ADD = """
INSERT INTO rewritings (id, server_id, account_id, kind, model, bucket_id, made_ms, most_micros)
VALUES (:id, :server_id, :account_id, :kind, :model, :bucket_id, :made_ms, :most_micros)
"""
RESOLVE = """
UPDATE rewritings SET outcome = :outcome, tokens_in = :tokens_in, tokens_out = :tokens_out, cost_micros = :cost,
    doubtful_micros = iif(:outcome = 'doubtful', most_micros, 0)
WHERE id = :id AND outcome IS NULL RETURNING bucket_id, doubtful_micros
"""
OPEN = "SELECT id FROM rewritings WHERE outcome IS NULL ORDER BY id"
# Not for one who had themselves forgotten meanwhile.
ADD_OFFER = """
INSERT INTO prompt_offers (id, server_id, member_id, kind, prompt, rewritten, expires_ms)
SELECT :id, :server_id, :member_id, :kind, :prompt, :rewritten, :expires_ms
FROM rewritings JOIN members ON members.account_id = rewritings.account_id WHERE rewritings.id = :id
"""
FIND_OFFER = """
SELECT id, server_id, member_id, kind, prompt, rewritten FROM prompt_offers WHERE id = :id AND expires_ms > :now_ms
"""
TAKE_OFFER = "DELETE FROM prompt_offers WHERE id = :id AND member_id = :member_id AND expires_ms > :now_ms"
EXPIRE_OFFERS = "DELETE FROM prompt_offers WHERE expires_ms <= :now_ms"


def take_offer(conn: sqlite3.Connection, offer_id: int, member_id: int, now_ms: int) -> bool:
    """Use up the offer to draw a rewritten prompt. Whether it was still there."""
    return conn.execute(TAKE_OFFER, {"id": offer_id, "member_id": member_id, "now_ms": now_ms}).rowcount == 1


class SqliteRewritings:
    """Rewritings and what they cost."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def begin(self, new: NewRewriting, *, daily: int, terms: Terms) -> None:
        """Count a rewriting, at the most that it can cost, before the text model is asked.

        Args:
            new: which.
            daily: how many a member may have per day.
            terms: the operator's, for the day and the cap.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
            OverQuota: ``not-rewritten-limit`` if the member has had the day's number, ``over-cap`` at the cap.
            MemberError: if the member is kept out.
        """
        now_ms = self._clock.now_ms()
        await self._db.write(lambda conn: _begin(conn, new, daily, terms, now_ms))

    async def settle(self, rewriting_id: int, written: Written, cost_micros: int) -> None:
        """Note what an answer costs, once."""
        await self._resolve(rewriting_id, "settled", written.tokens_in, written.tokens_out, cost_micros)

    async def void(self, rewriting_id: int) -> None:
        """Note that a rewriting costs nothing, since the vendor did not take it; once."""
        await self._resolve(rewriting_id, "voided")

    async def doubt(self, rewriting_id: int) -> None:
        """Note that an answer is lost or kept back: what it can cost at most goes on counting against the cap; once."""
        await self._resolve(rewriting_id, "doubtful")

    async def open_ids(self) -> list[int]:
        """Return the rewritings of which it is not noted what became of them."""
        return await self._db.read(lambda conn: [row[0] for row in conn.execute(OPEN)])

    async def offer(self, offer: PromptOffer) -> None:
        """Keep a rewritten prompt for an hour, for its member to have it drawn."""
        values = {
            "id": offer.id,
            "server_id": offer.server_id,
            "member_id": offer.member_id,
            "kind": offer.kind,
            "prompt": offer.prompt,
            "rewritten": offer.rewritten,
            "expires_ms": self._clock.now_ms() + LIVES_MS,
        }
        await self._db.write(lambda conn: conn.execute(ADD_OFFER, values).rowcount)

    async def offered(self, offer_id: int) -> PromptOffer | None:
        """Return a rewritten prompt that can be drawn; None if it was, or its hour is over."""
        values = {"id": offer_id, "now_ms": self._clock.now_ms()}
        row = await self._db.read(lambda conn: conn.execute(FIND_OFFER, values).fetchone())
        return None if row is None else _offer(row)

    async def expire_offers(self) -> int:
        """Forget the rewritten prompts whose hour is over; return how many."""
        values = {"now_ms": self._clock.now_ms()}
        return await self._db.write(lambda conn: conn.execute(EXPIRE_OFFERS, values).rowcount)

    async def _resolve(
        self, rewriting_id: int, outcome: str, tokens_in: int = 0, tokens_out: int = 0, cost: int = 0
    ) -> None:
        now_ms = self._clock.now_ms()
        values: dict[str, int | str] = {
            "id": rewriting_id,
            "outcome": outcome,
            "tokens_in": tokens_in,
            "tokens_out": tokens_out,
            "cost": cost,
        }

        def resolved(conn: sqlite3.Connection) -> None:
            row = conn.execute(RESOLVE, values).fetchone()
            if row is None:
                return
            bucket_id, doubtful = row
            if cost:
                entries.move(conn, EntryKind.COST, bucket_id, at_ms=now_ms, rewriting_id=rewriting_id, used=cost)
            if doubtful:
                entries.move(conn, EntryKind.DOUBT, bucket_id, at_ms=now_ms, rewriting_id=rewriting_id, held=doubtful)

        await self._db.write(resolved)


def _offer(row: sqlite3.Row) -> PromptOffer:
    values: dict[str, Any] = dict(row)
    kind = Enhance(values.pop("kind"))
    return PromptOffer(**values, kind=kind)


def _begin(conn: sqlite3.Connection, new: NewRewriting, daily: int, terms: Terms, now_ms: int) -> None:
    if conn.execute(IS_KNOWN, {"id": new.id}).fetchone()[0]:
        raise AlreadyDone(new.id)
    acts.require_new(conn, new.id)
    account_id = account_of(conn, new.member_id, now_ms)
    kept_out = cases.kept_out(conn, new.server_id, account_id, now_ms)
    if kept_out is not None:
        raise kept_out
    day = {"start_ms": terms.day.start_ms, "end_ms": terms.day.end_ms}
    member = {"account_id": account_id, "server_id": new.server_id}
    before = retained_limits.rewritings_of(conn, new.server_id, new.member_id, now_ms)
    if conn.execute(COUNT, {**member, **day}).fetchone()[0] + before >= daily:
        raise OverQuota("not-rewritten-limit", limit=daily, resets_ms=terms.day.end_ms)
    cap = entries.bucket(conn, BucketKind.CAP, 0, "", terms.month.key)
    conn.execute(
        ADD,
        {
            "id": new.id,
            "server_id": new.server_id,
            "account_id": account_id,
            "kind": new.kind,
            "model": new.model,
            "bucket_id": cap.id,
            "made_ms": now_ms,
            "most_micros": new.most_micros,
        },
    )
    at_most = cap.taken + holds.open_cost(conn, terms, now_ms)
    if terms.cap_micros is not None and at_most > terms.cap_micros:
        raise OverQuota("over-cap", resets_ms=terms.month.end_ms)
    holds.watch_cap(conn, terms, now_ms, taken=at_most)
