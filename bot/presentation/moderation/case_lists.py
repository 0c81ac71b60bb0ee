"""Lists of cases, in pages: who is blocked now, and what there is about one member."""

from discord import ui

from bot.domain.moderation.cases import Case, CaseFile
from bot.presentation.kit.components import BUTTON, page
from bot.presentation.kit.texts import Markup, Texts
from bot.presentation.moderation.texts import ModTexts
from bot.presentation.moderation.views import PREFIX
from bot.service.moderation.moderator_log import NEWEST

ON_A_PAGE = 8
"""Each row takes three of the forty components that a message may have, and up to 400 of its 4,000 characters."""


def blocked_page(texts: Texts, locale: str, blocked: list[Case], before_id: int, said: str = "") -> ui.LayoutView:
    """Show who is blocked, each beside a button that lifts the block.

    Args:
        texts: what people read.
        locale: the reader's.
        blocked: their cases, one more than a page has where there are more.
        before_id: where this page begins.
        said: what was changed; it comes first.
    """
    words = ModTexts(texts, locale)
    rows: list[ui.Item[ui.LayoutView]] = []
    for case in blocked[:ON_A_PAGE]:
        label = texts.plain(locale, "button-unblock")
        button: ui.Button[ui.LayoutView] = ui.Button(label=label, custom_id=f"{PREFIX}:unblock:{case.id}")
        rows.append(ui.Section(ui.TextDisplay(words.blocked_row(case)), accessory=button))
    heading = "\n".join([*([said] if said else []), texts.say(locale, "blocked-heading")])
    older = blocked[ON_A_PAGE - 1].id if len(blocked) > ON_A_PAGE else 0
    turns = _turns(texts, locale, f"{PREFIX}:blocked", before_id, older)
    return page(heading, rows or [_nothing(texts, locale, "blocked-none", before_id)], turns)


def cases_page(
    texts: Texts, locale: str, member_id: int, files: list[CaseFile], before_id: int, now_ms: int
) -> ui.LayoutView:
    """Show the cases of a member, each beside a button that opens it; see ``blocked_page``."""
    words = ModTexts(texts, locale)
    rows: list[ui.Item[ui.LayoutView]] = [
        ui.Section(ui.TextDisplay(words.case_row(file, now_ms)), accessory=_open(file.case))
        for file in files[:ON_A_PAGE]
    ]
    heading = texts.say(locale, "cases-heading", member=Markup(f"<@{member_id}>"))
    older = files[ON_A_PAGE - 1].case.id if len(files) > ON_A_PAGE else 0
    turns = _turns(texts, locale, f"{PREFIX}:cases:{member_id}", before_id, older)
    return page(heading, rows or [_nothing(texts, locale, "cases-none", before_id)], turns)


def _open(case: Case) -> ui.Button[ui.LayoutView]:
    return ui.Button(label=f"#{case.number}", style=BUTTON.secondary, custom_id=f"{PREFIX}:case:{case.number}")


def _nothing(texts: Texts, locale: str, key: str, before_id: int) -> ui.TextDisplay[ui.LayoutView]:
    return ui.TextDisplay(texts.say(locale, key if before_id == NEWEST else "log-end"))


def _turns(texts: Texts, locale: str, custom_id: str, before_id: int, older: int) -> list[ui.Button[ui.LayoutView]]:
    offered = [("button-newest", NEWEST)] if before_id != NEWEST else []
    offered += [("button-older", older)] if older else []
    return [ui.Button(label=texts.plain(locale, key), custom_id=f"{custom_id}:{at}") for key, at in offered]
