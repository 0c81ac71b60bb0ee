"""What a finished job says: what was made, what it cost, what is left."""

from collections import Counter
from dataclasses import dataclass

from bot.domain.jobs.job import Charge, Job, JobState
from bot.domain.pictures.region import Region
from bot.domain.requests.edits import SIDES, Edit
from bot.domain.requests.quota import Standing
from bot.domain.requests.rewriting import Fault
from bot.domain.text.enhance import Enhance
from bot.failure_kinds import FailureKind
from bot.presentation.kit.limits import ALT_TEXT_LIMIT
from bot.presentation.kit.reasons import failure_key
from bot.presentation.kit.texts import Markup, Texts

TAKEN = ("receipt-nothing", "receipt-free", "receipt-paid", "receipt-mixed")
"""What a job took, in the words of whose quota it was: nobody pays anything."""

CHARGED = ("charge-nothing", "charge-free", "charge-paid", "charge-mixed")
"""The same for those who look after a server."""


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture as it stands in the message.

    Attributes:
        filename: of the attachment.
        is_reencoded: the attachment is a JPEG made from an original that was too large.
    """

    ordinal: int
    filename: str
    is_reencoded: bool = False


def alt_text(texts: Texts, locale: str, job: Job, ordinal: int) -> str:
    """Describe a picture by its prompt; never empty, which Discord would refuse."""
    return texts.cut_plain(locale, job.request.typed_prompt, ALT_TEXT_LIMIT).strip() or texts.plain(
        locale, "alt-fallback", place=ordinal + 1, number=job.number
    )


def seed_lines(texts: Texts, locale: str, job: Job) -> list[str]:
    """Return one line for each picture: its seed, where that is known, and its size."""
    # A protocol that leaves out what failed doesn't say which it was: the second picture may have the third seed.
    # Nor is it known of a series.
    is_whole = len(job.images) == job.request.count and not job.request.is_series
    key = "seed-line" if is_whole else "picture-line"
    return [
        texts.say(
            locale,
            key,
            place=image.ordinal + 1,
            seed=job.request.seed + image.ordinal,
            size=f"{image.width or job.size.width}×{image.height or job.size.height}",
        )
        for image in job.images
        if not image.code
    ]


def whose_pictures(texts: Texts, locale: str, job: Job) -> str:
    """Return a line that says which other member's picture came in; empty where it is the member's own."""
    if not job.owner_account_id:
        return ""
    owner = f"<@{job.owner_id}>" if job.owner_id else texts.say(locale, "log-forgotten", account=job.owner_account_id)
    return texts.say(locale, "note-pictures-of", member=Markup(owner))


def input_notes(texts: Texts, locale: str, job: Job) -> list[str]:
    """Return what the member should know about the pictures that they handed in."""
    pictures, edit, region = job.request.pictures, job.request.edit, job.request.region
    if not pictures:
        return []
    said = [whose_pictures(texts, locale, job) or _which_pictures(texts, locale, job)]
    if region is not None:
        said.append(texts.say(locale, "note-region", fields=region_names(texts, locale, region)))
    elif edit is not None:
        said.append(texts.say(locale, f"edit-{edit.function}", **_said_of(edit)))
    if any(picture.is_scaled for picture in pictures):
        said.append(texts.say(locale, "note-picture-scaled"))
    if any(picture.is_flattened for picture in pictures):
        said.append(texts.say(locale, "note-picture-flattened"))
    return said


def _which_pictures(texts: Texts, locale: str, job: Job) -> str:
    """Return a line that says which pictures of the member's own came in: of a job, of a kept reference, or files."""
    if job.edited_number:
        return texts.say(locale, "note-pictures-job", number=job.edited_number)
    pictures = [picture for picture in job.request.pictures if not picture.is_mask]
    kept = sum(picture.is_kept for picture in pictures)
    if not kept:
        return texts.say(locale, "note-pictures", pictures=len(pictures))
    return texts.say(locale, "note-pictures-kept", kept=kept, pictures=len(pictures) - kept)


def region_names(texts: Texts, locale: str, region: Region) -> Markup:
    """Return the fields that are chosen, as people call them."""
    return Markup(texts.say(locale, "left-comma").join(region.names))


