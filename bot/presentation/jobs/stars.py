"""Pictures that members like, as messages: lists of favourites, and what a gallery channel shows."""

import discord
from discord import ui

from bot.domain.jobs.job import Job
from bot.domain.jobs.stars import Order, Search, Starred, Whose
from bot.presentation.jobs.cards import ACCENTS
from bot.presentation.jobs.job_copy import is_linked, link_to, open_button
from bot.presentation.jobs.uploads import Upload
from bot.presentation.kit import receipt
from bot.presentation.kit.components import attached, gallery
from bot.presentation.kit.receipt import ShownPicture
from bot.presentation.kit.texts import Markup, Phrases, Texts

STAR, PAGE, SHOWN = "star", "gallery", "shown"
"""How the custom ids begin of the button that keeps a job as a favourite, ``star:{job}``; of those that turn pages,
``gallery:{member}:{whose}:{order}:{made_by}:{skipped}``; and of the answer whether one's pictures may be shown,
``shown:{member}:{server}:{yes or no}``. See `cogs.gallery`."""

ON_A_PAGE = 6
PROMPT_SHOWN, POSTED_PROMPT = 60, 600
"""Code units of a prompt in a list, and under what a gallery channel shows."""

HEADINGS = {
    (Whose.MINE, Order.NEWEST): "gallery-mine-newest",
    (Whose.MINE, Order.STARS): "gallery-mine-stars",
    (Whose.ALL, Order.NEWEST): "gallery-all-newest",
    (Whose.ALL, Order.STARS): "gallery-all-stars",
}


def star_button(texts: Texts, locale: str, job: Job) -> ui.Button[ui.LayoutView]:
    """Return the button that keeps a job as a favourite of whoever presses it, or no longer."""
    style = discord.ButtonStyle.secondary
    return ui.Button(label=texts.plain(locale, "button-star"), style=style, custom_id=f"{STAR}:{job.id}")


def posted(texts: Texts, locale: str, job: Job, pictures: tuple[ShownPicture, ...]) -> ui.LayoutView:
    """Show a job in a gallery channel; without its pictures where their files are gone."""
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=discord.Colour(ACCENTS[job.state]))
    member = Markup(f"<@{job.member_id}>")
    container.add_item(ui.TextDisplay(texts.say(locale, "gallery-post", member=member, number=job.number)))
    prompt = texts.cut(locale, job.request.typed_prompt, POSTED_PROMPT)
    if prompt.strip():
        container.add_item(ui.TextDisplay(prompt))
    if pictures:
        container.add_item(gallery(texts, locale, job, pictures))
    container.add_item(ui.TextDisplay(f"-# {texts.say(locale, 'note-ai')}"))
    buttons = [star_button(texts, locale, job), *([open_button(texts, locale, job)] if is_linked(job) else [])]
    container.add_item(ui.ActionRow(*buttons))
    view = ui.LayoutView(timeout=None).add_item(container)
    view.stop()
    return view


def is_post_of(message: discord.Message, job_id: int) -> bool:
    """Whether a message shows a job in a gallery channel."""
    return f"'{STAR}:{job_id}'" in str([component.to_dict() for component in message.components])


class FavouritePages(Phrases):
    """Shows favourites to one reader.

    Args:
        texts: what people read.
        locale: the reader's.
        member_id: who reads; nobody else turns the pages.
    """

    def __init__(self, texts: Texts, locale: str, member_id: int) -> None:
        super().__init__(texts, locale)
        self._member_id = member_id

    def page(
        self, search: Search, found: list[Starred], thumbnails: dict[int, Upload], *, skipped: int
    ) -> ui.LayoutView:
        """Return a page.

        Args:
            search: what was looked for.
            found: one more than fits, if there is more.
            thumbnails: of the first picture of each job of which there is one, by the job's id.
            skipped: how many stand on the pages before.
        """
        shown = found[:ON_A_PAGE]
        container: ui.Container[ui.LayoutView] = ui.Container()
        container.add_item(ui.TextDisplay(self._heading(search)))
        small = [(one.job, thumbnails[one.job.id].picture) for one in shown if one.job.id in thumbnails]
        described = [
            (picture.filename, receipt.alt_text(self._texts, self._locale, job, picture.ordinal))
            for job, picture in small
        ]
        if described:
            container.add_item(attached(described, is_covered=False))
        lines = [self._line(one) for one in shown] or [self._say(self._nothing(search, skipped))]
        container.add_item(ui.TextDisplay("\n".join(lines)))
        turns = self._turns(search, skipped, has_more=len(found) > ON_A_PAGE)
        if turns:
            container.add_item(ui.ActionRow(*turns))
        container.add_item(ui.ActionRow(*self._others(search)))
        return ui.LayoutView(timeout=None).add_item(container)

    def _heading(self, search: Search) -> str:
        heading = self._say(HEADINGS[search.whose, search.order])
        if not search.made_by:
            return heading
        return self._say("gallery-made-by", heading=Markup(heading), member=Markup(f"<@{search.made_by}>"))

    def _line(self, one: Starred) -> str:
        job = one.job
        prompt = self._texts.cut(self._locale, " ".join(job.request.typed_prompt.split()), PROMPT_SHOWN)
        values: dict[str, str | int] = {
            "number": job.number,
            "member": Markup(f"<@{job.member_id}>"),
            "stars": one.stars,
            "prompt": Markup(prompt or self._say("log-no-prompt")),
        }
        if is_linked(job):
            return self._say("gallery-open", link=Markup(link_to(job)), **values)
        return self._say("gallery-line", **values)

    def _nothing(self, search: Search, skipped: int) -> str:
        if skipped:
            return "gallery-end"
        return "gallery-nothing-mine" if search.whose is Whose.MINE else "gallery-nothing-all"

    def _turns(self, search: Search, skipped: int, *, has_more: bool) -> list[ui.Button[ui.LayoutView]]:
        turns: list[ui.Button[ui.LayoutView]] = []
        if skipped:
            turns.append(self._button("button-page-before", search, max(0, skipped - ON_A_PAGE)))
        if has_more:
            turns.append(self._button("button-page-after", search, skipped + ON_A_PAGE))
        return turns

    def _others(self, search: Search) -> list[ui.Button[ui.LayoutView]]:
        """Return the buttons that show others, and the same in another order."""
        is_mine, is_newest = search.whose is Whose.MINE, search.order is Order.NEWEST
        whose = Search(Whose.ALL if is_mine else Whose.MINE, search.order, search.made_by)
        order = Search(search.whose, Order.STARS if is_newest else Order.NEWEST, search.made_by)
        return [
            self._button("button-gallery-all" if is_mine else "button-gallery-mine", whose, 0),
            self._button("button-gallery-stars" if is_newest else "button-gallery-newest", order, 0),
        ]

    def _button(self, label: str, search: Search, skipped: int) -> ui.Button[ui.LayoutView]:
        about = f"{self._member_id}:{search.whose}:{search.order}:{search.made_by}:{skipped}"
        style = discord.ButtonStyle.secondary
        return ui.Button(label=self._texts.plain(self._locale, label), style=style, custom_id=f"{PAGE}:{about}")
