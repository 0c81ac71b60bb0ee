"""The transaction that takes a request: every limit, the hold, the job and its audit row, or nothing."""

import sqlite3

from bot.domain.job import UNSETTLED, Draft, Job
from bot.domain.quota import Terms
from bot.errors import Unavailable
from bot.storage import audit, ledger
from bot.storage.rows import find_job

FIND_ACCOUNT = "SELECT account_id FROM members WHERE discord_id = :member_id"
MAKE_ACCOUNT = "INSERT INTO accounts (created_ms) VALUES (:now_ms) RETURNING id"
MAP_MEMBER = "INSERT INTO members (discord_id, account_id) VALUES (:member_id, :account_id)"
NEXT_NUMBER = """
INSERT INTO servers (id, last_number) VALUES (:server_id, 1)
ON CONFLICT (id) DO UPDATE SET last_number = last_number + 1 RETURNING last_number
"""
ACTIVE = ", ".join(f"'{state}'" for state in sorted(UNSETTLED))
COUNT_ACTIVE = f"""
SELECT count(*) FROM jobs WHERE account_id = :account_id AND server_id = :server_id AND state IN ({ACTIVE})
"""
LAST_REQUEST = """
SELECT created_ms FROM jobs WHERE server_id = :server_id AND account_id = :account_id ORDER BY id DESC LIMIT 1
"""
COUNT_WAITING = "SELECT count(*) FROM jobs WHERE model = :model AND state IN ('held', 'queued')"
STOPPED = """
SELECT stop_code, probe_ms FROM lanes WHERE model IN (:model, '*') AND stopped_ms > 0 ORDER BY probe_ms DESC LIMIT 1
"""
ADD_JOB = """
INSERT INTO jobs (id, number, server_id, account_id, state, prompt, negative_prompt, model, size, count, seed,
    prompt_extend, watermark, private, application_id, channel_id, token, token_expires_ms, message_id,
    attachment_limit, locale, can_post, created_ms)
VALUES (:id, :number, :server_id, :account_id, 'held', :prompt, :negative_prompt, :model, :size, :count, :seed,
    :prompt_extend, :watermark, :private, :application_id, :channel_id, :token, :token_expires_ms, :message_id,
    :attachment_limit, :locale, :can_post, :created_ms)
"""


def account_of(conn: sqlite3.Connection, member_id: int, now_ms: int) -> int:
    """Give the member's account, made at their first request."""
    known = conn.execute(FIND_ACCOUNT, {"member_id": member_id}).fetchone()
    if known is not None:
        return int(known[0])
    account_id = int(conn.execute(MAKE_ACCOUNT, {"now_ms": now_ms}).fetchone()[0])
    conn.execute(MAP_MEMBER, {"member_id": member_id, "account_id": account_id})
    return account_id


def submit(conn: sqlite3.Connection, draft: Draft, terms: Terms, now_ms: int) -> Job:
    """Write a request as a held job; the same interaction again gives the job that it made.

    Raises:
        OverQuota: if a limit binds.
        Unavailable: if the lane is stopped or full, or the member has too much under way or asks too often.
    """
    existing = find_job(conn, "jobs.id = :id", {"id": draft.interaction_id})
    if existing is not None:
        return existing
    account_id = account_of(conn, draft.member_id, now_ms)
    _check_lane(conn, draft.request.model, terms, now_ms)
    _check_member(conn, draft.server_id, account_id, terms, now_ms)
    number = _add_job(conn, draft, account_id, now_ms)
    ledger.place_hold(
        conn,
        job_id=draft.interaction_id,
        server_id=draft.server_id,
        account_id=account_id,
        model=terms.catalogue[draft.request.model],
        images=draft.request.count,
        terms=terms,
        now_ms=now_ms,
    )
    audit.record(
        conn,
        "job.held",
        at_ms=now_ms,
        server_id=draft.server_id,
        actor_id=account_id,
        job_id=draft.interaction_id,
        number=number,
        model=draft.request.model,
        images=draft.request.count,
    )
    job = find_job(conn, "jobs.id = :id", {"id": draft.interaction_id})
    assert job is not None, "the row was written above"  # noqa: S101
    return job


def _check_lane(conn: sqlite3.Connection, model: str, terms: Terms, now_ms: int) -> None:
    waiting = conn.execute(COUNT_WAITING, {"model": model}).fetchone()[0]
    stopped = conn.execute(STOPPED, {"model": model}).fetchone()
    # A stopped lane without a job would never be tried again: from the probe's time on it takes one.
    if stopped is not None and (waiting or now_ms < stopped["probe_ms"]):
        raise Unavailable("lane-stopped", model=model)
    if waiting >= terms.longest_queue:
        raise Unavailable("queue-full", model=model, limit=terms.longest_queue)


def _check_member(conn: sqlite3.Connection, server_id: int, account_id: int, terms: Terms, now_ms: int) -> None:
    member = {"server_id": server_id, "account_id": account_id}
    active = conn.execute(COUNT_ACTIVE, member).fetchone()[0]
    if active >= terms.rule.active_jobs:
        raise Unavailable("too-many-active", limit=terms.rule.active_jobs)
    last = conn.execute(LAST_REQUEST, member).fetchone()
    if last is not None and terms.rule.cooldown_s and now_ms < last[0] + terms.rule.cooldown_s * 1000:
        raise Unavailable("cooling-down", again_ms=last[0] + terms.rule.cooldown_s * 1000)


def _add_job(conn: sqlite3.Connection, draft: Draft, account_id: int, now_ms: int) -> int:
    request, reply = draft.request, draft.reply
    number = conn.execute(NEXT_NUMBER, {"server_id": draft.server_id}).fetchone()[0]
    conn.execute(
        ADD_JOB,
        {
            "id": draft.interaction_id,
            "number": number,
            "server_id": draft.server_id,
            "account_id": account_id,
            "prompt": request.prompt,
            "negative_prompt": request.negative_prompt,
            "model": request.model,
            "size": str(request.size),
            "count": request.count,
            "seed": request.seed,
            "prompt_extend": request.prompt_extend,
            "watermark": request.watermark,
            "private": request.private,
            "application_id": reply.application_id,
            "channel_id": reply.channel_id,
            "token": reply.token,
            "token_expires_ms": reply.token_expires_ms,
            "message_id": reply.message_id,
            "attachment_limit": reply.attachment_limit,
            "locale": reply.locale,
            "can_post": reply.can_post,
            "created_ms": now_ms,
        },
    )
    return int(number)
