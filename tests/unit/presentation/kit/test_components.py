from typing import Any

import pytest

from bot.presentation.kit.components import BUTTON, buttons, fields_of, form, menu, number_in


@pytest.mark.parametrize(
    ("text", "number"), [("17", 17), ("0", 0), (str(2**63 - 1), 2**63 - 1), (str(2**63), 0), ("1" * 20, 0)]
)
def test_a_number_of_a_custom_id_fits_the_database(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["", "x", "-1", "+1", "1 ", "1.5", "1_0", "٣", "１０", "²"])
def test_what_is_no_number_is_that_of_nothing(text):
    assert number_in(text) == 0


def test_fields_under_labels_and_fields_in_rows_are_read_alike():
    field = {"type": 4, "custom_id": "free_images", "value": "3"}
    assert fields_of([{"type": 18, "component": field}]) == {"free_images": "3"}
    assert fields_of([{"type": 1, "components": [field]}]) == {"free_images": "3"}


def test_what_is_no_field_and_no_list_has_none():
    assert fields_of([{"type": 10, "content": "a text"}]) == {}
    assert fields_of(None) == {}


async def test_discord_py_keeps_nothing_that_the_router_answers():
    assert buttons(("Yes", "job:1:yes", BUTTON.primary)).is_finished()
    assert form("Delete #1?", "job:1:delete").is_finished()


@pytest.mark.parametrize(("chosen", "default"), [("m28", "m28"), ("m3", "m3"), ("gone", "m0"), (None, "m0")])
def test_what_is_chosen_in_a_menu_is_among_what_there_is_room_for(chosen: str | None, default: str):
    label: Any = menu("Model", "model", [(f"m{k}", "", f"m{k}") for k in range(30)], chosen=chosen)
    options = label.to_component_dict()["component"]["options"]
    assert len(options) == 25
    assert [one["value"] for one in options if one.get("default")] == [default]
