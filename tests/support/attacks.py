"""Prompts as somebody would write them who wants to ping, to break out of a field, or to say a blocked word unseen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

BLOCKED = ("blood", "corpse", "kill", "血腥")
"""The words that a server's moderators might not want."""

LIMIT = 800
"""Characters of the longest prompt that the vendor takes."""


@dataclass(frozen=True)
class Attack:
    """One prompt.

    Attributes:
        family: what kind of attack it is.
        hides: the blocked word in it; empty if there is none.
    """

    text: str
    family: str
    hides: str = ""


def attacks() -> list[Attack]:
    """Return all prompts, each once."""
    found: dict[str, Attack] = {}
    for family in FAMILIES:
        for text, hides in family():
            found.setdefault(text, Attack(text, family.__name__, hides))
    return list(found.values())


Family = Callable[[], Iterator[tuple[str, str]]]


def mentions() -> Iterator[tuple[str, str]]:
    for name in ("everyone", "here"):
        for form in ("@{}", "a @{} b", "\\@{}", "@\u200b{0} @{0}", "@\0{}", "<@{}>", "@@{}", "`@{}`", "\n@{}", "＠{}"):
            yield form.format(name), ""
    for token in ("<@1>", "<@!1>", "<@&1>", "<#1>", "</imagine:1>", "<:smile:1>", "<a:smile:1>", "<t:1>", "<t:1:R>"):
        yield f"a cat {token}", ""
        yield token * 20, ""
        yield f"\\{token}", ""
    yield from ((text, "") for text in ("<id:customize>", "<id:browse>", ":smile:", "x:joy::joy:x", ":+1:", "a: b: c"))
    yield from ((f"<@{id_}>", "") for id_ in ("MEMBER", "BOT", "&ROLE", "!MEMBER"))


def markdown() -> Iterator[tuple[str, str]]:
    for mark in (
        "*",
        "**",
        "***",
        "_",
        "__",
        "~~",
        "||",
        "`",
        "``",
        "```",
        "```ansi\n",
        "[x](",
        "> ",
        ">>> ",
        "<",
        "\\",
    ):
        yield f"{mark}a cat", ""
        yield f"a cat{mark}", ""
        yield f"{mark}a cat{mark}", ""
    for start in ("#", "##", "###", "-#", "-", "+", "*", "1.", "10)", ">", "\u0661."):
        for indent in ("", "  ", "\t", "\u3000", "\ufeff", "\u200b"):
            yield f"{indent}{start} a cat", ""
            yield f"a cat\n{indent}{start} a dog", ""
    for link in (
        "https://example.com", "http://a_b.example", "[click](https://example.com)", "<https://example.com>",
        "discord.gg/abc", "steam://run/1", "https:\0//example.com", "javascript:alert(1)", "[a](<https://b> 'c')",
    ):  # fmt: skip
        yield f"see {link} now", ""


def directions() -> Iterator[tuple[str, str]]:
    for control in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f\u061c":
        yield f"{control}a cat", ""
        yield f"a {control * 50}cat", ""
        yield f"a cat{control}\n#1 was refunded", ""
    for word in BLOCKED:
        yield f"\u202e{word[::-1]}\u202c in a vase", word
        yield f"a vase of \u202e{word[::-1]}", word
    yield "\u2069\u2069\u202c\u202cout of its field", ""


_CYRILLIC = str.maketrans("loeacpi", "ӏоеасрі")
_CAPITALS = {"greek": str.maketrans("BOEKI", "ΒΟΕΚΙ"), "cherokee": str.maketrans("BOCLKPSE", "ᏴOᏟᏞᏦᏢᏚᎬ")}


def _styled(word: str, first_small: int) -> str:
    return "".join(chr(first_small + ord(c) - ord("a")) for c in word)


def homoglyphs() -> Iterator[tuple[str, str]]:
    for word in BLOCKED[:3]:
        yield f"a pool of {word.translate(_CYRILLIC)}", word
        yield f"{word.upper().translate(_CAPITALS['greek'])}!", word
        yield f"a {word.upper().translate(_CAPITALS['cherokee'])} here", word
        yield word.upper(), word
        yield word.title(), word
        yield word.replace("l", "I"), word
        yield word.replace("l", "1").replace("o", "0"), word
        yield word.replace("l", "|").replace("o", "ο"), word
        for first in (
            0x1D41A,
            0x1D44E,
            0x1D482,
            0x1D4EA,
            0x1D51E,
            0x1D552,
            0x1D586,
            0x1D5BA,
            0x1D5EE,
            0x1D622,
            0x1D68A,
        ):
            if first != 0x1D44E or "h" not in word:
                yield f"some {_styled(word, first)} there", word
        for first in (0xFF41, 0x24D0, 0x249C):
            yield _styled(word, first), word
        for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6):
            yield _styled(word, first), word


