"""A server's rules for prompts: words and patterns, and whether a text breaks one.

Words are found in many spellings: in other letters that look alike, with or without accents, with characters in between
that show nothing, with signs or blanks between all their letters. A word is a whole word in a script that puts spaces
between words ("class" holds no "ass"), and any part of the text in one that does not (Chinese). There, two or three
characters with blanks between them are a word only where nothing else touches them: "血 腥" is one, "热血 腥红" is two
others. Not folded are signs and digits for letters, 0 and 1 apart ("bl00d" is found, "bl()()d" is not), "ñ" and letters
with a stroke ("año" is not "ano"), simplified Chinese against traditional, and words with letters repeated or added. A
pattern can say that, and accents count in it. Letters that stand alone are taken for a spelled word wherever it begins:
"s h e l l" holds "hell".
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, cast

import re2  # pyright: ignore[reportMissingTypeStubs]

from bot.domain.text import normalisation
from bot.errors import InvalidRequest

MOST_RULES = 200
"""Rules of one server."""

LONGEST_WORD = 100
"""Characters of a word or phrase."""

LONGEST_PATTERN = 500
"""Characters of a pattern."""

PATTERN_MEMORY_BYTES = 256 * 1024
"""What RE2 may use for one pattern, compiled and running; beyond it RE2 goes on more slowly, by the pattern's size."""

LARGEST_PATTERN = 8000
"""Instructions of one compiled pattern; a class such as ``\\pL`` has about a thousand."""

LARGEST_PATTERNS = 20_000
"""Instructions of all patterns of a server: what RE2 does at most for each byte of a text, 11 ns each where tried."""

SPLIT_FROM = 4
"""Letters from which a word is also found with signs or blanks between them: "a s s" is found in "was s s", say. In a
script without spaces two are enough where they stand alone."""

WORD_MEMORY_BYTES = 4 * 1024 * 1024
"""Enough for the longest word in all its forms."""

_RE2: Any = re2
_NotTaken: type[Exception] = _RE2.error

_REPETITION = re.compile(r"invalid repetition size: \{(?P<least>\d+)(?:,(?P<most>\d*))?\}")
"""How RE2 names a repetition that it does not take: above 1000, nested ones multiplied, or with its ends exchanged."""

_BEGIN, _END = r"(?:^|[ ,.\x01])", r"(?:$|[ ,.\x01])"
_ALIKE = {"i": "[i1]", "l": "[l1]", normalisation.UNSURE: "[1il]"}


class RuleKind(StrEnum):
    """How a rule says what it means."""

    WORD = "word"
    """A word or phrase, in the spellings that this module's first lines name."""

    PATTERN = "pattern"
    """A regular expression in RE2's syntax, matched without regard to case; its ``\\b`` and ``\\w`` know ASCII only."""


@dataclass(frozen=True, slots=True)
class PromptRule:
    """One rule of a server, as its moderators wrote it."""

    id: int
    kind: RuleKind
    text: str


@dataclass(frozen=True, slots=True)
class ServerRules:
    """A server's rules as they are stored, in the order of their ids.

    Attributes:
        version: another number with each change of the server's rules.
    """

    version: int
    rules: tuple[PromptRule, ...]


class _Compiled(Protocol):
    @property
    def programsize(self) -> int: ...

    def search(self, text: bytes, /) -> object | None: ...


@dataclass(frozen=True, slots=True)
class _Text:
    """A text in every way in which rules look at it, encoded for RE2."""

    for_words: tuple[bytes, ...]
    for_capitals: tuple[bytes, ...]
    for_patterns: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class _Finder:
    """One rule, and what finds it in which of a text's ways."""

    rule: PromptRule
    in_words: _Compiled | None = None
    in_capitals: _Compiled | None = None
    in_patterns: _Compiled | None = None

    def finds(self, ways: _Text) -> bool:
        pairs = (
            (self.in_words, ways.for_words),
            (self.in_capitals, ways.for_capitals),
            (self.in_patterns, ways.for_patterns),
        )
        return any(compiled.search(text) for compiled, texts in pairs if compiled is not None for text in texts)


class PromptRules:
    """A server's rules, ready to be used. It may be used in several threads at once.

    Attributes:
        unusable: patterns that RE2 does not take, as when another version of it took them once.
    """

    def __init__(self, rules: Iterable[PromptRule]) -> None:
        self.unusable: list[PromptRule] = []
        words: list[_Finder] = []
        patterns: list[_Finder] = []
        for rule in rules:
            if rule.kind is RuleKind.WORD:
                words.append(_word_finder(rule))
                continue
            try:
                patterns.append(_Finder(rule, in_patterns=_compile_pattern(rule.text)))
            except InvalidRequest:
                self.unusable.append(rule)
        self._finders = (*words, *patterns)

    def broken_by(self, text: str) -> PromptRule | None:
        """Return the first rule that a text breaks, words before patterns; None if it breaks none.

        The time it takes grows with the length of the text and the size of the rules, whatever they say.
        """
        if not self._finders:
            return None
        ways = _ways(text)
        return next((finder.rule for finder in self._finders if finder.finds(ways)), None)


