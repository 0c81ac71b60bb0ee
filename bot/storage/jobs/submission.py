"""The transaction that takes a request: every limit, the hold, the job and its audit row, or nothing."""

import json
import sqlite3
from dataclasses import replace
from typing import NoReturn

from bot.domain.jobs.job import Job, NewJob
from bot.domain.jobs.lane import probe_delay_ms
from bot.domain.jobs.queue import share
from bot.domain.requests.prices import price_of
from bot.domain.requests.quota import Terms
from bot.domain.requests.quota_rules import QuotaRules
from bot.domain.requests.request import ImageRequest
from bot.domain.servers.settings import Settings
from bot.domain.time.waits import left_ms
from bot.errors import InvalidRequest, PriceNotAgreed, Unavailable
from bot.storage.jobs import picture_owners, price_offers, rewritings
from bot.storage.jobs.rows import find_job
from bot.storage.ledger import entries, holds, nearly_out
from bot.storage.records import (
    acts,
    audit,
    cases,
    edits,
    input_pictures,
    preferences,
    prompt_index,
    retained_limits,
)
from bot.storage.records.accounts import account_of
from bot.storage.servers.servers import read_rules, read_settings
from bot.storage.servers.terms import applied

# Who asks in a server proves that the bot is there, whatever was noted before.
NEXT_NUMBER = """
INSERT INTO servers (id, last_number) VALUES (:server_id, 1)
ON CONFLICT (id) DO UPDATE SET last_number = last_number + 1, left_ms = 0 RETURNING last_number
"""
# Word for word the condition of the indices jobs_by_lane and jobs_active: in other words SQLite would not use them, and
# read all jobs.
ACTIVE = "state IN ('held', 'queued', 'submitting', 'in_doubt', 'pending', 'running', 'fetching')"
COUNT_ACTIVE = f"SELECT count(*) FROM jobs WHERE account_id = :account_id AND server_id = :server_id AND {ACTIVE}"
LAST_REQUEST = """
SELECT created_ms FROM jobs WHERE server_id = :server_id AND account_id = :account_id ORDER BY id DESC LIMIT 1
"""
COUNT_WAITING = f"""
SELECT server_id, count(*) FROM jobs WHERE model = :model AND {ACTIVE} AND state IN ('held', 'queued')
GROUP BY server_id
"""
STOPPED = """
SELECT probe_ms, probes, model = '*' AS is_account FROM lanes
WHERE model IN (:model, '*') AND stopped_ms > 0 ORDER BY is_account DESC, probe_ms DESC LIMIT 1
"""
ADD_JOB = """
INSERT INTO jobs (id, number, server_id, account_id, state, prompt, negative_prompt, model, size, count, seed,
    prompt_extend, watermark, private, application_id, channel_id, token, token_expires_ms, message_id,
    attachment_limit, locale, can_post, created_ms, roles, edit, pictures_of, pictures_from, enhance, original_prompt,
    enhance_fault, is_series, region)
VALUES (:id, :number, :server_id, :account_id, 'held', :prompt, :negative_prompt, :model, :size, :count, :seed,
    :prompt_extend, :watermark, :private, :application_id, :channel_id, :token, :token_expires_ms, :message_id,
    :attachment_limit, :locale, :can_post, :created_ms, :roles, :edit, :pictures_of, :pictures_from, :enhance,
    :original_prompt, :enhance_fault, :is_series, :region)
"""


