"""Words in prompts of any script, as the tokens of an index: pairs of neighbouring characters.

Scripts that put no blanks between words can't be cut at them, and an index of threes can't find a Chinese word of two
characters. Pairs find every part of a word that is at least two characters long, in every script; the few texts that
have all the pairs but not the word are told apart by reading them (`contains`).
"""

import re
import unicodedata
from itertools import pairwise

SINGLES_FROM = "\u0e00"
"""Thai, and after it every script that writes without blanks: there one character alone may be a word."""

MOST_SOUGHT = 16
"""Tokens by which a text is looked up; more of them make it slower and not narrower."""

_SHOWS_NOTHING = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]")


def fold(text: str) -> str:
    """Return a text as it is compared: compatible forms and both cases are one, what shows nothing is left out."""
    visible = _SHOWS_NOTHING.sub("", text)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold())


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, each once; they are ASCII letters and digits alone, whatever the script."""
    return sorted({token for part in fold(text).split() for token in (*_pairs(part), *_singles(part))})


def sought(text: str) -> list[str]:
    """Return the tokens that a text must have to contain all words of ``text``; none if they are too short for that."""
    found = {token for part in fold(text).split() for token in _pairs(part) or _singles(part)}
    every = sorted(found)
    step = -(-len(every) // MOST_SOUGHT) or 1
    return every[::step]


def contains(text: str, words: str) -> bool:
    """Whether a text contains each of the words, anywhere."""
    folded = fold(text)
    return all(part in folded for part in fold(words).split())


def _pairs(part: str) -> list[str]:
    return [f"{ord(one):x}g{ord(other):x}" for one, other in pairwise(part)]


def _singles(part: str) -> list[str]:
    return [f"{ord(one):x}" for one in part if one >= SINGLES_FROM]
