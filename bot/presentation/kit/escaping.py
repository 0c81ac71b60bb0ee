"""Text of others, shown as typed: no mention, link, markup, emoji or timestamp comes alive; cut where it is whole.

What would show outside its own field is left out: overrides of the writing direction, which turn what follows around,
and towers of combining marks, which cover the lines above and below.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

# One match is one atom: it is escaped as a whole or left out as a whole.
_ATOM = re.compile(
    r"""
    (?P<ping>@(?=everyone|here))          # a backslash would not keep the platform from reading @everyone
    | (?P<colon>:(?=//|(?:[a-z]|[\w+\-]{2,}):)) # https:// links itself, backslashes included; :smile: is an emoji
    | (?P<line>(?:^|(?<=\n))             # headings, lists: at the start of a line, and after blanks that are trimmed
        (?P<indent>(?:[^\S\n]|[\u200b-\u200d\u2060\ufeff])*)(?:\#|-|\+|\d+(?=[.)])))
    | (?P<markup>[\\`*_~|<>@\[\]()])
    | (?P<rest>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_LINE_END = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")

MOST_MARKS = 4
"""Combining marks on one character: pointed Hebrew has that many."""

_BLOCK = "```\n{}\n```"
_ENDS_BLOCK = re.compile("`{3,}")

_JOINER = "\u200d"


def length(text: str) -> int:
    """Return the length as UTF-16 code units: the longest of the ways in which the platform may count."""
    return len(text) + sum(character > "\uffff" for character in text)


def as_typed(text: str, limit: int | None = None, ellipsis: str = "…") -> str:
    """Escape ``text`` so that Discord shows it as typed; if the result exceeds ``limit``, cut it and say so.

    Args:
        text: what somebody typed.
        limit: code units that the result may have, ``ellipsis`` included.
        ellipsis: what stands where text was cut; inserted as it is.
    """
    return _fit([(match[0], _escaped(match)) for match in _ATOM.finditer(_clean(text))], limit, ellipsis)


def shortened(text: str, limit: int, ellipsis: str = "…") -> str:
    """Cut ``text`` to ``limit`` code units without escaping, for places that know no markup (alt text, choices)."""
    return _fit([(character, character) for character in _clean(text)], limit, ellipsis)


def blocks(text: str, limit: int) -> Iterator[str]:
    """Cut ``text`` into blocks of at most ``limit`` code units that show no markup, so that it can be copied whole."""
    part = ""
    # Invisible characters keep three backticks, or however many more, from ending the block.
    for character in _ENDS_BLOCK.sub(lambda ending: "\u200b".join(ending[0]), _clean(text).strip()):
        if length(part + character) + len(_BLOCK.format("")) > limit:
            yield _BLOCK.format(part)
            part = ""
        part += character
    if part:
        yield _BLOCK.format(part)


def _clean(text: str) -> str:
    # Lone surrogates can't be sent; other control characters show nothing.
    sendable = text.encode("utf-8", "ignore").decode("utf-8")
    lines = _DIRECTIONS.sub("", _LINE_END.sub("\n", sendable))
    return "".join(_without_towers(c for c in lines if c in "\n\t" or unicodedata.category(c) != "Cc"))


def _without_towers(characters: Iterable[str]) -> Iterator[str]:
    height = 0
    for character in characters:
        height = height + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if height <= MOST_MARKS:
            yield character


def _escaped(match: re.Match[str]) -> str:
    atom = match[0]
    match match.lastgroup:
        case "ping":
            return "\\@\u200b"
        case "line":
            indent = match["indent"]
            marker = atom.removeprefix(indent)
            # A digit can't be escaped; an invisible character before it makes the line no list.
            return f"{indent}\u200b{marker}" if marker.isdigit() else f"{indent}\\{marker}"
        case "colon" | "markup":
            return f"\\{atom}"
        case _:
            return atom


def _fit(atoms: list[tuple[str, str]], limit: int | None, ellipsis: str) -> str:
    whole = "".join(shown for _, shown in atoms)
    if limit is None or length(whole) <= limit:
        return whole
    room = limit - length(ellipsis)
    kept = 0
    for _, shown in atoms:
        if length(shown) > room:
            break
        room -= length(shown)
        kept += 1
    while kept and _belongs_together(atoms[kept - 1][0], atoms[kept][0]):
        kept -= 1
    return "".join(shown for _, shown in atoms[:kept]) + ellipsis if kept or limit >= length(ellipsis) else ""


def _belongs_together(before: str, after: str) -> bool:
    """Whether a cut between two characters would break what a reader sees as one."""
    first = after[0]
    return (
        before[-1] == _JOINER
        or first == _JOINER
        or unicodedata.category(first) in {"Mn", "Me", "Mc"}
        or "\U0001f3fb" <= first <= "\U0001f3ff"
    )
