"""What the bot can do, by who asks: a page each for members, moderators and admins."""

from collections.abc import Collection

from discord import ui

from bot.presentation.kit.texts import Phrases, Texts

PREFIX = "help"

PAGES: dict[str, tuple[str, ...]] = {
    "members": (
        "imagine",
        "prompt improve",
        "prompt translate",
        "edit",
        "reference add",
        "reference show",
        "reference remove",
        "job",
        "cancel",
        "history",
        "gallery",
        "balance",
        "preferences",
        "privacy export",
        "privacy forget",
        "help",
        "about",
    ),
    "moderators": (
        "logs search",
        "logs job",
        "logs export",
        "mod remove",
        "mod block",
        "mod unblock",
        "mod blocked",
        "mod rules",
        "mod case",
        "mod cases",
    ),
    "admins": (
        "settings show",
        "settings channels",
        "settings models",
        "settings posting",
        "settings prompts",
        "settings moderation",
        "settings cards",
        "settings gallery",
        "settings period",
        "settings log-channel",
        "settings roles",
        "settings language",
        "quota show",
        "quota set-default",
        "quota set-role",
        "quota set-member",
        "quota clear",
        "quota grant",
        "quota reset",
        "quota refund",
        "quota pool",
        "quota report",
    ),
}
"""The commands of each page, in the order in which somebody may come to want them; a test compares them with those that
there are."""

MEMBERS = next(iter(PAGES))
OF_REWRITING = frozenset({"prompt improve", "prompt translate", "settings prompts"})
DIRECT = frozenset({"job", "history", "preferences", "privacy export", "privacy forget", "help", "about"})
"""Commands that work in direct messages, too."""

HEADINGS = {"members": "help-members", "moderators": "help-moderators", "admins": "help-admins"}
BELOW = {"members": "help-apps", "moderators": "help-logs", "admins": "help-first"}
LABELS = {"members": "button-help-members", "moderators": "button-help-moderators", "admins": "button-help-admins"}


class HelpPages(Phrases):
    """Shows one reader the commands that they may use.

    Args:
        texts: what people read.
        locale: the reader's.
        rewrites: prompts can be rewritten.
    """

    def __init__(self, texts: Texts, locale: str, *, rewrites: bool) -> None:
        super().__init__(texts, locale)
        self._rewrites = rewrites

    def page(self, name: str, member_id: int, allowed: Collection[str], *, is_direct: bool = False) -> ui.LayoutView:
        """Return a page.

        Args:
            name: one of `PAGES`.
            member_id: who reads; nobody else turns to another page.
            allowed: the pages that they may see.
            is_direct: they read in direct messages.
        """
        lines = [self._say(HEADINGS[name]), *map(self._line, self._commands(name, is_direct=is_direct))]
        below = self._say("help-direct" if is_direct else BELOW[name])
        container: ui.Container[ui.LayoutView] = ui.Container()
        container.add_item(ui.TextDisplay("\n".join(lines)))
        container.add_item(ui.TextDisplay(below))
        others = [one for one in PAGES if one in allowed and one != name]
        if others:
            turns: list[ui.Button[ui.LayoutView]] = [
                ui.Button(label=self._texts.plain(self._locale, LABELS[one]), custom_id=f"{PREFIX}:{member_id}:{one}")
                for one in others
            ]
            container.add_item(ui.ActionRow(*turns))
        return ui.LayoutView(timeout=None).add_item(container)

    def _commands(self, name: str, *, is_direct: bool) -> list[str]:
        there = [one for one in PAGES[name] if self._rewrites or one not in OF_REWRITING]
        return [one for one in there if one in DIRECT] if is_direct else there

    def _line(self, path: str) -> str:
        return self._say("help-line", command=self._texts.mention(path), what=self._texts.describe(self._locale, path))
