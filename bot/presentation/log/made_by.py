"""Who asked for the pictures of a message: for members the name, for moderators also the prompt."""

from discord import ui

from bot.domain.jobs.job import Job
from bot.presentation.kit.components import BUTTON, buttons
from bot.presentation.kit.texts import Markup, Texts
from bot.presentation.log.views import PREFIX

PROMPT_SHOWN = 1000
"""Code units of a prompt; the timeline has the rest."""


def made_by(texts: Texts, locale: str, job: Job, *, for_moderator: bool) -> tuple[str, ui.View | None]:
    """Return who asked for a job and when; for a moderator with the prompt, and a button that opens the timeline."""
    if job.member_id:
        lines = [texts.say(locale, "made-by", member=Markup(f"<@{job.member_id}>"), **_what(job))]
    else:
        lines = [texts.say(locale, "made-by-forgotten", **_what(job))]
    if not for_moderator:
        return lines[0], None
    prompt = texts.cut(locale, " ".join(job.request.typed_prompt.split()), PROMPT_SHOWN)
    lines.append(f"> {prompt}" if prompt.strip() else f"-# {texts.say(locale, 'log-no-prompt')}")
    label = texts.plain(locale, "button-feed-timeline")
    return "\n".join(lines), buttons((label, f"{PREFIX}:job:{job.id}", BUTTON.secondary))


def _what(job: Job) -> dict[str, int]:
    return {"number": job.number, "at_ms": job.created_ms}
