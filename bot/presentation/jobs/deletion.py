"""The question before somebody's pictures are deleted by the button of their message."""

from discord import ui

from bot.domain.jobs.job import NOTHING, Job
from bot.presentation.jobs.cards import WITHOUT_PICTURES
from bot.presentation.kit import receipt
from bot.presentation.kit.components import form
from bot.presentation.kit.reply_transport import TakenDown
from bot.presentation.kit.texts import Markup, Texts


def what_stands(taken_down: TakenDown, *, is_own: bool) -> str:
    """Return the text about a message that was to be deleted and is still there; empty where it is gone.

    Args:
        taken_down: what became of it.
        is_own: its member reads that, who can't do about it what moderators can.
    """
    texts = {
        TakenDown.STANDS: ("delete-failed", "delete-failed-own"),
        TakenDown.LOCKED: ("delete-locked", "delete-locked-own"),
        TakenDown.OUT_OF_REACH: ("removed-out-of-reach", "removed-out-of-reach-own"),
    }
    return texts[taken_down][is_own] if taken_down in texts else ""


def deletion_form(texts: Texts, locale: str, job: Job, *, is_own: bool, is_locked: bool) -> ui.Modal:
    """Make the form that asks once, and says what of the charge stays; sending it is the answer.

    A form and not a message with buttons, since its sending comes with a token of its own for the message that is to
    go: nothing else reaches a private reply. Discord's description of its API lets a form have a text alone.

    Args:
        texts: what people read.
        locale: the reader's.
        job: whose pictures.
        is_own: the reader asked for them.
        is_locked: the message is in a thread in which the bot can't do or say anything: it is said here or nowhere.
    """
    question = "delete-question-bare" if job.state in WITHOUT_PICTURES else "delete-question"
    locked = [texts.say(locale, "delete-question-locked")] if is_locked else []
    lines = [texts.say(locale, question), *locked, *_charge(texts, locale, job, is_own=is_own)]
    title = texts.plain(locale, "delete-title", number=job.number)
    return form(title, f"job:{job.id}:remove", ui.TextDisplay("\n".join(lines)))


def _charge(texts: Texts, locale: str, job: Job, *, is_own: bool) -> list[str]:
    """Return lines that say what was charged, and what of it stays so."""
    if job.charged is None or not job.charged.images:
        return []
    charged = receipt.charges(texts, locale, job, to_member=is_own)
    if job.given_back == NOTHING:
        return [texts.say(locale, "delete-charge-stays", charged=Markup(" ".join(charged)))]
    if job.is_given_back:
        return [texts.say(locale, "delete-charge-back")]
    free, paid = job.refundable.free_images, job.refundable.credit_micros
    if not paid:
        return [*charged, texts.say(locale, "delete-rest-free", free=free)]
    if not free:
        return [*charged, texts.say(locale, "delete-rest-paid", paid=paid)]
    return [*charged, texts.say(locale, "delete-rest-mixed", free=free, paid=paid)]
