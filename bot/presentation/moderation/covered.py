"""The answer to a moderator who has covered a job's pictures, or uncovered them."""

from dataclasses import replace

from discord import ui

from bot.domain.jobs.job import Job
from bot.domain.moderation.cases import Case, CaseKind
from bot.presentation.jobs.covering import cover_buttons
from bot.presentation.kit.components import components
from bot.presentation.kit.texts import Texts
from bot.presentation.moderation.texts import ModTexts
from bot.presentation.moderation.views import PREFIX


def covered(texts: Texts, locale: str, job: Job, case: Case) -> tuple[str, ui.View]:
    """Return what was done, and the button that undoes it."""
    after = replace(job, is_covered=case.kind is CaseKind.COVER)
    undo = cover_buttons(texts, locale, after, f"{PREFIX}:{{}}:{job.id}")
    return ModTexts(texts, locale).covered(job, case), components(*undo)
