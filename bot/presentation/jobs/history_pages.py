"""A member's jobs, a page at a time, with a small copy of the first picture of each."""

from collections.abc import Mapping
from dataclasses import dataclass

import discord
from discord import ui

from bot.domain.jobs.job import Job
from bot.presentation.jobs.account_texts import AccountTexts
from bot.presentation.jobs.uploads import Upload
from bot.presentation.kit import receipt
from bot.presentation.kit.components import attached
from bot.presentation.kit.texts import Texts

PREFIX, NEWER = "history", "newer"
"""A button's custom id is ``history:{member}:{before}`` or ``history:{member}:{after}:newer``; see `cogs.account`."""

ON_A_PAGE = 10


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a member's jobs, newest first, and whether there may be others on either side."""

    jobs: list[Job]
    has_newer: bool
    has_older: bool


class HistoryPages:
    """Shows one member their own jobs; nobody else turns the pages."""

    def __init__(self, texts: Texts, locale: str, member_id: int) -> None:
        self._texts = texts
        self._locale = locale
        self._member_id = member_id

    def view(self, page: Page, thumbnails: dict[int, Upload], servers: Mapping[int, str] | None) -> ui.LayoutView:
        """Return a page.

        Args:
            page: the jobs.
            thumbnails: of the first picture of each job of which there is one, by the job's id.
            servers: see `AccountTexts.history`.
        """
        words = AccountTexts(self._texts, self._locale)
        container: ui.Container[ui.LayoutView] = ui.Container()
        small = [(job, thumbnails[job.id].picture) for job in page.jobs if job.id in thumbnails]
        if small:
            described = (
                (picture.filename, receipt.alt_text(self._texts, self._locale, job, picture.ordinal))
                for job, picture in small
            )
            container.add_item(attached(described, is_covered=False))
        text = words.history(page.jobs, is_first=not page.has_newer, servers=servers)
        container.add_item(ui.TextDisplay(text))
        if turns := self._turns(page):
            container.add_item(ui.ActionRow(*turns))
        return ui.LayoutView(timeout=None).add_item(container)

    def _turns(self, page: Page) -> list[ui.Button[ui.LayoutView]]:
        turns: list[ui.Button[ui.LayoutView]] = []
        if page.has_newer:
            # An empty page lies behind the oldest.
            after_id = page.jobs[0].id if page.jobs else 0
            turns.append(self._button("button-newer", f"{after_id}:{NEWER}"))
        if page.has_older:
            turns.append(self._button("button-older", str(page.jobs[-1].id)))
        return turns

    def _button(self, label: str, about: str) -> ui.Button[ui.LayoutView]:
        custom_id, style = f"{PREFIX}:{self._member_id}:{about}", discord.ButtonStyle.secondary
        return ui.Button(label=self._texts.plain(self._locale, label), style=style, custom_id=custom_id)
