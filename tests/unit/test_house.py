"""The house: no file and no room outgrows its name, and each list of who may not import something is whole."""

import ast
import statistics
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]

OPEN = {"bot.__main__", "bot.app", "bot.operator_cli"}
"""What opens the program."""

CONFIGURATION = {"bot.config", "bot.config_faults", "bot.config_models", "bot.config_regions"}
CONFIGURATION |= {"bot.config_traits", "bot.config_values"}
SPEAK_TO_DISCORD = {
    "bot.client",
    "bot.connection",
    "bot.presentation",
    "bot.registration",
    "bot.wiring.discord",
    "cogs",
}
SPEAK_HTTP = {"bot.connection", "bot.health", "bot.providers", "bot.proxies", "bot.registration", "bot.wiring.vendor"}
MAY: dict[str, set[str]] = {
    "Only what speaks to Discord knows discord.py": {*SPEAK_TO_DISCORD, "bot.__main__"},
    "Only what speaks HTTP knows aiohttp": {*SPEAK_HTTP, *OPEN},
    # The command line says which SQLite there is.
    "Only storage knows SQLite": {"bot.storage", "bot.__main__"},
    "Only its wiring knows whose image service it is": {"bot.providers", "bot.wiring.vendor", "bot.__main__"},
    "Only what opens the program reads its configuration and the machine's clock": {
        *OPEN,
        *CONFIGURATION,
        "bot.clock",
        "bot.health",
        "bot.wiring.discord",
        "bot.wiring.vendor",
    },
}


def modules() -> set[str]:
    """Return each module and package of the program, by the room where rooms are wired apart."""
    inside = (ROOT / "bot").iterdir()
    found = {f"bot.{one.stem}" for one in inside if one.suffix == ".py" or (one / "__init__.py").is_file()}
    wired = {f"bot.wiring.{one.stem}" for one in (ROOT / "bot/wiring").glob("[a-z]*.py")}
    return (found | wired | {"cogs"}) - {"bot.__init__", "bot.wiring"}


@pytest.mark.parametrize("name", MAY)
def test_whoever_may_import_something_is_named(name: str):
    (contract,) = [one for one in CONTRACTS if one["name"] == name]
    assert modules() - set(contract["source_modules"]) == MAY[name]


def test_each_file_of_commands_is_held_apart_from_the_others():
    (contract,) = [one for one in CONTRACTS if one["name"] == "Commands know nothing of each other"]
    files = {f"cogs.{one.stem}" for one in (ROOT / "cogs").glob("[a-z]*.py")}
    assert set(contract["modules"]) == files - {"cogs.base"}


def ours() -> Iterator[Path]:
    for top in ("bot", "cogs", "sandbox", "simulation", "benchmarks", "tests"):
        yield from sorted((ROOT / top).rglob("*.py"))


def test_no_file_outgrows_its_name():
    lines = {one.relative_to(ROOT).as_posix(): len(one.read_text("utf-8").splitlines()) for one in ours()}
    assert {name: count for name, count in lines.items() if count > 400} == {}


def test_no_room_of_the_program_has_more_modules_than_one_remembers():
    rooms = Counter(one.parent for one in ours() if one.name != "__init__.py" and "tests" not in one.parts)
    assert {room: count for room, count in rooms.items() if count > 20} == {}


def test_functions_fit_the_eye():
    functions = [
        (node.end_lineno or 0) - node.lineno + 1
        for one in ours()
        if one.is_relative_to(ROOT / "bot") or one.is_relative_to(ROOT / "cogs")
        for node in ast.walk(ast.parse(one.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert statistics.quantiles(functions, n=10)[-1] <= 20
