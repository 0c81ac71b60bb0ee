"""The functions by which a picture is changed: what each takes, and what its result measures."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pictures.inputs import HandedIn, InputPicture
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.edits import FIELDS, WITHOUT_WORDS, Edit, EditOptions, Function, check_edit
from bot.domain.requests.request import Options, check
from bot.errors import InvalidRequest

MODEL = "wanx2.1-imageedit"
PICTURE = HandedIn("https://cdn.discordapp.com/attachments/1/2/a.png", "a.png", 9)
WORKING = {
    "strength": 70, "left": 20, "right": 0, "top": 100, "bottom": 1, "factor": 4, "line_art": True, "mask": PICTURE,
    "region": True,
}  # fmt: skip


def wanted(function: Function | None, **more: object) -> EditOptions:
    own = {name: WORKING[name] for name in FIELDS.get(function, ()) if name != "region"} if function else {}
    values: dict[str, Any] = {"function": function and function.value, **own, **more}
    return EditOptions(**values)


@pytest.mark.parametrize("function", Function)
def test_each_function_takes_its_own_fields_and_no_others(function: Function):
    edit = check_edit(wanted(function))
    assert edit.function is function
    for name in {*WORKING} - {"mask", "region"}:
        unasked = getattr(Edit(function), name)
        assert getattr(edit, name) == (WORKING[name] if name in FIELDS.get(function, ()) else unasked)
    for name in {*WORKING} - {*FIELDS.get(function, ())}:
        with pytest.raises(InvalidRequest) as refused:
            check_edit(wanted(function, **{name: WORKING[name]}))
        key = "side" if name in {"left", "right", "top", "bottom"} else name
        assert refused.value.key == f"invalid-{key}-field"


def test_every_option_is_a_field_of_a_function():
    named = {name for names in FIELDS.values() for name in names}
    assert named == {field.name for field in fields(EditOptions)} - {"function"} == {*WORKING}


@pytest.mark.parametrize(
    ("options", "key"),
    [
        (EditOptions("paint"), "invalid-function"),
        (EditOptions("Enlarge"), "invalid-function"),
        (EditOptions("region"), "invalid-mask-missing"),
        (EditOptions("expand"), "invalid-side-missing"),
        (EditOptions("expand", left=0, top=0), "invalid-side-missing"),
        (EditOptions("expand", left=101), "invalid-side"),
        (EditOptions("expand", left=5, bottom=-1), "invalid-side"),
        (EditOptions("enlarge", factor=5), "invalid-factor"),
        (EditOptions("enlarge", factor=0), "invalid-factor"),
        (EditOptions("style", strength=101), "invalid-strength"),
        (EditOptions("instruct", strength=-1), "invalid-strength"),
    ],
)
def test_what_is_out_of_range_or_missing_is_named(options: EditOptions, key: str):
    with pytest.raises(InvalidRequest) as refused:
        check_edit(options)
    assert refused.value.key == key


def test_a_mask_alone_means_a_region_and_nothing_at_all_words():
    assert check_edit(EditOptions(mask=PICTURE)).function is Function.REGION
    assert check_edit(EditOptions(region=True)).function is Function.REGION
    assert check_edit(EditOptions()).function is Function.INSTRUCT
    assert check_edit(EditOptions(strength=0)) == Edit(Function.INSTRUCT, strength=0)


def options(function: Function, prompt: str = "let it snow", **more: object) -> Options:
    values: dict[str, Any] = {"prompt": prompt, "handed_in": (PICTURE,), "edit": wanted(function), **more}
    return Options(**values)


@pytest.mark.parametrize("function", Function)
def test_words_are_asked_for_where_the_function_needs_them(function: Function):
    catalogue = {**BUILT_IN, MODEL: replace(BUILT_IN[MODEL], functions=frozenset(Function))}
    assert check(options(function), catalogue, drawn_seed=7).prompt == "let it snow"
    if function in WITHOUT_WORDS:
        assert check(options(function, " "), catalogue, drawn_seed=7).prompt == ""
    else:
        with pytest.raises(InvalidRequest) as refused:
            check(options(function, " "), catalogue, drawn_seed=7)
        assert refused.value.key == "invalid-instruction-empty"


def test_the_model_has_to_have_the_function():
    assert check(options(Function.ENLARGE), BUILT_IN, drawn_seed=7).model == MODEL
    with pytest.raises(InvalidRequest) as refused:
        check(options(Function.ENLARGE, model="wan2.7-image"), BUILT_IN, drawn_seed=7)
    assert (refused.value.key, refused.value.values["models"]) == ("invalid-function-model", MODEL)
    # Nobody removes watermarks unless the operator says so.
    with pytest.raises(InvalidRequest) as refused:
        check(options(Function.UNMARK), BUILT_IN, drawn_seed=7)
    assert refused.value.key == "invalid-function-nowhere"
    by_words = check(Options("let it snow", model="wan2.7-image", handed_in=(PICTURE,)), BUILT_IN, drawn_seed=7)
    assert by_words.edit is None


@given(st.integers(512, 4096), st.integers(512, 4096), st.sampled_from(Function))
def test_the_result_is_as_large_as_the_picture_unless_it_is_made_larger(width: int, height: int, function: Function):
    size = check_edit(wanted(function)).size_of(width, height)
    if function is Function.EXPAND:
        assert (size.width, size.height) == (width * 120 // 100, height * 201 // 100)
    elif function is Function.ENLARGE:
        assert (size.width, size.height) == (width * 4, height * 4)
    else:
        assert (size.width, size.height) == (width, height)


def test_what_could_not_be_decoded_is_refused_before_it_is_drawn():
    request = check(options(Function.ENLARGE), BUILT_IN, drawn_seed=7)

    def handed_in(side: int) -> tuple[InputPicture]:
        return (InputPicture("a.png", 9, side, side, is_scaled=False, is_flattened=False),)

    assert str(request.with_pictures(handed_in(1500), BUILT_IN[MODEL]).size) == "6000*6000"
    with pytest.raises(InvalidRequest) as refused:
        request.with_pictures(handed_in(1600), BUILT_IN[MODEL])
    assert (refused.value.key, refused.value.values["size"]) == ("invalid-result-large", "6400×6400")
