"""Sets of pictures that are kept to edit by, as their members and the moderators see them."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from discord import ui
from discord.app_commands import Choice

from bot.domain.requests.references import MOST_OWN, MOST_SHARED, Reference, key_of
from bot.ports import Clock, Pictures
from bot.presentation.jobs import uploads
from bot.presentation.jobs.uploads import Upload
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.choices import choices
from bot.presentation.kit.components import attached
from bot.presentation.kit.receipt import ShownPicture
from bot.presentation.kit.reply_transport import NOBODY, UPLOAD_TIMEOUT_S
from bot.presentation.kit.texts import Markup, Phrases, Texts
from bot.service.requests.reference_sets import AddedSet


class ReferenceTexts(Phrases):
    """Says in one reader's language which sets there are."""

    def added(self, added: AddedSet, *, shared: bool) -> str:
        """Return that a set is kept, and what became of its pictures."""
        key = "reference-added-shared" if shared else "reference-added"
        lines = [self._say(key, name=added.name, pictures=len(added.pictures))]
        if any(one.is_scaled for one in added.pictures):
            lines.append(self._say("note-picture-scaled"))
        if any(one.is_flattened for one in added.pictures):
            lines.append(self._say("note-picture-flattened"))
        return "\n".join(lines)

    def removed(self, reference: Reference) -> str:
        """Return that a set is removed."""
        return self._say("reference-removed", name=reference.name)

    def usable(self, references: list[Reference]) -> str:
        """Return the sets that a member may use, a line each."""
        if not references:
            return self._say("reference-none")
        own = [one for one in references if not one.is_shared]
        shared = [one for one in references if one.is_shared]
        parts = [
            self._part("reference-list-own", own, MOST_OWN),
            self._part("reference-list-shared", shared, MOST_SHARED),
        ]
        return "\n\n".join(part for part in parts if part)

    def of_member(self, member_id: int, references: list[Reference]) -> str:
        """Return a member's own sets, for a moderator."""
        member = Markup(f"<@{member_id}>")
        if not references:
            return self._say("reference-none-of", member=member)
        return "\n".join([self._say("reference-list-of", member=member), *map(self.line, references)])

    def line(self, reference: Reference) -> str:
        """Return a set in a line; of one that everybody may use also who added it."""
        said: dict[str, str | int] = {"name": reference.name, "pictures": len(reference.pictures)}
        if reference.is_shared:
            return self._say("reference-line-shared", **said, member=Markup(f"<@{reference.member_id}>"))
        return self._say("reference-line", **said)

    def picture(self, reference: Reference, place: int) -> str:
        """Describe a picture of a set for a place that knows no markup."""
        return self._texts.plain(self._locale, "reference-picture", name=reference.name, place=place)

    def choice(self, reference: Reference) -> str:
        """Return a set as it is offered while somebody types."""
        key = "choice-reference-shared" if reference.is_shared else "choice-reference"
        return self._texts.plain(self._locale, key, name=reference.name, pictures=len(reference.pictures))

    def _part(self, key: str, references: list[Reference], limit: int) -> str:
        heading = self._say(key, count=len(references), limit=limit)
        return "\n".join([heading, *map(self.line, references)]) if references else ""


class ReferencePages:
    """Shows sets in answers that were deferred; who may see one is the caller's to check."""

    def __init__(self, *, pictures: Pictures, texts: Texts, clock: Clock) -> None:
        self._pictures = pictures
        self._texts = texts
        self._clock = clock

    async def show_list(self, interaction: AnyInteraction, text: str) -> None:
        """Show which sets there are.

        Raises:
            Exception: what the call to Discord raised.
        """
        await self._show(interaction, [ui.TextDisplay(text)], [])

    async def show(self, interaction: AnyInteraction, reference: Reference, *, is_covered: bool) -> None:
        """Show a set with its pictures, which are small enough for one message; covered, they are seen once clicked.

        Raises:
            Exception: what the call to Discord raised.
        """
        words = ReferenceTexts(self._texts, str(interaction.locale))
        ready = await self._ready(reference)
        items: list[ui.Item[ui.LayoutView]] = [ui.TextDisplay(words.line(reference))]
        if ready:
            shown = [one.picture for one in ready]
            described = ((one.filename, words.picture(reference, one.ordinal + 1)) for one in shown)
            items.append(attached(described, is_covered=is_covered))
        await self._show(interaction, items, ready)

    async def _ready(self, reference: Reference) -> list[Upload]:
        """Return a set's pictures, but for those that can't be read."""
        read = [(k, one.path, await self._pictures.read(one.path)) for k, one in enumerate(reference.pictures)]
        return [
            Upload(ShownPicture(k, f"reference-{k + 1}{PurePosixPath(path).suffix}"), data)
            for k, path, data in read
            if data is not None
        ]

    async def _show(
        self, interaction: AnyInteraction, items: list[ui.Item[ui.LayoutView]], ready: list[Upload]
    ) -> None:
        container: ui.Container[ui.LayoutView] = ui.Container(*items)
        view = ui.LayoutView(timeout=None).add_item(container)
        view.stop()
        with uploads.opened(ready) as files:
            async with self._clock.timeout(UPLOAD_TIMEOUT_S):
                await interaction.edit_original_response(view=view, attachments=files, allowed_mentions=NOBODY)


def offered(
    texts: Texts, locale: str, references: Iterable[Reference], typed: str, *, shared: bool = False
) -> list[Choice[str]]:
    """Offer sets while somebody types; what bears the name of one before it would not be the one that is meant.

    Args:
        texts: what people read.
        locale: the reader's.
        references: that they may use, their own first.
        typed: so far.
        shared: the server's are meant.
    """
    words = ReferenceTexts(texts, locale)
    meant: dict[str, Reference] = {}
    for one in references:
        if one.is_shared or not shared:
            meant.setdefault(key_of(one.name), one)
    return choices((words.choice(one), one.name) for key, one in meant.items() if key_of(typed) in key)
