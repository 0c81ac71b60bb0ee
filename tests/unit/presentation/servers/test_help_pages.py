import importlib
import inspect
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from discord import app_commands
from discord.ext import commands

from bot import __version__
from bot.presentation.kit.texts import LOCALES, Texts
from bot.presentation.servers.help_pages import DIRECT, PAGES, HelpPages

ROOT = Path(__file__).parents[4]


def defined() -> Iterator[app_commands.Command[Any, ..., Any] | app_commands.Group]:
    """Go through all commands that the cogs define, those of groups one by one."""
    for file in (ROOT / "cogs").glob("[a-z]*.py"):
        module = importlib.import_module(f"cogs.{file.stem}")
        for _, cog in inspect.getmembers(module, lambda one: inspect.isclass(one) and issubclass(one, commands.Cog)):
            for command in cog.__cog_app_commands__:
                yield from command.walk_commands() if isinstance(command, app_commands.Group) else (command,)


def shown(name: str, allowed=("members",), *, locale: str = "en-US", rewrites: bool = True, is_direct=False) -> str:
    texts = Texts.load()
    texts.know_commands({path.partition(" ")[0]: 1_234_567_890_123_456_789 for page in PAGES.values() for path in page})
    view = HelpPages(texts, locale, rewrites=rewrites).page(name, 7, allowed, is_direct=is_direct)
    return str(view.to_components())


def test_each_command_that_there_is_stands_on_one_page():
    assert sorted(path for page in PAGES.values() for path in page) == sorted({one.qualified_name for one in defined()})


def test_what_works_directly_is_told_there():
    tops = {one.root_parent or one for one in defined()}
    direct = {one.name for one in tops if one.allowed_contexts is not None and one.allowed_contexts.dm_channel}
    assert {path.partition(" ")[0] for path in DIRECT} == direct
    page = shown("members", is_direct=True)
    assert "</privacy export:" in page
    assert "</imagine:" not in page


def test_a_line_is_a_command_to_click_and_what_it_does():
    assert "</imagine:1234567890123456789> · Make pictures from your words" in shown("members")
    assert "</settings log-channel:1234567890123456789> · " in shown("admins", locale="zh-CN")


def test_without_rewriting_nothing_is_told_of_it():
    assert "prompt improve" in shown("members")
    assert "prompt improve" not in shown("members", rewrites=False)
    assert "settings prompts" not in shown("admins", rewrites=False)


def test_other_pages_are_offered_as_far_as_they_are_allowed():
    assert "help:7:" not in shown("members")
    page = shown("moderators", ("members", "moderators", "admins"))
    assert [f"help:7:{one}" in page for one in PAGES] == [True, False, True]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_into_a_message(name: str, locale: str):
    assert len(shown(name, locale=locale)) < 3900


def test_the_version_that_is_told_is_that_of_the_package():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == __version__
