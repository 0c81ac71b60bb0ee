"""Rows of jobs and images as the domain's objects."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from bot.domain.jobs.job import Charge, Job, JobImage, JobState, Removal, ReplyAddress
from bot.domain.pictures.region import Region
from bot.domain.requests.quota import Refund
from bot.domain.requests.request import ImageRequest
from bot.domain.requests.rewriting import Enhanced, Fault
from bot.domain.requests.sizes import Size
from bot.domain.text.enhance import Enhance
from bot.failure_kinds import FailureKind
from bot.storage.records import edits, input_pictures
from bot.storage.sqlite.outage import read_soundly

SELECT_JOB = f"""
SELECT jobs.*, members.discord_id AS member_id, owners.discord_id AS owner_id,
    (SELECT number FROM jobs AS edited WHERE edited.id = jobs.pictures_from) AS edited_number,
    holds.images AS held_images, holds.free_images AS held_free, holds.budget + holds.credit AS held_micros,
    holds.outcome, holds.charged_images, holds.charged_free, holds.charged_micros,
    max(0, holds.charged_micros - holds.budget) AS charged_credit,
    iif(holds.charged_images > holds.charged_free, min(holds.inputs, holds.billed_inputs), 0) AS charged_inputs,
    holds.input_price,
    EXISTS (SELECT 1 FROM lanes WHERE model IN (jobs.model, '*') AND stopped_ms > 0) AS lane_stopped,
    EXISTS (SELECT 1 FROM lanes WHERE model = '*' AND stopped_ms > 0) AS account_stopped,
    (SELECT coalesce(-sum(used_delta), 0) FROM ledger WHERE job_id = jobs.id AND kind = 'refund') AS free_given_back,
    (SELECT coalesce(sum(granted_delta), 0) FROM ledger WHERE job_id = jobs.id AND kind = 'refund') AS given_back,
    CASE WHEN deleted_ms > 0 THEN (SELECT act FROM audit WHERE job_id = jobs.id
        AND act IN ('job.removal_open', 'job.removal_done', 'job.removal_out_of_reach') ORDER BY id DESC LIMIT 1)
    END AS removal,
    EXISTS (SELECT 1 FROM old_cards WHERE job_id = jobs.id) AS is_elsewhere,
    EXISTS (SELECT 1 FROM nearly_out WHERE job_id = jobs.id) AS tells_nearly_out,
    {input_pictures.AS_JSON} AS input_pictures
FROM jobs JOIN holds ON holds.job_id = jobs.id LEFT JOIN members ON members.account_id = jobs.account_id
    LEFT JOIN members AS owners ON owners.account_id = jobs.pictures_of
"""
SELECT_IMAGES = "SELECT * FROM images WHERE job_id = :job_id ORDER BY ordinal"


def find_job(conn: sqlite3.Connection, condition: str, values: Mapping[str, int | str]) -> Job | None:
    """Return the job that meets ``condition`` (a constant of the calling module), with its images."""
    row = conn.execute(f"{SELECT_JOB} WHERE {condition}", values).fetchone()
    return _sound_job(conn, row) if row else None


def find_jobs(conn: sqlite3.Connection, condition: str, values: Mapping[str, int | str]) -> list[Job]:
    """Return the jobs that meet ``condition`` (a constant of the calling module), oldest first."""
    rows = conn.execute(f"{SELECT_JOB} WHERE {condition} ORDER BY jobs.id", values).fetchall()
    return [_sound_job(conn, row) for row in rows]


def _sound_job(conn: sqlite3.Connection, row: sqlite3.Row) -> Job:
    with read_soundly(f"job {row['id']}"):
        return _job(conn, row)


def _job(conn: sqlite3.Connection, row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"],
        number=row["number"],
        server_id=row["server_id"],
        account_id=row["account_id"],
        member_id=row["member_id"] or 0,
        state=JobState(row["state"]),
        version=row["version"],
        shown=row["shown"],
        request=_request(row),
        reply=_reply(row),
        task_id=row["task_id"],
        adopted=bool(row["adopted"]),
        failure=row["failure"],
        failure_request_id=row["failure_request_id"],
        failure_kind=_kind(row["failure_kind"]),
        is_call=bool(row["is_call"]),
        attempts=row["attempts"],
        cancel_wished_ms=row["cancel_wished_ms"],
        cancel_refused=bool(row["cancel_refused"]),
        lane_stopped=bool(row["lane_stopped"]),
        account_stopped=bool(row["account_stopped"]),
        created_ms=row["created_ms"],
        queued_ms=row["queued_ms"],
        claimed_ms=row["claimed_ms"],
        vendor_claimed_ms=row["vendor_claimed_ms"],
        submitted_ms=row["submitted_ms"],
        started_ms=row["started_ms"],
        ready_ms=row["ready_ms"],
        ended_ms=row["ended_ms"],
        deleted_ms=row["deleted_ms"],
        role_ids=tuple(json.loads(row["roles"])),
        held=Charge(row["held_images"], row["held_free"], row["held_micros"]),
        charged=_charge(row) if row["outcome"] else None,
        given_back=Refund(row["free_given_back"], row["given_back"]),
        removal=Removal((row["removal"] or "").removeprefix("job.removal_")),
        is_elsewhere=bool(row["is_elsewhere"]),
        tells_nearly_out=bool(row["tells_nearly_out"]),
        message_gone=bool(row["message_gone"]),
        owner_account_id=row["pictures_of"] or 0,
        owner_id=row["owner_id"] or 0,
        edited_number=row["edited_number"] or 0,
        is_covered=bool(row["is_covered"]),
        images=tuple(_image(image) for image in conn.execute(SELECT_IMAGES, {"job_id": row["id"]})),
    )


def _request(row: sqlite3.Row) -> ImageRequest:
    return ImageRequest(
        prompt=row["prompt"],
        negative_prompt=row["negative_prompt"],
        model=row["model"],
        size=Size.parse(row["size"]),
        count=row["count"],
        seed=row["seed"],
        prompt_extend=bool(row["prompt_extend"]),
        watermark=bool(row["watermark"]),
        private=bool(row["private"]),
        pictures=input_pictures.read(row["input_pictures"]),
        edit=edits.read(row["edit"]),
        region=Region(row["region"]) if row["region"] else None,
        enhanced=_enhanced(row) if row["enhance"] else None,
        is_series=bool(row["is_series"]),
    )


def _enhanced(row: sqlite3.Row) -> Enhanced:
    fault = Fault(row["enhance_fault"]) if row["enhance_fault"] else None
    return Enhanced(Enhance(row["enhance"]), row["original_prompt"], fault)


def _charge(row: sqlite3.Row) -> Charge:
    inputs = row["charged_inputs"]
    return Charge(
        row["charged_images"],
        row["charged_free"],
        row["charged_micros"],
        inputs,
        inputs * row["input_price"],
        row["charged_credit"],
    )


def _reply(row: sqlite3.Row) -> ReplyAddress:
    return ReplyAddress(
        application_id=row["application_id"],
        channel_id=row["channel_id"],
        token=row["token"],
        token_expires_ms=row["token_expires_ms"],
        message_id=row["message_id"],
        attachment_limit=row["attachment_limit"],
        locale=row["locale"],
        can_post=bool(row["can_post"]),
    )


def _image(row: sqlite3.Row) -> JobImage:
    values: dict[str, Any] = dict(row)
    del values["job_id"]
    values["kind"] = _kind(values["kind"])
    return JobImage(**values)


def _kind(text: str) -> FailureKind | None:
    return FailureKind(text) if text else None
