"""The ways in which people read a text: what is left when its letters are taken for what they look like.

Nothing here decides what is allowed. A text and a rule's word go through the same steps and are compared afterwards.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import cast

from confusable_homoglyphs.confusables import confusables_data  # pyright: ignore[reportMissingTypeStubs]

UNSURE = "1"
"""Stands in a folded text for what may be read as l, i or 1: ``1``, ``|``, a capital I among small letters."""

_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x312F),  # Han radicals, Hiragana, Katakana, Bopomofo
    (0x31A0, 0x31FF),
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x1AFF0, 0x1B16F),  # Kana
    (0x20000, 0x3FFFF),  # Han
)
"""Scripts that put no spaces between words, by Unicode's blocks."""

_MARKS = (
    *((0x0300, 0x036F), (0x0483, 0x0489), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F)),
    *((0x0591, 0x05C7), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06ED)),
)
"""Marks that writing can do without: the general ones, numerals', Hebrew and Arabic points. India's are vowels."""

_IGNORED = (
    *((0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164), (0xFE00, 0xFE0F)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF)),
)
"""Unicode's Default_Ignorable_Code_Point without those of category Cf, which are recognised by it."""

_HOLLOW = frozenset("\u2800\U0001d159")
"""Signs that draw nothing, though Unicode counts them as symbols: an empty Braille cell, a note without a head."""

_TILDE = "\u0303"

_EMBLEMS = {first + step: ord("a") + step for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6) for step in range(26)} | {
    0x1F18A: ord("p")
}
"""Letters in squares and circles and regional indicators. NFKC leaves most of them as they are: they are emoji, too."""

_LONG = {0xFDFA: " ", 0xFDFB: " "}
"""Two words in one character, which NFKC makes up to 18 times as long."""

_STOPS = frozenset(",;:!?/。、'\u2019\u02bc")
"""What stands between words, and the apostrophe: "he'll" is not another way to write a word without it."""

_PALOCHKA = "\u04cf"
"""Unicode's table takes it for an i; in most fonts it looks like an l."""

_OVERRIDDEN = re.compile("\u202e([^\u202c\u2069\n]*)")
_INDICATORS = re.compile("[\U0001f1e6-\U0001f1ff]+|[\U0001f130-\U0001f18a]")
_RUN = re.compile(r"[^\W\d_]+")


def compatible(text: str) -> str:
    """Return a text in Unicode's form NFKC, and nothing else done to it."""
    return unicodedata.normalize("NFKC", text.translate(_LONG))


def plain(text: str) -> str:
    """Return a text in NFKC without what shows nothing: zero-width characters, controls, tags, private use."""
    seen = "".join(c for c in compatible("".join(filter(_shows, text))) if _shows(c))
    return unicodedata.normalize("NFKC", seen)


def is_blank(text: str) -> bool:
    """Whether a text has nothing that anybody could see."""
    return all(character.isspace() or character in _HOLLOW for character in plain(text))


def bases(text: str) -> list[str]:
    """Return a text as it is typed and, where that differs, as it looks, with emblems as symbols and as letters."""
    looks = _OVERRIDDEN.sub(lambda found: found[1][::-1], text)
    # Two regional indicators are a flag.
    spelled = _INDICATORS.sub(lambda run: run[0] if len(run[0]) == 2 else run[0].translate(_EMBLEMS), looks)
    return list(dict.fromkeys((plain(text), _bare(plain(looks)), _bare(plain(spelled)))))


def unaccented(base: str) -> str:
    """Return a base without the marks that its letters can do without, so that "goré" reads as "gore".

    The tilde of "ñ" stays: Spanish counts it as a letter of its own, and "año" is another word than "ano".
    """
    if base.isascii():
        return base
    parts = unicodedata.normalize("NFD", base)
    before = ("", *parts)
    kept = (c for c, last in zip(parts, before, strict=False) if not _is_mark(c) or (c == _TILDE and last in "nN"))
    return unicodedata.normalize("NFKC", "".join(kept))


def of(base: str) -> list[str]:
    """Return a base in small letters, and with look-alikes folded: of its small letters, and of what stands there.

    Letters may look alike in one case and not in the other.
    """
    small = base.casefold()
    standing = _RUN.sub(lambda run: run[0].replace("I", "i") if run[0].isupper() else run[0], base)
    return list(dict.fromkeys((small, _fold(small), _fold(standing))))


