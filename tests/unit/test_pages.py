"""Pages that people read: what they promise can be run, and what they point at is there."""

import doctest
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.storage.database import migrate

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")), ROOT / "benchmarks" / "README.md"]
LEDGER = ROOT / "docs" / "ledger.md"
OURS = ("bot/", "cogs/", "sandbox/", "tests/", "benchmarks/", "docs/")


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
    section = LEDGER.read_text(encoding="utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    first_cells = re.findall(r"^\| (`[^|]+`) \|", section, re.MULTILINE)
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


@pytest.mark.parametrize(("heading", "table"), [("Buckets", "buckets"), ("Rows move balances", "ledger")])
def test_the_ledgers_page_explains_each_kind_that_the_schema_knows(heading: str, table: str):
    assert kinds_of_the_page(heading) == kinds_of_the_schema(table)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_a_page_points_at_is_there(page: Path):
    assert [target for target in links(page) if not (page.parent / target).exists()] == []
    assert [path for path in paths(page) if not (ROOT / path).exists()] == []


def test_both_readmes_say_the_same_about_space():
    english, chinese = (
        re.findall(r"(\d+) MB", (ROOT / f"README{end}.md").read_text("utf-8")) for end in ("", ".zh-CN")
    )
    assert english == chinese
    assert english
