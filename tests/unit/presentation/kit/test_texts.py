import re
from importlib import resources
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast, visitor

from bot.domain.jobs.further import Way
from bot.domain.jobs.job import JobState
from bot.domain.requests.edits import FIELDS, Function
from bot.errors import OverQuota
from bot.failure_kinds import Advice, FailureKind
from bot.presentation.jobs.cards import TITLES
from bot.presentation.kit import reasons
from bot.presentation.kit.answers import refusal_text
from bot.presentation.kit.escaping import as_typed, length, shortened
from bot.presentation.kit.texts import LOCALES, Markup, Texts, command_keys, moment, money
from bot.service.requests.rewriter import REFUSALS

ROOT = Path(__file__).parents[4]
PREFIXES = ("option-", "permission-")
"""Keys that are put together: command options and permissions, by their names."""

MENTIONED = re.compile(r"[\"']([a-z]+(?:-[a-z_]+)*)[\"']")
OF_FIELDS = {
    "side",
    *FIELDS[Function.ENLARGE],
    *FIELDS[Function.SKETCH],
    *FIELDS[Function.STYLE],
    *FIELDS[Function.REGION],
}
BUILT = {
    *(f"invalid-{name}" for name in ("count", "seed", "side", "factor", "strength")),
    *(f"invalid-{name}-field" for name in OF_FIELDS),
    *(f"{kind}-{function}" for kind in ("function", "edit") for function in Function),
    *(f"button-{way}" for way in Way),
    *(f"prompt-{way}" for way in (Way.VARY, Way.FINISH)),
}
"""Put together in ``bot.domain.requests`` from the option's name, and where a function is named."""


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
PLURAL = ("title-delivered", "drawing-body", "fetching-body", "note-cancel-late", "cancel-late", "ping", "ping-private")
ONLY_FOR_PLURALS = {key: {"images"} for key in PLURAL}