def has_capitals_only(base: str) -> bool:
    """Whether each word of a base is in capitals; a word of a script that has none is not."""
    return all(run.isupper() for run in _RUN.findall(base))


def capitals(base: str) -> str:
    """Return a base with look-alikes folded and a comma for each word that is not in capitals.

    "РОТ", a mouth in Russian, looks like "POT", and "рот" does not look like "pot".
    """
    return _fold(_RUN.sub(lambda run: run[0].replace("I", "i") if run[0].isupper() else ",", base))


@lru_cache(4096)
def is_unspaced(character: str) -> bool:
    """Whether a character belongs to a script without spaces between words."""
    return _within(character, _UNSPACED)


@lru_cache(4096)
def is_letter(character: str) -> bool:
    """Whether a character makes part of a word: letters, their marks and digits."""
    return unicodedata.category(character)[0] in "LMN"


def worded(reading: str) -> str:
    r"""Return a reading with only four signs beside what words consist of.

    A blank is white space, a comma ends a word for certain, a full stop is any other sign, and ``\x01`` stands where a
    script with spaces meets one without.
    """
    signs: list[str] = []
    before = " "
    for character in reading:
        sign = character if is_letter(character) else _sign(character)
        if is_letter(before) and is_letter(sign) and is_unspaced(before) != is_unspaced(sign):
            signs.append("\x01")
        signs.append(sign)
        before = sign
    return "".join(signs)


def _sign(character: str) -> str:
    if character.isspace():
        return " "
    return "," if character in _STOPS else "."


@lru_cache(4096)
def _shows(character: str) -> bool:
    if character.isspace():
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cs"} and not _within(character, _IGNORED)


def _bare(text: str) -> str:
    """Take the marks away if there are any that make no letter of any language with what they stand on."""
    if not any(map(_is_mark, text)):
        return text
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFKC", "".join(c for c in parts if not _is_mark(c)))


@lru_cache(4096)
def _is_mark(character: str) -> bool:
    return _within(character, _MARKS)


def _within(character: str, ranges: Iterable[tuple[int, int]]) -> bool:
    point = ord(character)
    return point > 0xFF and any(first <= point <= last for first, last in ranges)


def _fold(text: str) -> str:
    if text.isascii():
        return text.translate(_ascii_folds())
    folds = _folds()
    # Twice: a capital may look like nothing and its small letter like something.
    return text.translate(folds).casefold().translate(folds)


@cache
def _ascii_folds() -> dict[int, str]:
    return {**{code: chr(code).lower() for code in range(128)}, **{ord(c): UNSURE for c in "I1|"}, ord("0"): "o"}


@cache
def _folds() -> dict[int, str]:
    """Return for each character what stands for all that look like it.

    The library's table is of pairs (Unicode's confusables.txt, both ways): what looks alike forms a star around one
    character or sequence.
    """
    table = cast("dict[str, list[dict[str, str]]]", confusables_data)
    # Names in its file are wrapped in marks of direction where they are written from right to left.
    stars = {_bald(key): {_bald(near["c"]) for near in nears} for key, nears in table.items()}
    folds: dict[int, str] = {}
    for key, nears in stars.items():
        centre = _centre(key, nears, stars)
        folded_to = _stands_for(centre, stars[centre])
        # A letter stays one: a Hebrew yod looks like an apostrophe and ends no word all the same.
        if len(key) == 1 and (not is_letter(key) or all(map(is_letter, folded_to))):
            folds[ord(key)] = folded_to
    folds |= {**_ascii_folds(), ord(_PALOCHKA): UNSURE} | {ord(stop): stop for stop in _STOPS}
    # What stands for a character may be a sequence whose parts look like others.
    return {point: fold.translate(folds) for point, fold in folds.items()}


def _centre(key: str, nears: set[str], stars: dict[str, set[str]]) -> str:
    other = next(iter(nears))
    if len(nears) > 1 or len(stars[other]) > 1:
        return key if len(nears) > 1 else other
    # Two that look alike and no other: a sequence or a character of ASCII stands for both, else the first.
    return min(key, other, key=lambda point: (-len(point), not point.isascii(), point))


def _stands_for(centre: str, points: set[str]) -> str:
    if centre == "l":
        return UNSURE
    if len(centre) == 1 and centre.isascii():
        return centre
    # "m" is a point around "rn", but "corn" is not another way to write "com".
    return next((point for point in sorted(points) if len(point) == 1 and point.isascii() and point.isalnum()), centre)


def _bald(text: str) -> str:
    return text.replace("\u200e", "")
