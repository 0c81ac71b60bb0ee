"""A job as a message: pure functions from the job and what is known about it to Discord's components."""

from dataclasses import dataclass, replace

import discord
from discord import ui

from bot.domain.jobs.job import SERVER_LEFT, WAITING, Job, JobState
from bot.domain.requests.model import Model
from bot.domain.requests.quota import Standing, is_nearly_out
from bot.domain.requests.refused_prompts import RefusedPrompts
from bot.presentation.jobs.card_buttons import HANDED_OVER, card_buttons
from bot.presentation.kit import reasons, receipt
from bot.presentation.kit.answers import what_follows
from bot.presentation.kit.components import gallery
from bot.presentation.kit.escaping import length
from bot.presentation.kit.limits import TEXT_LIMIT, TOKEN_LIVES_MS
from bot.presentation.kit.receipt import ShownPicture
from bot.presentation.kit.texts import Markup, Texts
from bot.service.vendor.estimates import Estimate

NEGATIVE_LIMIT = 200
"""Code units of the negative prompt, which is small print."""

PRIVATE_REPLY_MS = TOKEN_LIVES_MS - 150_000
"""A private reply can be edited while the token lives; an estimate beyond 12 minutes announces a direct message."""

S = JobState
MADE = frozenset({S.DELIVERING, S.DELIVERED, S.UNDELIVERED})
WITHOUT_PICTURES = frozenset({S.FAILED, S.CANCELED, S.EXPIRED, S.VOID})

GREY, BLUE, GREEN, RED = 0x80848E, 0x5865F2, 0x23A55A, 0xDA373C
ACCENTS = {
    **dict.fromkeys(WAITING | {S.CANCELED, S.EXPIRED, S.VOID}, GREY),
    **dict.fromkeys(HANDED_OVER | {S.RUNNING, S.FETCHING, S.DELIVERING}, BLUE),
    S.DELIVERED: GREEN,
    S.FAILED: RED,
    S.UNDELIVERED: RED,
}
TITLES = {
    S.HELD: "title-queued",
    S.QUEUED: "title-queued",
    S.SUBMITTING: "title-submitted",
    S.IN_DOUBT: "title-in-doubt",
    S.PENDING: "title-submitted",
    S.RUNNING: "title-drawing",
    S.FETCHING: "title-fetching",
    S.DELIVERING: "title-delivering",
    S.DELIVERED: "title-delivered",
    S.UNDELIVERED: "title-undelivered",
    S.FAILED: "title-failed",
    S.CANCELED: "title-canceled",
    S.EXPIRED: "title-expired",
    S.VOID: "title-void",
}


REMOVED = ("removed-body", "removed-by-moderator", "removed-by-moderator-why")
REMOVING = ("removing-body", "removing-by-moderator", "removing-by-moderator-why")
"""The same while the message still stands."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a card says beside the job itself.

    Attributes:
        estimate: for a job that is not done.
        standing: what the member has left, for a job that is.
        model: the catalogue's, for its notes.
        pictures: those that the message has or is about to get.
        unread: how many of those that are kept could not be read for it.
        is_brief: others read it, too: what is their member's alone, and how it was drawn, stands behind *More…*.
        is_bare: without the words that people and the image service wrote: Discord refused the card with them.
        not_shown: how many of them a copy can't show, whose message has them.
        still_stands: of removed pictures: the message does that is to go; not on the card that takes its place.
        removal_reason: why a moderator removed the pictures; None if none did, or it is not for all to read.
        is_last_word: nothing reaches the message after this edit, as long as the job is under way.
        mark: of this bot's database: another bot with the same token gets the same interactions, and so its jobs have
            the same ids.
    """

    now_ms: int
    estimate: Estimate | None = None
    standing: Standing | None = None
    model: Model | None = None
    pictures: tuple[ShownPicture, ...] = ()
    unread: int = 0
    is_brief: bool = False
    is_bare: bool = False
    not_shown: int = 0
    is_last_word: bool = False
    still_stands: bool = False
    removal_reason: str | None = None
    mark: int | None = None

    @property
    def told_standing(self) -> Standing | None:
        """What the card says that its member has left: nothing to others."""
        return None if self.is_brief else self.standing