@pytest.mark.parametrize("locale", LOCALES)
def test_all_catalogues_have_the_same_keys_with_the_same_variables(locale: str):
    english, other = catalogue("en-US"), catalogue(locale)
    assert english.keys() == other.keys()
    different = {
        key: (english[key], other[key])
        for key in english
        if english[key] - ONLY_FOR_PLURALS.get(key, set()) != other[key] - ONLY_FOR_PLURALS.get(key, set())
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
    tables = [reasons.FAILURES, reasons.EXPIRIES, reasons.UNDELIVERED, reasons.ADVICE, TITLES]
    assert {key for table in tables for key in table.values()} <= catalogue("en-US").keys()
    assert reasons.ADVICE.keys() == set(Advice)
    assert reasons.FAILURES.keys() == set(FailureKind)
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


def test_a_list_is_read_as_each_language_writes_lists():
    texts, values = Texts.load(), {"model": "a, b", "models": "one, two, three"}
    assert texts.say("en-US", "invalid-series", **values) == "a, b draws no series. These do: one, two, three."
    assert texts.say("zh-CN", "invalid-series", **values) == "a, b 不能画组图。可以画的有：one、two、three。"


def test_a_typed_value_stays_on_the_line_of_its_sentence():
    said = Texts.load().say("en-US", "invalid-duration", typed="2\n-# Paid by you\r\n\u2028hours")
    assert "2 -# Paid by you hours" in said
    assert len(said.splitlines()) == 1


def test_typed_values_are_escaped_and_markup_is_not():
    texts = Texts.load()
    assert "\\<\\@1\\>" in texts.say("en-US", "invalid-size-form", size="<@1>", default="1")
    assert "<@1>" in texts.say("en-US", "ping", images=1, member=Markup("<@1>"), link=Markup("https://x"))
    assert len(texts.say("en-US", "invalid-size-form", size="*" * 6000, default="1")) < 500


@pytest.mark.parametrize(
    ("changes", "english", "chinese"),
    [
        (
            {},
            "Your quota doesn't cover these 4 pictures. You have 3 free pictures left. 3 pictures would still work. "
            "Your quota resets <t:2:R>.",
            "你的额度不够画这 4 张图。还剩免费图片 3 张。目前还能画 3 张。额度将于 <t:2:R> 重置。",
        ),
        (
            {"images": 1, "free_left": 0, "affordable": 0},
            "Your quota doesn't cover this picture. You have 0 free pictures left. Your quota resets <t:2:R>.",
            "你的额度不够画这 1 张图。还剩免费图片 0 张。额度将于 <t:2:R> 重置。",
        ),
        (
            {"free_left": 1, "budget_left": 140_000, "affordable": 2},
            "Your quota doesn't cover these 4 pictures. You have 1 free picture, CN¥0.14 budget left; at CN¥0.14 per "
            "picture this would take CN¥0.42 beyond the free ones. 2 pictures would still work. "
            "Your free pictures and budget reset <t:2:R>.",
            "你的额度不够画这 4 张图。还剩免费图片 1 张、预算 ¥0.14；按每张 ¥0.14 计，除去免费的还需要 ¥0.42。"
            "目前还能画 2 张。免费图片和预算将于 <t:2:R> 重置。",
        ),
        (
            {"free_left": 0, "credit_left": 100_000, "affordable": 0},
            "Your quota doesn't cover these 4 pictures. You have 0 free pictures, CN¥0.10 credit left; at CN¥0.14 per "
            "picture this would take CN¥0.56. Your free pictures and budget reset <t:2:R>.",
            "你的额度不够画这 4 张图。还剩免费图片 0 张、余额 ¥0.10；按每张 ¥0.14 计，需要 ¥0.56。"
            "免费图片和预算将于 <t:2:R> 重置。",
        ),
        (
            {"images": 1, "free_left": 0, "credit_left": 150_000, "affordable": 0, "inputs": 2, "inputs_paid": 40_000},
            "Your quota doesn't cover this picture. You have 0 free pictures, CN¥0.15 credit left; at CN¥0.14 per "
            "picture and CN¥0.04 for those that come in this would take CN¥0.18. "
            "Your free pictures and budget reset <t:2:R>.",
            "你的额度不够画这 1 张图。还剩免费图片 0 张、余额 ¥0.15；按每张 ¥0.14、原图共 ¥0.04 计，需要 ¥0.18。"
            "免费图片和预算将于 <t:2:R> 重置。",
        ),
        (
            {"images": 1, "free_left": 1, "budget_left": 1, "inputs": 2, "inputs_paid": 40_000},
            "Your quota doesn't cover this picture. You have 1 free picture, CN¥0.000001 budget left; at CN¥0.14 per "
            "picture and CN¥0.04 for those that come in this would take CN¥0.00 beyond the free ones. "
            "3 pictures would still work. Your free pictures and budget reset <t:2:R>.",
            "你的额度不够画这 1 张图。还剩免费图片 1 张、预算 ¥0.000001；按每张 ¥0.14、原图共 ¥0.04 计，"
            "除去免费的还需要 ¥0.00。目前还能画 3 张。免费图片和预算将于 <t:2:R> 重置。",
        ),
    ],
)
def test_over_quota_names_what_there_is_and_nothing_else(changes, english, chinese):
    values = {"images": 4, "price": 140_000, "free_left": 3, "budget_left": 0, "credit_left": 0, "affordable": 3}
    error = OverQuota("over-quota", **{**values, "inputs": 0, "inputs_paid": 0, "resets_ms": 2000, **changes})
    texts = Texts.load()
    assert refusal_text(texts, "en-US", error) == english
    assert refusal_text(texts, "zh-CN", error) == chinese


@pytest.mark.parametrize("locale", LOCALES)
def test_whoever_gets_no_rewriting_is_told_of_the_choice_that_leaves_a_prompt_as_it_is(locale: str):
    texts = Texts.load()
    off = texts.plain(locale, "choice-enhance-off")
    keys = [key for key in REFUSALS.values() if key.startswith("not-rewritten-")]
    assert len(keys) == 7
    assert [key for key in keys if f"“{off}”" not in texts.say(locale, key, limit=3, resets_ms=1)] == []


def test_a_command_in_a_text_begins_by_a_click_once_its_id_is_known():
    texts = Texts.load()
    assert texts.say("en-US", "history-nothing") == "You have no jobs here yet. Try /imagine."
    texts.know_commands({"imagine": 7, "settings": 8})
    assert texts.say("en-US", "history-nothing") == "You have no jobs here yet. Try </imagine:7>."
    assert texts.say("zh-CN", "settings-hint").startswith("用 </settings channels:8>、models")
    assert texts.say("en-US", "gallery-others") == "That is somebody else's list; type /gallery for yours."
    assert texts.mention("settings models") == "</settings models:8>"
    # Other texts, and places that know no markup, are as they were; what somebody types begins nothing.
    assert Texts.load().mention("imagine") == texts.plain("en-US", "history-nothing").partition("Try ")[2].rstrip(".")
    assert "</" not in texts.say("en-US", "invalid-duration", typed="/imagine \ue000imagine")


@pytest.mark.parametrize("locale", LOCALES)
def test_what_looks_like_a_command_in_a_text_is_one(locale: str):
    text = resources.files("bot.presentation").joinpath("locales").joinpath(f"{locale}.ftl").read_text("utf-8")
    written = set(re.findall(r"(?<![\w/<*}])/([a-z][a-z-]+)", text))
    assert written - {path.partition(" ")[0] for path in command_keys()} == set()


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


def test_a_price_that_depends_on_what_is_asked_is_told_from_its_least_to_its_most():
    texts = Texts.load()
    assert texts.price("en-US", 140_000, 140_000) == "CN¥0.14"
    assert texts.price("en-US", 250_000, 500_000) == "CN¥0.25 to CN¥0.50"
    assert texts.price("zh-CN", 100_000, 200_000) == "¥0.10 至 ¥0.20"
