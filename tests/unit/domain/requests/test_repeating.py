"""What is asked for once more: as it was, or with changes."""

from dataclasses import replace

import pytest

from bot.domain.pictures.inputs import HandedIn, InputPicture, MadePicture, ReferencePicture
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.edits import EditOptions
from bot.domain.requests.repeating import as_asked, with_changes
from bot.domain.requests.request import ImageRequest, Options, check
from bot.domain.requests.rewriting import Enhanced, Fault
from bot.domain.text.enhance import Enhance

TURBO, WAN27 = "wanx2.1-t2i-turbo", "wan2.7-image"


def request(**options: object) -> ImageRequest:
    return check(replace(Options("a fox", model=TURBO, size="16:9"), **options), BUILT_IN, drawn_seed=7)


@pytest.mark.parametrize(
    "asked",
    [
        request(),
        request(negative_prompt="snow", count=2, watermark=True, private=True),
        request(prompt_extend=False),
        request(model=WAN27, series=True, count=6),
        request(model="z-image-turbo", size=None),
        replace(request(), prompt="a red fox", prompt_extend=False, enhanced=Enhanced(Enhance.IMPROVE, "a fox")),
    ],
)
def test_what_is_asked_for_again_is_the_same_but_for_its_seed(asked: ImageRequest):
    again = check(as_asked(asked), BUILT_IN, drawn_seed=8)
    assert again == replace(asked, seed=8)


CAT = InputPicture("1/2-in-0-aa.jpg", 900, 800, 600, is_scaled=False, is_flattened=False)


def test_the_kept_files_of_an_edit_come_in_again():
    kept = replace(CAT, path="1/2-in-1-aa.jpg", is_kept=True)
    asked = replace(request(model=WAN27, size=None, prompt_extend=None, count=2), pictures=(kept, CAT))
    options = as_asked(asked)
    assert options.handed_in == (ReferencePicture(kept.path, "1", 900), MadePicture(CAT.path, "2", 900))
    again = check(options, BUILT_IN, drawn_seed=8)
    assert replace(again, pictures=asked.pictures, size=asked.size) == replace(asked, seed=8)


@pytest.mark.parametrize(
    "edit",
    [
        EditOptions("instruct", strength=30),
        EditOptions("expand", left=10, top=20),
        EditOptions("enlarge", factor=3),
        EditOptions("sketch", line_art=True),
        EditOptions("colour"),
    ],
)
def test_an_edit_by_a_function_is_asked_for_again_with_its_fields(edit: EditOptions):
    handed_in = (HandedIn("https://cdn/1", "cat.jpg", 900),)
    asked = request(model="wanx2.1-imageedit", size=None, prompt_extend=None, handed_in=handed_in, edit=edit)
    again = check(as_asked(replace(asked, pictures=(CAT,))), BUILT_IN, drawn_seed=8)
    assert again.edit == asked.edit


def test_a_prompt_that_could_not_be_rewritten_is_drawn_again_as_it_was_written():
    asked = request().not_rewritten(Enhance.IMPROVE, Fault.SERVICE)
    assert as_asked(asked).enhance is Enhance.OFF
    assert as_asked(asked).enhanced is None


@pytest.mark.parametrize("fault", [None, Fault.SERVICE])
def test_of_another_prompt_than_one_to_be_rewritten_the_server_says_anew_what_becomes_of_it(fault: Fault | None):
    asked = replace(request(prompt_extend=False), enhanced=Enhanced(Enhance.IMPROVE, "fox", fault))
    changed = with_changes(asked, replace(as_asked(asked), prompt="an owl"), BUILT_IN[TURBO])
    assert (changed.enhance, changed.enhanced, changed.prompt_extend) == (None, None, None)


def test_another_prompt_than_one_that_was_drawn_as_written_is_drawn_as_written_too():
    asked = request(prompt_extend=False)
    changed = with_changes(asked, replace(as_asked(asked), prompt="an owl"), BUILT_IN[TURBO])
    assert (changed.enhance, changed.enhanced, changed.prompt_extend) == (Enhance.OFF, None, False)


@pytest.mark.parametrize(
    ("model", "size", "becomes"),
    [
        # It draws that size, too.
        (WAN27, "1280*720", "1280*720"),
        # It does not: in its own size, and the same ratio.
        ("wan2.6-t2i", "1280*720", "1712*960"),
        # What the member typed is theirs to say.
        ("wan2.6-t2i", "1:1", "1:1"),
        ("gone", "1280*720", "1280*720"),
    ],
)
def test_another_model_gets_a_size_that_it_draws_and_nothing_that_it_may_not_know(model: str, size: str, becomes: str):
    asked = request(prompt_extend=False, watermark=True)
    changed = with_changes(asked, replace(as_asked(asked), model=model, size=size), BUILT_IN.get(model))
    assert changed.size == becomes
    assert (changed.prompt_extend, changed.watermark) == (None, None)


def test_a_model_that_draws_no_series_or_fewer_images_draws_no_older_request_for_them():
    series = request(model=WAN27, series=True, count=6)
    plain = BUILT_IN[WAN27]
    assert series.is_drawn_by(plain)
    assert not series.is_drawn_by(replace(plain, series=None))
    assert not request(count=2).is_drawn_by(replace(BUILT_IN[TURBO], images_max=1))
