import unicodedata

import pytest

from bot.presentation.kit.names import LONGEST, MARKS, on_one_line, zone_name


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("小明的画室", "小明的画室"),
        ("two\nlines\u2028and\ttabs", "two lines and tabs"),
        ("  wide \u3000 gaps ", "wide gaps"),
        ("\u202eevil\u202c \u2066name\u2069\u200f", "evil name"),
        ("a\0b\x1b[31mc\x9b", "ab[31mc"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("\ud800lone", "lone"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("e\u0301", "é"),
        ("\u200b\u202e\n", ""),
        ("", ""),
    ],
)
def test_a_name_is_one_line_without_characters_that_act_on_others(typed, shown):
    assert on_one_line(typed) == shown


def test_a_tower_of_marks_is_cut_down_and_its_letter_kept():
    shown = on_one_line("Z" + "\u0336\u0321\u035b\u0353" * 20 + "o")
    assert (shown[0], shown[-1]) == ("Z", "o")
    assert sum(map(bool, map(unicodedata.combining, shown))) == MARKS


def test_a_name_has_an_end():
    assert len(on_one_line("龍" * 5000)) == LONGEST


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Etc/GMT-8", "UTC+8"),
        ("Etc/GMT+11", "UTC-11"),
        ("Etc/GMT+0", "Etc/GMT+0"),
        ("UTC", "UTC"),
        ("Asia/Shanghai", "Asia/Shanghai"),
    ],
)
def test_a_zone_of_a_plain_offset_is_called_by_that_offset(zone, name):
    assert zone_name(zone) == name