def splits() -> Iterator[tuple[str, str]]:
    invisible = (
        "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\ufe0f\ufe00\u2063\u115f\u3164\ue000\U000e0041\U000e0100\0\x07"
    )
    for character in invisible:
        for word in BLOCKED:
            yield f"a {character.join(word)}!", word
            yield f"{character}{word[0]}{character * 3}{word[1:]}", word
    for mark in "\u0336\u0332\u20dd\u0489\u0335":
        for word in BLOCKED[:3]:
            yield "".join(c + mark for c in word), word
    for sign in (" ", ".", "-", "_", "*", " . ", "\n", "\u3000", "/", "'", "\u2022", "\u2800", "||"):
        for word in BLOCKED[:3]:
            yield f"the {sign.join(word)}", word
    for sign in ".-_*|~\u00b7":
        yield f"一幅血{sign}腥的画", "血腥"
    for blank in (" ", "\u3000", "  ", "\n"):
        yield f"一幅 血{blank}腥 的画", "血腥"
    for mark in "\u0301\u0308\u0302":
        for word in BLOCKED[:3]:
            yield "".join(c + mark if c in "oei" else c for c in word), word
    yield from (("**bl**ood", "blood"), ("bl||oo||d", "blood"), ("```blo```od", "blood"), ("画一张血腥的图", "血腥"))


def formulas() -> Iterator[tuple[str, str]]:
    for start in ("=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", " =", '"=', "'=", ";=", ",="):
        yield f"{start}1+1", ""
        yield f'{start}HYPERLINK("https://example.com","a cat")', ""
    yield from ((f"{sign}cmd|' /C calc'!A0", "") for sign in "=+-@")
    yield '=DDE("cmd";"/C calc";"x")', ""
    yield 'a "quoted, cat"\r\n=1+1', ""


def log_lines() -> Iterator[tuple[str, str]]:
    fake = "2026-11-23 12:00:00,000 ERROR bot: the key is sk-0000"
    for end in ("\n", "\r", "\r\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\n\n", "%0a", "\\n"):
        yield f"a cat{end}{fake}", ""
    for escape in (
        "\x1b[31m",
        "\x1b[2J",
        "\x1b]0;title\x07",
        "\x9b31m",
        "\x08" * 20,
        "%s%s%n",
        "{0.__class__}",
        "$(id)",
    ):
        yield f"a cat {escape}", ""


def zalgo() -> Iterator[tuple[str, str]]:
    for count in (1, 5, 30, 200):
        yield "a" + "\u0301" * count, ""
        yield "cat" + "".join(chr(0x300 + step % 0x70) for step in range(count)), ""
        yield "ก" + "\u0e49" * count, ""
    for word in BLOCKED[:3]:
        yield "".join(c + "\u0316\u0317\u0318\u0319\u031c" * 8 for c in word), word
    yield "\u0301" * LIMIT, ""
    yield "\u20dd" * 100, ""


def planes() -> Iterator[tuple[str, str]]:
    for plane in range(17):
        for offset in (0x0020, 0x0041, 0x4E00, 0xE000, 0xFDD0, 0xFFFD, 0xFFFE, 0xFFFF):
            yield f"a {chr(plane * 0x10000 + offset)} cat", ""
    yield from ((f"a {chr(point)} cat", "") for point in (0xD7FF, 0xE001, 0xFFFC, 0xFEFF))
    yield from ((f"a {chr(point)} cat", "") for point in (*range(0x20), *range(0x7F, 0xA0)))


def emoji() -> Iterator[tuple[str, str]]:
    for one in (
        "👨\u200d👩\u200d👧\u200d👦",
        "🏳️\u200d🌈",
        "👍🏽",
        "🇩🇪",
        "🇦" * 51,
        "🏴\U000e0067\U000e0062\U000e0065\U000e007f",
        "1️⃣",
    ):
        yield one, ""
        yield (one * LIMIT)[:LIMIT], ""
    yield "\u200d" * (LIMIT - 1) + "x", ""


def longest() -> Iterator[tuple[str, str]]:
    for unit in (
        "a",
        "花",
        "W",
        "*",
        "`",
        "|",
        "@",
        "_*",
        "\n#",
        "\n- ",
        "<@1>",
        "@here ",
        "😀",
        "ﷺ",
        "\\",
        "a\u0301",
        "\u0e01",
        "1.\n",
    ):
        yield (unit * LIMIT)[: LIMIT - 1] + "x", ""
    for word in BLOCKED:
        yield "x " * ((LIMIT - len(word)) // 2) + word, word
        yield "ﷺ" * (LIMIT - 1 - len(word)) + " " + word, word


FAMILIES: tuple[Family, ...] = (
    mentions,
    markdown,
    directions,
    homoglyphs,
    splits,
    formulas,
    log_lines,
    zalgo,
    planes,
    emoji,
    longest,
)

__all__ = ["BLOCKED", "LIMIT", "Attack", "attacks"]