def card(texts: Texts, job: Job, known: Known) -> ui.LayoutView:
    """Show a job. Each edit needs a card of its own: discord.py must never keep one."""
    locale = job.reply.locale
    state = _shown_state(job, known)
    heading = f"### {_heading(texts, locale, job, state, known)}"
    if known.is_bare:
        job = _without_words(job)
    details = _details(texts, locale, job, known)
    lines = _body(texts, locale, job, state, known)
    if known.is_bare:
        lines.append(f"-# {texts.say(locale, 'note-bare')}")
    body = "\n".join(lines)
    room = TEXT_LIMIT - length(heading) - length(details) - length(body)
    prompt, rewritten = _prompts(texts, locale, job, state, room)
    if known.is_brief and state in MADE:
        rewritten = ""
    if known.is_brief and is_withheld(job):
        prompt = texts.say(locale, "card-prompt-withheld")
    container = ui.Container(accent_colour=discord.Colour(ACCENTS[state]), id=known.mark)
    container.add_item(ui.TextDisplay(heading))
    if prompt.strip():
        container.add_item(ui.TextDisplay(prompt))
    if known.pictures and state in {S.DELIVERED, S.UNDELIVERED} and not job.deleted_ms:
        container.add_item(gallery(texts, locale, job, known.pictures, is_covered=job.is_covered))
    if rewritten:
        container.add_item(ui.TextDisplay(rewritten))
    if body:
        container.add_item(ui.TextDisplay(body))
    container.add_item(ui.TextDisplay(details))
    # What is pressed on a message that nothing reaches would be shown nowhere.
    buttons = card_buttons(texts, locale, job, state, known.standing, known.model) if not known.is_last_word else []
    if buttons:
        container.add_item(ui.ActionRow(*buttons))
    return ui.LayoutView(timeout=None).add_item(container)


def _without_words(job: Job) -> Job:
    images = tuple(replace(image, actual_prompt=None) for image in job.images)
    enhanced = replace(job.request.enhanced, original="") if job.request.enhanced else None
    request = replace(job.request, prompt="", negative_prompt="", enhanced=enhanced)
    return replace(job, request=request, images=images)


def is_delivery(job: Job) -> bool:
    """Whether the next edit brings the pictures."""
    return job.state is S.DELIVERING and not job.deleted_ms


def _shown_state(job: Job, known: Known) -> JobState:
    if job.is_under_call:
        return S.RUNNING
    # The edit that brings the pictures is the last one: it shows the job as delivered.
    return S.DELIVERED if job.state is S.DELIVERING and known.pictures else job.state


def _heading(texts: Texts, locale: str, job: Job, state: JobState, known: Known) -> str:
    key = title_key(job, state)
    if state in WAITING and job.lane_stopped:
        key = "title-paused"
    if state is S.UNDELIVERED and known.pictures:
        # Only a copy shows them.
        key = "title-delivered"
    if job.deleted_ms:
        key = "title-removing" if known.still_stands else "title-removed"
    title = texts.say(locale, key, images=max(1, len(job.kept)))
    return texts.say(locale, "card-heading", title=Markup(title), number=job.number)


def title_key(job: Job, state: JobState) -> str:
    """Return the title of a job in a state: what a server was left for did not wait too long."""
    return "title-given-back" if state is S.EXPIRED and job.failure == SERVER_LEFT else TITLES[state]


def _made_by_ai(texts: Texts, locale: str, job: Job) -> str:
    return texts.say(locale, "note-ai-marked" if job.request.watermark else "note-ai")


def is_withheld(job: Job) -> bool:
    """Whether a job's prompt was refused for what it says: nobody repeats it in public."""
    return job.state is S.FAILED and job.is_vendor_refusal


def _details(texts: Texts, locale: str, job: Job, known: Known) -> str:
    request = job.request
    # What came of fewer pictures than were asked for shows both; what has no picture needs no seed.
    made = made_of(job)
    values = {"model": request.model, "size": f"{request.size.width}×{request.size.height}", "images": job.awaited}
    line = texts.say(locale, details_key(job), made=made, **values)
    if known.is_brief and not job.deleted_ms and (job.state is S.DELIVERED or known.pictures):
        return f"-# {line} · {_made_by_ai(texts, locale, job)}"
    if known.is_brief and is_withheld(job):
        return f"-# {line}"
    if job.state not in WITHOUT_PICTURES:
        line += texts.say(locale, "card-details-seed", seed=request.seed)
    # Small print ends with its line.
    negative = texts.cut(locale, " ".join(request.negative_prompt.split()), NEGATIVE_LIMIT)
    if negative and not job.deleted_ms:
        return f"-# {texts.say(locale, 'card-negative', negative=Markup(negative))}\n-# {line}"
    return f"-# {line}"


