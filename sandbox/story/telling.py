"""How the story looks: chapters, what people do, what they see, and the accounts at the end."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from sandbox.discord import Actor, SeenMessage
from sandbox.story.accounts import Entry, Sums
from sandbox.story.cards import Barred, Picture, colour_of, message_block, status_line
from sandbox.story.markup import Reader
from sandbox.story.stage import SCALE, ZONE, Stage

ROOMY = 98
"""Columns from which the books have wider gaps."""

TRUE_COLOURS = {"truecolor", "256"}


class Teller:
    """Prints the story."""

    def __init__(self, console: Console, stage: Stage) -> None:
        self._console = console
        self._stage = stage
        self._draws = console.is_terminal and console.color_system in TRUE_COLOURS

    # -- the frame

    def opening(self, database: Path) -> None:
        """Print what is about to happen, and on what."""
        text = Text.assemble(
            ("The story of imagine-bot", "bold"),
            "\nDiscord and the image service are stand-ins on this machine; the bot is the real one, on an SQLite ",
            f"file of its own ({database.parent}). No key is used and nothing is paid. ",
            f"Time goes {SCALE} times as fast as outside; the clock below is the story's, in {ZONE.key}.",
        )
        self._console.print(Panel(text, box=box.ROUNDED, border_style="dim", padding=(0, 1)))

    def chapter(self, number: int, heading: str) -> None:
        """Begin a chapter."""
        self._console.print()
        self._console.print(Rule(Text(f"{number}. {heading}", "bold"), align="left", style="dim"))

    def say(self, text: str) -> None:
        """Print what can't be seen."""
        self._console.print()
        self._console.print(Padding(Text(text), (0, 2)))

    # -- Discord

    def command(self, actor: Actor, name: str, options: dict[str, Any]) -> None:
        """Show a slash command as its member types it, in the language of their client."""
        line = Text.assemble((actor.user.name, "bold"), "  ", (f"/{self._named(actor, name)}", "bold blue"))
        for option, value in options.items():
            # A prompt without spaces would be torn apart at the end of the first line.
            line.append(f"\n{self._named(actor, name, option)}: ", "dim")
            line.append(str(value))
        self._console.print()
        self._at(line)

    def press(self, actor: Actor, label: str) -> None:
        """Show that somebody presses a button."""
        self._console.print()
        self._at(Text.assemble((actor.user.name, "bold"), f" presses [ {label} ]"))

    def message(self, actor: Actor, message: SeenMessage, pictures: Sequence[Picture] = (), note: str = "") -> None:
        """Show all of a message as ``actor`` sees it."""
        header = Text.assemble((message.author, "bold"), (" APP", "dim"))
        if message.edited:
            header.append(" (edited)", "dim")
        if message.ephemeral:
            header.append(f"  only {actor.user.name} sees this", "dim italic")
        if note:
            header.append(f"  {note}", "dim italic")
        self._console.print()
        self._at(header)
        self._console.print(message_block(message, self._reader(actor), pictures, draws=self._draws))

    def edit(self, actor: Actor, message: SeenMessage) -> None:
        """Show in a line what an edit changed."""
        self._console.print()
        self._at(Text("the message is edited", "dim italic"))
        self._console.print(Barred(status_line(message, self._reader(actor)), colour_of(message)))

    # -- the end

    def accounts(self, entries: list[Entry], total: Sums, faults: list[str]) -> None:
        """Show bill and ledger side by side."""
        self._console.print()
        self._console.print(Rule(Text("The books", "bold"), align="left", style="dim"))
        self._console.print()
        gap = 2 if self._console.width >= ROOMY else 0
        table = Table(box=box.SIMPLE, show_footer=True, padding=(0, gap, 0, 0), pad_edge=False)
        ours, theirs = total.ours, total.theirs
        for heading, footer, justify in (
            ("Job", "", "left"),
            ("Ended", "", "left"),
            ("Asked", str(total.asked), "right"),
            ("Made", str(total.made), "right"),
            ("Charged\nfree", str(total.free), "right"),
            ("Charged\npaid", _cny(total.paid_micros), "right"),
            ("Ledger\nimages", str(ours[0]), "right"),
            ("Ledger\ncost", _cny(ours[2]), "right"),
            ("Bill\nimages", str(theirs[0]), "right"),
            ("Bill\ncost", _cny(theirs[2]), "right"),
        ):
            table.add_column(heading, footer=Text(footer, "bold"), justify=justify, no_wrap=True)  # type: ignore[arg-type]
        for one in entries:
            table.add_row(
                f"#{one.number} {one.who}",
                one.state,
                str(one.asked),
                _count(one.made),
                _count(one.free),
                _amount(one.paid_micros),
                _count(one.ours[0]),
                _amount(one.ours[2]),
                _count(one.theirs[0]),
                _amount(one.theirs[2]),
                style="" if one.ours == one.theirs else "bold red",
            )
        self._console.print(Padding(table, (0, 2)))
        self._line("Ledger (SQLite)", _sum(ours))
        self._line("Bill (service)", _sum(theirs))
        if faults:
            self._line("Verdict", Text("they do not agree", "bold red"))
            for fault in faults:
                self._line("", fault)
        else:
            self._line("Verdict", Text("they agree, job by job and in total", "bold green"))

    def ending(self, saved: list[Path], folder: Path) -> None:
        """Print where the pictures are."""
        self._console.print()
        self._line("Pictures", f"{len(saved)} saved in {folder}")
        for path in saved:
            self._line("", path.name)
        self._line("The bot's log", f"{folder / 'bot.log'}")

    # -- how it is done

    def _line(self, label: str, text: str | Text) -> None:
        self._console.print(Text.assemble(f"  {label:<17}", text), soft_wrap=True)

    def _at(self, line: Text) -> None:
        time = Text(f"{self._stage.clock.now:%H:%M:%S}", "dim")
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_row(Text("  ") + time, line)
        self._console.print(grid)

    def _reader(self, actor: Actor) -> Reader:
        return Reader(actor.user.locale, self._stage.clock.now_ms(), self._stage.names())

    def _named(self, actor: Actor, command: str, option: str = "") -> str:
        """Return the name of a command or option as the member's client shows it."""
        found = next(one for one in self._stage.discord.world.commands.of(None) if one["name"] == command)
        if option:
            found = next(one for one in found["options"] if one["name"] == option)
        return (found.get("name_localizations") or {}).get(actor.user.locale, found["name"])


def _sum(figures: tuple[int, int, int]) -> str:
    return f"{figures[0]} images, {figures[1]} of them free, {_cny(figures[2])}"


def _count(number: int) -> str:
    return str(number) if number else "-"


def _amount(micros: int) -> str:
    return _cny(micros) if micros else "-"


def _cny(micros: int) -> str:
    return f"¥{micros / 1_000_000:.2f}"
