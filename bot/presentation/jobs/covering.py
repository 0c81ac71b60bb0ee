"""A spoiler over a job's pictures: the button by which moderators put it on and take it off."""

from typing import Any

from discord import ui

from bot.domain.jobs.job import Job
from bot.domain.moderation.cases import check_coverable
from bot.errors import MemberError
from bot.presentation.kit.texts import Texts

COVER, UNCOVER = "cover", "uncover"
"""What a custom id says is to be done, so that a late press undoes nothing that another moderator did meanwhile."""


def cover_buttons(texts: Texts, locale: str, job: Job, custom_id: str) -> list[ui.Button[Any]]:
    """Return the button that covers a job's pictures, or uncovers them; none where there are no pictures.

    Args:
        texts: what people read.
        locale: the reader's.
        job: whose.
        custom_id: with a place for what is to be done.
    """
    try:
        check_coverable(job, covers=not job.is_covered)
    except MemberError:
        return []
    what, label = (UNCOVER, "button-uncover") if job.is_covered else (COVER, "button-cover")
    return [ui.Button(label=texts.plain(locale, label), custom_id=custom_id.format(what))]
