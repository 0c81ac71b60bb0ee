import re
import unicodedata

import pytest

from bot.presentation.kit.escaping import MOST_MARKS, as_typed, blocks, length, shortened
from tests.support.attacks import attacks
from tests.support.liveliness import living

ATTACKS = attacks()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (":smile:", "\\:smile:"),
        ("a:joy::joy:", "a\\:joy:\\:joy:"),
        ("at 12:30, <t:1:R>", "at 12:30, \\<t:1:R\\>"),
        ("\u3000# head", "\u3000\\# head"),
        ("\ufeff- item", "\ufeff\\- item"),
        ("a\u2028# head\r\n- item\r1. one", "a\n\\# head\n\\- item\n\u200b1. one"),
        ("\u202eretaw\u202c \u2067x\u2069", "retaw x"),
        ("שָׁ", "שָׁ"),
        ("a" + "\u0301" * 40 + "b" + "\u0336" * 5, "a" + "\u0301" * MOST_MARKS + "b" + "\u0336" * MOST_MARKS),
    ],
)
def test_what_would_come_alive_or_leave_its_field_does_not(typed: str, shown: str):
    assert as_typed(typed) == shown


def test_places_without_markup_are_kept_in_their_field_too():
    assert shortened("\u202ea\u2028b*" + "\u0301" * 9, 100) == "a\nb*" + "\u0301" * MOST_MARKS


@pytest.mark.parametrize("limit", [None, 200, 1])
def test_no_attack_comes_alive_where_it_is_shown(limit: int | None):
    for attack in ATTACKS:
        shown = as_typed(attack.text, limit)
        assert living(shown) == "", ascii(attack.text)
        assert limit is None or length(shown) <= limit


def test_what_is_shown_reads_as_it_was_typed():
    for attack in ATTACKS:
        if attack.family in {"mentions", "markdown", "formulas", "emoji"}:
            read = re.sub(r"\\([^0-9A-Za-z\s])", r"\1", as_typed(attack.text))
            assert _letters(read) == _letters(attack.text), ascii(attack.text)


def _letters(text: str) -> str:
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in {"Cc", "Cf"})


@pytest.mark.parametrize("count", range(1, 12))
def test_no_number_of_backticks_ends_a_block(count: int):
    (block,) = blocks(f"a{'`' * count}b", 100)
    within = block.removeprefix("```\n").removesuffix("\n```")
    assert "```" not in within
    assert within.replace("\u200b", "") == f"a{'`' * count}b"


@pytest.mark.parametrize(
    "text",
    [
        "*bold*",
        "<@1>",
        "@everyone",
        "https://example.com",
        ":smile:",
        "a\n# head",
        "- item",
        "1. one",
        "\u3000-# small",
        "`code`",
        "[a](b)",
        "||spoiler||",
        "\u202ex",
        "a\u2028b",
        "\x1b[31m",
        "a" + "\u0301" * 5,
        "\\\\*",
    ],
)
def test_the_yardstick_finds_what_lives(text: str):
    assert living(text)
