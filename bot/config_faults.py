"""What is wrong with the configuration, one sentence for each fault: key, file, and what would be right.

No value is ever shown: whatever stands in a wrong place may be a secret.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic_core import ErrorDetails

from bot.domain.requests.catalogue import BUILT_IN

Origins = Mapping[tuple[str, str], str]
"""The environment's variable that a section's key was taken from."""

SENTENCES = {
    "bool_type": "must be true or false, without quotes",
    "date_type": "must be a day such as 2026-11-01, without quotes",
    "dict_type": "must be a table: [{where}] on a line of its own, and its keys below",
    "enum": "must be {expected}",
    "finite_number": "must be a number, without quotes",
    "float_type": "must be a number, without quotes",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "int_type": "must be a whole number, without quotes",
    "less_than_equal": "must be {le} or less",
    "literal_error": "must be {expected}",
    "model_type": "must be a table: [{where}] on a line of its own, and its keys below",
    "path_type": "must be a path in quotes",
    "string_type": "must be text in quotes",
    "too_short": "must have at least one entry",
    "tuple_type": 'must be a list of texts, such as ["a", "b"]',
}
"""What would be right, by pydantic's name of a fault."""

UNFORESEEN = "is not as it must be; config.example.toml shows what would be right"

LISTS_ALL = "that is not known here; config.example.toml lists them all"

QUOTED = 'must be in quotes, since its name has a dot, as in [models."wanx2.1-t2i-turbo"]'

LONGEST_NAME = 40
"""Characters; tokens are longer."""

_KEY = re.compile(r"[a-z_]{1,40}|[A-Za-z_ -]{1,24}")
"""What can be a misspelt key; a secret is longer or has digits."""


def sentences(path: Path, origins: Origins, detail: ErrorDetails) -> list[str]:
    """Return what is to be read about what pydantic found: a check that finds several faults puts each on a line."""
    loc = tuple(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return [_unknown_key(path, loc, is_table=isinstance(detail["input"], dict))]
    key = written(loc)
    where = _source(path, origins, loc)
    # One that looks through a whole table names what in it is wrong.
    lines = _reason(detail, key).splitlines()
    return [f"{where}: {line}" if line.startswith(key) else f"{where}: {key}: {line}" for line in lines]


def whence(path: Path, origins: Origins, loc: tuple[str, str]) -> str:
    """Return how a key is named: with the file, or with the variable that its value was taken from."""
    return f"{_source(path, origins, loc)}: {written(loc)}"


def _source(path: Path, origins: Origins, loc: tuple[str, ...]) -> str:
    variable = origins.get((loc[0], loc[1])) if len(loc) > 1 else None
    return f"{variable}, from the environment" if variable else str(path)


def _reason(detail: ErrorDetails, where: str) -> str:
    if detail["type"] == "value_error":
        return detail["msg"].removeprefix("Value error, ")
    return SENTENCES.get(detail["type"], UNFORESEEN).format(where=where, **detail.get("ctx", {}))


def _unknown_key(path: Path, loc: tuple[str, ...], *, is_table: bool) -> str:
    # A table in a model's own is what comes of a name that is cut at its dot.
    if ".".join(loc[1:3]) in BUILT_IN or (loc[0] == "models" and loc[1] not in BUILT_IN and is_table):
        return f"{path}: {written(loc[:2])}: {QUOTED}"
    # A secret can stand where a key should.
    if _KEY.fullmatch(loc[-1]):
        return f"{path}: {written(loc)}: is a key {LISTS_ALL}"
    return f"{path}: {written(loc[:-1])}: has a key {LISTS_ALL}" if loc[:-1] else f"{path}: has a key {LISTS_ALL}"


def written(loc: tuple[str, ...]) -> str:
    """Return a key as it is written in the file; a part that may be a secret is left out."""
    return ".".join(_part(part) for part in loc)


def _part(part: str) -> str:
    if part.startswith("sk-") or len(part) > LONGEST_NAME or not part.isprintable():
        return "..."
    return part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else f'"{part}"'