def submit(conn: sqlite3.Connection, new_job: NewJob, terms: Terms, now_ms: int) -> Job:
    """Write a request as a held job; the same interaction again gives the job that it made.

    Args:
        conn: inside a write transaction.
        new_job: the request.
        terms: the operator's, which the server's settings and rules change.
        now_ms: when.

    Raises:
        Blocked: if a moderator, or the program, keeps the member from asking.
        NotPermitted: if the pictures are another member's, and they may not be edited.
        OverQuota: if a limit binds.
        AlreadyDone: if its member was asked about the price at an earlier delivery of the interaction.
        PriceNotAgreed: if it would be the period's first paid request, and its member has not been asked.
        InvalidRequest: if it asks for more pictures than one request may.
        MemberError: if the pictures that are to be edited were removed meanwhile.
        Unavailable: if the price offer that was agreed to, or the offer to draw a rewritten prompt, is used or expired,
            the lane is stopped, the server has its share of the lane's queue, or the member has too much under way,
            asks too often, or was refused too often.
    """
    existing = find_job(conn, "jobs.id = :id", {"id": new_job.interaction_id})
    if existing is not None:
        return existing
    acts.require_new(conn, new_job.interaction_id)
    account_id = account_of(conn, new_job.member_id, now_ms)
    new_job = _as_spoken_to(conn, new_job, account_id)
    kept_out = cases.kept_out(conn, new_job.server_id, account_id, now_ms)
    if kept_out is not None:
        raise kept_out
    settings = read_settings(conn, new_job.server_id)
    pictures = _origin(conn, new_job, settings, now_ms)
    rules = read_rules(conn, new_job.server_id, account_id, new_job.role_ids)
    terms = applied(terms, settings, rules, now_ms)
    _check_lane(conn, new_job, terms, now_ms)
    _check_member(conn, new_job, account_id, terms, now_ms)
    agreed = _take_offer(conn, new_job, now_ms)
    _take_prompt_offer(conn, new_job, now_ms)
    has_agreed = agreed is None and entries.has_paid(conn, new_job.server_id, account_id, terms.period)
    asks = settings.confirms_paid and not new_job.may_pay and not has_agreed
    # Who chose a region was asked about no price.
    told = new_job.told_micros if agreed is None else agreed or None
    number = _add_job(conn, new_job, account_id, sorted(rules.roles), pictures, now_ms)
    request, model = new_job.request, terms.catalogue[new_job.request.model]
    price = price_of(model, request.size, rewrites=request.prompt_extend, inputs=new_job.inputs)
    prompt_index.index(conn, new_job.interaction_id)
    input_pictures.add(conn, new_job.interaction_id, new_job.request.pictures)
    parts = holds.place_hold(
        conn,
        job_id=new_job.interaction_id,
        server_id=new_job.server_id,
        account_id=account_id,
        model=model,
        images=request.count,
        price=price,
        terms=terms,
        now_ms=now_ms,
    )
    if (asks or told is not None) and parts.paid_micros > (told or 0):
        # Only now, since nobody is asked to pay for what a limit refuses; the transaction takes all of it back. What
        # became dearer is asked anew, also where the button said another price which was pressed.
        raise PriceNotAgreed(
            new_job.interaction_id,
            images=request.count,
            free=parts.free_images,
            paid=parts.paid_micros,
            inputs=price.inputs,
            inputs_paid=price.of_inputs,
            is_series=request.is_series,
            expires_ms=now_ms + price_offers.LIVES_MS,
        )
    nearly_out.note(conn, new_job.interaction_id, new_job.server_id, account_id, terms, price_micros=price.asked)
    audit.record(
        conn,
        "job.held",
        at_ms=now_ms,
        server_id=new_job.server_id,
        actor_id=account_id,
        job_id=new_job.interaction_id,
        number=number,
        model=model.name,
        images=request.count,
    )
    job = find_job(conn, "jobs.id = :id", {"id": new_job.interaction_id})
    assert job is not None, "the row was written above"  # noqa: S101
    return job


def _as_spoken_to(conn: sqlite3.Connection, new_job: NewJob, account_id: int) -> NewJob:
    """Return a request whose card speaks the language that its member prefers."""
    language = preferences.read_of_account(conn, account_id).language
    return replace(new_job, reply=replace(new_job.reply, locale=language or new_job.reply.locale))


class Rehearsed(Exception):
    """No error: a request would be taken as it stands, and what was written for it is taken back."""


def rehearse(conn: sqlite3.Connection, new_job: NewJob, terms: Terms, now_ms: int) -> NoReturn:
    """Judge a request as `submit` does, in a transaction that comes to nothing.

    Raises:
        Rehearsed: if it would be taken.
        MemberError: as `submit`.
        AlreadyDone: as `submit`.
    """
    submit(conn, new_job, terms, now_ms)
    raise Rehearsed


def note_refusal(conn: sqlite3.Connection, new_job: NewJob, terms: Terms, reason: str, now_ms: int) -> None:
    """Note in the audit why a request was refused; whoever looks after the limit that binds is told once."""
    account_id = account_of(conn, new_job.member_id, now_ms)
    audit.record(
        conn,
        "request.refused",
        at_ms=now_ms,
        server_id=new_job.server_id,
        actor_id=account_id,
        reason=reason,
        model=new_job.request.model,
        images=new_job.request.count,
    )
    if reason == "over-pool":
        settings = read_settings(conn, new_job.server_id)
        own = applied(terms, settings, QuotaRules(), now_ms)
        holds.watch_pool(conn, new_job.server_id, own, now_ms, is_short=True)
    elif reason == "over-cap":
        holds.watch_cap(conn, terms, now_ms, taken=terms.cap_micros or 0)


def _check_lane(conn: sqlite3.Connection, new_job: NewJob, terms: Terms, now_ms: int) -> None:
    model = new_job.request.model
    waiting = dict(conn.execute(COUNT_WAITING, {"model": model}).fetchall())
    stopped = conn.execute(STOPPED, {"model": model}).fetchone()
    # A stopped lane without a job would never be tried again: from the probe's time on it takes one.
    if stopped is not None and (waiting or left_ms(stopped["probe_ms"], now_ms, probe_delay_ms(stopped["probes"]))):
        # Where the whole account is stopped, another model would be refused as well.
        raise Unavailable("account-stopped") if stopped["is_account"] else Unavailable("lane-stopped", model=model)
    own, others = waiting.pop(new_job.server_id, 0), len(waiting)
    if own >= share(terms.longest_queue, others + 1):
        if not others:
            raise Unavailable("queue-full", model=model, limit=terms.longest_queue)
        # The share would tell how many other servers wait.
        raise Unavailable("server-queue-full", model=model, waiting=own)


