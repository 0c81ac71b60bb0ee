"""The log as messages: pure functions from what was found to Discord's components."""

from typing import Any

import discord
from discord import ui

from bot.domain.jobs.job import Job
from bot.domain.log.moderator_log import KeptSearch, Refusal, Timeline
from bot.presentation.jobs.cards import ACCENTS, MADE
from bot.presentation.jobs.covering import cover_buttons
from bot.presentation.jobs.job_copy import is_linked, open_button
from bot.presentation.kit.components import gallery, handed_in_gallery, page
from bot.presentation.kit.escaping import length
from bot.presentation.kit.limits import TEXT_LIMIT
from bot.presentation.kit.receipt import ShownPicture
from bot.presentation.kit.texts import Texts
from bot.presentation.log.texts import LogTexts
from bot.service.moderation.moderator_log import NEWEST

PREFIX = "logs"
ON_A_PAGE = 8
"""Each job takes three of the forty components that a message may have, and up to 400 of its 4,000 characters."""

REFUSALS_ON_A_PAGE = 15
RECORD_SUFFIX = "-record.txt"


def jobs_page(texts: Texts, locale: str, kept: KeptSearch, jobs: list[Job], before_id: int) -> ui.LayoutView:
    """Show a page of jobs, each beside a button that opens its timeline.

    Args:
        texts: what people read.
        locale: the reader's.
        kept: the search.
        jobs: what it found, one more than a page has where there is more.
        before_id: where this page begins.
    """
    words = LogTexts(texts, locale)
    rows: list[ui.Item[ui.LayoutView]] = []
    for job in jobs[:ON_A_PAGE]:
        button: ui.Button[ui.LayoutView] = ui.Button(label=f"#{job.number}", custom_id=f"{PREFIX}:job:{job.id}")
        rows.append(ui.Section(ui.TextDisplay(words.row(job)), accessory=button))
    heading = words.heading(kept.search, jobs[0].member_id if jobs else 0)
    older = jobs[ON_A_PAGE - 1].id if len(jobs) > ON_A_PAGE else 0
    return _page(words, heading, kept, rows, before_id=before_id, older=older)


def refusals_page(
    texts: Texts, locale: str, kept: KeptSearch, refusals: list[Refusal], before_id: int
) -> ui.LayoutView:
    """Show a page of refusals, one a line; see ``jobs_page``."""
    words = LogTexts(texts, locale)
    lines = [words.refusal(refusal) for refusal in refusals[:REFUSALS_ON_A_PAGE]]
    rows: list[ui.Item[ui.LayoutView]] = [ui.TextDisplay("\n".join(lines))] if lines else []
    heading = words.heading(kept.search, refusals[0].member_id if refusals else 0)
    older = refusals[REFUSALS_ON_A_PAGE - 1].id if len(refusals) > REFUSALS_ON_A_PAGE else 0
    return _page(words, heading, kept, rows, before_id=before_id, older=older)


def _page(
    words: LogTexts,
    heading: str,
    kept: KeptSearch,
    rows: list[ui.Item[ui.LayoutView]],
    *,
    before_id: int,
    older: int,
) -> ui.LayoutView:
    is_first = before_id == NEWEST
    turns: list[ui.Button[ui.LayoutView]] = []
    if not is_first:
        turns.append(_turn(words.newest(), kept, NEWEST))
    if older:
        turns.append(_turn(words.older(), kept, older))
    return page(heading, rows or [ui.TextDisplay(words.nothing(is_first=is_first))], turns)


def _turn(label: str, kept: KeptSearch, before_id: int) -> ui.Button[ui.LayoutView]:
    return ui.Button(label=label, custom_id=f"{PREFIX}:page:{kept.id}:{before_id}")


def timeline_view(
    texts: Texts,
    locale: str,
    timeline: Timeline,
    pictures: tuple[ShownPicture, ...],
    handed_in: tuple[ShownPicture, ...] = (),
) -> tuple[ui.LayoutView, bool]:
    """Return all that is known of a job, and whether it fitted; else the view names the file that has the rest.

    Args:
        texts: what people read.
        locale: the reader's.
        timeline: the job, and what happened to it.
        pictures: the previews that are attached.
        handed_in: those of the pictures that came in.
    """
    job, words = timeline.job, LogTexts(texts, locale)
    heading, facts = f"### {words.title(job)}", "\n".join(words.facts(timeline))
    support = words.support(timeline)
    events, has_every_event = words.events(timeline)
    room = TEXT_LIMIT - sum(length(part) for part in (heading, facts, support, events))
    prompts, has_whole_prompts = words.prompts(job, room)
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=discord.Colour(ACCENTS[job.state]))
    for text in (heading, facts, "\n".join(prompts)):
        container.add_item(ui.TextDisplay(text))
    if pictures:
        container.add_item(gallery(texts, locale, job, pictures, is_covered=job.is_covered))
    if handed_in:
        container.add_item(handed_in_gallery(texts, locale, handed_in))
    container.add_item(ui.TextDisplay(events))
    if support:
        container.add_item(ui.TextDisplay(f"-# {support}"))
    is_whole = has_every_event and has_whole_prompts
    if not is_whole:
        container.add_item(ui.File(f"attachment://{job.number}{RECORD_SUFFIX}"))
    buttons = about_job(texts, locale, job, with_timeline=False)
    if buttons:
        container.add_item(ui.ActionRow(*buttons))
    return ui.LayoutView(timeout=None).add_item(container), is_whole


def about_job(texts: Texts, locale: str, job: Job, *, with_timeline: bool) -> list[ui.Button[Any]]:
    """Return what moderators can do about a job; who answers for it checks who presses."""
    buttons: list[ui.Button[Any]] = []
    if job.state in MADE and not job.deleted_ms:
        label, style = texts.plain(locale, "button-feed-remove"), discord.ButtonStyle.danger
        buttons.append(ui.Button(label=label, style=style, custom_id=f"mod:remove:{job.id}"))
    buttons += cover_buttons(texts, locale, job, f"mod:{{}}:{job.id}")
    if job.member_id:
        label = texts.plain(locale, "button-feed-pause")
        buttons.append(ui.Button(label=label, custom_id=f"mod:pause:{job.id}"))
    if with_timeline:
        label = texts.plain(locale, "button-feed-timeline")
        buttons.append(ui.Button(label=label, custom_id=f"{PREFIX}:job:{job.id}"))
    if is_linked(job):
        buttons.append(open_button(texts, locale, job))
    return buttons
