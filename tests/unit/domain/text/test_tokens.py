import pytest

from bot.domain.text import tokens


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("   ", 0),
        ("cat", 1),
        ("a cat", 2),
        ("lighthouse", 3),
        ("two cats, 12 dogs!", 7),
        ("一间花店", 4),
        ("一间花店，flower shop。", 9),
        ("花" * 1300, 1300),
        ("été", 1),
        ("a_b", 3),
        ("🐱🐱", 2),
    ],
)
def test_a_character_of_chinese_or_a_digit_is_one_and_a_word_one_for_four_letters(text: str, count: int):
    assert tokens.count(text) == count