def _check_member(conn: sqlite3.Connection, new_job: NewJob, account_id: int, terms: Terms, now_ms: int) -> None:
    if new_job.request.count > terms.rule.images_per_job:
        raise InvalidRequest("too-many-images", count=new_job.request.count, limit=terms.rule.images_per_job)
    member = {"server_id": new_job.server_id, "account_id": account_id}
    active = conn.execute(COUNT_ACTIVE, member).fetchone()[0]
    if active >= terms.rule.active_jobs:
        raise Unavailable("too-many-active", limit=terms.rule.active_jobs)
    if terms.rule.cooldown_s:
        last_ms, cooldown_ms = _last_request_ms(conn, new_job, member, now_ms), terms.rule.cooldown_s * 1000
        wait_ms = left_ms(last_ms + cooldown_ms, now_ms, cooldown_ms) if last_ms else 0
        if wait_ms:
            raise Unavailable("cooling-down", again_ms=now_ms + wait_ms)


def _last_request_ms(conn: sqlite3.Connection, new_job: NewJob, member: dict[str, int], now_ms: int) -> int:
    """Return when a member last asked in the server, also before they were forgotten; 0: never."""
    last = conn.execute(LAST_REQUEST, member).fetchone()
    # Whatever the new account asked for is later than what the forgotten one did.
    return last[0] if last else retained_limits.last_request_ms(conn, new_job.server_id, new_job.member_id, now_ms)


def _take_offer(conn: sqlite3.Connection, new_job: NewJob, now_ms: int) -> int | None:
    """Use up the price offer that the member agreed to; return its micro-yuan, None if there was none."""
    if not new_job.offer_id:
        return None
    agreed = price_offers.take(conn, new_job.offer_id, new_job.member_id, now_ms)
    if agreed is None:
        raise Unavailable("offer-gone")
    # Whoever chose a region has not been asked yet.
    return agreed or None


def _take_prompt_offer(conn: sqlite3.Connection, new_job: NewJob, now_ms: int) -> None:
    """Use up the offer to draw a rewritten prompt, if it is by one that the request is made."""
    enhanced = new_job.request.enhanced
    if enhanced is None or not enhanced.offer_id:
        return
    if not rewritings.take_offer(conn, enhanced.offer_id, new_job.member_id, now_ms):
        raise Unavailable("prompt-gone")


def _enhanced(request: ImageRequest) -> dict[str, str]:
    enhanced = request.enhanced
    return {
        "enhance": enhanced.kind if enhanced else "",
        "original_prompt": enhanced.original if enhanced else "",
        "enhance_fault": (enhanced.fault or "") if enhanced else "",
    }


def _origin(conn: sqlite3.Connection, new_job: NewJob, settings: Settings, now_ms: int) -> dict[str, int | None]:
    """Return the account of whose pictures are edited, where that is another member, and the job that they are of.

    Whether they may be edited is judged here.
    """
    source = new_job.request.source
    if source is None:
        return {"pictures_of": None, "pictures_from": None}
    origin = picture_owners.origin_of(conn, new_job.server_id, new_job.member_id, source, settings, now_ms)
    nearest = next(iter(origin.others(new_job.member_id)), None)
    owner_account = account_of(conn, nearest, now_ms) if nearest is not None else None
    return {"pictures_of": owner_account, "pictures_from": origin.job_id}


def _add_job(
    conn: sqlite3.Connection,
    new_job: NewJob,
    account_id: int,
    roles: list[int],
    pictures: dict[str, int | None],
    now_ms: int,
) -> int:
    request, reply = new_job.request, new_job.reply
    number = conn.execute(NEXT_NUMBER, {"server_id": new_job.server_id}).fetchone()[0]
    conn.execute(
        ADD_JOB,
        {
            "id": new_job.interaction_id,
            "number": number,
            "server_id": new_job.server_id,
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
            "is_series": request.is_series,
            "application_id": reply.application_id,
            "channel_id": reply.channel_id,
            "token": reply.token,
            "token_expires_ms": reply.token_expires_ms,
            "message_id": reply.message_id,
            "attachment_limit": reply.attachment_limit,
            "locale": reply.locale,
            "can_post": reply.can_post,
            "created_ms": now_ms,
            "roles": json.dumps(roles),
            "edit": edits.written(request.edit),
            **pictures,
            "region": request.region.bits if request.region else 0,
            **_enhanced(request),
        },
    )
    return int(number)
