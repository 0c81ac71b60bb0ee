import re
from importlib import resources
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast, visitor

from bot.domain.job import JobState
from bot.presentation import failures
from bot.presentation.cards import TITLES
from bot.presentation.escaping import as_typed, length, shortened
from bot.presentation.texts import LOCALES, Markup, Texts, moment, money

ROOT = Path(__file__).parents[3]
PREFIXES = ("option-", "permission-")
"""Keys that are put together: command options and permissions, by their names."""

MENTIONED = re.compile(r"[\"']([a-z]+(?:-[a-z_]+)*)[\"']")
BUILT = {"invalid-count", "invalid-seed"}
"""Put together in ``bot.domain.request`` from the option's name."""


class Variables(visitor.Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 - fluent's interface
        self.names.add(node.id.name)


def catalogue(locale: str) -> dict[str, set[str]]:
    text = resources.files("bot.presentation").joinpath("locales").joinpath(f"{locale}.ftl").read_text("utf-8")
    parsed = FluentParser().parse(text)
    assert not [entry for entry in parsed.body if isinstance(entry, ast.Junk)]
    found: dict[str, set[str]] = {}
    for entry in parsed.body:
        if isinstance(entry, ast.Message):
            assert entry.id.name not in found, entry.id.name
            variables = Variables()
            variables.visit(entry)
            found[entry.id.name] = variables.names
    return found


def mentioned() -> set[str]:
    files = [*ROOT.glob("bot/**/*.py"), *ROOT.glob("cogs/*.py")]
    return {key for file in files for key in MENTIONED.findall(file.read_text("utf-8"))} | BUILT


# Chinese counts nothing in the plural.
ONLY_FOR_PLURALS = {"title-delivered": {"images"}}


def test_both_catalogues_have_the_same_keys_with_the_same_variables():
    english, chinese = (catalogue(locale) for locale in LOCALES)
    assert english.keys() == chinese.keys()
    different = {
        key: (english[key], chinese[key])
        for key in english
        if english[key] - ONLY_FOR_PLURALS.get(key, set()) != chinese[key] - ONLY_FOR_PLURALS.get(key, set())
    }
    assert different == {}


def test_no_key_is_unused():
    used = mentioned()
    unused = {key for key in catalogue("en-US") if key not in used and not key.startswith(PREFIXES)}
    assert unused == set()


def test_every_refusal_has_its_text():
    raised = re.compile(
        r"\b(?:MemberError|InvalidRequest|OverQuota|NotPermitted|Unavailable)\(\s*[\"']([a-z-]+)[\"']", re.DOTALL
    )
    files = [*ROOT.glob("bot/**/*.py"), *ROOT.glob("cogs/*.py")]
    keys = {key for file in files for key in raised.findall(file.read_text("utf-8"))} | BUILT
    assert len(keys) > 15
    assert keys <= catalogue("en-US").keys()


def test_every_key_of_the_tables_has_its_text():
    tables = [failures.FAILURES, failures.EXPIRIES, failures.UNDELIVERED, failures.ADVICE, TITLES]
    assert {key for table in tables for key in table.values()} <= catalogue("en-US").keys()
    assert TITLES.keys() == set(JobState)


def test_amounts_and_times_are_shown_in_the_readers_form():
    texts = Texts.load()
    values = {"left": 1_234_560_000, "needed": 140_000, "resets_ms": 1_795_000_000_001}
    assert texts.say("en-US", "over-pool", **values) == (
        "This server's pool for the month doesn't cover that: CN¥1,234.56 is left, this would take CN¥0.14. "
        "It resets <t:1795000001:R>."
    )
    assert "¥1,234.56" in texts.say("zh-CN", "over-pool", **values)
    assert money(5, "en-US") == "CN¥0.000005"
    assert moment(2000) == "<t:2:R>"


def test_typed_values_are_escaped_and_markup_is_not():
    texts = Texts.load()
    assert "\\<\\@1\\>" in texts.say("en-US", "invalid-size-form", size="<@1>", default="1")
    assert "<@1>" in texts.say("en-US", "ping", member=Markup("<@1>"), link=Markup("https://x"))
    assert len(texts.say("en-US", "invalid-size-form", size="*" * 6000, default="1")) < 500


def test_an_unknown_key_is_an_error():
    with pytest.raises(KeyError):
        Texts.load().say("en-US", "no-such-key")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("# head", "\\# head"),
        ("- item", "\\- item"),
        ("a - b # c", "a - b # c"),
        ("1. one", "\u200b1. one"),
        ("> quote", "\\> quote"),
        ("@everyone", "\\@\u200beveryone"),
        ("<t:1:R>", "\\<t:1:R\\>"),
        ("https://a_b/", "https\\://a\\_b/"),
        ("\\*", "\\\\\\*"),
        ("a\udc00b\0", "ab"),
    ],
)
def test_markup_is_shown_as_typed(typed, shown):
    assert as_typed(typed) == shown


def test_a_cut_never_splits_an_escape_or_a_character_and_is_stated():
    assert as_typed("**********", 12) == "\\*\\*\\*\\*\\*…"
    assert shortened("e\u0301" * 10, 6) == "e\u0301e\u0301…"
    assert shortened("👍🏽" * 3, 6) == "👍🏽…"
    assert length(shortened("👍" * 600, 1024, "… (shortened)")) <= 1024
