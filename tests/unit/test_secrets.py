"""No token, key or signed URL in a ``repr``, which is what a log, a traceback or a failed assertion shows."""

import ast
import dataclasses
import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import bot
import cogs
from bot.config import Config
from bot.domain.jobs.job import JobImage, NewJob, ReplyAddress
from bot.domain.jobs.vendor_task import TaskResult
from bot.providers.dashscope import wire
from bot.service.requests.asker import Asker
from tests.support.ledger import make_request

SECRET = "aW50ZXJhY3Rpb246-Signature=s3cret"
HOLDS_SECRETS = re.compile(r"token|url|api_key|secret|password|body|authorization")
"""Names of fields that may hold one; an address of the configuration holds none, since it may have no password."""
HARMLESS = {"api_url", "gateway_url", "base_url", "counts_tokens"}


def kinds() -> Iterator[type]:
    """Every dataclass and every model of the program."""
    packages = [*pkgutil.walk_packages(bot.__path__, "bot."), *pkgutil.walk_packages(cogs.__path__, "cogs.")]
    for found in packages:
        if found.name == "bot.__main__":
            continue
        module = importlib.import_module(found.name)
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == found.name and (dataclasses.is_dataclass(kind) or issubclass(kind, BaseModel)):
                yield kind


def fields_of(kind: type[Any]) -> dict[str, bool]:
    """A kind's fields, and whether its ``repr`` shows them."""
    if dataclasses.is_dataclass(kind):
        return {field.name: field.repr for field in dataclasses.fields(kind)}
    return {name: field.repr for name, field in kind.model_fields.items()}


def may_hold_secret(kind: type[Any], name: str) -> bool:
    types = {field.name: field.type for field in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else {}
    return bool(HOLDS_SECRETS.search(name)) and name not in HARMLESS and types.get(name) not in (int, "int")


def is_masked(kind: type[Any], name: str) -> bool:
    return issubclass(kind, BaseModel) and "SecretStr" in str(kind.model_fields[name].annotation)


def test_no_kind_shows_a_field_that_may_hold_a_secret():
    seen = [(kind, name, is_shown) for kind in kinds() for name, is_shown in fields_of(kind).items()]
    risky = [(kind, name, is_shown) for kind, name, is_shown in seen if may_hold_secret(kind, name)]
    assert {kind.__name__ for kind, *_ in risky} >= {"ReplyAddress", "JobImage", "TaskResult", "ResultEntry", "Discord"}
    assert [f"{kind.__qualname__}.{name}" for kind, name, shown in risky if shown and not is_masked(kind, name)] == []


def reply() -> ReplyAddress:
    return ReplyAddress(1, 2, SECRET, 3, 4, 5, "en-US", can_post=True)


@pytest.mark.parametrize(
    "value",
    [
        NewJob(1, 2, 3, make_request("m"), reply()),
        Asker(1, 2, 3, 4, reply()),
        JobImage(0, SECRET, "", None, None, "", 0, 0, 0, 0),
        TaskResult(url=SECRET),
        wire.read(wire.TaskAnswer, json.dumps({"output": {"results": [{"url": SECRET}]}}).encode()),
        Config.model_validate({"discord": {"token": SECRET}, "dashscope": {"api_key": SECRET}}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_that_holds_a_secret_does_not_show_it(value: object):
    assert SECRET not in repr(value)
    assert SECRET not in f"{value}"


def logged() -> Iterator[tuple[Path, ast.Call]]:
    """Every call by which the program writes a line into its log."""
    for file in Path(bot.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "_log"))):
                    yield file, node
                case _:
                    pass


def test_no_line_of_the_log_shows_an_error_by_its_repr():
    """That of some holds the request: its address with a token, its headers with a proxy's login."""
    found = [(file, call, texts_in(call)) for file, call in logged()]
    assert len(found) > 100
    assert [
        f"{file.name}:{call.lineno}"
        for file, call, text in found
        if "!r" in text or ("%r" in text and {"error", "failure", "cause"} & names_in(call))
    ] == []


def texts_in(call: ast.Call) -> str:
    return " ".join(ast.unparse(one) for one in call.args if isinstance(one, ast.Constant | ast.JoinedStr))


def names_in(call: ast.Call) -> set[str]:
    return {one.id for one in call.args if isinstance(one, ast.Name)}
