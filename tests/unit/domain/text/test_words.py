import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.text import words
from bot.domain.text.words import MOST_SOUGHT, contains, sought, tokens


@given(st.text(max_size=60), st.data())
def test_every_part_of_a_text_is_looked_up_by_tokens_that_the_text_has(text, data):
    folded = words.fold(text)
    start = data.draw(st.integers(0, len(folded)))
    part = folded[start : data.draw(st.integers(start, len(folded)))]
    # Folding a part again may join what was cut apart.
    if words.fold(part) == part:
        assert set(sought(part)) <= set(tokens(text))
        assert contains(text, part)


@given(st.text(max_size=100))
def test_tokens_are_ascii_letters_and_digits_whatever_the_script(text):
    assert all(token.isascii() and token.isalnum() for token in tokens(text))


def test_one_character_is_looked_up_where_it_may_be_a_word():
    assert len(sought("猫")) == len(sought("แ")) == len(sought("🩸")) == 1
    assert sought("a б") == []
    assert sought("") == []


def test_a_long_text_is_looked_up_by_a_few_of_its_tokens():
    text = "".join(chr(0x4E00 + nth) for nth in range(100))
    assert 1 < len(sought(text)) <= MOST_SOUGHT


@pytest.mark.parametrize(("text", "part"), [("a cat", "dog"), ("花的店", "花店"), ("a cat", "cat dog")])
def test_a_text_without_one_of_the_words_does_not_contain_them(text, part):
    assert not contains(text, part)