def _said_of(edit: Edit) -> dict[str, int]:
    """Return what may be said of the fields of a function."""
    added = {f"at_{side}": getattr(edit, side) for side in SIDES}
    return {"strength": edit.strength, "factor": edit.factor, **added}


def notes(
    texts: Texts,
    locale: str,
    job: Job,
    pictures: tuple[ShownPicture, ...],
    *,
    unread: int = 0,
    not_shown: int = 0,
) -> list[str]:
    """Return what the member should know about the pictures beyond the pictures.

    Args:
        texts: what people read.
        locale: the reader's.
        job: whose.
        pictures: those that the message has.
        unread: how many could not be read.
        not_shown: the same of a copy, whose message has them.
    """
    said = input_notes(texts, locale, job) + enhance_notes(texts, locale, job)
    charge = job.charged
    if job.request.is_series and charge is not None:
        most = job.request.count
        said.append(texts.say(locale, "note-series-drawn", images=job.awaited, most=most, rest=most - job.awaited))
    if charge is not None and charge.images < job.awaited:
        said.append(texts.say(locale, "note-partial", made=charge.images, asked=job.awaited, charged=charge.images))
        for key, missing in _reasons(job).items():
            reason = Markup(texts.say(locale, key))
            said.append(texts.say(locale, "note-partial-why", missing=missing, reason=reason))
    if job.was_cut:
        said.append(texts.say(locale, "note-cut"))
    if job.cancel_wished_ms and charge is not None and charge.images:
        said.append(texts.say(locale, "note-cancel-late", images=charge.images))
    if any(picture.is_reencoded for picture in pictures):
        said.append(texts.say(locale, "note-reencoded"))
    if lost := lost_since_charged(job):
        said.append(texts.say(locale, "note-lost", missing=lost))
    if unread:
        said.append(texts.say(locale, "note-unread", missing=unread))
    if not_shown:
        said.append(texts.say(locale, "note-not-shown", missing=not_shown))
    left_out = len(job.kept) - len(pictures) - unread - not_shown
    if job.state is JobState.DELIVERED and pictures and left_out > 0:
        said.append(texts.say(locale, "note-left-out", missing=left_out))
    return said


def _reasons(job: Job) -> Counter[str]:
    """Count the pictures that were never charged by why there are none."""
    reasons = Counter(failure_key(image.kind) for image in job.images if image.code)
    reasons[failure_key(FailureKind.LOST)] -= lost_since_charged(job)
    return +reasons


def lost_since_charged(job: Job) -> int:
    """Return how many pictures were charged and lost before Discord had them."""
    lost = sum(image.kind is FailureKind.LOST for image in job.images)
    # Those that were lost before the job was settled were not charged.
    had = len(job.images) - sum(bool(image.code) for image in job.images)
    charged = job.charged.images if job.charged else 0
    return min(lost, max(0, charged - had))


def receipt(texts: Texts, locale: str, job: Job, standing: Standing | None) -> list[str]:
    """Return, in a member's words, what a job of theirs took, what of it was given back, and what is left."""
    lines = charges(texts, locale, job, to_member=True)
    if standing is not None:
        left = standing.left
        amounts = what_is_left(texts, locale, left.free_images, left.budget_micros, left.credit_micros)
        lines.append(texts.say(locale, "receipt-left", left=Markup(amounts), resets_ms=standing.terms.period.end_ms))
    return lines


def charges(texts: Texts, locale: str, job: Job, *, to_member: bool = False) -> list[str]:
    """Return what was charged and what of it was given back, in the words of those who look after a server.

    Args:
        texts: what people read.
        locale: the reader's.
        job: whose.
        to_member: who asked for it reads it: to them it is their own free pictures and budget.
    """
    charged = job.charged
    lines = [charge_line(texts, locale, charged, to_member=to_member)]
    if charged is not None and charged.inputs_micros:
        lines.append(texts.say(locale, "receipt-inputs", inputs=charged.inputs, inputs_paid=charged.inputs_micros))
    if job.given_back.free_images:
        lines.append(texts.say(locale, "receipt-back-free", free=job.given_back.free_images))
    if job.given_back.credit_micros:
        lines.append(texts.say(locale, "receipt-back-paid", paid=job.given_back.credit_micros))
    return lines


