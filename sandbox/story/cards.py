"""A message of Discord as a block of text with a coloured bar, the way the client shows it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text

from sandbox.discord import SeenMessage
from sandbox.discord.rules.components import BUTTON, TEXT, walk
from sandbox.discord.rules.errors import Json
from sandbox.story.markup import Reader, shown
from sandbox.story.thumbnails import thumbnail

CONTAINER, GALLERY = 17, 12
BESIDE = 2
"""Thumbnails in a row."""

THUMBNAIL_COLUMNS = 34


@dataclass(frozen=True)
class Picture:
    """A picture of a message, downloaded."""

    filename: str
    data: bytes
    width: int
    height: int


class Barred:
    """Draws a bar at the left of what it holds."""

    def __init__(self, body: RenderableType, colour: str) -> None:
        self._body = body
        self._colour = colour

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw each line behind the bar."""
        inner = options.update(width=max(20, options.max_width - 6))
        for line in console.render_lines(self._body, inner, pad=False):
            yield Segment("   ▌ ", Style.parse(self._colour))
            yield from line
            yield Segment.line()


def colour_of(message: SeenMessage) -> str:
    """Return the accent of a card; a plain message has Discord's grey."""
    accent = next((one.get("accent_color") for one in message.components if one["type"] == CONTAINER), None)
    return f"#{accent:06x}" if accent is not None else "bright_black"


def message_block(message: SeenMessage, reader: Reader, pictures: Sequence[Picture], *, draws: bool) -> Barred:
    """Show all of a message; ``draws`` if the terminal can show small pictures."""
    parts: list[RenderableType] = [shown(message.raw["content"], reader)] if message.raw["content"] else []
    for component in walk(message.components):
        if component["type"] == TEXT:
            parts.append(shown(component["content"], reader))
        elif component["type"] == GALLERY:
            parts.append(_gallery(pictures, draws=draws))
    buttons = _buttons(one for one in walk(message.components) if one["type"] == BUTTON)
    if buttons.plain:
        parts.append(buttons)
    return Barred(Group(*parts), colour_of(message))


def status_line(message: SeenMessage, reader: Reader) -> Text:
    """Return what changes from edit to edit: the heading, and what stands between prompt and small print."""
    texts = [component["content"] for component in walk(message.components) if component["type"] == TEXT]
    heading, *rest = texts or [message.text]
    line = shown(heading, reader)
    # The prompt comes first and the details come last; what is between them tells the state.
    for text in rest[1:-1]:
        line.append("  ")
        line.append_text(Text(" ").join(shown(one, reader) for one in text.split("\n")))
    return line


def _gallery(pictures: Sequence[Picture], *, draws: bool) -> RenderableType:
    if not draws:
        return Text("\n").join(_caption(picture) for picture in pictures)
    grid = Table.grid(padding=(0, 2, 0, 0))
    for row in _rows(pictures):
        grid.add_row(*(Group(thumbnail(one.data, THUMBNAIL_COLUMNS), _caption(one)) for one in row))
    return grid


def _rows(pictures: Sequence[Picture]) -> Iterator[Sequence[Picture]]:
    for start in range(0, len(pictures), BESIDE):
        yield pictures[start : start + BESIDE]


def _caption(picture: Picture) -> Text:
    kilobytes = round(len(picture.data) / 1000)
    return Text(f"[{picture.filename}  {picture.width}×{picture.height}  {kilobytes:,} kB]", "dim")


def _buttons(buttons: Iterable[Json]) -> Text:
    return Text("  ").join(
        Text(f"[ {button.get('label', '')} ]", "dim" if button.get("disabled") else "bold") for button in buttons
    )