def details_key(job: Job) -> str:
    """Return the text that names a job's model, size and number of images: until it is drawn, a series has a most."""
    if job.request.is_series and not job.images:
        return "card-details-series"
    return "card-details-partial" if made_of(job) < job.awaited else "card-details"


def made_of(job: Job) -> int:
    """Return how many pictures there are of a job: those that it was asked for, as long as nobody knows better."""
    if job.charged is None or job.state not in MADE:
        return job.awaited
    return job.charged.images - receipt.lost_since_charged(job)


def _prompts(texts: Texts, locale: str, job: Job, state: JobState, room: int) -> tuple[str, str]:
    """Return the prompt as it was typed, and the rewritten one if there is one, both within ``room``.

    What the model made of it is known once there are pictures.
    """
    if job.deleted_ms:
        return "", ""
    label, rewritten = receipt.enhanced_prompt(texts, locale, job)
    if not rewritten and state is S.DELIVERED:
        label, rewritten = texts.say(locale, "rewritten"), receipt.rewritten_prompt(job)
    prompt = texts.cut(locale, job.request.typed_prompt, room * 3 // 5 if rewritten else room - 100)
    left = room - length(prompt) - length(label) - 100
    if not rewritten or left < 50:
        return prompt, ""
    return prompt, f"{label}\n{texts.cut(locale, rewritten, left)}"


def _body(texts: Texts, locale: str, job: Job, state: JobState, known: Known) -> list[str]:
    if job.deleted_ms:
        return _removed(texts, locale, job, known)
    if state is S.DELIVERED:
        return [*_delivered(texts, locale, job, known), *_covered(texts, locale, job)]
    if state is S.UNDELIVERED and known.pictures:
        charged = receipt.receipt(texts, locale, job, known.told_standing)
        return [_not_posted(texts, locale, job), *charged, *_covered(texts, locale, job)]
    if state is S.UNDELIVERED:
        reason = texts.say(locale, reasons.undelivered_key(job.failure))
        still_charged = texts.say(locale, "undelivered-body")
        return [reason, still_charged, *receipt.receipt(texts, locale, job, known.told_standing)]
    if job.is_final:
        return _ended(texts, locale, job, known)
    return [*_progress(texts, locale, job, known), *_notes(texts, locale, job, known)]


def _delivered(texts: Texts, locale: str, job: Job, known: Known) -> list[str]:
    notes = receipt.notes(texts, locale, job, known.pictures, unread=known.unread, not_shown=known.not_shown)
    if known.is_brief:
        return [*notes, *_nearly_out(texts, locale, job, known)]
    return [
        *receipt.seed_lines(texts, locale, job),
        *notes,
        *receipt.receipt(texts, locale, job, known.standing),
        *_nearly_out(texts, locale, job, known),
        f"-# {_made_by_ai(texts, locale, job)}",
    ]


def _covered(texts: Texts, locale: str, job: Job) -> list[str]:
    return [f"-# {texts.say(locale, 'note-covered')}"] if job.is_covered else []


def _nearly_out(texts: Texts, locale: str, job: Job, known: Known) -> list[str]:
    """Return a line that says that the member's quota is nearly used up, once a period and as long as it is so."""
    standing, model = known.standing, known.model
    if not job.tells_nearly_out or standing is None or model is None:
        return []
    rule, period = standing.terms.rule, standing.terms.period
    is_so = is_nearly_out(standing.left, rule, standing.given_images, model.price_micros)
    if not is_so or not period.start_ms <= job.created_ms < period.end_ms:
        return []
    return [texts.say(locale, "receipt-nearly-out")]


def _not_posted(texts: Texts, locale: str, job: Job) -> str:
    """Return why the pictures that a copy shows are not where they were asked for."""
    if job.failure == "locked":
        return texts.say(locale, "copy-locked", channel=Markup(f"<#{job.reply.channel_id}>"))
    return texts.say(locale, reasons.undelivered_key(job.failure))


def _removed(texts: Texts, locale: str, job: Job, known: Known) -> list[str]:
    charged = receipt.receipt(texts, locale, job, None) if job.charged is not None and job.charged.images else []
    body, by_moderator, why = REMOVING if known.still_stands else REMOVED
    reason = known.removal_reason
    if reason is None:
        return [texts.say(locale, body), *charged]
    is_said = bool(reason) and not known.is_bare
    key, values = (why, {"reason": reason}) if is_said else (by_moderator, {})
    return [texts.say(locale, key, **values), *charged]


def _ended(texts: Texts, locale: str, job: Job, known: Known) -> list[str]:
    lines: list[str] = []
    if job.state is S.FAILED:
        lines += _failed(texts, locale, job, known)
    elif job.state is S.EXPIRED:
        lines.append(texts.say(locale, reasons.expiry_key(job.failure)))
    lines += receipt.receipt(texts, locale, job, known.told_standing)
    if job.state is S.FAILED and job.failure_request_id and not job.is_vendor_refusal:
        lines.append(f"-# {texts.say(locale, 'reference', reference=job.failure_request_id)}")
    return lines


def _failed(texts: Texts, locale: str, job: Job, known: Known) -> list[str]:
    """Return why a job has failed; who has to wait for this refusal is not asked to try again."""
    key = reasons.failure_key(job.failure_kind)
    refused = known.standing.refused if known.standing is not None else RefusedPrompts()
    if not job.is_vendor_refusal or refused.last_ms != job.ended_ms:
        return [texts.say(locale, key)]
    # The program has just paused them for it: strikes begin anew then.
    is_paused = bool(refused.strikes_limit) and not refused.strikes
    # The reason as moderators read it has no advice.
    reason = texts.say(locale, reasons.FOR_MODERATORS[key] if refused.again_ms or is_paused else key)
    limit = refused.strikes_limit
    if is_paused:
        return [reason, texts.say(locale, "refused-paused", limit=limit)]
    strikes = [texts.say(locale, "refused-strike", count=refused.strikes, limit=limit)] if limit else []
    return [reason, *strikes, *what_follows(texts, locale, refused)]


def _progress(texts: Texts, locale: str, job: Job, known: Known) -> list[str]:
    estimate = known.estimate or Estimate(1, known.now_ms)
    place = max(1, estimate.place)
    if job.state in WAITING and job.lane_stopped:
        key = "queued-paused-account" if job.account_stopped else "queued-paused"
        return [texts.say(locale, key, model=job.request.model, place=place)]
    if job.state in WAITING:
        key = "queued-next" if place == 1 else "queued-place"
        return [texts.say(locale, key, place=place, ready_ms=estimate.ready_ms)]
    if job.state is S.IN_DOUBT:
        return [texts.say(locale, "in-doubt-body", since_ms=job.claimed_ms)]
    if job.state in {S.FETCHING, S.DELIVERING}:
        return [texts.say(locale, "fetching-body", images=job.awaited)]
    if job.state is S.RUNNING or job.is_under_call:
        return [texts.say(locale, "drawing-body", images=job.request.count, ready_ms=estimate.ready_ms)]
    return [texts.say(locale, "submitted-body", ready_ms=estimate.ready_ms)]


def _notes(texts: Texts, locale: str, job: Job, known: Known) -> list[str]:
    said = receipt.input_notes(texts, locale, job) + receipt.enhance_notes(texts, locale, job)
    if job.request.is_series and not job.images:
        said.append(texts.say(locale, "note-series", most=job.request.count))
    waits_long = known.estimate is not None and known.estimate.ready_ms - known.now_ms > PRIVATE_REPLY_MS
    if job.request.private and (waits_long or job.state is S.IN_DOUBT or known.is_last_word):
        said.append(texts.say(locale, "note-direct-message"))
    if known.is_last_word:
        said.append(texts.say(locale, "note-last-word", number=job.number))
    doubtful_above = known.model.prompt_note_above if known.model else None
    if doubtful_above is not None and len(job.request.prompt) > doubtful_above:
        said.append(texts.say(locale, "note-prompt-long", limit=doubtful_above, model=job.request.model))
    if job.cancel_refused:
        said.append(texts.say(locale, "note-cancel-refused"))
    elif job.cancel_wished_ms:
        said.append(texts.say(locale, "note-canceling"))
    return said