def checked(kind: RuleKind, text: str, present: Sequence[PromptRule]) -> str:
    """Return the text of a new rule as it is to be kept.

    Args:
        kind: what ``text`` is.
        text: as a moderator typed it.
        present: the rules that the server has already.

    Raises:
        InvalidRequest: saying why it can't be a rule of this server.
    """
    text = text.encode("utf-8", "ignore").decode("utf-8").replace("\0", "").strip()
    if len(present) >= MOST_RULES:
        raise InvalidRequest("prompt-rules-full", limit=MOST_RULES)
    if any(rule.kind is kind and rule.text == text for rule in present):
        raise InvalidRequest("prompt-rule-known")
    if kind is RuleKind.WORD:
        _check_word(text)
    else:
        _check_pattern(text, present)
    return text


def _check_word(word: str) -> None:
    if len(word) > LONGEST_WORD:
        raise InvalidRequest("prompt-rule-word-long", length=len(word), limit=LONGEST_WORD)
    # An accent alone is no word: words are found without theirs.
    if not any(map(normalisation.is_letter, normalisation.unaccented(normalisation.plain(word)))):
        raise InvalidRequest("prompt-rule-word-empty")


def _check_pattern(pattern: str, present: Sequence[PromptRule]) -> None:
    if len(pattern) > LONGEST_PATTERN:
        raise InvalidRequest("prompt-rule-pattern-long", length=len(pattern), limit=LONGEST_PATTERN)
    compiled = _compile_pattern(pattern)
    others = sum(_compile_pattern(rule.text).programsize for rule in present if rule.kind is RuleKind.PATTERN)
    if compiled.search(b"") is not None:
        raise InvalidRequest("prompt-rule-pattern-any")
    if compiled.programsize > LARGEST_PATTERN:
        raise InvalidRequest("prompt-rule-pattern-large")
    if compiled.programsize + others > LARGEST_PATTERNS:
        raise InvalidRequest("prompt-rules-large")


def _compile_pattern(pattern: str) -> _Compiled:
    try:
        return _compile(pattern, PATTERN_MEMORY_BYTES)
    except _NotTaken as error:
        problem = _problem(error)
        if _is_too_large(problem):
            raise InvalidRequest("prompt-rule-pattern-large") from None
        raise InvalidRequest("prompt-rule-pattern-invalid", problem=problem) from None


def _is_too_large(problem: str) -> bool:
    """Whether RE2 did not take a pattern for its size, rather than for how it is written."""
    repetition = _REPETITION.fullmatch(problem)
    if repetition is None:
        return problem.startswith("pattern too large")
    return not repetition["most"] or int(repetition["least"]) <= int(repetition["most"])


def _problem(error: Exception) -> str:
    said: object = error.args[0]
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _compile(pattern: str, memory_bytes: int) -> _Compiled:
    options = _RE2.Options()
    options.max_mem = memory_bytes
    options.case_sensitive = False
    options.never_capture = True
    # What is wrong with a pattern is the moderator's to read; RE2 would write it, and the pattern, to standard error.
    options.log_errors = False
    return cast("_Compiled", _RE2.compile(pattern, options))


def _word_finder(rule: PromptRule) -> _Finder:
    base = normalisation.unaccented(normalisation.plain(rule.text))
    upper = base.upper()
    # As small letters and as capitals: how the rule itself is written is no hint at how a letter looks.
    small = {normalisation.worded(form) for form in normalisation.of(base.casefold())}
    is_capital = normalisation.has_capitals_only(upper)
    large = {normalisation.worded(normalisation.capitals(upper))} - small if is_capital else None
    return _Finder(rule, in_words=_compile_forms(small), in_capitals=_compile_forms(large) if large else None)


def _compile_forms(forms: Iterable[str]) -> _Compiled:
    ways = (way for form in sorted(forms) for way in _spellings(form.strip(" ,.")))
    return _compile("|".join(ways), WORD_MEMORY_BYTES)


def _spellings(form: str) -> Iterator[str]:
    r"""Return the expressions that find one form: as a word, and with every letter apart."""
    letters = [character for character in form if normalisation.is_letter(character)]
    begin = "" if normalisation.is_unspaced(letters[0]) else _BEGIN
    end = "" if normalisation.is_unspaced(letters[-1]) else _END
    has_unspaced = any(map(normalisation.is_unspaced, letters))
    can_be_split = len(letters) >= SPLIT_FROM or has_unspaced
    yield begin + _joined(form, r"[.\x01]*" if can_be_split else "") + end
    if len(letters) >= SPLIT_FROM:
        yield begin + r"[ ,.\x01]+".join(map(_letter, letters)) + end
    elif has_unspaced and len(letters) > 1:
        yield _BEGIN + r"[ .\x01]+".join(map(_letter, letters)) + _END


def _joined(form: str, between: str) -> str:
    words = re.split(r"[ ,.]+", form)
    return r"[ ,.\x01]+".join(between.join(_letter(c) for c in word if c != "\x01") for word in words)


def _letter(character: str) -> str:
    return _ALIKE.get(character) or re.escape(character)


def _ways(text: str) -> _Text:
    bases = normalisation.bases(text)
    read = _read(bases)
    certain = [reading.replace(normalisation.UNSURE, letter) for reading in read for letter in "li"]
    bare = list(dict.fromkeys(map(normalisation.unaccented, bases)))
    return _Text(
        for_words=_encoded(map(normalisation.worded, read if bare == bases else _read(bare))),
        for_capitals=_encoded(normalisation.worded(normalisation.capitals(base)) for base in bare),
        for_patterns=_encoded([normalisation.compatible(text), *bases, *read, *certain]),
    )


def _read(bases: Iterable[str]) -> list[str]:
    return [reading for base in bases for reading in normalisation.of(base)]


def _encoded(texts: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(text.encode("utf-8", "ignore") for text in dict.fromkeys(texts))
