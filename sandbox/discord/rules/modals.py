"""Modals: what may be shown, and what a member's client sends back (components/reference.mdx)."""

from typing import Any

from sandbox.discord.rules.components import (
    ROW,
    SELECTS,
    STRING_SELECT,
    TEXT,
    TEXT_INPUT,
    check_select,
    check_text,
    walk,
)
from sandbox.discord.rules.errors import ClientRefused, Json, invalid_form, require_count, require_length

LABEL, FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 18, 19, 21, 22, 23
_MAX_INPUT = 4000
_INPUTS = (TEXT_INPUT, *SELECTS, FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX)


def check_modal(data: Json) -> None:
    """Validate the data of a modal callback; raises 400 50035."""
    require_length("data.custom_id", data.get("custom_id"), 1, 100)
    require_length("data.title", data.get("title"), 1, 45)
    parts = require_count("data.components", data.get("components"), 1, 5)
    for index, part in enumerate(parts):
        _check_part(f"data.components.{index}", part)
    ids = [field["custom_id"] for field in fields(data)]
    if len(set(ids)) < len(ids):
        raise invalid_form("data.components", "COMPONENT_CUSTOM_ID_DUPLICATED", "custom_id must be unique")
    for number, component in enumerate(walk(parts), start=1):
        component.setdefault("id", number)


def _check_part(path: str, part: Json) -> None:
    kind = part.get("type")
    if kind == TEXT:
        check_text(path, part)
    elif kind == ROW:
        inner = require_count(f"{path}.components", part.get("components"), 1, 1)[0]
        require_length(f"{path}.components.0.label", inner.get("label"), 1, 45)
        _check_field(f"{path}.components.0", inner, (TEXT_INPUT,))
    elif kind == LABEL:
        require_length(f"{path}.label", part.get("label"), 1, 45)
        if part.get("description") is not None:
            require_length(f"{path}.description", part["description"], 0, 100)
        _check_field(f"{path}.component", part.get("component") or {}, _INPUTS)
    else:
        raise invalid_form(f"{path}.type", "UNION_TYPE_CHOICES", "Value of field must be one of (1, 10, 18).")


def _check_field(path: str, field: Json, allowed: tuple[int, ...]) -> None:
    kind = field.get("type")
    if kind not in allowed:
        raise invalid_form(f"{path}.type", "UNION_TYPE_CHOICES", f"Value of field must be one of {allowed}.")
    require_length(f"{path}.custom_id", field.get("custom_id"), 1, 100)
    if kind in SELECTS:
        check_select(path, field)
    if kind != TEXT_INPUT:
        return
    if field.get("style") not in (1, 2):
        raise invalid_form(f"{path}.style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")
    for key, most in (("value", _MAX_INPUT), ("placeholder", 100)):
        if field.get(key) is not None:
            require_length(f"{path}.{key}", field[key], 0, most)
    for key, least in (("min_length", 0), ("max_length", 1)):
        if field.get(key) is not None and not least <= field[key] <= _MAX_INPUT:
            raise invalid_form(f"{path}.{key}", "NUMBER_TYPE_RANGE", f"Must be {least} to {_MAX_INPUT}.")


def fields(modal: Json) -> list[Json]:
    """The inputs of a modal, in order."""
    return [one for one in walk(modal["components"]) if one["type"] in _INPUTS]


def submission(modal: Json, values: dict[str, Any]) -> Json:
    """The ``data`` of a modal submit in which the member filled in ``values``, by custom_id.

    Raises:
        ClientRefused: a field does not exist, or the client would not let this pass.
    """
    known = {field["custom_id"] for field in fields(modal)}
    if unknown := set(values) - known:
        raise ClientRefused(f"the modal has no field {sorted(unknown)}, only {sorted(known)}")
    return {
        "custom_id": modal["custom_id"],
        "components": [_filled_part(part, values) for part in modal["components"]],
    }


def _filled_part(part: Json, values: dict[str, Any]) -> Json:
    if part["type"] == ROW:
        inner = [_filled(field, values) for field in part["components"]]
        return {"type": ROW, "id": part["id"], "components": inner}
    if part["type"] == LABEL:
        return {"type": LABEL, "id": part["id"], "component": _filled(part["component"], values)}
    return {"type": TEXT, "id": part["id"]}


def _filled(field: Json, values: dict[str, Any]) -> Json:
    kind, custom_id = field["type"], field["custom_id"]
    answer: Json = {"type": kind, "id": field["id"], "custom_id": custom_id}
    if kind == TEXT_INPUT:
        return {**answer, "value": _typed(field, str(values.get(custom_id, field.get("value") or "")))}
    if kind in (RADIO, CHECKBOX):
        return {**answer, "value": values.get(custom_id, field.get("default", False if kind == CHECKBOX else None))}
    return {**answer, "values": _selected(field, values.get(custom_id))}


def _typed(field: Json, text: str) -> str:
    if not text and not field.get("required", True):
        return text
    low = max(field.get("min_length") or 0, 1 if field.get("required", True) else 0)
    high = field.get("max_length") or _MAX_INPUT
    if not low <= len(text) <= high:
        raise ClientRefused(f"{field['custom_id']}: the client wants {low} to {high} characters, not {len(text)}")
    return text


def _selected(field: Json, chosen: list[str] | None) -> list[str]:
    options: list[Json] = field.get("options") or []
    if chosen is None:
        chosen = [option["value"] for option in options if option.get("default")]
    if field["type"] in (STRING_SELECT, CHECKBOXES):
        strange = set(chosen) - {option["value"] for option in options}
        if strange:
            raise ClientRefused(f"{field['custom_id']} does not offer {sorted(strange)}")
    required = field.get("required", True)
    low, high = field.get("min_values", 1) if required else 0, field.get("max_values", 1)
    if field["type"] != CHECKBOXES and not low <= len(chosen) <= high:
        raise ClientRefused(f"{field['custom_id']}: the client wants {low} to {high} values")
    return [str(one) for one in chosen]
