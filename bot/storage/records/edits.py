"""What is done to pictures that came in, as the JSON of a column."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.domain.requests.edits import Edit, Function


def written(edit: Edit | None) -> str:
    """Return the column of a request; "" where words alone say what is done."""
    return json.dumps(asdict(edit)) if edit is not None else ""


def read(text: str) -> Edit | None:
    """Return what was `written`."""
    return edit_of(json.loads(text)) if text else None


def edit_of(said: Mapping[str, Any] | None) -> Edit | None:
    """Return the edit of which JSON says what its fields are; None where it says none."""
    if not said:
        return None
    values: dict[str, Any] = {**said, "function": Function(said["function"])}
    return Edit(**values)
