"""The buttons of a job's card: what ends it, what sends or deletes its pictures, and what asks for more."""

import discord
from discord import ui

from bot.domain.jobs.job import WAITING, Job, JobState
from bot.domain.requests.model import Model
from bot.domain.requests.prices import price_of
from bot.domain.requests.quota import Standing, split
from bot.presentation.kit import receipt
from bot.presentation.kit.texts import Texts

S = JobState
HANDED_OVER = frozenset({S.SUBMITTING, S.IN_DOUBT, S.PENDING})
CANCELABLE = WAITING | HANDED_OVER | {S.RUNNING}

REPEAT = "repeat"
"""How the custom ids begin of the buttons that ask for the same once more; see `cogs.repeating`."""

MORE = "more"
"""The same of what shows how pictures were made, and what can be made of one of them; see `cogs.picture_menu`."""

EDIT, THIS = "edit", "this"
"""The same of what has to do with editing the pictures of a message, and how it goes on where that one has the button;
see `cogs.editing`."""

PRIVATE = "private"
"""How a custom id ends that asks for what one person alone is to see."""


def card_buttons(
    texts: Texts, locale: str, job: Job, state: JobState, standing: Standing | None, model: Model | None
) -> list[ui.Button[ui.LayoutView]]:
    """Return the buttons of a job's card.

    Args:
        texts: what people read.
        locale: the reader's.
        job: whose.
        state: that the card shows.
        standing: what its member has left; None: nobody knows.
        model: the catalogue's; None: there is none of its name any more.
    """
    if job.deleted_ms or job.state is S.VOID:
        return []
    if job.state is S.UNDELIVERED and job.kept:
        return [
            job_button(texts, locale, job, "send", "button-send-again", discord.ButtonStyle.primary),
            job_button(texts, locale, job, "delete", "button-delete"),
        ]
    if job.is_final or state in {S.DELIVERED, S.UNDELIVERED}:
        if not job.reply.message_id:
            # A copy of an erased job: its button would delete the copy.
            return []
        again = _again(texts, locale, job, state, standing, model)
        return [*_more(texts, locale, job, state, again), job_button(texts, locale, job, "delete", "button-delete")]
    if job.state not in CANCELABLE:
        return []
    label = "button-cancel"
    if job.cancel_refused:
        label = "button-cancel-late"
    elif job.cancel_wished_ms:
        label = "button-canceling"
    cancel = job_button(texts, locale, job, "cancel", label)
    cancel.disabled = bool(job.cancel_refused or job.cancel_wished_ms)
    return [cancel]


def _more(
    texts: Texts, locale: str, job: Job, state: JobState, again: tuple[str, str]
) -> list[ui.Button[ui.LayoutView]]:
    """Return the buttons that ask for more: the same again or otherwise, and what is made of the pictures."""
    made: list[tuple[str, str]] = []
    has_ended = state in {S.DELIVERED, S.FAILED}
    # What was refused for what it says is refused again.
    if has_ended and job.can_be_repeated and not (state is S.FAILED and job.is_vendor_refusal):
        made.append(again)
    if has_ended and not job.request.pictures:
        who_sees = f":{PRIVATE}" if job.request.private else ""
        made.append((texts.plain(locale, "button-change"), f"{REPEAT}:{job.id}:change{who_sees}"))
    if state is S.DELIVERED and job.kept:
        made.append((texts.plain(locale, "button-edit-picture"), f"{EDIT}:{THIS}"))
        made.append((texts.plain(locale, "button-more"), f"{MORE}:{job.id}"))
    return [ui.Button(label=label, custom_id=id_, style=discord.ButtonStyle.secondary) for label, id_ in made]


def _again(
    texts: Texts, locale: str, job: Job, state: JobState, standing: Standing | None, model: Model | None
) -> tuple[str, str]:
    """Return label and custom id of what asks for the same once more, with what that would cost its member now."""
    label = texts.plain(locale, "button-again" if state is S.DELIVERED else "button-try-again")
    told = None
    if standing is not None and model is not None:
        inputs = len(job.request.pictures)
        price = price_of(model, job.request.size, rewrites=job.request.prompt_extend, inputs=inputs)
        told = split(job.request.count, price.asked, standing.left, inputs_micros=price.of_inputs)
    custom_id = f"{REPEAT}:{job.id}:again:{PRIVATE if job.request.private else ''}"
    if told is None:
        return label, custom_id.rstrip(":")
    # What it calls free is paid for by nobody unasked.
    return receipt.priced(texts, locale, label, told.paid_micros), f"{custom_id}:{told.paid_micros}"


def job_button(
    texts: Texts,
    locale: str,
    job: Job,
    action: str,
    label: str,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
) -> ui.Button[ui.LayoutView]:
    """Return a button of a job's message; see `cogs.jobs`."""
    return ui.Button(label=texts.plain(locale, label), style=style, custom_id=f"job:{job.id}:{action}")
