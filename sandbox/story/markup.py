"""Discord's markdown as the client shows it, for the terminal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from babel.dates import format_timedelta
from rich.text import Text

_TOKEN = re.compile(
    r"""
    \\(?P<escaped>[^\w\s])
    | \*\*(?P<bold>.+?)\*\*
    | <t:(?P<at_s>\d+):R>
    | <@(?P<user_id>\d+)>
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Reader:
    """Who reads: in which language, when, and who is who.

    Attributes:
        locale: of the client, as Discord names it.
        now_ms: when it is read; times are relative to it.
        names: of people by their ids.
    """

    locale: str
    now_ms: int
    names: Mapping[int, str]


def shown(markdown: str, reader: Reader) -> Text:
    """Return a text as it looks in the client: bold, headings, small print, escapes, times and mentions."""
    return Text("\n").join(_line(line, reader) for line in markdown.split("\n"))


def _line(line: str, reader: Reader) -> Text:
    for prefix, style in (("### ", "bold"), ("-# ", "dim")):
        if line.startswith(prefix):
            inline = _inline(line.removeprefix(prefix), reader)
            inline.stylize(style)
            return inline
    return _inline(line, reader)


def _inline(line: str, reader: Reader) -> Text:
    text = Text()
    end = 0
    for match in _TOKEN.finditer(line):
        text.append(line[end : match.start()])
        end = match.end()
        if match["bold"]:
            bold = _inline(match["bold"], reader)
            bold.stylize("bold")
            text.append_text(bold)
        elif match["at_s"]:
            text.append(relative(int(match["at_s"]) * 1000 - reader.now_ms, reader.locale), "underline")
        elif match["user_id"]:
            text.append(f"@{reader.names.get(int(match['user_id']), 'unknown')}", "bold blue")
        else:
            text.append(match["escaped"])
    text.append(line[end:])
    return text


def relative(distance_ms: int, locale: str) -> str:
    """Return a distance in time in the client's words, such as "in 40 seconds"."""
    distance = timedelta(seconds=round(distance_ms / 1000))
    # The client says 秒, where Babel's long form has 秒钟.
    form = "short" if locale.startswith("zh") else "long"
    return format_timedelta(distance, threshold=1, add_direction=True, format=form, locale=locale.replace("-", "_"))
