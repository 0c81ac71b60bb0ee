"""Pages that people read: what they promise can be run, and what they point at is there."""

import doctest
import functools
import importlib
import inspect
import re
import sqlite3
import tomllib
import typing
import warnings
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

with warnings.catch_warnings():
    # discord.py imports audioop, which Python 3.11 and 3.12 announce the end of.
    warnings.simplefilter("ignore", DeprecationWarning)
    from discord import app_commands
    from discord.ext import commands

import typer

from bot.__main__ import cli
from bot.config import Config
from bot.config_models import ModelEntry
from bot.domain.books.ledger import BucketKind, EntryKind
from bot.domain.jobs.job import TRANSITIONS
from bot.storage.sqlite.database import migrate

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")), ROOT / "benchmarks" / "README.md"]
LEDGER = ROOT / "docs" / "ledger.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
OURS = ("bot/", "cogs/", "sandbox/", "simulation/", "tests/", "benchmarks/", "docs/")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def links(page: Path) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target and target.partition("#")[0]:
            yield target.partition("#")[0]


def paths(page: Path) -> Iterator[str]:
    for quoted in re.findall(r"`([\w./-]+)`", page.read_text(encoding="utf-8")):
        if quoted.startswith(OURS):
            yield quoted


def kinds_of_the_page(heading: str) -> set[str]:
    """Every kind that the table under a heading has a row for."""
    first_cells = re.findall(r"^\| (`[^|]+`) \|", section(LEDGER, heading), re.MULTILINE)
    return {kind for cell in first_cells for kind in re.findall(r"`(\w+)`", cell)}


def kinds_of_the_schema(table: str) -> set[str]:
    conn = sqlite3.connect(":memory:")
    migrate(conn)
    (sql,) = conn.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    conn.close()
    check = re.search(r"CHECK \(kind IN \(([^)]*)\)\)", sql)
    assert check is not None
    return set(re.findall(r"'(\w+)'", check[1]))


@pytest.mark.parametrize("page", [page for page in PAGES if ">>> " in page.read_text(encoding="utf-8")], ids=name_of)
def test_the_examples_of_a_page_run_as_it_shows(page: Path, capsys: pytest.CaptureFixture[str]):
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert tried > 0
    assert failed == 0, capsys.readouterr().out


def test_the_ledger_is_one_of_the_pages_with_examples():
    assert LEDGER in PAGES
    assert ">>> " in LEDGER.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("heading", "table", "kinds"), [("Buckets", "buckets", BucketKind), ("Rows move balances", "ledger", EntryKind)]
)
def test_page_schema_and_code_know_the_same_kinds_of_the_ledger(heading: str, table: str, kinds: type[StrEnum]):
    assert kinds_of_the_page(heading) == kinds_of_the_schema(table) == set(kinds)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_a_page_points_at_is_there(page: Path):
    assert [target for target in links(page) if not (page.parent / target).exists()] == []
    assert [path for path in paths(page) if not (ROOT / path).exists()] == []


