"""A job as an entry in the feed of a server's log channel: pure functions, in the server's language."""

import discord
from discord import ui

from bot.domain.jobs.job import Job, JobState, Removal
from bot.domain.log.feed import RefusalTally
from bot.presentation.jobs.cards import ACCENTS, MADE, details_key, made_of
from bot.presentation.kit import reasons, receipt
from bot.presentation.kit.components import gallery, handed_in_gallery
from bot.presentation.kit.receipt import ShownPicture
from bot.presentation.kit.texts import Markup, Texts, moment
from bot.presentation.log.views import about_job

PROMPT_SHOWN = 600
"""Code units of a prompt; the timeline has the rest."""


def entry(
    texts: Texts,
    locale: str,
    job: Job,
    pictures: tuple[ShownPicture, ...],
    *,
    handed_in: tuple[ShownPicture, ...] = (),
    is_covered: bool,
    again_ms: int = 0,
) -> ui.LayoutView:
    """Show a job to moderators; each call makes a view that discord.py won't keep.

    Args:
        texts: what people read.
        locale: the server's.
        job: which has ended, or is being sent again.
        pictures: the previews that are attached.
        handed_in: those of the pictures that came in, which are always covered.
        is_covered: the previews are to be seen only once they are clicked.
        again_ms: when the member may ask again who has to wait for this refusal; 0: they need not.
    """
    container = ui.Container(accent_colour=discord.Colour(ACCENTS[job.state]))
    container.add_item(ui.TextDisplay(_heading(texts, locale, job)))
    prompt = texts.cut(locale, job.request.typed_prompt, PROMPT_SHOWN)
    if prompt.strip():
        container.add_item(ui.TextDisplay(prompt))
    label, rewritten = receipt.enhanced_prompt(texts, locale, job)
    if rewritten:
        container.add_item(ui.TextDisplay(f"{label}\n{texts.cut(locale, rewritten, PROMPT_SHOWN)}"))
    if pictures:
        container.add_item(gallery(texts, locale, job, pictures, is_covered=is_covered or job.is_covered))
    if handed_in:
        container.add_item(handed_in_gallery(texts, locale, handed_in))
    container.add_item(ui.TextDisplay("\n".join(_body(texts, locale, job, again_ms))))
    container.add_item(ui.ActionRow(*about_job(texts, locale, job, with_timeline=True)))
    view = ui.LayoutView(timeout=None).add_item(container)
    view.stop()
    return view


def refusals(texts: Texts, locale: str, tally: RefusalTally, *, is_covered: bool) -> str:
    """Return lines that say that prompts of one member broke rules of the server, with the last rule and prompt.

    Args:
        texts: what people read.
        locale: the server's.
        tally: whose, how many, and since when.
        is_covered: the prompt is to be seen only once it is clicked.
    """
    lines = [_how_many(texts, locale, tally)]
    if tally.rule:
        kind = "prompt-rule-word" if tally.reason == "prompt-breaks-word" else "prompt-rule-pattern"
        rule = Markup(texts.say(locale, kind, id=tally.rule_id, rule=tally.rule))
        lines.append(texts.say(locale, "feed-broke-which", count=tally.count, rule=rule))
    prompt = texts.cut(locale, " ".join(tally.prompt.split()), PROMPT_SHOWN)
    if prompt.strip():
        lines.append(f"> ||{prompt}||" if is_covered else f"> {prompt}")
    return "\n".join(lines)


def _how_many(texts: Texts, locale: str, tally: RefusalTally) -> str:
    member = _member(texts, locale, tally.member_id)
    if tally.count == 1:
        key = "feed-broke-word" if tally.reason == "prompt-breaks-word" else "feed-broke-pattern"
        return texts.say(locale, key, member=member, at_ms=tally.since_ms)
    figures = {"count": tally.count, "since_ms": tally.since_ms, "at_ms": tally.last_ms}
    text = texts.say(locale, "feed-broke-rules", member=member, **figures)
    if not tally.until_ms:
        return text
    return f"{text} {texts.say(locale, 'feed-broke-wait', until_ms=tally.until_ms)}"


REMOVALS = {Removal.OPEN: "feed-status-removing", Removal.OUT_OF_REACH: "feed-status-out-of-reach"}


def is_tally(message: discord.Message, tally: RefusalTally) -> bool:
    """Whether a message is a tally's entry, whatever its count was then."""
    return message.content.startswith(f"<@{tally.member_id}> · ") and moment(tally.since_ms) in message.content


def is_entry_of(message: discord.Message, job_id: int) -> bool:
    """Whether a message is a job's entry."""
    return f"'logs:job:{job_id}'" in str([component.to_dict() for component in message.components])


def _heading(texts: Texts, locale: str, job: Job) -> str:
    status = texts.say(locale, _status(job))
    member = _member(texts, locale, job.member_id)
    return texts.say(locale, "feed-heading", number=job.number, member=member, status=Markup(status))


def _member(texts: Texts, locale: str, member_id: int) -> Markup:
    return Markup(f"<@{member_id}>" if member_id else texts.say(locale, "rule-for-forgotten"))


def _status(job: Job) -> str:
    if job.deleted_ms:
        return REMOVALS.get(job.removal, "feed-status-removed")
    if job.state is JobState.DELIVERED:
        return "feed-status-delivered"
    if job.state is JobState.FAILED:
        return "feed-status-refused" if job.is_vendor_refusal else "feed-status-failed"
    return "feed-status-undelivered"


def _body(texts: Texts, locale: str, job: Job, again_ms: int) -> list[str]:
    lines: list[str] = []
    if job.state is JobState.FAILED:
        lines.append(texts.say(locale, reasons.FOR_MODERATORS[reasons.failure_key(job.failure_kind)]))
        if again_ms:
            lines.append(texts.say(locale, "feed-broke-wait", until_ms=again_ms))
    elif job.state is JobState.UNDELIVERED:
        lines.append(texts.say(locale, reasons.FOR_MODERATORS[reasons.undelivered_key(job.failure)]))
    lines += _missing(texts, locale, job)
    if job.is_covered and not job.deleted_ms:
        lines.append(texts.say(locale, "note-covered"))
    lines += receipt.input_notes(texts, locale, job)
    lines += receipt.charges(texts, locale, job)
    if job.request.private:
        is_posted = job.state in {JobState.DELIVERED, JobState.FAILED}
        lines.append(texts.say(locale, "feed-private" if is_posted else "feed-private-asked"))
    size = f"{job.size.width}×{job.size.height}"
    values = {"model": job.request.model, "size": size, "images": job.awaited, "made": made_of(job)}
    details = texts.say(locale, details_key(job), **values)
    return [*lines, f"-# {details}"]


def _missing(texts: Texts, locale: str, job: Job) -> list[str]:
    """Return lines that say how many pictures of a job that was made are missing, and why."""
    if job.state not in MADE:
        return []
    lines: list[str] = []
    for (_, kind), missing in reasons.missing(job).items():
        reason = Markup(texts.say(locale, reasons.FOR_MODERATORS[reasons.failure_key(kind)]))
        lines.append(texts.say(locale, "feed-partial", missing=missing, asked=job.awaited, reason=reason))
    return lines
