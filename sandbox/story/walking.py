"""What a chapter is made of: asking, watching a message change, keeping its pictures."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.presentation.kit.texts import Texts
from sandbox.discord import InteractionFailed, MemberFile, SeenMessage, Used
from sandbox.story.cards import Picture
from sandbox.story.stage import Stage, StoryFailed
from sandbox.story.telling import Teller
from sandbox.story.thumbnails import size_of

BETWEEN_S = 2.0
"""Story seconds between requests: the service takes two creates a second."""

Condition = Callable[[SeenMessage], bool]


class Story:
    """The people at their clients, told as it happens.

    Attributes:
        saved: the pictures kept so far.
        folder: where they are kept.
    """

    def __init__(self, stage: Stage, teller: Teller, folder: Path) -> None:
        self.stage = stage
        self.teller = teller
        self.folder = folder
        self.saved: list[Path] = []
        self._texts = Texts.load()
        self._told: dict[int, str] = {}

    async def ask(self, name: str, *, quietly: bool = False, **options: Any) -> Used:  # noqa: ANN401
        """Have somebody use /imagine, and wait for the first answer."""
        actor = self.stage.actor(name)
        if not quietly:
            # The seed is what makes each telling the same; nobody types it.
            self.teller.command(actor, "imagine", {key: one for key, one in options.items() if key != "seed"})
        used = await actor.invoke("imagine", options)
        await self.answer(used, f"the bot answers {name}")
        return used

    async def edit(self, name: str, picture: Path, *, instruction: str, seed: int) -> Used:
        """Have somebody use /edit with a file of theirs, and wait for the first answer."""
        actor = self.stage.actor(name)
        self.teller.command(actor, "edit", {"picture": picture.name, "instruction": instruction})
        file = MemberFile(picture.name, await asyncio.to_thread(picture.read_bytes))
        used = await actor.invoke("edit", {"picture": file, "instruction": instruction, "seed": seed})
        await self.answer(used, f"the bot answers {name}")
        return used

    async def answer(self, used: Used, what: str) -> SeenMessage:
        """Return the reply to an interaction.

        Raises:
            StoryFailed: if Discord shows that the application did not respond.
        """
        try:
            await self.stage.wait(used.response(), what)
            reply = await self.stage.wait(used.reply(), what) if used.message else None
        except InteractionFailed as error:
            raise StoryFailed(f"{what}, but Discord says: {error}") from None
        # A deferred answer may give way to a follow-up that only the member sees.
        await self.stage.until(lambda: used.message or used.followups, what)
        return used.followups[0] if used.message is None or reply is None else used.message

    async def agree(self, name: str, asked: Used) -> Used:
        """Have somebody agree who is asked whether a request may cost so much."""
        actor = self.stage.actor(name)
        question = await self.answer(asked, f"{name} is asked whether it may cost so much")
        label = question.buttons[0].label
        self.teller.message(actor, question)
        self.teller.press(actor, label)
        used = await actor.press(question, label)
        await self.answer(used, f"the bot answers {name}'s press")
        return used

    async def crowd(self, options: dict[str, Any], *asking: tuple[str, int]) -> list[Used]:
        """Have several people ask, with their seeds, one after the other and at leisure; nobody watches them."""
        waiting: list[Used] = []
        for name, seed in asking:
            waiting.append(await self.ask(name, quietly=True, seed=seed, **options))
            await self.stage.clock.sleep(BETWEEN_S)
        return waiting

    async def follow(
        self,
        name: str,
        used: Used,
        until: Condition,
        what: str,
        *,
        in_full: bool = False,
        notes: dict[str, str] = {},  # noqa: B006
    ) -> SeenMessage:
        """Show each state of a message until ``until`` holds; the first and the last one in full.

        Args:
            name: who watches.
            used: whose reply it is.
            until: of the message.
            what: is waited for.
            in_full: show the states between in full too.
            notes: what a state means, by its title in the member's language.
        """
        actor = self.stage.actor(name)
        told = self._told.get(used.interaction_id, "")
        last = told
        found = self._shown(name, used)

        def look() -> bool:
            nonlocal last, found
            message = self._shown(name, used)
            is_over = until(message)
            found = message
            if message.text != last and not is_over:
                if in_full or not last:
                    self.teller.message(actor, message, note=_note(message, notes))
                else:
                    self.teller.edit(actor, message)
                last = message.text
            return is_over

        await self.stage.until(look, what)
        self._told[used.interaction_id] = found.text
        pictures = await self.keep(name, found)
        if in_full or not told or _has_ended(found):
            self.teller.message(actor, found, pictures, note=_note(found, notes))
        elif found.text != told:
            self.teller.edit(actor, found)
        return found

    def _shown(self, name: str, used: Used) -> SeenMessage:
        message = used.message
        if message is None:
            raise StoryFailed(f"the message of {name} is gone")
        return message

    async def keep(self, name: str, message: SeenMessage) -> list[Picture]:
        """Save the pictures of a message as its member could.

        Raises:
            StoryFailed: if one is no picture.
        """
        pictures: list[Picture] = []
        for file in message.attachments:
            data = await self.stage.wait(self.stage.discord.fetch(file.url), f"{file.filename} is downloaded")
            try:
                width, height = size_of(data)
            except OSError:
                raise StoryFailed(f"{file.filename} can't be read as a picture") from None
            path = self.folder / f"{name.lower()}-{file.filename}"
            path.write_bytes(data)
            self.saved.append(path)
            pictures.append(Picture(file.filename, data, width, height))
        return pictures

    async def all_done(self, *waiting: Used) -> None:
        """Wait until messages that nobody watches have their pictures."""
        await self.stage.until(
            lambda: all(one.message is not None and one.message.gallery for one in waiting), "the others get theirs"
        )

    def phrase(self, name: str, key: str, **values: int) -> str:
        """Return a text of the bot, such as a card's title, in somebody's language."""
        return self._texts.plain(self.stage.actor(name).user.locale, key, **values)

    def number(self, message: SeenMessage) -> int:
        """Return a job's number as its card shows it."""
        return int(message.text.partition("· #")[2].partition("\n")[0])


def expect(is_so: object, otherwise: str) -> None:
    """Break the story off unless something is so.

    Raises:
        StoryFailed: saying ``otherwise``.
    """
    if not is_so:
        raise StoryFailed(otherwise)


def has_pictures(count: int) -> Condition:
    """Wait for that many pictures."""
    return lambda message: len(message.gallery) == count


def says(title: str) -> Condition:
    """Wait for a title."""
    return lambda message: title in message.text.partition("\n")[0]


def _has_ended(message: SeenMessage) -> bool:
    return any(button.custom_id.endswith(":delete") for button in message.buttons)


def _note(message: SeenMessage, notes: dict[str, str]) -> str:
    return next((note for title, note in notes.items() if says(title)(message)), "")