def given_back(texts: Texts, locale: str, free_images: int, micros: int) -> str:
    """Return a few words for what was given back, free images and credit; "" if nothing was."""
    if not micros:
        return texts.say(locale, "back-free", free=free_images) if free_images else ""
    if not free_images:
        return texts.say(locale, "back-paid", paid=micros)
    return texts.say(locale, "back-mixed", free=free_images, paid=micros)


def with_back(charged: str, back: str) -> str:
    """Add what was given back to what was charged."""
    return f"{charged} · {back}" if back else charged


def what_is_left(texts: Texts, locale: str, free_images: int, budget_micros: int, credit_micros: int) -> str:
    """Name what a member has left: the free images always, budget and credit where there are any."""
    parts = [texts.say(locale, "left-free", free_left=max(0, free_images))]
    if budget_micros > 0:
        parts.append(texts.say(locale, "left-budget", budget_left=budget_micros))
    if credit_micros > 0:
        parts.append(texts.say(locale, "left-credit", credit_left=credit_micros))
    return texts.say(locale, "left-comma").join(parts)


def charge_line(texts: Texts, locale: str, charge: Charge | None, *, to_member: bool = False) -> str:
    """Return what was charged in a line; ``to_member``: as in `charges`."""
    nothing, free, paid, mixed = TAKEN if to_member else CHARGED
    if charge is None or not charge.images:
        return texts.say(locale, nothing)
    if not charge.paid_micros:
        return texts.say(locale, free, free=charge.free_images)
    if not charge.free_images:
        return texts.say(locale, paid, paid=charge.paid_micros, source=source_of(charge))
    return texts.say(locale, mixed, free=charge.free_images, paid=charge.paid_micros, source=source_of(charge))


def source_of(charge: Charge) -> str:
    """Return where a charge's money came from, as the texts call it."""
    if not charge.credit_micros:
        return "budget"
    return "credit" if charge.credit_micros == charge.paid_micros else "both"


def priced(texts: Texts, locale: str, label: str, micros: int | None) -> str:
    """Return a button's label with what a press would take of paid quota, if it would."""
    return texts.plain(locale, "button-priced", label=label, price=micros) if micros else label


ENHANCED = {Enhance.IMPROVE: "enhanced-improve", Enhance.TRANSLATE: "enhanced-translate"}
"""What a prompt is called that was written in place of the member's."""

NOT_REWRITTEN = {
    Fault.WAITING: "note-not-rewritten-waiting",
    Fault.LIMIT: "note-not-rewritten-limit",
    Fault.CAP: "note-not-rewritten-cap",
    Fault.SERVICE: "note-not-rewritten-service",
    Fault.LOST: "note-not-rewritten-lost",
    Fault.LONG: "note-not-rewritten-long",
    Fault.WITHHELD: "note-not-rewritten-withheld",
    Fault.RULE: "note-not-rewritten-rule",
}


def enhanced_prompt(texts: Texts, locale: str, job: Job) -> tuple[str, str]:
    """Return the prompt that was drawn in place of the member's, after what it is called; both empty where none was.

    Nor is it told twice where nothing was to be done, such as translating what is in English.
    """
    enhanced = job.request.enhanced
    if enhanced is None or enhanced.original.strip() in {"", job.request.prompt.strip()}:
        return "", ""
    return texts.say(locale, ENHANCED[enhanced.kind]), job.request.prompt


def enhance_notes(texts: Texts, locale: str, job: Job) -> list[str]:
    """Return why the prompt was drawn as its member wrote it, where it was to be rewritten."""
    enhanced = job.request.enhanced
    if enhanced is None or enhanced.fault is None:
        return []
    return [texts.say(locale, NOT_REWRITTEN[enhanced.fault])]


def rewritten_prompt(job: Job) -> str:
    """Return the prompt as the vendor rewrote it; empty where it did not."""
    found = next((image.actual_prompt for image in job.images if image.actual_prompt), "")
    return "" if found.strip() == job.request.prompt.strip() else found
