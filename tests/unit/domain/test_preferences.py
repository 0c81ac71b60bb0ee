import pytest

from bot.domain.pictures.inputs import HandedIn
from bot.domain.preferences import ServerPreferences, Told, as_preferred, enhance_of, word_of_delivery
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.request import Options
from bot.domain.requests.rewriting import Enhanced
from bot.domain.text.enhance import Enhance

TURBO, PLUS, NEWER = "wanx2.1-t2i-turbo", "wanx2.1-t2i-plus", "wan2.7-image"
ALLOWED = {name: BUILT_IN[name] for name in (TURBO, PLUS, NEWER)}
CAT = Options("a cat")
OWN = ServerPreferences(model=PLUS, size="16:9", count=3)


def wished(
    options: Options, own: ServerPreferences, allowed=ALLOWED
) -> list[tuple[str | None, str | None, int | None]]:
    return [(one.model, one.size, one.count) for one in as_preferred(options, own, allowed)]


def test_what_is_left_out_is_taken_from_the_preferences_and_less_of_it_where_that_cant_be_had():
    assert wished(CAT, OWN) == [(PLUS, "16:9", 3), (PLUS, "16:9", None), (None, None, None)]


def test_what_a_request_says_counts_before_any_preference():
    said = Options("a cat", model=TURBO, size="1:1", count=1)
    assert wished(said, OWN) == [(TURBO, "1:1", 1)]
    assert wished(Options("a cat", model=TURBO), OWN)[0] == (TURBO, "16:9", 3)
    assert wished(Options("a cat", model="no-such"), OWN) == [("no-such", None, None)]


@pytest.mark.parametrize(
    ("own", "first"),
    [
        (ServerPreferences(), (None, None, None)),
        (ServerPreferences(model="wan2.5-t2i-preview"), (None, None, None)),
        (ServerPreferences(size="1280*9999"), (None, None, None)),
        (ServerPreferences(size="9:1", model=PLUS), (PLUS, None, None)),
        (ServerPreferences(count=6), (None, None, None)),
        (ServerPreferences(count=4), (None, None, 4)),
    ],
)
def test_what_the_model_or_the_server_does_not_have_is_as_if_nothing_were_said(own, first):
    assert wished(CAT, own)[0] == first


def test_a_series_takes_a_model_that_draws_one_and_no_number():
    series = Options("a cat", series=True)
    assert wished(series, ServerPreferences(model=PLUS, count=3))[0] == (None, None, None)
    assert wished(series, ServerPreferences(model=NEWER, count=3))[0] == (NEWER, None, None)


def test_of_an_edit_and_where_no_model_draws_no_preference_counts():
    edit = Options("snow", handed_in=(HandedIn("https://cdn/1", "a.png", 9),))
    assert wished(edit, OWN) == [(None, None, None)]
    assert wished(CAT, OWN, {}) == [(None, None, None)]


@pytest.mark.parametrize(
    ("options", "own", "is_on", "becomes"),
    [
        (CAT, None, True, Enhance.IMPROVE),
        (CAT, Enhance.TRANSLATE, True, Enhance.TRANSLATE),
        (CAT, Enhance.OFF, True, Enhance.OFF),
        (CAT, Enhance.TRANSLATE, False, Enhance.OFF),
        (Options("a cat", enhance=Enhance.OFF), Enhance.TRANSLATE, True, Enhance.OFF),
        (Options("a cat", prompt_extend=False), Enhance.TRANSLATE, True, Enhance.OFF),
        (Options("a cat", enhanced=Enhanced(Enhance.IMPROVE, "cat")), Enhance.TRANSLATE, True, Enhance.OFF),
        (Options("snow", handed_in=(HandedIn("u", "a", 9),)), Enhance.TRANSLATE, True, Enhance.OFF),
    ],
)
def test_a_prompt_becomes_what_its_member_says_else_prefers_else_what_the_server_says(options, own, is_on, becomes):
    assert enhance_of(options, ServerPreferences(enhance=own), Enhance.IMPROVE, is_on=is_on) is becomes


def test_who_prefers_nothing_is_pinged_after_a_long_wait_and_all_others_as_they_prefer():
    kinds = {told: [word_of_delivery(told, took_long=long) for long in (False, True)] for told in (None, *Told)}
    assert kinds == {
        None: ["", "ping"],
        Told.NOT: ["", ""],
        Told.PING: ["ping", "ping"],
        Told.DIRECT: ["delivered", "delivered"],
    }
