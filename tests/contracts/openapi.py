"""Holds recorded requests against Discord's own OpenAPI description.

Where the file lies is told by the environment variable DISCORD_OPENAPI.
"""

import functools
import json
import os
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator

from sandbox.discord import RecordedRequest

VARIABLE = "DISCORD_OPENAPI"


class MissingDescription(Exception):
    """DISCORD_OPENAPI is not set: the caller should skip, and say so."""


class Deviation(AssertionError):
    """A request that Discord's description does not know."""


def validate_request(recorded: RecordedRequest) -> None:
    """Check one request of the bot: path, method, content type and body.

    The description leaves additional properties open, so that discord.py's extras (``tts`` in an edit) pass. It types
    snowflakes as strings only; the API takes numbers as well, and discord.py sends them (attachment ids, allowed
    mentions), so that numbers pass here.

    Raises:
        MissingDescription: DISCORD_OPENAPI is not set.
        FileNotFoundError: it is set, but to no file.
        Deviation: the request does not conform.
    """
    where = os.environ.get(VARIABLE)
    if not where:
        raise MissingDescription(f"{VARIABLE} is not set")
    body = _operation(where, recorded).get("requestBody")
    if recorded.json is None:
        if body is not None and body.get("required"):
            raise Deviation(f"{_name(recorded)}: a body is required")
        return
    if body is None:
        raise Deviation(f"{_name(recorded)}: takes no body")
    content = body["content"].get(recorded.content_type)
    if content is None:
        raise Deviation(f"{_name(recorded)}: takes {sorted(body['content'])}, not {recorded.content_type}")
    for error in _validator(where, json.dumps(content["schema"])).iter_errors(recorded.json):
        raise Deviation(f"{_name(recorded)}: {error.instance_path}: {error.message}")


def validate_part(name: str, part: object) -> None:
    """Check what the stand-in sends against one of the description's schemas.

    Raises:
        MissingDescription: DISCORD_OPENAPI is not set.
        Deviation: it does not conform.
    """
    where = os.environ.get(VARIABLE)
    if not where:
        raise MissingDescription(f"{VARIABLE} is not set")
    for error in _validator(where, json.dumps({"$ref": f"#/components/schemas/{name}"})).iter_errors(part):
        raise Deviation(f"{name}: {error.instance_path}: {error.message}")


def _operation(where: str, recorded: RecordedRequest) -> dict[str, Any]:
    path = _description(where)["paths"].get(recorded.path)
    if path is None:
        raise Deviation(f"{_name(recorded)}: there is no such path")
    if recorded.method.lower() not in path:
        raise Deviation(f"{_name(recorded)}: there is no such method")
    return path[recorded.method.lower()]


@functools.cache
def _description(where: str) -> dict[str, Any]:
    description = json.loads(Path(where).read_text("utf-8"))
    description["components"]["schemas"]["SnowflakeType"]["type"] = ["string", "integer"]
    return description


@functools.cache
def _validator(where: str, schema: str) -> Draft202012Validator:
    # The schema sits beside the components that it refers to, so that "#/components/..." resolves.
    return Draft202012Validator({**json.loads(schema), "components": _description(where)["components"]})


def _name(recorded: RecordedRequest) -> str:
    return f"{recorded.method} {recorded.path}"
