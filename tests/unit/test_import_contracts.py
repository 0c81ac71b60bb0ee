"""The contracts of imports: each list of those that may not import something is whole, or says who may."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]

OPEN = {"bot.__main__", "bot.app", "bot.operator_cli"}
"""What opens the program."""

CONFIGURATION = {"bot.config", "bot.config_faults", "bot.config_models", "bot.config_values"}
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