def section(page: Path, heading: str) -> str:
    return page.read_text(encoding="utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def changes() -> list[tuple[str, str, list[str]]]:
    """What may be changed, by which pattern its files are found, and the files that its row names."""
    rows = re.findall(r"^\| (.+?) \| `(.+?)` \| (.+) \|$", section(ARCHITECTURE, "Where to change what"), re.MULTILINE)
    return [(what, pattern.replace(r"\|", "|"), re.findall(r"`([\w./-]+)`", files)) for what, pattern, files in rows]


def program_files() -> Iterator[str]:
    for folder in ("bot", "cogs"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in {".py", ".sql", ".ftl"}:
                yield file.relative_to(ROOT).as_posix()


def test_the_drawing_of_a_jobs_states_is_the_table_that_jobs_go_by():
    drawn = re.findall(r"^    (\w+) --> (\w+)", section(ARCHITECTURE, "A job's states"), re.MULTILINE)
    assert set(drawn) == {(state.value, onward.value) for state in TRANSITIONS for onward in TRANSITIONS[state]}


def test_the_map_has_all_seventeen_changes():
    assert len(changes()) == 17


@pytest.mark.parametrize(("pattern", "named"), [row[1:] for row in changes()], ids=[row[0] for row in changes()])
def test_a_change_touches_the_files_that_the_map_names(pattern: str, named: list[str]):
    touched = {path for path in program_files() if re.search(pattern, f"{path}\n{(ROOT / path).read_text('utf-8')}")}
    folders = tuple(name for name in named if name.endswith("/"))
    assert {path for path in touched if not path.startswith(folders or "-")} == set(named) - set(folders)
    assert all(any(path.startswith(folder) for path in touched) for folder in folders)


def test_the_house_has_the_rooms_that_the_map_draws():
    drawn = {
        floor: set(rooms.split())
        for floor, rooms in re.findall(r"^  (\w+)/ +([\w ]+)$", section(ARCHITECTURE, "The house"), re.MULTILINE)
    }
    assert {"domain", "presentation", "providers", "service", "storage"} == drawn.keys()
    for floor, rooms in drawn.items():
        found = {one.name for one in (ROOT / "bot" / floor).iterdir() if one.is_dir() and one.name != "__pycache__"}
        assert rooms == found


def test_both_readmes_say_the_same_about_space():
    english, chinese = (
        re.findall(r"(\d+) MB", (ROOT / f"README{end}.md").read_text("utf-8")) for end in ("", ".zh-CN")
    )
    assert english == chinese
    assert english


def quoted(page: Path) -> list[str]:
    """Everything that a page shows as code in a line of text."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


@functools.cache
def slash_commands() -> set[str]:
    """Every command that the cogs define, groups too, as members write it."""
    found: set[str] = set()
    for file in (ROOT / "cogs").glob("*.py"):
        module = importlib.import_module(f"cogs.{file.stem}")
        for _, cog in inspect.getmembers(module, lambda one: inspect.isclass(one) and issubclass(one, commands.Cog)):
            for command in cog.__cog_app_commands__:
                inside = command.walk_commands() if isinstance(command, app_commands.Group) else ()
                found |= {f"/{one.qualified_name}" for one in (command, *inside)}
    return found


@functools.cache
def operator_commands() -> set[str]:
    """Every command of the program's command line."""
    found: set[str] = set()
    for name, command in vars(typer.main.get_command(cli))["commands"].items():
        found |= {f"{name} {inner}" for inner in getattr(command, "commands", {})} or {name}
    return found


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def configuration_keys() -> set[str]:
    keys = {f"models.{key}" for key in ModelEntry.model_fields}
    for name, section in Config.model_fields.items():
        # A section that may be left out is a union with None.
        for kind in (section.annotation, *typing.get_args(section.annotation)):
            keys |= {f"{name}.{key}" for key in getattr(kind, "model_fields", {})}
    return keys


def sources() -> str:
    files = (file for end in ("py", "sql", "toml", "ftl") for top in OURS for file in (ROOT / top).rglob(f"*.{end}"))
    return "\n".join(file.read_text(encoding="utf-8") for file in (*files, *ROOT.glob("*.toml"), ROOT / "Makefile"))


SOURCES = sources()
MEMBERS_WRITE = re.compile(r"/[a-z][a-z-]+( [a-z][a-z-]+)?")
OPERATORS_WRITE = re.compile(r"python -m bot ([a-z]+(?: [a-z-]+)?)")
SAID = " ".join(re.sub(r'"\s*\n\s*f?"', "", SOURCES).split())
WORDS = set(re.findall(r"\w+", SOURCES))
NOT_OURS = {"/healthz", "/metrics", "/tmp"}
WORDS_OF_OTHERS = {"APPLICATION_ID", "LITESTREAM_ACCESS_KEY_ID", "LITESTREAM_SECRET_ACCESS_KEY", "REINDEX"}
"""Of Discord's address for invitations, Litestream and SQLite."""


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_names_commands_that_there_are(page: Path):
    tokens = [one for one in quoted(page) if MEMBERS_WRITE.match(one) and one.count("/") == 1]
    known = slash_commands()
    named = {match[0] for one in tokens if (match := MEMBERS_WRITE.match(one))} - NOT_OURS
    # The second word may be an option's name.
    assert {one for one in named if one not in known and one.partition(" ")[0] not in known} == set()
    groups = {one.partition(" ")[0] for one in known if " " in one}
    assert {one for one in named if " " in one and one.partition(" ")[0] in groups and one not in known} == set()
    wanted = {match[1] for match in map(OPERATORS_WRITE.match, quoted(page)) if match}
    assert {one for one in wanted if one not in operator_commands()} == set()
    assert {one for one in quoted(page) if one.startswith("make ") and one.split()[1].islower()} <= {
        f"make {target}" for target in make_targets()
    }


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_names_settings_that_there_are(page: Path):
    sections = "|".join(Config.model_fields)
    named = {one for one in quoted(page) if re.fullmatch(rf"(?:{sections})\.[a-z_]+", one)}
    assert {
        one for one in named if one not in configuration_keys() and f"{one.split('.')[1]}.py" not in SOURCES
    } == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_names_modules_classes_and_values_that_there_are(page: Path):
    files = {path.name for top in OURS for path in (ROOT / top).rglob("*.py")}
    tokens = quoted(page)
    assert {one for one in tokens if re.fullmatch(r"\w+\.py", one) and one not in files} == set()
    names = {part for one in tokens if re.fullmatch(r"[A-Za-z_][\w.]*", one) for part in one.split(".")}
    unknown = {one for one in names if ("_" in one or one[0].isupper()) and one not in WORDS}
    assert unknown - WORDS_OF_OTHERS == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_quotes_lines_of_the_log_as_they_are_written(page: Path):
    lines = [one for one in quoted(page) if re.match(r"(job|notice|task) (N|T|\d+)\b", one)]
    for line in lines:
        parts = (part.strip(" :;") for part in re.split(r"\.\.\.|\(|\)|\b[NTR]\b|\b\d+\b|[:,]", line.partition(" ")[2]))
        assert [part for part in parts if part.count(" ") > 1 and part not in SAID] == [], line


def test_each_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[<>=\[]", one)[0].lower() for one in wanted}
    page = (ROOT / "docs" / "adr" / "0005-dependencies.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE)
    explained = {name.lower() for cell in cells for name in cell.split(", ")}
    assert explained - {"package", "---"} == names
