"""What is kept about a member and what erasing it means, in words."""

from discord import ui

from bot.domain.privacy import Forgotten, Keepings, Lasting, Outlasting
from bot.presentation.kit.components import BUTTON, buttons
from bot.presentation.kit.texts import Markup, Phrases
from bot.service.privacy.exporter import Archive

LASTING = {
    Lasting.BLOCK: "outlasts-block",
    Lasting.STRIKES: "outlasts-strike",
    Lasting.RULE: "outlasts-rule",
    Lasting.USED: "outlasts-used",
    Lasting.REQUEST: "outlasts-request",
    Lasting.REFUSED: "outlasts-refused",
    Lasting.PREFERENCE: "outlasts-preference",
}
PREFIX = "privacy"
SAVED_AS = "imagine-{}.zip"


class PrivacyTexts(Phrases):
    """Says in a member's language what is kept about them, and what erasing it means."""

    def archive(self, archive: Archive) -> str:
        """Return what an export has, and how the rest is had."""
        lines = [self._say("export-ready", part=archive.part, parts=archive.parts, pictures=archive.pictures)]
        if archive.part < archive.parts:
            lines.append(self._say("export-next", part=archive.part + 1))
        if archive.too_large:
            lines.append(self._say("export-too-large", pictures=archive.too_large))
        return "\n".join(lines)

    def nothing(self, keepings: Keepings) -> str:
        """Return a line that says that nothing is kept, but for what outlasted an earlier forgetting."""
        if not keepings.outlasting:
            return self._say("forget-nothing")
        return self._say("forget-nothing-but", what=self._named(keepings.outlasting))

    def question(self, keepings: Keepings) -> str:
        """Return what goes, what stays and what is lost."""
        lines = [self._say("forget-question"), self._goes(keepings), self._say("forget-stays")]
        if keepings.credit_micros:
            lines.append(self._say("forget-credit", amount=keepings.credit_micros))
        if keepings.rules:
            lines.append(self._say("forget-rules"))
        if keepings.blocks:
            lines.append(self._say("forget-blocks"))
        if keepings.forbids_editing:
            lines.append(self._say("forget-preference"))
        if keepings.open_appeals:
            lines.append(self._say("forget-appeals"))
        return "\n".join([*lines, "", self._say("forget-for-good")])

    def forgotten(self, forgotten: Forgotten) -> str:
        """Return what was erased."""
        lines = [self._say("forgotten", what=self._erased(forgotten))]
        if forgotten.messages:
            lines.append(self._say("forgotten-messages", messages=forgotten.messages))
        if forgotten.outlasting:
            lines.append(self._say("forgotten-retained", what=self._named(forgotten.outlasting)))
        return "\n".join(lines)

    def _goes(self, keepings: Keepings) -> str:
        """Name what goes, leaving out what there is none of."""
        parts: list[str] = []
        if keepings.jobs:
            parts.append(self._say("forget-goes-jobs", jobs=keepings.jobs))
        if keepings.pictures:
            parts.append(self._say("forget-goes-pictures", pictures=keepings.pictures))
        if keepings.reference_sets:
            parts.append(self._say("forget-goes-references", sets=keepings.reference_sets))
        if keepings.messages:
            parts.append(self._say("forget-goes-links"))
        what = self._joined([*parts, self._say("forget-goes-account")])
        return self._say("forget-goes", what=what, messages=keepings.messages)

    def _erased(self, forgotten: Forgotten) -> str:
        parts: list[str] = []
        if forgotten.jobs:
            parts.append(self._say("forgotten-jobs", jobs=forgotten.jobs))
        if forgotten.pictures:
            parts.append(self._say("forget-goes-pictures", pictures=forgotten.pictures))
        if len(parts) == 2:
            jobs, pictures = map(Markup, parts)
            return Markup(self._say("forgotten-and", jobs=jobs, pictures=pictures))
        return Markup(parts[0]) if parts else "none"

    def _named(self, outlasting: Outlasting) -> str:
        """Name what outlasts being forgotten, and until when."""
        parts: list[str] = []
        for what in Lasting:
            if (until_ms := outlasting.get(what)) is not None:
                is_for_good = what is Lasting.BLOCK and not until_ms
                parts.append(self._say("outlasts-block-for-good" if is_for_good else LASTING[what], until_ms=until_ms))
        return self._joined(parts)

    def _joined(self, parts: list[str]) -> str:
        return Markup(self._say("forget-comma").join(parts))

    def buttons(self, member_id: int) -> ui.View:
        """Return the two answers to the question; nobody else's press counts."""
        forget, keep = (self._texts.plain(self._locale, key) for key in ("button-forget", "button-keep-everything"))
        return buttons(
            (forget, f"{PREFIX}:forget:{member_id}", BUTTON.danger),
            (keep, f"{PREFIX}:keep:{member_id}", BUTTON.secondary),
        )
