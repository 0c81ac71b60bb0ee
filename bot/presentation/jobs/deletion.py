"""The question before somebody's pictures are deleted by the button of their message."""

from discord import ui

from bot.domain.jobs.job import Job
from bot.presentation.kit import receipt
from bot.presentation.kit.texts import Markup, Texts


def deletion_form(texts: Texts, locale: str, job: Job) -> ui.Modal:
    """Make the form that asks once, and says that the charge stays; sending it is the answer.

    A form and not a message with buttons, since its sending comes with a token of its own for the message that is to
    go: nothing else reaches a private reply. Discord's description of its API lets a form have a text alone.
    """
    lines = [texts.say(locale, "delete-question")]
    if job.charged is not None and job.charged.images:
        charged = Markup(" ".join(receipt.receipt(texts, locale, job, None)))
        lines.append(texts.say(locale, "delete-charge-stays", charged=charged))
    title = texts.plain(locale, "delete-title", number=job.number)
    form = ui.Modal(title=title, custom_id=f"job:{job.id}:remove")
    form.add_item(ui.TextDisplay("\n".join(lines)))
    # discord.py must not keep it: it is answered by its custom id, also after a restart.
    form.stop()
    return form
