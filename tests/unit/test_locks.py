"""The lock files: what they may hold, and that they hold enough."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PINNED = re.compile(r"(?P<name>[a-z0-9-]+)(?:\[(?P<extras>[a-z0-9,-]+)\])?==[\w.+]+(?: ; [\w.<>=!' ]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?P<more> \\)?")
OURS = {"bot", "cogs", "sandbox"}


def lines(lock: str) -> list[str]:
    return (ROOT / lock).read_text(encoding="utf-8").splitlines()


def entries(lock: str) -> dict[str, frozenset[str]]:
    """Each pinned line with its hashes."""
    found: dict[str, set[str]] = {}
    for line in lines(lock):
        if PINNED.fullmatch(line):
            found[line] = set()
        else:
            found[list(found)[-1]].add(line.strip(" \\"))
    return {line: frozenset(hashes) for line, hashes in found.items()}


@cache
def extras() -> dict[str, set[str]]:
    """The extras with which the developers' lock names each package."""
    found: dict[str, set[str]] = {}
    for line in entries("requirements-dev.lock"):
        pinned = PINNED.fullmatch(line)
        assert pinned is not None
        found.setdefault(pinned["name"], set()).update(filter(None, (pinned["extras"] or "").split(",")))
    return found


def needs(name: str) -> Iterator[Requirement]:
    """What an installed package needs on this machine."""
    for text in metadata.requires(name) or []:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


def imported() -> set[str]:
    """The top-level names that the program and the sandbox import."""
    names: set[str] = set()
    for folder in OURS:
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names.add(node.module.split(".")[0])
    return names


def test_a_lock_holds_pinned_and_hashed_packages_and_no_address():
    for lock in ("requirements.lock", "requirements-dev.lock"):
        for line in lines(lock):
            assert PINNED.fullmatch(line) or HASH.fullmatch(line), f"{lock}: {line}"
        assert all(entries(lock).values())


def test_the_developers_lock_holds_all_of_the_programs():
    assert entries("requirements.lock").items() <= entries("requirements-dev.lock").items()


def test_a_lock_names_the_extras_that_its_packages_ask_for():
    installed = {canonicalize_name(found.name) for found in metadata.distributions()}
    asked = [(name, needed) for name in sorted(installed & extras().keys()) for needed in needs(name) if needed.extras]
    assert asked
    for name, needed in asked:
        assert needed.extras <= extras()[canonicalize_name(needed.name)], f"{name} asks for {needed}"


def test_what_the_program_and_the_story_import_is_a_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    direct = {Requirement(text).name for text in project["dependencies"]}
    # What a dependency speaks in, such as aiohttp in yarl's URLs, comes with it.
    known = {canonicalize_name(name) for name in direct}
    known |= {canonicalize_name(needed.name) for name in direct for needed in needs(name)}
    distributions = metadata.packages_distributions()
    foreign = imported() - OURS - sys.stdlib_module_names
    assert foreign
    for name in sorted(foreign):
        assert {canonicalize_name(one) for one in distributions[name]} & known, name
