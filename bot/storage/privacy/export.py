"""All that is kept about one member, to be taken along: nothing of others, and no cost, which is the operator's."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from bot.domain.books.ledger import BucketKind
from bot.domain.money import to_cny
from bot.domain.pictures.region import Region
from bot.domain.privacy import Export, KeptPicture
from bot.domain.requests.quota_rules import FIELDS
from bot.storage.ledger.entries import PERIODIC
from bot.storage.records import preferences
from bot.storage.records.accounts import FIND_ACCOUNT
from bot.storage.records.retained_limits import retained

ROWS_IN_A_DOCUMENT = 500
"""Jobs or rows of the ledger in one file, so that each is far below what Discord takes."""

JOBS = """
SELECT jobs.*, holds.outcome, holds.charged_images, holds.charged_free, holds.charged_micros
FROM jobs JOIN holds ON holds.job_id = jobs.id
WHERE jobs.server_id IN (SELECT id FROM servers) AND jobs.account_id = :account_id ORDER BY jobs.id
"""
IMAGES = """
SELECT images.*, jobs.server_id, jobs.number FROM images JOIN jobs ON jobs.id = images.job_id
WHERE jobs.server_id IN (SELECT id FROM servers) AND jobs.account_id = :account_id ORDER BY job_id, ordinal
"""
# Pool, cap and the vendor's free tier are the server's and the operator's. Who granted or gave back is left out.
INPUTS = """
SELECT input_pictures.*, jobs.server_id, jobs.number FROM input_pictures JOIN jobs ON jobs.id = input_pictures.job_id
WHERE jobs.server_id IN (SELECT id FROM servers) AND jobs.account_id = :account_id ORDER BY job_id, ordinal
"""
OF_OTHERS = """
SELECT input_pictures.*, jobs.server_id, jobs.number, jobs.created_ms FROM jobs
LEFT JOIN input_pictures ON input_pictures.job_id = jobs.id
WHERE jobs.pictures_of = :account_id AND jobs.erased_ms = 0 ORDER BY jobs.id, ordinal
"""
LEDGER = """
SELECT ledger.*, buckets.kind AS bucket, buckets.server_id, buckets.period, jobs.number FROM buckets
JOIN ledger ON ledger.bucket_id = buckets.id LEFT JOIN jobs ON jobs.id = ledger.job_id
WHERE buckets.kind IN ('allowance', 'budget', 'credit') AND buckets.owner = :owner ORDER BY ledger.id
"""
RULES = "SELECT * FROM rules WHERE scope = 'member' AND owner = :account_id ORDER BY server_id"
CASES = """
SELECT cases.*, jobs.number AS job_number FROM cases LEFT JOIN jobs ON jobs.id = cases.job_id
WHERE cases.account_id = :account_id ORDER BY cases.id
"""
APPEALS = """
SELECT appeals.*, cases.server_id, cases.number FROM appeals JOIN cases ON cases.id = appeals.case_id
WHERE appeals.account_id = :account_id ORDER BY appeals.id
"""
BLOCKS = """
SELECT blocks.server_id, blocks.until_ms, cases.number FROM blocks JOIN cases ON cases.id = blocks.case_id
WHERE blocks.account_id = :account_id ORDER BY blocks.server_id
"""
COMPLAINTS = """
SELECT complaints.server_id, complaints.at_ms, jobs.number FROM complaints JOIN jobs ON jobs.id = complaints.job_id
WHERE complaints.account_id = :account_id ORDER BY complaints.at_ms, job_id
"""
PROMPTS_TO_BE_TOLD = """
SELECT server_id, last_ms AS at_ms, prompt FROM refusal_tallies WHERE account_id = :account_id AND prompt <> ''
"""
STRIKES = """
SELECT strikes.server_id, jobs.number FROM strikes JOIN jobs ON jobs.id = strikes.job_id
WHERE strikes.account_id = :account_id ORDER BY strikes.job_id
"""
REFUSALS = """
SELECT at_ms, server_id, detail FROM audit WHERE act = 'request.refused' AND actor_id = :account_id ORDER BY id
"""
OPEN_EDITS = "SELECT server_id, channel_id, message_id, expires_ms FROM open_edits WHERE member_id = :member_id"
REFERENCE_SETS = "SELECT * FROM reference_sets WHERE account_id = :account_id ORDER BY id"
REFERENCE_PICTURES = """
SELECT reference_pictures.*, server_id FROM reference_pictures JOIN reference_sets ON reference_sets.id = set_id
WHERE account_id = :account_id ORDER BY set_id, ordinal
"""
PRICE_OFFERS = "SELECT id, server_id, request, expires_ms FROM drafts WHERE member_id = :member_id ORDER BY id"
DECLINED = "SELECT server_id, options, expires_ms FROM declined_requests WHERE member_id = :member_id ORDER BY id"
PROMPT_OFFERS = "SELECT * FROM prompt_offers WHERE member_id = :member_id ORDER BY id"
STARS = """
SELECT stars.server_id, stars.at_ms, jobs.number FROM stars JOIN jobs ON jobs.id = job_id
WHERE stars.account_id = :account_id ORDER BY stars.at_ms, job_id
"""
SERVER_PREFERENCES = "SELECT * FROM server_preferences WHERE account_id = :account_id ORDER BY server_id"
REWRITINGS = "SELECT server_id, made_ms, kind FROM rewritings WHERE account_id = :account_id ORDER BY id"


def export(conn: sqlite3.Connection, member_id: int, now_ms: int) -> Export | None:
    """Return what is kept about a member; None if that is nothing."""
    known = conn.execute(FIND_ACCOUNT, {"member_id": member_id}).fetchone()
    account_id = int(known[0]) if known else 0
    who: dict[str, int | str] = {"account_id": account_id, "owner": str(account_id), "member_id": member_id}
    references = _grouped(conn.execute(REFERENCE_PICTURES, who), "set_id")
    lists = {
        "rules": [_rule(row) for row in conn.execute(RULES, who)],
        "cases": [_case(row) for row in conn.execute(CASES, who)],
        "blocks": [_block(row) for row in conn.execute(BLOCKS, who)],
        "appeals": [_appeal(row) for row in conn.execute(APPEALS, who)],
        "reports_you_made": [_complaint(row) for row in conn.execute(COMPLAINTS, who)],
        "refused_prompts_to_be_told_moderators": [_to_be_told(row) for row in conn.execute(PROMPTS_TO_BE_TOLD, who)],
        "strikes": [_numbered(row) for row in conn.execute(STRIKES, who)],
        "refused_requests": [_refusal(row) for row in conn.execute(REFUSALS, who)],
        "preferences": _preferences(conn, account_id),
        "favourites": [{**_numbered(row), "since": _time(row["at_ms"])} for row in conn.execute(STARS, who)],
        "forms_you_have_open": [_open_edit(row) for row in conn.execute(OPEN_EDITS, who)],
        "edits_of_your_pictures_by_others": [_edit_by_another(row) for row in conn.execute(OF_OTHERS, who)],
        "kept_references": [_reference(row, references[row["id"]]) for row in conn.execute(REFERENCE_SETS, who)],
        "waiting_for_your_answer": [_price_offer(row) for row in conn.execute(PRICE_OFFERS, who)],
        "declined_and_still_to_be_had_otherwise": [_declined(row) for row in conn.execute(DECLINED, who)],
        "rewritten_prompts_waiting_to_be_drawn": [_prompt_offer(row) for row in conn.execute(PROMPT_OFFERS, who)],
        "prompts_that_were_rewritten": [_rewriting(row) for row in conn.execute(REWRITINGS, who)],
        "kept_since_you_were_forgotten": [_retained(row) for row in retained(conn, member_id, now_ms)],
    }
    if known is None and not any(lists.values()):
        return None
    images, inputs = (_grouped(conn.execute(query, who), "job_id") for query in (IMAGES, INPUTS))
    jobs = [_job(row, images.get(row["id"], []), inputs.get(row["id"], [])) for row in conn.execute(JOBS, who)]
    documents = {
        "about-you.json": {"discord_id": str(member_id), "account": account_id or None, **lists},
        **_chunks("jobs", jobs),
        **_chunks("ledger", [_movement(row) for row in conn.execute(LEDGER, who)]),
    }
    kept = [KeptPicture(row["path"], _name(row)) for rows in images.values() for row in rows if row["path"]]
    kept += [KeptPicture(row["path"], _input_name(row)) for rows in inputs.values() for row in rows if row["path"]]
    kept += [KeptPicture(row["path"], _yours_name(row)) for row in conn.execute(OF_OTHERS, who) if row["path"]]
    kept += [KeptPicture(row["path"], _reference_name(row)) for rows in references.values() for row in rows]
    kept += [picture for row in conn.execute(PRICE_OFFERS, who) for picture in _offered(row)]
    return Export(documents, tuple(kept))


def _grouped(rows: Iterable[sqlite3.Row], by: str) -> dict[int, list[sqlite3.Row]]:
    found: dict[int, list[sqlite3.Row]] = {}
    for row in rows:
        found.setdefault(row[by], []).append(row)
    return found


def _chunks(name: str, rows: list[dict[str, Any]]) -> Mapping[str, list[dict[str, Any]]]:
    starts = range(0, len(rows), ROWS_IN_A_DOCUMENT)
    return {f"{name}-{k + 1}.json": rows[start : start + ROWS_IN_A_DOCUMENT] for k, start in enumerate(starts)}


def _job(row: sqlite3.Row, images: list[sqlite3.Row], inputs: list[sqlite3.Row]) -> dict[str, Any]:
    return {
        **_numbered(row),
        "id": str(row["id"]),
        "asked": _time(row["created_ms"]),
        "ended": _time(row["ended_ms"]),
        "state": row["state"],
        "why": row["failure"] or None,
        "prompt": row["prompt"],
        "prompt_before_it_was_rewritten": row["original_prompt"] or None,
        "rewriting": row["enhance"] or None,
        "why_it_was_not_rewritten": row["enhance_fault"] or None,
        "negative_prompt": row["negative_prompt"],
        "edit": json.loads(row["edit"]) if row["edit"] else None,
        "region": Region(row["region"]).names or None,
        **{name: row[name] for name in ("model", "size", "count", "seed")},
        **{name: bool(row[name]) for name in ("prompt_extend", "watermark", "private")},
        "series": bool(row["is_series"]),
        "covered_by_moderators": bool(row["is_covered"]),
        "language": row["locale"],
        "roles_with_a_rule": [str(role) for role in json.loads(row["roles"])],
        "message": _link(row) if row["message_id"] else None,
        "charged": {
            "images": row["charged_images"],
            "free_images": row["charged_free"],
            "cny": _cny(row["charged_micros"]),
        }
        if row["outcome"]
        else None,
        "erased": _time(row["erased_ms"]),
        "handed_in": [_handed_in(one) for one in inputs],
        "handed_in_from_another_member": row["pictures_of"] is not None,
        "images": [_image(image) for image in images],
    }


def _image(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "file": _name(row) if row["path"] else None,
        "why_not": row["code"] or None,
        "prompt_as_the_service_read_it": row["orig_prompt"],
        "prompt_as_the_service_rewrote_it": row["actual_prompt"],
        "width": row["width"],
        "height": row["height"],
    }


def _handed_in(row: sqlite3.Row) -> dict[str, Any]:
    said = {"mask": bool(row["is_mask"]), "of_a_kept_reference": bool(row["is_kept"])}
    return {**_input(row, _input_name(row)), **said}


def _input(row: sqlite3.Row, name: str) -> dict[str, Any]:
    return {
        "file": name if row["path"] else None,
        "width": row["width"],
        "height": row["height"],
        "made_smaller": bool(row["is_scaled"]),
        "put_on_white": bool(row["is_flattened"]),
    }


def _preferences(conn: sqlite3.Connection, account_id: int) -> list[dict[str, Any]]:
    own = preferences.read_of_account(conn, account_id)
    everywhere = _said({"others_may_edit_my_pictures": own.others_may_edit, "language": own.language})
    rows = conn.execute(SERVER_PREFERENCES, {"account_id": account_id}).fetchall()
    here = [{"server": str(row["server_id"]), **_said(asdict(preferences.here_of(row)))} for row in rows]
    return [*([everywhere] if everywhere else []), *here]


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _open_edit(row: sqlite3.Row) -> dict[str, Any]:
    return {"server": str(row["server_id"]), "message": _link(row), "until": _time(row["expires_ms"])}


def _edit_by_another(row: sqlite3.Row) -> dict[str, Any]:
    return {**_numbered(row), "at": _time(row["created_ms"]), "file": _yours_name(row) if row["path"] else None}


def _yours_name(row: sqlite3.Row) -> str:
    ending = PurePosixPath(row["path"]).suffix
    return f"pictures/{row['server_id']}-{row['number']}-of-yours-{row['ordinal'] + 1}{ending}"


def _link(row: sqlite3.Row) -> str:
    return f"https://discord.com/channels/{row['server_id']}/{row['channel_id']}/{row['message_id']}"


def _input_name(row: sqlite3.Row) -> str:
    ending = PurePosixPath(row["path"]).suffix
    return f"pictures/{row['server_id']}-{row['number']}-handed-in-{row['ordinal'] + 1}{ending}"


def _reference(row: sqlite3.Row, pictures: list[sqlite3.Row]) -> dict[str, Any]:
    return {
        "server": str(row["server_id"]),
        "name": row["name"],
        "shared_with_the_server": bool(row["is_shared"]),
        "last_used": _time(row["used_ms"]),
        "pictures": [_input(picture, _reference_name(picture)) for picture in pictures],
    }


def _reference_name(row: sqlite3.Row) -> str:
    ending = PurePosixPath(row["path"]).suffix
    return f"pictures/{row['server_id']}-reference-{row['set_id']}-{row['ordinal'] + 1}{ending}"


def _offered(row: sqlite3.Row) -> list[KeptPicture]:
    """Return the pictures that a request brings which waits for its member to agree to the price."""
    paths = [picture["path"] for picture in json.loads(row["request"]).get("pictures", ())]
    stem = f"pictures/{row['server_id']}-asked-{row['id']}"
    return [KeptPicture(path, f"{stem}-{k + 1}{PurePosixPath(path).suffix}") for k, path in enumerate(paths)]


def _name(row: sqlite3.Row) -> str:
    ending = PurePosixPath(row["path"]).suffix or ".png"
    return f"pictures/{row['server_id']}-{row['number']}-{row['ordinal'] + 1}{ending}"


def _movement(row: sqlite3.Row) -> dict[str, Any]:
    shown = str if row["bucket"] == BucketKind.ALLOWANCE else _cny
    return {
        **_numbered(row),
        "at": _time(row["at_ms"]),
        "kind": row["kind"],
        "of": {"allowance": "free images", "budget": "budget in CNY", "credit": "credit in CNY"}[row["bucket"]],
        "period": row["period"] or None,
        "used": shown(row["used_delta"]),
        "held": shown(row["held_delta"]),
        "granted": shown(row["granted_delta"]),
        "reason": row["reason"] or None,
    }


def _rule(row: sqlite3.Row) -> dict[str, Any]:
    said = {name: row[name] for name in FIELDS if name != "budget_micros"}
    return {"server": str(row["server_id"]), **said, "budget_cny": _cny(row["budget_micros"])}


def _case(row: sqlite3.Row) -> dict[str, Any]:
    return {
        **_numbered(row),
        "at": _time(row["at_ms"]),
        "kind": row["kind"],
        "reason": row["reason"],
        "until": _time(row["until_ms"]),
        "about_job": row["job_number"],
    }


def _block(row: sqlite3.Row) -> dict[str, Any]:
    return {"server": str(row["server_id"]), "case": row["number"], "until": _time(row["until_ms"]) or "for good"}


def _appeal(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "server": str(row["server_id"]),
        "case": row["number"],
        "at": _time(row["at_ms"]),
        "text": row["text"],
        "state": row["state"],
        "answer": row["answer"] or None,
    }


def _complaint(row: sqlite3.Row) -> dict[str, Any]:
    return {**_numbered(row), "at": _time(row["at_ms"])}


def _to_be_told(row: sqlite3.Row) -> dict[str, Any]:
    return {"server": str(row["server_id"]), "at": _time(row["at_ms"]), "prompt": row["prompt"]}


def _refusal(row: sqlite3.Row) -> dict[str, Any]:
    return {"server": str(row["server_id"]), "at": _time(row["at_ms"]), "reason": json.loads(row["detail"])["reason"]}


def _price_offer(row: sqlite3.Row) -> dict[str, Any]:
    request = json.loads(row["request"])
    request["pictures"] = [picture.name for picture in _offered(row)]
    if request.get("region"):
        request["region"] = Region(**request["region"]).names
    # Whose they are is told their owner, not whoever edits them.
    request.pop("source", None)
    return {"server": str(row["server_id"]), "until": _time(row["expires_ms"]), "request": request}


def _prompt_offer(row: sqlite3.Row) -> dict[str, Any]:
    said = {name: row[name] for name in ("kind", "prompt", "rewritten")}
    return {"server": str(row["server_id"]), "until": _time(row["expires_ms"]), **said}


def _declined(row: sqlite3.Row) -> dict[str, Any]:
    said = {name: value for name, value in json.loads(row["options"]).items() if value is not None}
    return {"server": str(row["server_id"]), "until": _time(row["expires_ms"]), **said}


def _rewriting(row: sqlite3.Row) -> dict[str, Any]:
    return {"server": str(row["server_id"]), "at": _time(row["made_ms"]), "kind": row["kind"]}


def _retained(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "server": str(row["server_id"]),
        "kind": row["kind"],
        **_kept(row["kind"], row["field"], row["used"]),
        "period": row["period"] or None,
        "until": _time(row["until_ms"]) or "for good",
    }


def _kept(kind: str, field: str, value: int) -> dict[str, Any]:
    """Return what a row of what outlasted a forgetting says beside when it ends: blocks and strikes nothing."""
    if kind == "rule":
        return {"budget_cny": _cny(value)} if field == "budget_micros" else {field: value}
    if kind == "preference":
        return {field: bool(value)}
    if kind == "request":
        return {"made": _time(value)}
    if kind == "rewriting":
        return {"used": value}
    return {"used": value if kind == BucketKind.ALLOWANCE else _cny(value)} if kind in PERIODIC else {}


def _numbered(row: sqlite3.Row) -> dict[str, Any]:
    return {"server": str(row["server_id"]), "number": row["number"]}


def _time(at_ms: int) -> str | None:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds") if at_ms else None


def _cny(micros: int | None) -> str | None:
    return None if micros is None else f"{to_cny(micros):f}"
