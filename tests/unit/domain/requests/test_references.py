"""What a set of pictures may be called, and which one is meant by a name."""

import pytest

from bot.domain.pictures.inputs import InputPicture
from bot.domain.requests.references import LONGEST_NAME, Reference, checked_name, key_of, named
from bot.errors import InvalidRequest

PICTURES = tuple(InputPicture(f"1/9-in{k}-00000000.png", 40 + k, 400, 300, False, False) for k in range(2))


def kept(reference_id: int, name: str, *, shared: bool = False) -> Reference:
    return Reference(reference_id, 1, name, shared, PICTURES)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("mascot", "mascot"),
        ("  our \n mascot ", "our mascot"),
        ("吉祥物", "吉祥物"),
        ("mas\u200bcot\u202e", "mascot"),
        ("ｍａｓｃｏｔ", "mascot"),
        ("<@1> `x`", "<@1> `x`"),
        ("x" * LONGEST_NAME, "x" * LONGEST_NAME),
    ],
)
def test_a_name_is_kept_on_one_line_without_what_shows_nothing(typed: str, name: str):
    assert checked_name(typed) == name


@pytest.mark.parametrize("typed", ["", " \u3000", "\u200b\u2060", "\u2800", "\u0301\u0301"])
def test_a_name_of_which_nothing_shows_is_refused(typed: str):
    with pytest.raises(InvalidRequest, match="reference-name-empty"):
        checked_name(typed)


def test_a_long_name_is_refused_with_its_limit():
    with pytest.raises(InvalidRequest, match="reference-name-long") as refusal:
        checked_name("x" * (LONGEST_NAME + 1))
    assert refusal.value.values == {"length": LONGEST_NAME + 1, "limit": LONGEST_NAME}


@pytest.mark.parametrize("other", ["MASCOT", " Mascot ", "mas\u00adcot", "máscot", "mascot" + "\u0301" * 9])
def test_names_are_the_same_without_regard_to_case_accents_and_what_shows_nothing(other: str):
    assert key_of(other) == key_of("mascot") != key_of("mascots")


def test_a_members_own_set_goes_before_the_servers_of_the_same_name():
    own, servers = kept(1, "Mascot"), kept(2, "mascot", shared=True)
    assert named([servers, own], "MASCOT") is own
    assert named([servers, own], "mascot", shared=True) is servers
    assert named([servers], "mascot") is servers


@pytest.mark.parametrize("shared", [True, False])
def test_a_name_that_nothing_bears_is_refused(shared: bool):
    with pytest.raises(InvalidRequest, match="reference-unknown") as refusal:
        named([kept(1, "castle")], "mascot", shared=shared)
    assert refusal.value.values == {"name": "mascot"}


def test_the_servers_set_is_not_found_among_a_members_own():
    with pytest.raises(InvalidRequest, match="reference-unknown"):
        named([kept(1, "mascot")], "mascot", shared=True)


def test_each_picture_is_named_by_its_set_and_place():
    brought = kept(1, "mascot").brought
    assert [(one.filename, one.path, one.size_bytes) for one in brought] == [
        ("mascot (1)", PICTURES[0].path, 40),
        ("mascot (2)", PICTURES[1].path, 41),
    ]
