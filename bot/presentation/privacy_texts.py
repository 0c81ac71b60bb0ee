"""What is kept about a member and what erasing it means, in words."""

import discord
from discord import ui

from bot.domain.privacy import Forgotten, Keepings
from bot.presentation.texts import Phrases
from bot.service.exporting import Archive

PREFIX = "privacy"
SAVED_AS = "imagine-{}.zip"


class PrivacyTexts(Phrases):
    """Says it in a member's language."""

    def archive(self, archive: Archive) -> str:
        """Say what an export has, and how the rest is had."""
        lines = [self._say("export-ready", part=archive.part, parts=archive.parts, pictures=archive.pictures)]
        if archive.part < archive.parts:
            lines.append(self._say("export-next", part=archive.part + 1))
        if archive.too_large:
            lines.append(self._say("export-too-large", pictures=archive.too_large))
        return "\n".join(lines)

    def nothing(self, keepings: Keepings) -> str:
        """Say that nothing is kept, but for what outlasted an earlier forgetting."""
        return self._say("forget-nothing-but" if keepings.is_carried else "forget-nothing")

    def question(self, keepings: Keepings) -> str:
        """Say what goes, what stays and what is lost."""
        figures = {"jobs": keepings.jobs, "pictures": keepings.pictures, "messages": keepings.messages}
        lines = [self._say("forget-question"), self._say("forget-goes", **figures), self._say("forget-stays")]
        if keepings.credit_micros:
            lines.append(self._say("forget-credit", amount=keepings.credit_micros))
        if keepings.rules:
            lines.append(self._say("forget-rules"))
        if keepings.blocks:
            lines.append(self._say("forget-blocks"))
        if keepings.open_appeals:
            lines.append(self._say("forget-appeals"))
        return "\n".join([*lines, "", self._say("forget-for-good")])

    def forgotten(self, forgotten: Forgotten) -> str:
        """Say what was erased."""
        lines = [self._say("forgotten", jobs=forgotten.jobs, pictures=forgotten.pictures)]
        if forgotten.messages:
            lines.append(self._say("forgotten-messages", messages=forgotten.messages))
        if forgotten.is_carried:
            lines.append(self._say("forgotten-carried"))
        return "\n".join(lines)

    def buttons(self, member_id: int) -> ui.View:
        """Give the two answers to the question; nobody else's press counts."""
        view = ui.View(timeout=None)
        for action, style in (("forget", discord.ButtonStyle.danger), ("keep", discord.ButtonStyle.secondary)):
            label = self._texts.plain(self._locale, LABELS[action])
            view.add_item(ui.Button(label=label, style=style, custom_id=f"{PREFIX}:{action}:{member_id}"))
        view.stop()
        return view


LABELS = {"forget": "button-forget", "keep": "button-keep-everything"}
